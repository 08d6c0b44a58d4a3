use super::HeaderValue;
use crate::params::Params;
use crate::parse::{Scanner, SyntaxError};

/// How long a session lives without a refresh, and who refreshes it (RFC 4028 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// The interval in seconds.
    pub secs: u32,
    /// Who refreshes, if it is settled.
    pub refresher: Option<Refresher>,
}

/// The side that refreshes a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The side that sent the request.
    Uac,
    /// The side that answers it.
    Uas,
}

/// The shortest session interval a party takes (RFC 4028 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinSe {
    /// The interval in seconds.
    pub secs: u32,
}

impl HeaderValue for SessionExpires {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let (secs, params) = seconds_and_params(value)?;
        let refresher = match params.get("refresher") {
            None if params.contains("refresher") => {
                return Err(SyntaxError::Expected("uac or uas"));
            }
            None => None,
            Some(side) if side.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(side) if side.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) => return Err(SyntaxError::Expected("uac or uas")),
        };
        Ok(Self { secs, refresher })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.secs.to_string().as_bytes());
        out.extend_from_slice(match self.refresher {
            None => b"",
            Some(Refresher::Uac) => b";refresher=uac",
            Some(Refresher::Uas) => b";refresher=uas",
        });
    }
}

impl HeaderValue for MinSe {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        seconds_and_params(value).map(|(secs, _)| Self { secs })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.secs.to_string().as_bytes());
    }
}

fn seconds_and_params(value: &[u8]) -> Result<(u32, Params), SyntaxError> {
    let mut scanner = Scanner::new(value);
    scanner.skip_whitespace();
    let secs = scanner.number("a number of seconds")?;
    let params = Params::parse_after_semicolons(&mut scanner)?;
    scanner.finish()?;
    Ok((secs, params))
}
