//! What a worker carried.

use std::sync::atomic::{AtomicU64, Ordering};

/// Datagrams of a worker since it started.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Traffic {
    /// Datagrams read from its sockets.
    pub received_count: u64,
    /// Datagrams handed to the system.
    pub sent_count: u64,
    /// Datagrams the system did not take: a full buffer, an address that cannot be reached.
    pub dropped_count: u64,
    /// How often its thread woke up.
    pub wakeup_count: u64,
}

/// The place where a worker's thread shows its figures to others, once per wake-up.
#[derive(Debug, Default)]
pub(crate) struct SharedTraffic {
    received_count: AtomicU64,
    sent_count: AtomicU64,
    dropped_count: AtomicU64,
    wakeup_count: AtomicU64,
}

impl SharedTraffic {
    pub(crate) fn show(&self, traffic: &Traffic) {
        self.received_count
            .store(traffic.received_count, Ordering::Relaxed);
        self.sent_count.store(traffic.sent_count, Ordering::Relaxed);
        self.dropped_count.store(traffic.dropped_count, Ordering::Relaxed);
        self.wakeup_count.store(traffic.wakeup_count, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Traffic {
        Traffic {
            received_count: self.received_count.load(Ordering::Relaxed),
            sent_count: self.sent_count.load(Ordering::Relaxed),
            dropped_count: self.dropped_count.load(Ordering::Relaxed),
            wakeup_count: self.wakeup_count.load(Ordering::Relaxed),
        }
    }
}
