//! What each datagram does to the connection, step by step.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::BytesMut;

use super::{Phase, WebRtcLeg};
use crate::Received;
use crate::webrtc::dtls::Progress;
use crate::webrtc::event::{FailReason, WebRtcEvent};
use crate::webrtc::ice::Checked;
use crate::webrtc::limits::{EVENTS_MAX, TRANSMITS_MAX};
use crate::webrtc::srtp::SrtpSession;

impl WebRtcLeg {
    pub(super) fn receive_stun(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) -> Received {
        let Checked::Answered { answer, selected } = self.ice.handle_datagram(datagram, source, now) else {
            return Received::Refused;
        };
        self.push_transmit(answer, source);
        self.hear(now);
        if let Some(source) = selected {
            self.push_event(WebRtcEvent::Selected { source });
            let progress = self.dtls.start(now);
            self.follow(progress, now);
        }
        Received::Verified
    }

    pub(super) fn receive_dtls(&mut self, datagram: &[u8], now: Instant) -> Received {
        let progress = self.dtls.handle_datagram(datagram, now);
        let is_refused = matches!(progress, Progress::Refused);
        self.follow(progress, now);
        if is_refused {
            Received::Refused
        } else {
            Received::Consumed
        }
    }

    pub(super) fn follow(&mut self, progress: Progress, now: Instant) {
        match progress {
            Progress::Pending | Progress::Refused => self.drain_dtls(),
            Progress::Secured(srtp) => {
                self.drain_dtls();
                self.heard_at = now;
                self.phase = Phase::Secured { srtp, is_lost: false };
                let connect = now.saturating_duration_since(self.started_at);
                let connect_ms = u32::try_from(connect.as_millis()).unwrap_or(u32::MAX);
                self.push_event(WebRtcEvent::Connected { connect_ms });
            }
            Progress::Closed => self.end(WebRtcEvent::Closed, now),
            Progress::WrongFingerprint => self.fail(FailReason::WrongFingerprint, now),
            Progress::Broken => self.fail(FailReason::Handshake, now),
        }
    }

    pub(super) fn fail(&mut self, reason: FailReason, now: Instant) {
        self.end(WebRtcEvent::Failed { reason }, now);
    }

    pub(super) fn end(&mut self, event: WebRtcEvent, now: Instant) {
        self.dtls.close(now);
        self.drain_dtls();
        self.phase = Phase::Ended;
        self.push_event(event);
    }

    pub(super) fn hear(&mut self, now: Instant) {
        self.heard_at = now;
        if let Phase::Secured { is_lost, .. } = &mut self.phase
            && std::mem::take(is_lost)
        {
            self.push_event(WebRtcEvent::Recovered);
        }
    }

    pub(super) fn unprotect(
        &mut self,
        buffer: &mut [u8],
        len: usize,
        now: Instant,
        unprotect: fn(&mut SrtpSession, &[u8]) -> Option<BytesMut>,
    ) -> Option<usize> {
        let Phase::Secured { srtp, .. } = &mut self.phase else {
            return None;
        };
        let plain = unprotect(srtp, &buffer[..len])?;
        buffer[..plain.len()].copy_from_slice(&plain);
        self.hear(now);
        Some(plain.len())
    }

    pub(super) fn protect(
        &mut self,
        buffer: &mut [u8],
        len: usize,
        protect: fn(&mut SrtpSession, &[u8]) -> Option<BytesMut>,
    ) -> Option<usize> {
        let Phase::Secured { srtp, .. } = &mut self.phase else {
            return None;
        };
        let protected = protect(srtp, buffer.get(..len)?)?;
        buffer.get_mut(..protected.len())?.copy_from_slice(&protected);
        Some(protected.len())
    }

    pub(super) fn drain_dtls(&mut self) {
        while let Some(datagram) = self.dtls.poll_transmit() {
            if let Some(destination) = self.ice.selected() {
                self.push_transmit(datagram.to_vec(), destination);
            }
        }
    }

    pub(super) fn push_transmit(&mut self, datagram: Vec<u8>, destination: SocketAddr) {
        if self.transmits.len() < TRANSMITS_MAX {
            self.transmits.push_back((datagram, destination));
        }
    }

    pub(super) fn push_event(&mut self, event: WebRtcEvent) {
        debug_assert!(self.events.len() < EVENTS_MAX, "events are drained");
        self.events.push_back(event);
    }
}
