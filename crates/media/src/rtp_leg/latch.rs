//! Whose packets a plain leg listens to.
//!
//! RTP bleed (CVE-2017-14099, CVE-2025-53399): a relay that follows whoever sends lets a stranger
//! hear and speak. So: the signalled address wins at once; another one only soon after signalling,
//! only if the signalled one stays silent, only with a stream of packets; and then the lock is shut
//! until the peer is signalled anew, or is heard from exactly the address it signalled.

use std::net::SocketAddr;
use std::time::Instant;

use crate::limits::{LATCH_GRACE, LATCH_PACKETS_MIN, LATCH_WINDOW};
use crate::rtp::RtpHeader;

/// Which sources a plain leg may latch onto.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Latching {
    /// Only the signalled address: for trunks known to have no address translation.
    Signalled,
    /// The signalled address, or the first other that keeps the rules of this module.
    Symmetric,
}

#[derive(Clone, Debug)]
pub(super) struct Latch {
    latching: Latching,
    signalled: Option<SocketAddr>,
    signalled_at: Instant,
    locked: Option<SocketAddr>,
    candidate: Option<Candidate>,
}

#[derive(Clone, Debug)]
struct Candidate {
    source: SocketAddr,
    ssrc: u32,
    last_sequence: u16,
    since: Instant,
    last_at: Instant,
    packet_count: u32,
}

impl Latch {
    pub(super) fn new(signalled: Option<SocketAddr>, latching: Latching, now: Instant) -> Self {
        Self {
            latching,
            signalled,
            signalled_at: now,
            locked: None,
            candidate: None,
        }
    }

    /// Opens the lock when the peer is signalled somewhere else; tells whether it was.
    pub(super) fn signal(&mut self, signalled: Option<SocketAddr>, now: Instant) -> bool {
        // Hold by address names none; the peer comes back from where it was.
        if signalled.is_none() || signalled == self.signalled {
            return false;
        }
        self.signalled = signalled;
        self.signalled_at = now;
        self.locked = None;
        self.candidate = None;
        true
    }

    /// Tells whether a packet is the peer's, and locks when that has become clear.
    pub(super) fn admits(&mut self, source: SocketAddr, header: &RtpHeader, now: Instant) -> bool {
        if let Some(locked) = self.locked {
            // Whoever was quicker than the peer loses the leg as soon as the peer speaks.
            let is_signalled = self.signalled == Some(source);
            if is_signalled {
                self.locked = Some(source);
            }
            return is_signalled || source == locked;
        }
        let admits = match self.signalled {
            Some(signalled) if source == signalled => true,
            Some(signalled) => match self.latching {
                Latching::Signalled => false,
                Latching::Symmetric if source.ip() == signalled.ip() => true,
                Latching::Symmetric => self.is_proven(source, header, now),
            },
            None => self.latching == Latching::Symmetric && self.is_proven(source, header, now),
        };
        if admits {
            self.locked = Some(source);
            self.candidate = None;
        }
        admits
    }

    /// Whose packets are taken, once that is clear.
    pub(super) fn locked(&self) -> Option<SocketAddr> {
        self.locked
    }

    pub(super) fn is_peer(&self, source: SocketAddr) -> bool {
        self.destination() == Some(source)
    }

    pub(super) fn destination(&self) -> Option<SocketAddr> {
        self.locked.or(self.signalled)
    }

    /// Watches the first address that is not the signalled one.
    fn is_proven(&mut self, source: SocketAddr, header: &RtpHeader, now: Instant) -> bool {
        if now.saturating_duration_since(self.signalled_at) > LATCH_WINDOW {
            return false;
        }
        // One packet of a scanner must not keep the peer out.
        let silent = |c: &Candidate| now.saturating_duration_since(c.last_at) > LATCH_GRACE;
        if self.candidate.as_ref().is_some_and(silent) {
            self.candidate = None;
        }
        let candidate = self.candidate.get_or_insert_with(|| Candidate {
            source,
            ssrc: header.ssrc,
            last_sequence: header.sequence.wrapping_sub(1),
            since: now,
            last_at: now,
            packet_count: 0,
        });
        if candidate.source != source || candidate.ssrc != header.ssrc {
            return false;
        }
        let ahead = header.sequence.wrapping_sub(candidate.last_sequence);
        if !(1..=8).contains(&ahead) {
            return false;
        }
        candidate.last_sequence = header.sequence;
        candidate.last_at = now;
        candidate.packet_count += 1;
        let watched = now.saturating_duration_since(candidate.since);
        candidate.packet_count >= LATCH_PACKETS_MIN && (watched >= LATCH_GRACE || self.signalled.is_none())
    }
}
