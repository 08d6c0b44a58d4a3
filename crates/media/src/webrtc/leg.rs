//! The connection itself: its interface, and the deadlines of each phase.

mod steps;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use super::certificate::DtlsCertificate;
use super::demux::PacketKind;
use super::dtls::Dtls;
use super::event::{FailReason, WebRtcDeadline, WebRtcError, WebRtcEvent};
use super::ice::IceLite;
use super::limits::{CONNECT_MAX, FAILED_AFTER, LOST_AFTER, TIMEOUT_STEP_MIN};
use super::srtp::SrtpSession;
use crate::Received;
use crate::sdp::{IceCredentials, Setup, WebRtcRemote};

/// A standing connection to one browser.
pub struct WebRtcLeg {
    certificate: DtlsCertificate,
    remote: WebRtcRemote,
    ice: IceLite,
    dtls: Dtls,
    phase: Phase,
    started_at: Instant,
    /// When something authentic last came from the peer.
    heard_at: Instant,
    not_before: Option<Instant>,
    transmits: VecDeque<(Vec<u8>, SocketAddr)>,
    events: VecDeque<WebRtcEvent>,
    refused_count: u64,
}

enum Phase {
    /// No handshake yet that is done.
    Connecting,
    /// Keys stand. `is_lost`: the peer has been silent for [`LOST_AFTER`].
    Secured { srtp: Box<SrtpSession>, is_lost: bool },
    /// Failed or closed; nothing is taken or sent any more.
    Ended,
}

impl WebRtcLeg {
    /// Prepares the connection an offer asks for and `local` answers.
    ///
    /// # Errors
    /// Fails when the peer insists on opening the handshake itself or names no SHA-256 fingerprint.
    pub fn new(
        certificate: &DtlsCertificate,
        local: &IceCredentials,
        remote: &WebRtcRemote,
        now: Instant,
    ) -> Result<Self, WebRtcError> {
        check(remote)?;
        Ok(Self {
            certificate: certificate.clone(),
            remote: remote.clone(),
            ice: IceLite::new(local, &remote.ice.ufrag),
            dtls: Dtls::new(certificate, remote.fingerprints.clone()),
            phase: Phase::Connecting,
            started_at: now,
            heard_at: now,
            not_before: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            refused_count: 0,
        })
    }

    /// Takes the credentials of a further offer and its answer. With the same certificate it is an ICE
    /// restart, audio goes on and no event tells of it; with another one the browser came back as a new page
    /// and everything connects anew.
    ///
    /// # Errors
    /// Fails like [`Self::new`]; the connection then stays as it was.
    pub fn renegotiate(
        &mut self,
        local: &IceCredentials,
        remote: &WebRtcRemote,
        now: Instant,
    ) -> Result<(), WebRtcError> {
        check(remote)?;
        let is_ended = matches!(self.phase, Phase::Ended);
        if is_ended || remote.fingerprints != self.remote.fingerprints {
            let refused_count = self.refused_count;
            *self = Self::new(&self.certificate, local, remote, now)?;
            self.refused_count = refused_count;
        } else if remote.ice != self.remote.ice {
            self.ice.restart(local, &remote.ice.ufrag);
            self.remote = remote.clone();
        }
        Ok(())
    }

    /// Handles the datagram `buffer[..len]`. On [`Received::Rtp`] and [`Received::Rtcp`] the plain packet
    /// stands at the start of the buffer; on [`Received::Verified`] the source may be bound to this leg in
    /// the [`Demux`].
    pub fn receive(&mut self, buffer: &mut [u8], len: usize, source: SocketAddr, now: Instant) -> Received {
        let received = match (PacketKind::of(&buffer[..len]), &self.phase) {
            (_, Phase::Ended) | (PacketKind::Other, _) => Received::Refused,
            (PacketKind::Stun, _) => self.receive_stun(&buffer[..len], source, now),
            // RTP bleed and forged handshakes: only a proved address is listened to at all.
            _ if !self.ice.is_proved(source) => Received::Refused,
            (PacketKind::Dtls, _) => self.receive_dtls(&buffer[..len], now),
            (PacketKind::Rtp, _) => self
                .unprotect(buffer, len, now, SrtpSession::unprotect_rtp)
                .map_or(Received::Refused, |len| Received::Rtp { len }),
            (PacketKind::Rtcp, _) => self
                .unprotect(buffer, len, now, SrtpSession::unprotect_rtcp)
                .map_or(Received::Refused, |len| Received::Rtcp { len }),
        };
        if received == Received::Refused {
            self.refused_count += 1;
        }
        received
    }

    /// Encrypts the RTP packet `buffer[..len]` in place; the new length, or `None` while not connected and
    /// when the buffer has no room for [`SRTP_TRAILER_BYTES_MAX`] more bytes. Sequence numbers of an SSRC
    /// must not jump back.
    pub fn protect_rtp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        self.protect(buffer, len, SrtpSession::protect_rtp)
    }

    /// Encrypts the RTCP packet `buffer[..len]` in place, like [`Self::protect_rtp`].
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        self.protect(buffer, len, SrtpSession::protect_rtcp)
    }

    /// Where protected packets go.
    pub fn remote(&self) -> Option<SocketAddr> {
        self.ice.selected()
    }

    /// Tells whether keys stand, lost or not.
    pub fn is_connected(&self) -> bool {
        matches!(self.phase, Phase::Secured { .. })
    }

    /// Datagrams that were not the peer's, not authentic or not understood.
    pub fn refused_count(&self) -> u64 {
        self.refused_count
    }

    /// The name of the negotiated SRTP profile, once connected.
    pub fn srtp_profile(&self) -> Option<&'static str> {
        match &self.phase {
            Phase::Secured { srtp, .. } => Some(srtp.profile_name()),
            Phase::Connecting | Phase::Ended => None,
        }
    }

    /// Ends the connection and tells the peer; [`WebRtcEvent::Closed`] follows.
    pub fn close(&mut self, now: Instant) {
        if !matches!(self.phase, Phase::Ended) {
            self.end(WebRtcEvent::Closed, now);
        }
    }

    /// Acts on what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self.due() {
            Some((at, deadline)) if at <= now => match deadline {
                WebRtcDeadline::Handshake => {
                    let progress = self.dtls.handle_timeout(now);
                    self.follow(progress, now);
                }
                WebRtcDeadline::Connect => self.fail(FailReason::ConnectTimeout, now),
                WebRtcDeadline::Loss => {
                    if let Phase::Secured { is_lost, .. } = &mut self.phase {
                        *is_lost = true;
                        self.push_event(WebRtcEvent::Lost);
                    }
                }
                WebRtcDeadline::Failure => self.fail(FailReason::ConsentExpired, now),
            },
            Some(_) | None => {}
        }
        self.not_before = Some(now + TIMEOUT_STEP_MIN);
    }

    /// Takes one of the leg's own datagrams (answers to checks, handshake), its length and where it goes. One
    /// that does not fit the buffer is dropped, as a network would.
    pub fn poll_transmit(&mut self, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        while let Some((datagram, destination)) = self.transmits.pop_front() {
            if let Some(room) = buffer.get_mut(..datagram.len()) {
                room.copy_from_slice(&datagram);
                return Some((datagram.len(), destination));
            }
        }
        None
    }

    /// Takes the next event.
    pub fn poll_event(&mut self) -> Option<WebRtcEvent> {
        self.events.pop_front()
    }

    /// The next time to call [`Self::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Instant, WebRtcDeadline)> {
        let (at, deadline) = self.due()?;
        Some((self.not_before.map_or(at, |least| at.max(least)), deadline))
    }

    fn due(&self) -> Option<(Instant, WebRtcDeadline)> {
        match &self.phase {
            Phase::Connecting => {
                let connect = (self.started_at + CONNECT_MAX, WebRtcDeadline::Connect);
                let handshake = self.dtls.poll_timeout();
                let handshake = handshake.map(|at| (at, WebRtcDeadline::Handshake));
                Some(handshake.map_or(connect, |handshake| handshake.min(connect)))
            }
            Phase::Secured { is_lost: false, .. } => Some((self.heard_at + LOST_AFTER, WebRtcDeadline::Loss)),
            Phase::Secured { is_lost: true, .. } => {
                Some((self.heard_at + FAILED_AFTER, WebRtcDeadline::Failure))
            }
            Phase::Ended => None,
        }
    }
}

fn check(remote: &WebRtcRemote) -> Result<(), WebRtcError> {
    if remote.local_setup != Setup::Active {
        return Err(WebRtcError::PeerInsistsOnActive);
    }
    if !remote
        .fingerprints
        .iter()
        .any(|fingerprint| fingerprint.algorithm == "sha-256")
    {
        return Err(WebRtcError::NoSha256);
    }
    Ok(())
}
