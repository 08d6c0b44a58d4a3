use super::HeaderValue;
use crate::params::Params;
use crate::parse::{Scanner, SyntaxError};

/// A challenge of WWW-Authenticate or Proxy-Authenticate (RFC 7235 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme, such as `Digest`.
    pub scheme: String,
    /// The parameters in order.
    pub params: Params,
}

/// The answer of Authorization or Proxy-Authorization (RFC 7235 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The scheme, such as `Digest`.
    pub scheme: String,
    /// The parameters in order.
    pub params: Params,
}

impl HeaderValue for Challenge {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        scheme_and_params(value).map(|(scheme, params)| Self { scheme, params })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        encode(&self.scheme, &self.params, out);
    }
}

impl HeaderValue for Credentials {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        scheme_and_params(value).map(|(scheme, params)| Self { scheme, params })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        encode(&self.scheme, &self.params, out);
    }
}

fn scheme_and_params(value: &[u8]) -> Result<(String, Params), SyntaxError> {
    let mut scanner = Scanner::new(value);
    scanner.skip_whitespace();
    let scheme = scanner.token("an authentication scheme")?.to_owned();
    scanner.skip_whitespace();
    let params = if scanner.is_at_end() {
        Params::new()
    } else {
        Params::parse_comma_separated(&mut scanner)?
    };
    scanner.finish()?;
    // Two values for `response` or `realm` would let two readers see two different credentials.
    if params.has_duplicates() {
        return Err(SyntaxError::Expected("each authentication parameter once"));
    }
    Ok((scheme, params))
}

fn encode(scheme: &str, params: &Params, out: &mut Vec<u8>) {
    out.extend_from_slice(scheme.as_bytes());
    out.push(b' ');
    params.encode_with_commas(out);
}
