//! What the worker asks of a leg, whichever way its packets are carried.
//!
//! A leg turns datagrams of its peer into plain RTP and plain RTP into datagrams for its peer.
//! Everything above (bridging, digits, prompts, figures) sees only plain RTP and lives in
//! [`Worker`](crate::Worker).

use std::net::SocketAddr;
use std::time::Instant;

use crate::rtp_leg::RtpLeg;
use crate::webrtc::{FailReason, WebRtcEvent, WebRtcLeg};

/// What a leg made of one datagram.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Received {
    /// The leg used it itself (a DTLS record).
    Consumed,
    /// It was not from the peer, not authentic, or not understood; the leg has counted it.
    Refused,
    /// A plain RTCP packet of the peer of this many bytes stands at the start of the buffer.
    Rtcp {
        /// Bytes of the packet.
        len: usize,
    },
    /// A plain RTP packet of the peer of this many bytes stands at the start of the buffer.
    Rtp {
        /// Bytes of the packet.
        len: usize,
    },
    /// An authenticated connectivity check: its source is an address of the peer.
    Verified,
}

/// What happened to a leg's transport.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LegEvent {
    Closed,
    Connected { connect_ms: u32 },
    Failed { reason: FailReason },
    Latched { source: SocketAddr },
    Lost,
    Recovered,
}

/// The transport of a leg.
pub(crate) enum Leg {
    Rtp(RtpLeg),
    WebRtc(Box<WebRtcLeg>),
}

impl Leg {
    pub(crate) fn receive(
        &mut self,
        buffer: &mut [u8],
        len: usize,
        source: SocketAddr,
        now: Instant,
    ) -> Received {
        match self {
            Self::Rtp(leg) => leg.receive(buffer, len, source, now),
            Self::WebRtc(leg) => leg.receive(buffer, len, source, now),
        }
    }

    /// Makes a datagram of the plain RTP packet `buffer[..len]`, in place.
    pub(crate) fn protect_rtp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        match self {
            Self::Rtp(_) => Some(len),
            Self::WebRtc(leg) => leg.protect_rtp(buffer, len),
        }
    }

    /// Makes a datagram of the plain RTCP packet `buffer[..len]`, in place.
    pub(crate) fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        match self {
            Self::Rtp(_) => Some(len),
            Self::WebRtc(leg) => leg.protect_rtcp(buffer, len),
        }
    }

    pub(crate) fn remote(&self) -> Option<SocketAddr> {
        match self {
            Self::Rtp(leg) => leg.remote(),
            Self::WebRtc(leg) => leg.remote(),
        }
    }

    pub(crate) fn refused_count(&self) -> u64 {
        match self {
            Self::Rtp(leg) => leg.refused_count(),
            Self::WebRtc(leg) => leg.refused_count(),
        }
    }

    /// Says goodbye to the peer, as far as the transport has a word for it.
    pub(crate) fn close(&mut self, now: Instant) {
        match self {
            Self::Rtp(_) => {}
            Self::WebRtc(leg) => leg.close(now),
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        match self {
            Self::Rtp(_) => {}
            Self::WebRtc(leg) => leg.handle_timeout(now),
        }
    }

    /// Takes one of the leg's own datagrams.
    pub(crate) fn poll_transmit(&mut self, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        match self {
            Self::Rtp(_) => None,
            Self::WebRtc(leg) => leg.poll_transmit(buffer),
        }
    }

    pub(crate) fn poll_event(&mut self) -> Option<LegEvent> {
        match self {
            Self::Rtp(leg) => leg.poll_latched().map(|source| LegEvent::Latched { source }),
            Self::WebRtc(leg) => leg.poll_event().map(LegEvent::from),
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self {
            Self::Rtp(_) => None,
            Self::WebRtc(leg) => leg.poll_timeout().map(|(at, _)| at),
        }
    }
}

impl From<WebRtcEvent> for LegEvent {
    fn from(event: WebRtcEvent) -> Self {
        match event {
            WebRtcEvent::Closed => Self::Closed,
            WebRtcEvent::Connected { connect_ms } => Self::Connected { connect_ms },
            WebRtcEvent::Failed { reason } => Self::Failed { reason },
            WebRtcEvent::Lost => Self::Lost,
            WebRtcEvent::Recovered => Self::Recovered,
            WebRtcEvent::Selected { source } => Self::Latched { source },
        }
    }
}
