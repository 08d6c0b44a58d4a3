use super::HeaderValue;
use crate::params::Params;
use crate::parse::{Scanner, SyntaxError};

/// The event package of a subscription (RFC 6665 §8.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The package with its templates, such as `refer` or `presence.winfo`.
    pub package: String,
    /// The parameters, such as `id`.
    pub params: Params,
}

/// How a subscription stands (RFC 6665 §8.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionState {
    /// `active`, `pending`, `terminated` or another token.
    pub state: String,
    /// The parameters, such as `expires` and `reason`.
    pub params: Params,
}

impl Event {
    /// Makes an event without parameters.
    pub fn new(package: &str) -> Self {
        Self {
            package: package.to_owned(),
            params: Params::new(),
        }
    }
}

impl HeaderValue for Event {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let (package, params) = token_and_params(value, "an event package")?;
        Ok(Self { package, params })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.package.as_bytes());
        self.params.encode_with_semicolons(out);
    }
}

impl HeaderValue for SubscriptionState {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let (state, params) = token_and_params(value, "a subscription state")?;
        Ok(Self { state, params })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.state.as_bytes());
        self.params.encode_with_semicolons(out);
    }
}

fn token_and_params(value: &[u8], what: &'static str) -> Result<(String, Params), SyntaxError> {
    let mut scanner = Scanner::new(value);
    scanner.skip_whitespace();
    let token = scanner.token(what)?.to_owned();
    let params = Params::parse_after_semicolons(&mut scanner)?;
    scanner.finish()?;
    Ok((token, params))
}
