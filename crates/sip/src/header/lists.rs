use super::HeaderValue;
use crate::name::NameAddr;
use crate::parse::{Scanner, SyntaxError};

/// The value of all Contact fields of a message (RFC 3261 §20.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contacts {
    /// `*`: every binding, to be removed.
    All,
    /// The addresses in order.
    List(Vec<NameAddr>),
}

impl Contacts {
    /// Returns the addresses; none for `*`.
    pub fn as_slice(&self) -> &[NameAddr] {
        match self {
            Self::All => &[],
            Self::List(addresses) => addresses,
        }
    }
}

/// Reads `element *(, element)` to the end.
pub(super) fn parse_list<T>(
    value: &[u8],
    mut element: impl FnMut(&mut Scanner<'_>) -> Result<T, SyntaxError>,
) -> Result<Vec<T>, SyntaxError> {
    let mut scanner = Scanner::new(value);
    let mut elements = Vec::new();
    loop {
        scanner.skip_whitespace();
        elements.push(element(&mut scanner)?);
        if !scanner.eat(b',') {
            break;
        }
    }
    scanner.finish()?;
    Ok(elements)
}

/// Reads a list of tokens, which may be empty as in `Supported:`.
pub(super) fn parse_tokens(value: &[u8]) -> Result<Vec<String>, SyntaxError> {
    if value.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    parse_list(value, |scanner| scanner.token("a token").map(str::to_owned))
}

pub(super) fn encode_list(values: &[impl HeaderValue]) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        value.encode(&mut out);
    }
    out
}
