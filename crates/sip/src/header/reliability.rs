use super::HeaderValue;
use crate::message::Method;
use crate::parse::{Scanner, SyntaxError};

/// What a PRACK acknowledges (RFC 3262 §7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    /// The RSeq of the provisional response.
    pub rseq: u32,
    /// The CSeq number of the response.
    pub cseq: u32,
    /// The CSeq method of the response.
    pub method: Method,
}

impl HeaderValue for RAck {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        scanner.skip_whitespace();
        let rseq = scanner.number("a response number")?;
        scanner.skip_whitespace();
        let cseq = scanner.number("a sequence number")?;
        scanner.skip_whitespace();
        let method = Method::from_token(scanner.token("a method")?)?;
        scanner.finish()?;
        Ok(Self { rseq, cseq, method })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let text = format!("{} {} {}", self.rseq, self.cseq, self.method);
        out.extend_from_slice(text.as_bytes());
    }
}
