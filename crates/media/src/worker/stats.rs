//! The figures of a leg.

use crate::rtp::ReceiveFigures;

/// What went over a leg, and how well.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct LegStats {
    /// What came from the peer.
    pub received: ReceiveFigures,
    /// Packets sent to the peer.
    pub sent_packet_count: u64,
    /// Bytes of those packets, headers included.
    pub sent_byte_count: u64,
    /// Datagrams of strangers, and what was neither RTP nor RTCP nor authentic.
    pub refused_count: u64,
    /// Packets of the peer with a payload type that was not negotiated, or too late to be of use.
    pub unusable_count: u64,
    /// What the peer says it received of us, from its last report.
    pub remote: Option<RemoteReport>,
}

/// The peer's view of the stream it receives (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RemoteReport {
    /// The share lost since its report before, in 1/256.
    pub fraction_lost_256: u8,
    /// Packets lost since the start.
    pub lost_count: i32,
    /// The jitter it saw, in microseconds.
    pub jitter_us: u32,
    /// From us to the peer and back, without its processing; absent until it has had our report.
    pub round_trip_us: Option<u32>,
}
