use super::{SipUri, TelUri, Uri, unescape};
use crate::params::Params;

/// Compares by meaning (RFC 3261 §19.1.4, RFC 3966 §4).
pub(super) fn is_equivalent(left: &Uri, right: &Uri) -> bool {
    match (left, right) {
        (Uri::Sip(left), Uri::Sip(right)) => is_same_sip(left, right),
        (Uri::Tel(left), Uri::Tel(right)) => is_same_tel(left, right),
        (Uri::Other(left), Uri::Other(right)) => left == right,
        (Uri::Sip(_), _) | (Uri::Tel(_), _) | (Uri::Other(_), _) => false,
    }
}

fn is_same_sip(left: &SipUri, right: &SipUri) -> bool {
    left.is_secure == right.is_secure
        && left.user.as_deref().map(canonical) == right.user.as_deref().map(canonical)
        && left.password.as_deref().map(canonical) == right.password.as_deref().map(canonical)
        && left.host == right.host
        && left.port == right.port
        && are_same_sip_params(&left.params, &right.params)
        && are_same_headers(left, right)
}

/// A parameter in both must match; `user`, `ttl`, `method`, `maddr` and `transport` must also be in
/// both or in neither; any other may be in one only.
fn are_same_sip_params(left: &Params, right: &Params) -> bool {
    let must_match = |name: &str| {
        ["user", "ttl", "method", "maddr", "transport"]
            .iter()
            .any(|special| special.eq_ignore_ascii_case(name))
    };
    let agrees = |one: &Params, other: &Params| {
        one.iter().all(|param| {
            if other.contains(param.name()) {
                is_same_value(param.value(), other.get(param.name()))
            } else {
                !must_match(param.name())
            }
        })
    };
    agrees(left, right) && agrees(right, left)
}

fn are_same_headers(left: &SipUri, right: &SipUri) -> bool {
    let canonical_headers = |uri: &SipUri| {
        let mut headers: Vec<_> = uri
            .headers
            .iter()
            .map(|(name, value)| (unescape(name).to_ascii_lowercase(), unescape(value)))
            .collect();
        headers.sort();
        headers
    };
    canonical_headers(left) == canonical_headers(right)
}

fn is_same_tel(left: &TelUri, right: &TelUri) -> bool {
    let digits = |uri: &TelUri| -> String {
        let is_visual = |c: char| matches!(c, '-' | '.' | '(' | ')');
        uri.number
            .chars()
            .filter(|c| !is_visual(*c))
            .map(|c| c.to_ascii_lowercase())
            .collect()
    };
    let covers = |one: &Params, other: &Params| {
        one.iter().all(|param| {
            other.contains(param.name()) && is_same_value(param.value(), other.get(param.name()))
        })
    };
    digits(left) == digits(right)
        && covers(&left.params, &right.params)
        && covers(&right.params, &left.params)
}

fn is_same_value(left: Option<&str>, right: Option<&str>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => unescape(left).eq_ignore_ascii_case(&unescape(right)),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Undoes escapes except those of reserved characters, which keep their own meaning: `%40` is not
/// the `@` between user and host, and `%3b` is not a `;`.
fn canonical(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('%') {
        out.extend_from_slice(&rest.as_bytes()[..start]);
        rest = &rest[start..];
        let Some(escape) = rest.get(..3) else { break };
        match unescape(escape).as_slice() {
            [byte] if !b";/?:@&=+$,".contains(byte) => out.push(*byte),
            _ => out.extend_from_slice(escape.to_ascii_uppercase().as_bytes()),
        }
        rest = &rest[3..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}
