use super::HeaderValue;
use crate::message::Method;
use crate::parse::{Scanner, SyntaxError, is_token_char};

/// The place of a request in its dialog (RFC 3261 §20.16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// The sequence number, 0 to 2^32-1; our own stay below 2^31 (§8.1.1.5).
    pub number: u32,
    /// The method of the request.
    pub method: Method,
}

impl HeaderValue for CSeq {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        scanner.skip_whitespace();
        let number = scanner.number("a sequence number")?;
        if !matches!(scanner.peek(), Some(b' ' | b'\t')) {
            return Err(SyntaxError::Expected("a space after the sequence number"));
        }
        scanner.skip_whitespace();
        let method = Method::from_token(scanner.text("a method", is_token_char)?)?;
        scanner.finish()?;
        Ok(Self { number, method })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{} {}", self.number, self.method).as_bytes());
    }
}
