//! Keys, sealed values and hashes. All ciphers and hashes are those of kept libraries.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::{CryptoRng, Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};

use crate::StoreError;

/// The key under which an installation seals its secrets: 32 bytes that live outside the database.
#[derive(Clone)]
pub struct MasterKey(pub(crate) Key);

impl MasterKey {
    /// Takes the 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Key(bytes))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// A text that must not be printed: its `Debug` form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The SHA-256 of a token: what is stored of session tokens, API keys, password resets and request bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Hash([u8; 32]);

impl Sha256Hash {
    /// Hashes the bytes of a token or body.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    pub(crate) fn hex(self) -> String {
        hex(&self.0)
    }
}

/// Randomness for one operation of the store, drawn by the caller.
pub struct Entropy(ChaCha20Rng);

impl Entropy {
    /// Expands 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ChaCha20Rng::from_seed(seed))
    }

    /// Draws from a generator fit for cryptography.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        Self::from_seed(seed)
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(…)")
    }
}

/// A sealed value was changed, or sealed under another key or for another purpose.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value does not open with this key")]
pub(crate) struct UnsealError;

/// A 256-bit key.
///
/// Values are sealed with XChaCha20-Poly1305: its nonces of 24 bytes may be drawn at random for as many values as one
/// master key will ever seal, which those of 12 bytes may not.
#[derive(Clone)]
pub(crate) struct Key(pub(crate) [u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Seals `plain`; the same `purpose` must be named to open it.
    pub(crate) fn seal(&self, purpose: &str, plain: &[u8], entropy: &mut Entropy) -> String {
        let nonce: [u8; NONCE_LEN] = entropy.bytes();
        let ciphertext = XChaCha20Poly1305::new(&self.0.into())
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: purpose.as_bytes(),
                },
            )
            .expect("a value of less than 256 GB can be sealed");
        STANDARD.encode([nonce.as_slice(), &ciphertext].concat())
    }

    /// Opens what `seal` gave.
    pub(crate) fn unseal(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, UnsealError> {
        let bytes = STANDARD.decode(sealed).map_err(|_| UnsealError)?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(UnsealError)?;
        XChaCha20Poly1305::new(&self.0.into())
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: ciphertext,
                    aad: purpose.as_bytes(),
                },
            )
            .map_err(|_| UnsealError)
    }

    /// Seals a secret text.
    pub(crate) fn seal_secret(&self, purpose: &str, secret: &Secret, entropy: &mut Entropy) -> String {
        self.seal(purpose, secret.0.as_bytes(), entropy)
    }

    /// Opens what `seal_secret` gave; `what` names it should it not open.
    pub(crate) fn unseal_secret(
        &self,
        what: &'static str,
        purpose: &str,
        sealed: &str,
    ) -> Result<Secret, StoreError> {
        let plain = self
            .unseal(purpose, sealed)
            .map_err(|source| StoreError::corrupt(what, source))?;
        let text = String::from_utf8(plain).map_err(|source| StoreError::corrupt(what, source))?;
        Ok(Secret(text))
    }

    /// HMAC-SHA256 in hex.
    pub(crate) fn keyed_hash(&self, message: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(message);
        hex(&mac.finalize().into_bytes())
    }
}

const NONCE_LEN: usize = 24;

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_for_its_purpose() {
        let mut entropy = Entropy::from_seed([7; 32]);
        let key = Key([1; 32]);
        let sealed = key.seal("trunk", b"secret", &mut entropy);
        assert_eq!(key.unseal("trunk", &sealed).unwrap(), b"secret");
        assert!(key.unseal("mail", &sealed).is_err());
        assert!(Key([2; 32]).unseal("trunk", &sealed).is_err());
        assert!(key.unseal("trunk", "c2hvcnQ=").is_err());
        assert_ne!(key.seal("trunk", b"secret", &mut entropy), sealed);
    }

    #[test]
    fn hashes_are_those_of_the_standards() {
        assert_eq!(
            Sha256Hash::of(b"abc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        // RFC 4231, test case 2, with its key padded to the length of ours by zeros, which HMAC ignores.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        assert_eq!(
            Key(key).keyed_hash(b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
