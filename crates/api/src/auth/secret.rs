//! Secrets handed to clients: only their hashes are stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::backend::Backend;

/// What API keys start with, so that a leaked one is recognised.
pub(crate) const API_KEY_PREFIX: &str = "ohk_";

/// 256 random bits as text that fits cookies, headers and links.
pub(crate) fn generate(backend: &dyn Backend) -> String {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&backend.random().to_be_bytes());
    bytes[16..].copy_from_slice(&backend.random().to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The CSRF token that belongs to a session: it can be told from the cookie, but not the cookie from it.
pub(crate) fn csrf_token(session: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"offhook csrf token\0");
    hasher.update(session.as_bytes());
    URL_SAFE_NO_PAD.encode(hasher.finalize())
}
