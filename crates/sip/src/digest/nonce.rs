//! Nonces that need no memory until a client has proved itself, and the window against replays.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::hex;

/// How long a nonce may be answered.
const NONCE_LIFETIME: Duration = Duration::from_secs(300);

/// Most nonces whose counts are remembered at once (about 100 bytes each).
const USED_NONCE_COUNT_MAX: usize = 16_384;

/// What [`NonceMint::accept`] found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NonceVerdict {
    /// Ours, in time, and this count was not seen before.
    Fresh,
    /// Ours, but this count was seen before or is too far behind.
    Replayed,
    /// Not ours, or too old: the client may try again with a new nonce.
    Stale,
}

/// Makes nonces and judges them when they come back.
///
/// A nonce carries its time of issue, 64 random bits and a keyed hash over both, so that a flood of
/// unauthenticated requests costs no memory. Counts are kept only for nonces that came with a proof.
#[derive(Debug)]
pub struct NonceMint {
    key: [u8; 32],
    epoch: Option<Instant>,
    used: BTreeMap<(u64, u64), Window>,
    /// Nonces issued up to here (milliseconds) whose count is not remembered are stale.
    forgotten_until_ms: u64,
}

/// The counts seen of one nonce: the highest and a bit for each of the 64 up to it.
#[derive(Clone, Copy, Debug)]
struct Window {
    highest: u32,
    seen: u64,
}

impl NonceMint {
    /// Returns a mint whose nonces no other mint accepts.
    pub fn new(rng: &mut impl Rng) -> Self {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        Self {
            key,
            epoch: None,
            used: BTreeMap::new(),
            forgotten_until_ms: 0,
        }
    }

    /// Returns a new nonce of 64 hexadecimal digits.
    pub fn issue(&mut self, rng: &mut impl Rng, now: Instant) -> String {
        let issued_at_ms = self.elapsed_ms(now);
        let mut plain = [0; 16];
        plain[..8].copy_from_slice(&issued_at_ms.to_be_bytes());
        plain[8..].copy_from_slice(&rng.next_u64().to_be_bytes());
        hex(&plain) + &hex(&self.tag(&plain))
    }

    /// Judges a nonce without remembering it.
    pub fn is_current(&mut self, nonce: &str, now: Instant) -> bool {
        self.open(nonce, now).is_some()
    }

    /// Judges nonce and count of credentials whose proof has been found right, and remembers them.
    pub fn accept(&mut self, nonce: &str, nonce_count: u32, now: Instant) -> NonceVerdict {
        let Some(id) = self.open(nonce, now) else {
            return NonceVerdict::Stale;
        };
        self.forget_expired(now);
        if let Some(window) = self.used.get_mut(&id) {
            return if window.insert(nonce_count) {
                NonceVerdict::Fresh
            } else {
                NonceVerdict::Replayed
            };
        }
        if id.0 < self.forgotten_until_ms {
            return NonceVerdict::Stale;
        }
        if self.used.len() == USED_NONCE_COUNT_MAX {
            self.forget_first();
        }
        self.used.insert(
            id,
            Window {
                highest: nonce_count,
                seen: 1,
            },
        );
        NonceVerdict::Fresh
    }

    /// Returns how many nonces are remembered.
    pub fn used_count(&self) -> usize {
        self.used.len()
    }

    fn forget_expired(&mut self, now: Instant) {
        let oldest_ms = self.elapsed_ms(now).saturating_sub(millis(NONCE_LIFETIME));
        while self
            .used
            .first_key_value()
            .is_some_and(|(id, _)| id.0 < oldest_ms)
        {
            self.used.pop_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some(((issued_at_ms, _), _)) = self.used.pop_first() {
            self.forgotten_until_ms = issued_at_ms + 1;
        }
    }

    /// Returns time of issue and random part when the nonce is ours and in time.
    fn open(&mut self, nonce: &str, now: Instant) -> Option<(u64, u64)> {
        if nonce.len() != 64 || !nonce.is_ascii() {
            return None;
        }
        let issued_at_ms = u64::from_str_radix(&nonce[..16], 16).ok()?;
        let random = u64::from_str_radix(&nonce[16..32], 16).ok()?;
        let mut plain = [0; 16];
        plain[..8].copy_from_slice(&issued_at_ms.to_be_bytes());
        plain[8..].copy_from_slice(&random.to_be_bytes());
        let expected = hex(&self.tag(&plain));
        let is_ours: bool = expected.as_bytes().ct_eq(&nonce.as_bytes()[32..]).into();
        let age_ms = self.elapsed_ms(now).checked_sub(issued_at_ms)?;
        (is_ours && age_ms <= millis(NONCE_LIFETIME)).then_some((issued_at_ms, random))
    }

    fn tag(&self, plain: &[u8; 16]) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(plain);
        let mut tag = [0; 16];
        tag.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        tag
    }

    fn elapsed_ms(&mut self, now: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(now);
        millis(now.saturating_duration_since(epoch))
    }
}

impl Window {
    /// Takes `count` in; false when it was there before or lies behind the window.
    fn insert(&mut self, count: u32) -> bool {
        if count > self.highest {
            let ahead = count - self.highest;
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let behind = self.highest - count;
        if behind >= u64::BITS || self.seen & (1 << behind) != 0 {
            return false;
        }
        self.seen |= 1 << behind;
        true
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
