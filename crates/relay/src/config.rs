//! What the owner of a relay chooses.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Threads, addresses and ports of a relay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RelayConfig {
    /// Worker threads; a core carries about a thousand calls.
    pub workers: u16,
    /// The address all sockets are bound to.
    pub bind: IpAddr,
    /// The UDP ports of plain legs: each takes an even one for RTP and the odd one above for RTCP
    /// (RFC 3550 section 11).
    pub rtp_ports: RangeInclusive<u16>,
    /// The UDP port of the first worker's browsers; each further worker takes the next. With 0 the system
    /// chooses.
    pub webrtc_port: u16,
    /// Silence of a plain leg that is reported.
    pub media_timeout: Duration,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self {
            workers: 1,
            bind: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            rtp_ports: 20_000..=29_999,
            webrtc_port: 19_000,
            media_timeout: media::WorkerConfig::default().media_timeout,
        }
    }
}
