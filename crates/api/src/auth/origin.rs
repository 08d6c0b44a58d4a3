//! Whether a request comes from a page of ours.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::error::Error;
use crate::state::ApiState;

/// Proof that no other site's page sent the request: the `Origin` is ours, or there is none (no browser).
pub(crate) struct SameOrigin;

impl FromRequestParts<ApiState> for SameOrigin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Error> {
        if parts.headers.contains_key(header::ORIGIN) && !is_ours(&parts.headers, state.backend.base_url()) {
            return Err(Error::CsrfFailed);
        }
        Ok(Self)
    }
}

/// Whether the request's `Origin` is the configured address or the host it was sent to.
pub(crate) fn is_ours(headers: &HeaderMap, base_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    origin == base_url || (authority.is_some() && authority == text(header::HOST))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_our_pages_are_ours() {
        for (origin, expected) in [
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("https://evil.example", false),
            ("http://127.0.0.1:8081", false),
            ("null", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8080"));
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            assert_eq!(is_ours(&headers, "http://localhost:8080"), expected, "{origin}");
        }
    }
}
