//! One plain RTP leg, as trunks and phones have it: no encryption, so its source address is all the
//! proof there is.

mod latch;

use std::net::SocketAddr;
use std::time::Instant;

pub use self::latch::Latching;

use self::latch::Latch;
use crate::leg_io::Received;
use crate::rtp::RtpView;
use crate::webrtc::PacketKind;

/// The transport of a plain RTP leg.
#[derive(Clone, Debug)]
pub struct RtpLeg {
    latch: Latch,
    latched: Option<SocketAddr>,
    refused_count: u64,
}

impl RtpLeg {
    /// Starts a leg whose peer was signalled at `signalled`, if it was.
    pub fn new(signalled: Option<SocketAddr>, latching: Latching, now: Instant) -> Self {
        Self {
            latch: Latch::new(signalled, latching, now),
            latched: None,
            refused_count: 0,
        }
    }

    /// Takes the peer's address of a further exchange; tells whether it is another one.
    pub fn set_remote(&mut self, signalled: Option<SocketAddr>, now: Instant) -> bool {
        self.latch.signal(signalled, now)
    }

    /// Handles the datagram `buffer[..len]`.
    pub fn receive(&mut self, buffer: &mut [u8], len: usize, source: SocketAddr, now: Instant) -> Received {
        let received = self.admit(&buffer[..len], source, now);
        if received == Received::Refused {
            self.refused_count += 1;
        }
        received
    }

    /// Takes the address the leg has just latched onto.
    pub fn poll_latched(&mut self) -> Option<SocketAddr> {
        self.latched.take()
    }

    /// Where packets go: the latched address, else the signalled one.
    pub fn remote(&self) -> Option<SocketAddr> {
        self.latch.destination()
    }

    /// Datagrams of strangers and datagrams that were neither RTP nor RTCP.
    pub fn refused_count(&self) -> u64 {
        self.refused_count
    }

    fn admit(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) -> Received {
        let len = datagram.len();
        match PacketKind::of(datagram) {
            PacketKind::Rtp => {
                let Ok(view) = RtpView::parse(datagram) else {
                    return Received::Refused;
                };
                let locked_before = self.latch.locked();
                if !self.latch.admits(source, &view.header, now) {
                    return Received::Refused;
                }
                if self.latch.locked() != locked_before {
                    self.latched = self.latch.locked();
                }
                Received::Rtp { len }
            }
            PacketKind::Rtcp if self.latch.is_peer(source) => Received::Rtcp { len },
            PacketKind::Rtcp | PacketKind::Stun | PacketKind::Dtls | PacketKind::Other => Received::Refused,
        }
    }
}
