//! Rate limiting of what guesses passwords or makes tenants, in bounded memory.
//!
//! Whoever guesses is stopped by their own address; nobody can lock another's user from elsewhere. Guesses on one user
//! from many addresses slow sign-ins of that user down, gently, and do not stop them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;

use crate::error::Error;
use crate::limits;
use crate::peer::{Peer, address_block, first_bits};

/// Bits of an IPv6 address that one site has (RFC 6177 section 2): many blocks, one guesser.
const SITE_BITS: u32 = 48;

/// Counts attempts.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<Counts>);

/// Each kind has its memory, so that a flood of one does not have another forgotten.
#[derive(Default)]
struct Counts {
    by_address: Windows<IpAddr>,
    by_site: Windows<IpAddr>,
    by_user_and_address: Windows<(String, IpAddr)>,
    by_user: Windows<String>,
    mails: Windows<String>,
}

impl Attempts {
    /// Counts an attempt from an address.
    ///
    /// # Errors
    /// [`Error::TooManyRequests`] when there were too many.
    pub(crate) fn count(&self, from: Peer, now: Timestamp) -> Result<(), Error> {
        self.lock().count_address(from, now)
    }

    /// Counts an attempt to sign in and tells how long to wait before the password is looked at.
    ///
    /// # Errors
    /// [`Error::TooManyRequests`] when there were too many from the address, or from there on this user.
    pub(crate) fn count_sign_in(&self, from: Peer, email: &str, now: Timestamp) -> Result<Duration, Error> {
        let mut counts = self.lock();
        let guesser = from
            .client()
            .map(|address| (email.to_owned(), address_block(address)));
        if let Some(guesser) = &guesser {
            counts
                .by_user_and_address
                .check(guesser, limits::ATTEMPTS_PER_USER_AND_ADDRESS_MAX, now)?;
        }
        counts.count_address(from, now)?;
        if let Some(guesser) = guesser {
            counts.by_user_and_address.add(guesser, now);
        }
        let on_user = counts.by_user.add(email.to_owned(), now);
        let too_many = on_user.saturating_sub(limits::ATTEMPTS_PER_USER_AT_ONCE);
        Ok(limits::SLOW_DOWN_MAX.min(limits::SLOW_DOWN_STEP * too_many))
    }

    /// Takes an attempt to sign in back: the password was right. An office whose agents begin work together counts
    /// nothing.
    pub(crate) fn forgive(&self, from: Peer, email: &str) {
        let mut counts = self.lock();
        if let Some(address) = from.client() {
            counts.by_address.take_back(&address_block(address));
            counts.by_site.take_back(&first_bits(address, SITE_BITS));
            let guesser = (email.to_owned(), address_block(address));
            counts.by_user_and_address.forget(&guesser);
        }
        counts.by_user.take_back(&email.to_owned());
    }

    /// Whether one more mail may go to an address that somebody typed; those before it hold a link that still works.
    pub(crate) fn may_mail(&self, email: &str, now: Timestamp) -> bool {
        let mut counts = self.lock();
        let email = email.to_owned();
        let may = counts.mails.check(&email, limits::RESET_MAILS_MAX, now).is_ok();
        if may {
            counts.mails.add(email, now);
        }
        may
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn count_address(&mut self, from: Peer, now: Timestamp) -> Result<(), Error> {
        let Some(address) = from.client() else {
            return Ok(());
        };
        let (block, site) = (address_block(address), first_bits(address, SITE_BITS));
        self.by_address
            .check(&block, limits::ATTEMPTS_PER_ADDRESS_MAX, now)?;
        self.by_site.check(&site, limits::ATTEMPTS_PER_SITE_MAX, now)?;
        self.by_address.add(block, now);
        if site.is_ipv6() {
            self.by_site.add(site, now);
        }
        Ok(())
    }
}

/// Counts per key in fixed windows. For a new key the one whose window began first is forgotten.
struct Windows<K> {
    by_key: BTreeMap<K, (Timestamp, u32)>,
    by_age: BTreeSet<(Timestamp, K)>,
}

impl<K> Default for Windows<K> {
    fn default() -> Self {
        Self {
            by_key: BTreeMap::new(),
            by_age: BTreeSet::new(),
        }
    }
}

impl<K: Ord + Clone> Windows<K> {
    /// Refuses when as many as may be were counted in the present window.
    fn check(&self, key: &K, max: u32, now: Timestamp) -> Result<(), Error> {
        let Some((began_at, count)) = self.by_key.get(key) else {
            return Ok(());
        };
        let ends_at = *began_at + limits::ATTEMPTS_WINDOW;
        if now < ends_at && *count >= max {
            let retry_after_s = ends_at.millis_since(now).div_ceil(1000);
            return Err(Error::TooManyRequests { retry_after_s });
        }
        Ok(())
    }

    /// Counts one and returns how many there are in the present window.
    fn add(&mut self, key: K, now: Timestamp) -> u32 {
        if let Some((began_at, count)) = self.by_key.get_mut(&key) {
            if now < *began_at + limits::ATTEMPTS_WINDOW {
                *count = count.saturating_add(1);
                return *count;
            }
            self.forget(&key);
        }
        while self.by_key.len() >= limits::ATTEMPT_KEYS_MAX {
            let Some((_, oldest)) = self.by_age.first().cloned() else {
                break;
            };
            self.forget(&oldest);
        }
        self.by_age.insert((now, key.clone()));
        self.by_key.insert(key, (now, 1));
        1
    }

    fn take_back(&mut self, key: &K) {
        if let Some((_, count)) = self.by_key.get_mut(key) {
            *count = count.saturating_sub(1);
        }
    }

    fn forget(&mut self, key: &K) {
        if let Some((began_at, _)) = self.by_key.remove(key) {
            self.by_age.remove(&(began_at, key.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);
    const MAYA: &str = "maya@acme.example";

    fn peer(text: &str) -> Peer {
        Peer(Some(text.parse().unwrap()))
    }

    fn host(number: u32) -> Peer {
        Peer(Some(IpAddr::V4((0x0a00_0000 + number).into())))
    }

    #[test]
    fn an_address_is_stopped_until_its_window_ends() {
        let attempts = Attempts::default();
        for _ in 0..limits::ATTEMPTS_PER_ADDRESS_MAX {
            assert!(attempts.count(peer("192.0.2.1"), AT).is_ok());
        }
        let refused = attempts.count(peer("192.0.2.1"), AT);
        assert!(matches!(
            refused,
            Err(Error::TooManyRequests { retry_after_s: 300 })
        ));
        assert!(attempts.count(peer("192.0.2.2"), AT).is_ok());
        let later = AT + limits::ATTEMPTS_WINDOW;
        assert!(attempts.count(peer("192.0.2.1"), later).is_ok());
    }

    #[test]
    fn who_guesses_on_a_user_stops_only_themselves() {
        let attempts = Attempts::default();
        let guess = |from: Peer| attempts.count_sign_in(from, MAYA, AT).is_ok();
        for _ in 0..limits::ATTEMPTS_PER_USER_AND_ADDRESS_MAX {
            assert!(guess(peer("192.0.2.66")));
        }
        assert!(!guess(peer("192.0.2.66")));
        assert!(guess(peer("192.0.2.1")), "the user signs in from elsewhere");
        let other = attempts.count_sign_in(peer("192.0.2.66"), "noor@acme.example", AT);
        assert!(other.is_ok(), "and others from there");
    }

    #[test]
    fn nobody_is_locked_out_by_a_guesser_behind_the_same_silent_proxy() {
        let attempts = Attempts::default();
        for _ in 0..1000 {
            assert!(attempts.count_sign_in(peer("127.0.0.1"), MAYA, AT).is_ok());
        }
    }

    #[test]
    fn guesses_from_everywhere_slow_a_user_down_and_never_lock_them() {
        let attempts = Attempts::default();
        let delay = |number| attempts.count_sign_in(host(number), MAYA, AT).unwrap();
        assert!((0..limits::ATTEMPTS_PER_USER_AT_ONCE).all(|number| delay(number).is_zero()));
        assert_eq!(delay(1000), limits::SLOW_DOWN_STEP);
        for number in 2000..4000 {
            assert!(delay(number) <= limits::SLOW_DOWN_MAX);
        }
        assert_eq!(delay(5000), limits::SLOW_DOWN_MAX);
        let other = attempts.count_sign_in(host(6000), "noor@acme.example", AT);
        assert!(other.unwrap().is_zero());
    }

    #[test]
    fn an_office_that_begins_work_together_is_not_stopped() {
        let attempts = Attempts::default();
        for agent in 0..1000 {
            let email = format!("agent{agent}@acme.example");
            attempts.count_sign_in(peer("192.0.2.1"), &email, AT).unwrap();
            attempts.forgive(peer("192.0.2.1"), &email);
        }
    }

    #[test]
    fn a_site_with_many_addresses_is_one_guesser() {
        let attempts = Attempts::default();
        let from = |block: u128| {
            let address = 0x2001_0db8_0001_0000_0000_0000_0000_0001 + (block << 64);
            Peer(Some(IpAddr::V6(Ipv6Addr::from(address))))
        };
        let allowed = (0..1000).filter(|block| attempts.count(from(*block), AT).is_ok());
        assert_eq!(allowed.count(), limits::ATTEMPTS_PER_SITE_MAX as usize);
    }

    #[test]
    fn a_mailbox_is_not_flooded() {
        let attempts = Attempts::default();
        let sent = (0..100).filter(|_| attempts.may_mail(MAYA, AT)).count();
        assert_eq!(sent, limits::RESET_MAILS_MAX as usize);
        assert!(attempts.may_mail(MAYA, AT + limits::ATTEMPTS_WINDOW));
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..2 * limits::ATTEMPT_KEYS_MAX as u32 {
            let email = format!("{number}@acme.example");
            attempts.count_sign_in(host(number), &email, AT).unwrap();
        }
        let counts = attempts.lock();
        assert_eq!(counts.by_address.by_key.len(), limits::ATTEMPT_KEYS_MAX);
        assert_eq!(counts.by_user.by_age.len(), limits::ATTEMPT_KEYS_MAX);
        assert_eq!(counts.by_user_and_address.by_key.len(), limits::ATTEMPT_KEYS_MAX);
    }
}
