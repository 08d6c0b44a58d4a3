//! Digest authentication as SIP uses it (RFC 7616, RFC 8760): computing, checking, nonces.
//!
//! `qop=auth` is the only quality of protection spoken; without `qop` a response is computed the
//! old way of RFC 2069 for servers that ask so, but never accepted from a client.

mod authorization;
mod challenge;
mod client;
mod nonce;

use md5::{Digest, Md5};
use sha2::Sha256;
use subtle::ConstantTimeEq;

pub use authorization::{AuthorizationError, DigestResponse};
pub use challenge::{ChallengeError, DigestChallenge};
pub use client::ClientCredentials;
pub(crate) use client::{ChallengeSource, DigestClient};
pub use nonce::{NonceMint, NonceVerdict};

/// A hash function of digest authentication, by its name in RFC 8760.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Algorithm {
    /// `MD5`, which a challenge without an algorithm means.
    Md5,
    /// `SHA-256`.
    Sha256,
}

impl Algorithm {
    /// Returns the name that stands in `algorithm=`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// Returns the algorithm of this name, compared without regard to case; `None` if unknown.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Md5, Self::Sha256]
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// Returns the lowercase hexadecimal hash of `parts` joined by colons.
    fn hash(self, parts: &[&str]) -> String {
        fn digest<D: Digest>(parts: &[&str]) -> String {
            let mut hasher = D::new();
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    hasher.update(b":");
                }
                hasher.update(part.as_bytes());
            }
            hex(&hasher.finalize())
        }
        match self {
            Self::Md5 => digest::<Md5>(parts),
            Self::Sha256 => digest::<Sha256>(parts),
        }
    }
}

/// What proves that a user knows the password.
#[derive(Clone, Eq, PartialEq)]
pub enum Secret {
    /// `H(username:realm:password)` in hexadecimal, for the one algorithm it was made with.
    Ha1(Algorithm, String),
    /// The password itself.
    Password(String),
}

impl Secret {
    /// Returns the hash of user, realm and password (A1), or `None` when stored for another algorithm.
    pub fn ha1(&self, algorithm: Algorithm, username: &str, realm: &str) -> Option<String> {
        match self {
            Self::Ha1(stored_for, ha1) => (*stored_for == algorithm).then(|| ha1.clone()),
            Self::Password(password) => Some(algorithm.hash(&[username, realm, password])),
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// The part of a response that differs from request to request when `qop=auth` is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Count<'a> {
    /// How many requests used the nonce so far, this one included.
    pub nonce_count: u32,
    /// The client's own nonce.
    pub cnonce: &'a str,
}

/// Returns the `response` value for a request (RFC 7616 section 3.4.1).
pub fn response(
    algorithm: Algorithm,
    ha1: &str,
    nonce: &str,
    count: Option<Count<'_>>,
    method: &str,
    uri: &str,
) -> String {
    let ha2 = algorithm.hash(&[method, uri]);
    match count {
        Some(Count { nonce_count, cnonce }) => {
            let nonce_count = format!("{nonce_count:08x}");
            algorithm.hash(&[ha1, nonce, &nonce_count, cnonce, "auth", &ha2])
        }
        None => algorithm.hash(&[ha1, nonce, &ha2]),
    }
}

/// Compares two responses without telling by its duration where they differ.
fn same_response(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left
            .to_ascii_lowercase()
            .as_bytes()
            .ct_eq(right.to_ascii_lowercase().as_bytes())
            .into()
}

/// Returns `bytes` in lowercase hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
