//! A lite ICE agent (RFC 8445 section 2.5): it answers the browser's connectivity checks and follows its
//! nominations.
//!
//! It never asks, so it needs neither timers nor the peer's password, and nothing waits for a tick.

use std::net::SocketAddr;
use std::time::Instant;

use rand::{Rng, RngExt};
use ring::hmac;

use super::limits::{LOST_AFTER, SOURCES_MAX};
use super::stun::{BindingRequest, Verdict};
use crate::sdp::IceCredentials;

/// The alphabet of user fragments and passwords (RFC 8839 section 5.4): 64 characters, 6 bits each.
const ICE_CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const UFRAG_LEN: usize = 8;
const PASSWORD_LEN: usize = 24;

/// Makes the credentials of one connection or ICE restart: 48 random bits of user fragment, 144 of password.
pub fn generate_ice_credentials(rng: &mut impl Rng) -> IceCredentials {
    let mut text = |len: usize| -> String {
        (0..len)
            .map(|_| char::from(ICE_CHARS[rng.random_range(0..ICE_CHARS.len())]))
            .collect()
    };
    IceCredentials {
        ufrag: text(UFRAG_LEN),
        password: text(PASSWORD_LEN),
    }
}

/// What the agent made of a datagram.
#[derive(Debug)]
pub(super) enum Checked {
    /// Not a check with our credentials; it gets no answer, so that nobody can be answered in another's name.
    Refused,
    /// An authentic check: `answer` goes back to its source.
    Answered {
        answer: Vec<u8>,
        /// The address media goes to from now on, when this check changed it.
        selected: Option<SocketAddr>,
    },
}

/// Credentials of one ICE generation: both user fragments and the local password, ready for use.
#[derive(Clone, Debug)]
struct Generation {
    local_ufrag: String,
    remote_ufrag: String,
    key: hmac::Key,
}

impl Generation {
    fn new(local: &IceCredentials, remote_ufrag: &str) -> Self {
        Self {
            local_ufrag: local.ufrag.clone(),
            remote_ufrag: remote_ufrag.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, local.password.as_bytes()),
        }
    }

    fn admits(&self, request: &BindingRequest<'_>) -> bool {
        request.local_ufrag == self.local_ufrag
            && request.remote_ufrag == self.remote_ufrag
            && request.is_authentic(&self.key)
    }
}

#[derive(Clone, Copy, Debug)]
struct Source {
    address: SocketAddr,
    proved_at: Instant,
}

#[derive(Debug)]
pub(super) struct IceLite {
    current: Generation,
    /// The generation before a restart, until the peer uses the new one (RFC 8445 section 9).
    previous: Option<Generation>,
    sources: Vec<Source>,
    selected: Option<SocketAddr>,
    is_nominated: bool,
}

impl IceLite {
    pub(super) fn new(local: &IceCredentials, remote_ufrag: &str) -> Self {
        Self {
            current: Generation::new(local, remote_ufrag),
            previous: None,
            sources: Vec::with_capacity(SOURCES_MAX),
            selected: None,
            is_nominated: false,
        }
    }

    /// Takes new credentials; the old ones hold until the peer uses the new.
    pub(super) fn restart(&mut self, local: &IceCredentials, remote_ufrag: &str) {
        let next = Generation::new(local, remote_ufrag);
        self.previous = Some(std::mem::replace(&mut self.current, next));
    }

    /// The address media goes to.
    pub(super) fn selected(&self) -> Option<SocketAddr> {
        self.selected
    }

    /// Tells whether an authentic check came from this address.
    pub(super) fn is_proved(&self, address: SocketAddr) -> bool {
        self.sources.iter().any(|source| source.address == address)
    }

    pub(super) fn handle_datagram(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) -> Checked {
        let Some(request) = BindingRequest::parse(datagram) else {
            return Checked::Refused;
        };
        let is_current = self.current.admits(&request);
        let generation = match &self.previous {
            _ if is_current => &self.current,
            Some(previous) if previous.admits(&request) => previous,
            Some(_) | None => return Checked::Refused,
        };
        let verdict = request.verdict();
        let answer = request.answer(verdict, source, &generation.key);
        if is_current && self.previous.take().is_some() {
            // RFC 8445 section 9: the new generation nominates anew; media stays where it is until then.
            self.is_nominated = false;
        }
        let use_candidate = request.use_candidate;
        let selected = (verdict == Verdict::Success)
            .then(|| self.follow(source, use_candidate, now))
            .flatten();
        Checked::Answered { answer, selected }
    }

    /// Notes a proved address and follows the peer's choice; tells the new address if it changed.
    fn follow(&mut self, address: SocketAddr, use_candidate: bool, now: Instant) -> Option<SocketAddr> {
        // A controlling browser nominates only after its own check came back. Media security must not wait
        // for that: the first proved address is used until one is nominated, and again when the nominated one
        // went silent.
        let is_wanted =
            use_candidate || (!self.is_nominated && self.selected.is_none()) || self.is_silent(now);
        self.prove(address, now);
        self.is_nominated |= use_candidate;
        (is_wanted && self.selected.replace(address) != Some(address)).then_some(address)
    }

    fn is_silent(&self, now: Instant) -> bool {
        let proved_at = self
            .sources
            .iter()
            .find(|source| Some(source.address) == self.selected)
            .map(|source| source.proved_at);
        proved_at.is_some_and(|at| now.saturating_duration_since(at) >= LOST_AFTER)
    }

    fn prove(&mut self, address: SocketAddr, now: Instant) {
        self.sources.retain(|source| source.address != address);
        if self.sources.len() == SOURCES_MAX {
            let selected = self.selected;
            let oldest = self
                .sources
                .iter()
                .position(|source| Some(source.address) != selected)
                .unwrap_or(0);
            self.sources.remove(oldest);
        }
        self.sources.push(Source {
            address,
            proved_at: now,
        });
    }
}
