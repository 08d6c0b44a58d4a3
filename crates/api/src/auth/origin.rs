//! Whether a request comes from a page of ours.

use std::net::IpAddr;

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
        demand_served_host(&parts.headers, state.backend.base_url())?;
        if parts.headers.contains_key(header::ORIGIN) && !is_ours(&parts.headers, state.backend.base_url()) {
            return Err(Error::CsrfFailed);
        }
        Ok(Self)
    }
}

/// Refuses what was sent to a name that is not ours: a page of another site whose name was made to lead here (DNS
/// rebinding) would be taken for one of ours. An address needs no name, and no name leads to `localhost`.
///
/// # Errors
/// [`Error::HostUnknown`]. Browsers always send `Host`; what comes without is no browser's.
pub(crate) fn demand_served_host(headers: &HeaderMap, base_url: &str) -> Result<(), Error> {
    let mut sent = headers.get_all(header::HOST).iter();
    let Some(first) = sent.next() else {
        return Ok(());
    };
    // RFC 9112 section 3.2: a second one is an attack on whoever reads the other.
    if sent.next().is_some() {
        return Err(Error::HostUnknown);
    }
    let host = first.to_str().map(host_of).unwrap_or_default();
    let own = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let own = host_of(own.split('/').next().unwrap_or_default());
    let is_served = host.eq_ignore_ascii_case(own)
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok();
    if is_served {
        Ok(())
    } else {
        Err(Error::HostUnknown)
    }
}

/// The host of `host:port`, an IPv6 address without its brackets.
fn host_of(authority: &str) -> &str {
    if let Some(bracketed) = authority.strip_prefix('[') {
        return bracketed.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
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
    fn a_request_says_once_where_it_goes() {
        let mut headers = HeaderMap::new();
        for _ in 0..2 {
            headers.append(header::HOST, HeaderValue::from_static("localhost"));
        }
        assert!(demand_served_host(&headers, "https://calls.example").is_err());
    }

    #[test]
    fn only_names_that_lead_here_are_served() {
        for (host, expected) in [
            ("calls.example", true),
            ("Calls.Example:8443", true),
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("192.168.1.5", true),
            ("evil.example", false),
            ("evil.example:8443", false),
            ("calls.example.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            let served = demand_served_host(&headers, "https://calls.example:8443");
            assert_eq!(served.is_ok(), expected, "{host}");
        }
        assert!(demand_served_host(&HeaderMap::new(), "https://calls.example").is_ok());
    }

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
