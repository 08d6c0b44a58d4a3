//! Finding the leg of a datagram when many legs share one port.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use super::limits::{DEMUX_HOLD, DEMUX_LEGS_MAX, DEMUX_UFRAGS_PER_LEG, SOURCES_MAX};
use super::stun::peek_ufrag;

/// What a datagram is by its first byte (RFC 7983 section 7).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PacketKind {
    /// First byte 0 to 3.
    Stun,
    /// First byte 20 to 63.
    Dtls,
    /// First byte 128 to 191, with a payload type of RTP.
    Rtp,
    /// First byte 128 to 191, with a packet type of RTCP (RFC 5761 section 4: 192 to 223).
    Rtcp,
    /// None of these.
    Other,
}

impl PacketKind {
    /// Classifies a datagram without looking further than its second byte.
    pub fn of(datagram: &[u8]) -> Self {
        match datagram {
            [0..=3, ..] => Self::Stun,
            [20..=63, ..] => Self::Dtls,
            [128..=191, 192..=223, ..] => Self::Rtcp,
            [128..=191, _, ..] => Self::Rtp,
            _ => Self::Other,
        }
    }
}

/// There are already [`DEMUX_LEGS_MAX`](super::limits::DEMUX_LEGS_MAX) legs, or the user fragment is taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no room for another leg behind this port")]
pub struct DemuxFull;

/// Maps user fragments and proved addresses to legs, named by the owner's `K`.
///
/// A check finds its leg by the user fragment it names; the leg says whether it is authentic, and only then
/// does [`Self::bind`] give its address to the leg. Everything else finds its leg by address, or is nobody's.
#[derive(Debug)]
pub struct Demux<K> {
    ufrags: BTreeMap<String, K>,
    sources: BTreeMap<SocketAddr, Bound<K>>,
    legs: BTreeMap<K, Names>,
}

#[derive(Debug)]
struct Bound<K> {
    leg: K,
    proved_at: Instant,
}

/// Everything that leads to one leg, longest unused first.
#[derive(Debug, Default)]
struct Names {
    ufrags: Vec<String>,
    sources: Vec<SocketAddr>,
}

impl<K> Default for Demux<K> {
    fn default() -> Self {
        Self {
            ufrags: BTreeMap::new(),
            sources: BTreeMap::new(),
            legs: BTreeMap::new(),
        }
    }
}

impl<K: Copy + Ord> Demux<K> {
    /// Leads checks for `ufrag`, our side of the credentials, to `leg`; with an ICE restart, beside the
    /// former one.
    ///
    /// # Errors
    /// Fails when there are too many legs or another leg has this user fragment.
    pub fn register(&mut self, ufrag: &str, leg: K) -> Result<(), DemuxFull> {
        let is_new = !self.legs.contains_key(&leg);
        let is_taken = self.ufrags.get(ufrag).is_some_and(|owner| *owner != leg);
        if is_taken || (is_new && self.legs.len() == DEMUX_LEGS_MAX) {
            return Err(DemuxFull);
        }
        let names = self.legs.entry(leg).or_default();
        if !names.ufrags.iter().any(|known| known == ufrag) {
            if names.ufrags.len() == DEMUX_UFRAGS_PER_LEG {
                self.ufrags.remove(&names.ufrags.remove(0));
            }
            names.ufrags.push(ufrag.to_owned());
            self.ufrags.insert(ufrag.to_owned(), leg);
        }
        Ok(())
    }

    /// The leg a datagram is for.
    pub fn route(&self, datagram: &[u8], source: SocketAddr) -> Option<K> {
        match PacketKind::of(datagram) {
            PacketKind::Stun => self.ufrags.get(peek_ufrag(datagram)?).copied(),
            PacketKind::Dtls | PacketKind::Rtp | PacketKind::Rtcp => {
                self.sources.get(&source).map(|bound| bound.leg)
            }
            PacketKind::Other => None,
        }
    }

    /// Notes that `leg` found a check from this address authentic. An address another leg proved within
    /// [`DEMUX_HOLD`](super::limits::DEMUX_HOLD) stays with it.
    pub fn bind(&mut self, source: SocketAddr, leg: K, now: Instant) {
        if !self.legs.contains_key(&leg) {
            return;
        }
        if let Some(bound) = self.sources.get(&source) {
            let is_held = now.saturating_duration_since(bound.proved_at) < DEMUX_HOLD;
            if bound.leg != leg && is_held {
                return;
            }
            if let Some(names) = self.legs.get_mut(&bound.leg) {
                names.sources.retain(|address| *address != source);
            }
        }
        let bound = Bound { leg, proved_at: now };
        self.sources.insert(source, bound);
        if let Some(names) = self.legs.get_mut(&leg) {
            names.sources.push(source);
            if names.sources.len() > SOURCES_MAX {
                self.sources.remove(&names.sources.remove(0));
            }
        }
    }

    /// Forgets a leg with all its names.
    pub fn remove(&mut self, leg: K) {
        let names = self.legs.remove(&leg).unwrap_or_default();
        for ufrag in names.ufrags {
            self.ufrags.remove(&ufrag);
        }
        for source in names.sources {
            self.sources.remove(&source);
        }
    }

    /// The number of legs.
    pub fn leg_count(&self) -> usize {
        self.legs.len()
    }
}
