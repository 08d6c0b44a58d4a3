use super::HeaderValue;
use crate::params::Params;
use crate::parse::{Scanner, SyntaxError};

/// Why a request was sent or a call refused (RFC 3326).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The protocol whose cause is given: `SIP`, `Q.850` or another token.
    pub protocol: String,
    /// The parameters; see [`Reason::cause`] and [`Reason::text`].
    pub params: Params,
}

impl Reason {
    /// Makes a reason with a cause and a text.
    pub fn new(protocol: &str, cause: u16, text: &str) -> Self {
        let mut params = Params::new();
        params.set("cause", &cause.to_string());
        params.set_quoted("text", text);
        Self {
            protocol: protocol.to_owned(),
            params,
        }
    }

    /// Returns the cause: a status code for `SIP`, an ITU-T cause for `Q.850`.
    pub fn cause(&self) -> Option<u16> {
        self.params.get("cause")?.parse().ok()
    }

    /// Returns the text for people.
    pub fn text(&self) -> Option<&str> {
        self.params.get("text")
    }

    pub(super) fn scan(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let protocol = scanner.token("a protocol")?.to_owned();
        let params = Params::parse_after_semicolons(scanner)?;
        Ok(Self { protocol, params })
    }
}

impl HeaderValue for Reason {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        scanner.skip_whitespace();
        let reason = Self::scan(&mut scanner)?;
        scanner.finish()?;
        Ok(reason)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.protocol.as_bytes());
        self.params.encode_with_semicolons(out);
    }
}
