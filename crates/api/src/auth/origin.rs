//! Whether a request comes from a page of ours.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
/// [`Error::HostUnknown`], without a `Host` too: every client sends one (RFC 9112 section 3.2).
pub(crate) fn demand_served_host(headers: &HeaderMap, base_url: &str) -> Result<(), Error> {
    let mut sent = headers.get_all(header::HOST).iter();
    // A second one is an attack on whoever reads the other.
    let (Some(only), None) = (sent.next(), sent.next()) else {
        return Err(Error::HostUnknown);
    };
    let host = only.to_str().ok().and_then(Host::of).ok_or(Error::HostUnknown)?;
    let own = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let own = Host::of(own.split('/').next().unwrap_or_default());
    let is_served = match &host {
        Host::Address(_) => true,
        Host::Name(name) => name == "localhost" || own.as_ref() == Some(&host),
    };
    if is_served {
        Ok(())
    } else {
        Err(Error::HostUnknown)
    }
}

/// Where a request was sent to, without the port.
#[derive(PartialEq)]
enum Host {
    Address(IpAddr),
    /// In lower case.
    Name(String),
}

impl Host {
    /// Reads the host of `host` or `host:port`, an IPv6 address in brackets (RFC 9110 section 7.2); none if it is anything
    /// else.
    fn of(authority: &str) -> Option<Self> {
        if let Some(bracketed) = authority.strip_prefix('[') {
            let (address, port) = bracketed.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            return is_port(port).then_some(Self::Address(address.into()));
        }
        let end = authority.find(':').unwrap_or(authority.len());
        let (name, port) = authority.split_at(end);
        if !is_port(port) {
            return None;
        }
        if let Ok(address) = name.parse::<Ipv4Addr>() {
            return Some(Self::Address(address.into()));
        }
        let is_name = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_');
        let fits = !name.is_empty() && name.bytes().all(is_name);
        fits.then(|| Self::Name(name.to_ascii_lowercase()))
    }
}

/// Whether the rest of an authority is nothing, or a colon and a port; RFC 3986 section 3.2.3 lets the port be empty.
fn is_port(rest: &str) -> bool {
    let Some(port) = rest.strip_prefix(':') else {
        return rest.is_empty();
    };
    port.is_empty() || port.bytes().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok()
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
            ("LOCALHOST", true),
            ("localhost:", true),
            ("localhost:65535", true),
            ("[::1]", true),
            ("localhost:evil", false),
            ("localhost:99999", false),
            ("localhost:+80", false),
            ("localhost:80:80", false),
            ("localhost:21080@evil.example", false),
            ("localhost@evil.example", false),
            ("localhost/evil.example", false),
            (" localhost", false),
            ("127.0.0.1:80 evil.example", false),
            ("[::1]evil", false),
            ("[::1]:evil", false),
            ("[::1", false),
            ("::1", false),
            ("[127.0.0.1]", false),
            ("[localhost]", false),
            (":8080", false),
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
        assert!(demand_served_host(&HeaderMap::new(), "https://calls.example").is_err());
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
