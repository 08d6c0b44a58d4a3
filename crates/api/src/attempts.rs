//! Rate limiting of what guesses passwords or makes tenants: attempts per key in a fixed window, in bounded memory.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use model::Timestamp;

use crate::error::Error;
use crate::limits;

/// Counts attempts.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<Windows>);

#[derive(Default)]
struct Windows {
    by_key: BTreeMap<Key, (Timestamp, u32)>,
    by_age: BTreeSet<(Timestamp, Key)>,
}

/// Who attempts, or on whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The address that a request came from; of IPv6 its /64, which one customer has.
    Address(IpAddr),
    /// The e-mail address that is tried.
    Email(String),
}

impl Key {
    fn of_address(address: IpAddr) -> Option<Self> {
        let address = address.to_canonical();
        // On loopback sits a developer, or a proxy whose clients would all share one count; the count per e-mail
        // address holds for them.
        if address.is_loopback() {
            return None;
        }
        Some(Self::Address(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        }))
    }

    const fn attempts_max(&self) -> u32 {
        match self {
            Self::Address(_) => limits::ATTEMPTS_PER_ADDRESS_MAX,
            Self::Email(_) => limits::ATTEMPTS_PER_EMAIL_MAX,
        }
    }
}

impl Attempts {
    /// Counts an attempt from an address and, where one is named, on an e-mail address.
    pub(crate) fn count(&self, from: Peer, email: Option<&str>, now: Timestamp) -> Result<(), Error> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let by_address = from.0.and_then(Key::of_address);
        let by_email = email.map(|email| Key::Email(email.to_owned()));
        for key in by_address.into_iter().chain(by_email) {
            windows.count(key, now)?;
        }
        Ok(())
    }

    /// Forgets the attempts on an e-mail address: its owner is here.
    pub(crate) fn forgive(&self, email: &str) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        windows.forget(&Key::Email(email.to_owned()));
    }
}

impl Windows {
    fn count(&mut self, key: Key, now: Timestamp) -> Result<(), Error> {
        if let Some((began_at, count)) = self.by_key.get_mut(&key) {
            let ends_at = *began_at + limits::ATTEMPTS_WINDOW;
            if now < ends_at {
                if *count >= key.attempts_max() {
                    let retry_after_s = ends_at.millis_since(now).div_ceil(1000);
                    return Err(Error::TooManyRequests { retry_after_s });
                }
                *count += 1;
                return Ok(());
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
        Ok(())
    }

    fn forget(&mut self, key: &Key) {
        if let Some((began_at, _)) = self.by_key.remove(key) {
            self.by_age.remove(&(began_at, key.clone()));
        }
    }
}

/// The address that a request came from, when the server knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(connected.map(|ConnectInfo(address)| address.ip())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn peer(text: &str) -> Peer {
        Peer(Some(text.parse().unwrap()))
    }

    #[test]
    fn an_address_is_stopped_until_its_window_ends() {
        let attempts = Attempts::default();
        for _ in 0..limits::ATTEMPTS_PER_ADDRESS_MAX {
            assert!(attempts.count(peer("192.0.2.1"), None, AT).is_ok());
        }
        let refused = attempts.count(peer("192.0.2.1"), None, AT);
        assert!(matches!(
            refused,
            Err(Error::TooManyRequests { retry_after_s: 300 })
        ));
        assert!(attempts.count(peer("192.0.2.2"), None, AT).is_ok());
        assert!(
            attempts
                .count(peer("192.0.2.1"), None, AT + limits::ATTEMPTS_WINDOW)
                .is_ok()
        );
    }

    #[test]
    fn an_e_mail_address_is_guarded_from_many_places_and_forgiven_to_its_owner() {
        let attempts = Attempts::default();
        let guess = |host: u32| {
            let from = Peer(Some(IpAddr::V4(host.into())));
            attempts.count(from, Some("maya@acme.example"), AT).is_ok()
        };
        assert!((1..=limits::ATTEMPTS_PER_EMAIL_MAX).all(guess));
        assert!(!guess(1000));
        attempts.forgive("maya@acme.example");
        assert!(guess(1001));
    }

    #[test]
    fn one_customer_is_one_address_and_loopback_is_none() {
        let key = |text: &str| Key::of_address(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_eq!(key("127.0.0.1"), None);
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for host in 0..2 * limits::ATTEMPT_KEYS_MAX as u32 {
            let from = Peer(Some(IpAddr::V4((0x0a00_0000 + host).into())));
            attempts.count(from, None, AT).unwrap();
        }
        let windows = attempts.0.lock().unwrap();
        assert_eq!(windows.by_key.len(), limits::ATTEMPT_KEYS_MAX);
        assert_eq!(windows.by_age.len(), limits::ATTEMPT_KEYS_MAX);
    }
}
