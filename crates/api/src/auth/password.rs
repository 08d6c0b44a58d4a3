//! Password hashing: Argon2id, off the async threads, so many at a time and no more.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;
use crate::limits;
use crate::peer::{Peer, address_block};

/// The PHC string of a password under a salt, which must be random. Takes some 30 ms of a core.
///
/// # Errors
/// When the library refuses its own parameters.
pub fn hash_password(password: &str, salt: u128) -> Result<String, argon2::password_hash::Error> {
    // OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane.
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
    let hashed: PasswordHash = argon2.hash_password_with_salt(password.as_bytes(), &salt.to_be_bytes())?;
    Ok(hashed.to_string())
}

/// Whether the password is the one that was hashed; what is no PHC string is nobody's. Takes some 30 ms of a core.
#[must_use]
pub fn is_password(password: &str, hash: &str) -> bool {
    let verify = |parsed| Argon2::default().verify_password(password.as_bytes(), &parsed);
    PasswordHash::new(hash).is_ok_and(|parsed| verify(parsed).is_ok())
}

/// Hashes and verifies passwords within bounds.
pub(crate) struct Passwords {
    working: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    by_address: Arc<ByAddress>,
    /// Verified against when there is no user, so that the answer takes as long.
    decoy: String,
}

impl Passwords {
    /// Prepares hashing; `salt` makes the decoy.
    pub(crate) fn new(salt: u128) -> Self {
        let decoy = hash_password("nobody has this password", salt);
        Self {
            working: Arc::new(Semaphore::new(limits::HASHES_AT_ONCE_MAX)),
            admitted: Arc::new(Semaphore::new(
                limits::HASHES_AT_ONCE_MAX + limits::HASHES_WAITING_MAX,
            )),
            by_address: Arc::default(),
            decoy: decoy.expect("the default parameters are valid"),
        }
    }

    /// The PHC string of a password under a random salt.
    pub(crate) async fn hash(&self, from: Peer, password: String, salt: u128) -> Result<String, Error> {
        self.work(from, move || hash_password(&password, salt))
            .await?
            .map_err(|error| Error::Internal(Box::new(error)))
    }

    /// Whether the password is the one that was hashed; without a hash it takes as long and is not.
    pub(crate) async fn verify(
        &self,
        from: Peer,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, Error> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let matches = self.work(from, move || is_password(&password, &stored)).await?;
        Ok(exists && matches)
    }

    async fn work<T: Send + 'static>(
        &self,
        from: Peer,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let place = self.admit(from)?;
        // First come, first served; no address has more than a few in the queue.
        let permit = Arc::clone(&self.working)
            .acquire_owned()
            .await
            .map_err(|_| Error::Unavailable)?;
        tokio::task::spawn_blocking(move || {
            // Held by the job itself: a client that goes away does not make room while its job still runs.
            let _held = (permit, place);
            job()
        })
        .await
        .map_err(|error| Error::Internal(Box::new(error)))
    }

    /// Takes a place in the queue.
    fn admit(&self, from: Peer) -> Result<Place, Error> {
        let full = || Error::TooManyRequests { retry_after_s: 1 };
        let of_address = match from.client().map(address_block) {
            Some(address) => Some(OfAddress::take(&self.by_address, address).ok_or_else(full)?),
            None => None,
        };
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        Ok(Place {
            _admitted: admitted.map_err(|_| full())?,
            _of_address: of_address,
        })
    }
}

/// A place in the queue, until it is dropped.
struct Place {
    _admitted: OwnedSemaphorePermit,
    _of_address: Option<OfAddress>,
}

/// How many of the queue each address has.
#[derive(Default)]
struct ByAddress(Mutex<BTreeMap<IpAddr, usize>>);

impl ByAddress {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An address's part of a place.
struct OfAddress {
    address: IpAddr,
    among: Arc<ByAddress>,
}

impl OfAddress {
    fn take(among: &Arc<ByAddress>, address: IpAddr) -> Option<Self> {
        let mut counts = among.lock();
        let count = counts.entry(address).or_default();
        if *count >= limits::HASHES_PER_ADDRESS_MAX {
            return None;
        }
        *count += 1;
        Some(Self {
            address,
            among: Arc::clone(among),
        })
    }
}

impl Drop for OfAddress {
    fn drop(&mut self) {
        let mut counts = self.among.lock();
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> Peer {
        Peer(Some(text.parse().unwrap()))
    }

    #[test]
    fn no_address_fills_the_queue_and_who_is_done_makes_room() {
        let passwords = Passwords::new(1);
        let guesser = peer("192.0.2.66");
        let mut places: Vec<_> = std::iter::from_fn(|| passwords.admit(guesser).ok()).collect();
        assert_eq!(places.len(), limits::HASHES_PER_ADDRESS_MAX);
        assert!(passwords.admit(peer("192.0.2.1")).is_ok());
        places.pop();
        assert!(passwords.admit(guesser).is_ok());
        drop(places);
        assert!(passwords.by_address.lock().is_empty());
    }

    #[test]
    fn the_queue_is_bounded_for_all_together() {
        let passwords = Passwords::new(1);
        let admitted: Vec<_> = std::iter::from_fn(|| passwords.admit(Peer(None)).ok()).collect();
        assert_eq!(
            admitted.len(),
            limits::HASHES_AT_ONCE_MAX + limits::HASHES_WAITING_MAX
        );
    }

    #[test]
    fn a_password_is_known_again() {
        let hash = hash_password("correct horse battery", 7).unwrap();
        assert!(is_password("correct horse battery", &hash));
        assert!(!is_password("incorrect horse battery", &hash));
        assert!(!is_password("correct horse battery", "no hash"));
    }
}
