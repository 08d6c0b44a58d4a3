//! Secrets handed to clients: only their hashes are stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::backend::Backend;

/// What API keys start with, so that a leaked one is recognised.
pub(crate) const API_KEY_PREFIX: &str = "ohk_";

/// 256 random bits as text that fits cookies, headers and links.
pub(crate) fn generate(backend: &dyn Backend) -> String {
    encode([backend.random(), backend.random()])
}

/// Random bits as text that fits cookies, headers and links.
pub(crate) fn encode(random: [u128; 2]) -> String {
    URL_SAFE_NO_PAD.encode(random.map(u128::to_be_bytes).concat())
}

/// The CSRF token that belongs to a session: it can be told from the cookie, but not the cookie from it.
pub(crate) fn csrf_token(session: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"offhook csrf token\0");
    hasher.update(session.as_bytes());
    URL_SAFE_NO_PAD.encode(hasher.finalize())
}
