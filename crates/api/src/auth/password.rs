//! Password hashing: Argon2id, off the async threads, so many at a time and no more.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Argon2, Params};
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::limits;

/// Hashes and verifies passwords within bounds.
pub(crate) struct Passwords {
    working: Arc<Semaphore>,
    admitted: Semaphore,
    params: Params,
    /// Verified against when there is no user, so that the answer takes as long.
    decoy: String,
}

impl Passwords {
    /// Prepares hashing; `salt` makes the decoy.
    pub(crate) fn new(salt: u128) -> Self {
        // OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane.
        let params = Params::default();
        let decoy = hash("nobody has this password", salt, &params);
        Self {
            working: Arc::new(Semaphore::new(limits::HASHES_AT_ONCE_MAX)),
            admitted: Semaphore::new(limits::HASHES_AT_ONCE_MAX + limits::HASHES_WAITING_MAX),
            params,
            decoy: decoy.expect("the default parameters are valid"),
        }
    }

    /// The PHC string of a password under a random salt.
    pub(crate) async fn hash(&self, password: String, salt: u128) -> Result<String, Error> {
        let params = self.params.clone();
        self.work(move || hash(&password, salt, &params))
            .await?
            .map_err(|error| Error::Internal(Box::new(error)))
    }

    /// Whether the password is the one that was hashed; without a hash it takes as long and is not.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Error> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let matches = self
            .work(move || {
                let Ok(parsed) = PasswordHash::new(&stored) else {
                    return false;
                };
                Argon2::default()
                    .verify_password(password.as_bytes(), &parsed)
                    .is_ok()
            })
            .await?;
        Ok(exists && matches)
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _admitted = self
            .admitted
            .try_acquire()
            .map_err(|_| Error::TooManyRequests { retry_after_s: 1 })?;
        let permit = Arc::clone(&self.working)
            .acquire_owned()
            .await
            .map_err(|_| Error::Unavailable)?;
        tokio::task::spawn_blocking(move || {
            // Held by the job itself: a client that goes away does not make room while its job still runs.
            let _permit = permit;
            job()
        })
        .await
        .map_err(|error| Error::Internal(Box::new(error)))
    }
}

fn hash(password: &str, salt: u128, params: &Params) -> Result<String, argon2::password_hash::Error> {
    let argon2 = Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        params.clone(),
    );
    let hashed: PasswordHash = argon2.hash_password_with_salt(password.as_bytes(), &salt.to_be_bytes())?;
    Ok(hashed.to_string())
}
