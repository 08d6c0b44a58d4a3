use super::HeaderValue;
use crate::params::Params;
use crate::parse::{Scanner, SyntaxError};

/// When to try again (RFC 3261 §20.33); the comment is for people and not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryAfter {
    /// How many seconds to wait.
    pub secs: u32,
    /// How many seconds the callee will then be reachable.
    pub duration_secs: Option<u32>,
}

impl HeaderValue for RetryAfter {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        scanner.skip_whitespace();
        let secs = scanner.number("a number of seconds")?;
        scanner.skip_whitespace();
        if scanner.peek() == Some(b'(') {
            scanner.comment()?;
        }
        let params = Params::parse_after_semicolons(&mut scanner)?;
        scanner.finish()?;
        let duration_secs = params.get("duration").map(|digits| number(digits.as_bytes()));
        Ok(Self {
            secs,
            duration_secs: duration_secs.transpose()?,
        })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.secs.to_string().as_bytes());
        if let Some(secs) = self.duration_secs {
            out.extend_from_slice(format!(";duration={secs}").as_bytes());
        }
    }
}

/// Reads a value that is a decimal number and nothing else.
pub(super) fn number(value: &[u8]) -> Result<u32, SyntaxError> {
    let mut scanner = Scanner::new(value);
    scanner.skip_whitespace();
    let number = scanner.number("a number")?;
    scanner.finish()?;
    Ok(number)
}

/// Reads a number of seconds; one too large for 32 bits means the largest, as RFC 4475 §3.1.2.4
/// suggests for Expires.
pub(super) fn clamped_seconds(value: &[u8]) -> Result<u32, SyntaxError> {
    match number(value) {
        Err(SyntaxError::NumberOutOfRange) => Ok(u32::MAX),
        other => other,
    }
}
