//! What a browser connection tells, waits for and refuses.

use std::net::SocketAddr;

/// What happened to a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WebRtcEvent {
    /// The peer proved who it is and keys stand; audio may flow.
    Connected {
        /// From the offer to now.
        connect_ms: u32,
    },
    /// Packets go to this address from now on.
    Selected {
        /// The peer's address.
        source: SocketAddr,
    },
    /// Nothing authentic came for [`LOST_AFTER`](super::limits::LOST_AFTER); the peer may come back.
    Lost,
    /// A lost peer came back.
    Recovered,
    /// The connection is over; only a new offer helps.
    Failed {
        /// Why.
        reason: FailReason,
    },
    /// One side ended the connection in good order.
    Closed,
}

/// Why a connection failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FailReason {
    /// It was not connected within [`CONNECT_MAX`](super::limits::CONNECT_MAX).
    ConnectTimeout,
    /// The peer was silent for [`FAILED_AFTER`](super::limits::FAILED_AFTER).
    ConsentExpired,
    /// The handshake cannot succeed: no suite in common, a wrong signature, or no answer.
    Handshake,
    /// The peer's certificate is not the one its SDP named.
    WrongFingerprint,
}

/// Why a connection wants to be woken.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum WebRtcDeadline {
    /// A handshake flight is sent again.
    Handshake,
    /// The time to connect is over.
    Connect,
    /// Silence becomes loss.
    Loss,
    /// Loss becomes failure.
    Failure,
}

/// Why an offer cannot be answered with a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WebRtcError {
    /// The offer says `a=setup:active`; every browser says `actpass`.
    #[error("the peer insists on opening the handshake")]
    PeerInsistsOnActive,
    /// No `a=fingerprint` is a SHA-256.
    #[error("the peer names no SHA-256 fingerprint")]
    NoSha256,
}
