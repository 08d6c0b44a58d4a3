//! The names of what is lent to legs.

use std::net::SocketAddr;

use media::{SocketKey, WorkerKey};

/// A UDP port of a media worker.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MediaPort {
    /// The worker.
    pub worker: WorkerKey,
    /// Its name there.
    pub socket: SocketKey,
    /// The address as the peer is told it.
    pub address: SocketAddr,
}

/// Names an echo test; chosen by whoever starts it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct EchoTestId(pub u128);
