//! A relay, what it says, and how its legs are made.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use media::{LegKey, LegStats, SocketKey, WorkerCommand, WorkerEvent, WorkerKey};
use relay::{Precedence, Relay, RelayConfig, RtpPort};

use super::legs::add_rtp_leg;
use super::phone::Phone;

pub(crate) const WORKER: WorkerKey = WorkerKey(0);
/// Nothing on the loopback takes longer unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
const NOBODY: u64 = 999_999;

pub(crate) struct Exchange {
    pub(crate) relay: Relay,
    events: Receiver<(WorkerKey, WorkerEvent)>,
}

impl Exchange {
    /// Every test has ports of its own: they run side by side.
    pub(crate) fn new(rtp_ports: RangeInclusive<u16>) -> Self {
        Self::with(&config(rtp_ports))
    }

    pub(crate) fn with(config: &RelayConfig) -> Self {
        let (sender, events) = mpsc::channel();
        let relay = Relay::start(config, 7, move |worker, event| {
            sender.send((worker, event)).unwrap();
        });
        Self {
            relay: relay.unwrap(),
            events,
        }
    }

    /// Gives a telephone a leg of its own.
    pub(crate) fn add(&self, leg: u64, phone: &mut Phone) -> RtpPort {
        let port = self.relay.open_rtp(WORKER, Precedence::Ordinary).unwrap();
        // A relay bound to every address is reached by this one.
        phone.dial((Ipv4Addr::LOCALHOST, port.address.port()).into());
        self.command(add_rtp_leg(leg, port, phone.address()));
        port
    }

    pub(crate) fn bridge(&self, a: u64, b: u64) {
        let (a, b) = (LegKey(a), LegKey(b));
        self.command(WorkerCommand::Bridge { a, b });
        self.settle();
    }

    /// Waits until the worker has carried out everything so far: the last command is one it refuses.
    pub(crate) fn settle(&self) {
        let nowhere = RtpPort {
            worker: WORKER,
            socket: SocketKey(u32::MAX),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 9)),
        };
        self.command(add_rtp_leg(NOBODY, nowhere, nowhere.address));
        self.is_refused(NOBODY);
    }

    /// Waits until the leg is refused.
    pub(crate) fn is_refused(&self, leg: u64) {
        let refused = WorkerEvent::Refused { leg: LegKey(leg) };
        self.find_event(|event| (event == refused).then_some(()));
    }

    pub(crate) fn remove(&self, leg: u64) -> LegStats {
        self.command(WorkerCommand::Remove { leg: LegKey(leg) });
        self.is_removed(leg)
    }

    /// Waits until the leg is gone; its figures.
    pub(crate) fn is_removed(&self, leg: u64) -> LegStats {
        self.find_event(|event| {
            let WorkerEvent::Removed { leg: removed, stats } = event else {
                return None;
            };
            (removed == LegKey(leg)).then_some(stats)
        })
    }

    pub(crate) fn command(&self, command: WorkerCommand) {
        self.relay.command(WORKER, command).unwrap();
    }

    /// Waits for the event that `find` looks for; others before it are passed over.
    pub(crate) fn find_event<T>(&self, find: impl Fn(WorkerEvent) -> Option<T>) -> T {
        loop {
            let (_, event) = self.events.recv_timeout(PATIENCE).unwrap();
            if let Some(found) = find(event) {
                return found;
            }
        }
    }

    /// Tells whether nothing happens for a while.
    pub(crate) fn is_quiet_for(&self, duration: Duration) -> bool {
        self.events.recv_timeout(duration).is_err()
    }
}

pub(crate) fn config(rtp_ports: RangeInclusive<u16>) -> RelayConfig {
    RelayConfig {
        bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
        rtp_ports,
        webrtc_port: 0,
        ..RelayConfig::default()
    }
}
