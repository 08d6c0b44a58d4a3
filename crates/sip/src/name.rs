use std::borrow::Cow;

use crate::header::HeaderValue;
use crate::params::{Params, encode_quoted};
use crate::parse::{Scanner, SyntaxError, is_token_char};
use crate::uri::Uri;

/// A URI with an optional display name and header parameters, as From, To, Contact, Route and their
/// like carry it (RFC 3261 §20.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    /// The display name without quotes; bytes, because peers send other encodings than UTF-8.
    pub display_name: Option<Vec<u8>>,
    /// The URI.
    pub uri: Uri,
    /// The header parameters, such as `tag`, `expires` and `q`; never those of the URI.
    pub params: Params,
}

impl NameAddr {
    /// Makes an address without display name and parameters.
    pub fn new(uri: Uri) -> Self {
        Self {
            display_name: None,
            uri,
            params: Params::new(),
        }
    }

    /// Sets the display name.
    pub fn with_display_name(mut self, name: &str) -> Self {
        self.display_name = Some(name.as_bytes().to_vec());
        self
    }

    /// Sets the `tag` parameter.
    pub fn with_tag(mut self, tag: &str) -> Self {
        self.set_tag(tag);
        self
    }

    /// Sets the `tag` parameter.
    pub fn set_tag(&mut self, tag: &str) {
        self.params.set("tag", tag);
    }

    /// Returns the `tag` parameter.
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag")
    }

    /// Returns the display name for people, with a replacement character for what is no UTF-8.
    pub fn display_name_lossy(&self) -> Option<Cow<'_, str>> {
        self.display_name.as_deref().map(String::from_utf8_lossy)
    }

    /// Returns the `expires` parameter of a Contact in seconds: more than 32 bits hold counts as
    /// their maximum, what is no number as an hour (RFC 3261 §20.10).
    pub fn expires(&self) -> Option<u32> {
        let digits = self.params.get("expires")?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        Some(if is_number {
            digits.parse().unwrap_or(u32::MAX)
        } else {
            3600
        })
    }

    /// Reads one address, with angle brackets or, when it has no display name, without.
    pub(crate) fn scan(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        scanner.skip_whitespace();
        let display_name = match scanner.peek() {
            Some(b'"') => {
                let name = scanner.quoted()?;
                scanner.skip_whitespace();
                if scanner.peek() != Some(b'<') {
                    return Err(SyntaxError::Expected("an angle bracket after the display name"));
                }
                Some(name)
            }
            Some(b'<') => None,
            Some(_) | None => match unquoted_display_name(scanner) {
                Some(name) => Some(name),
                None => return bare(scanner),
            },
        };
        let uri = bracketed_uri(scanner)?;
        let params = Params::parse_after_semicolons(scanner)?;
        Ok(Self {
            display_name,
            uri,
            params,
        })
    }
}

impl HeaderValue for NameAddr {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        let address = Self::scan(&mut scanner)?;
        scanner.finish()?;
        Ok(address)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        if let Some(name) = &self.display_name {
            encode_quoted(name, out);
            out.push(b' ');
        }
        out.push(b'<');
        out.extend_from_slice(self.uri.to_string().as_bytes());
        out.push(b'>');
        self.params.encode_with_semicolons(out);
    }
}

/// Reads `*(token LWS)` if an angle bracket follows it; otherwise consumes nothing.
fn unquoted_display_name(scanner: &mut Scanner<'_>) -> Option<Vec<u8>> {
    let mut ahead = scanner.clone();
    let is_display_char = |byte: u8| {
        // Names in Latin-1 or UTF-8 without quotes are common and harmless.
        is_token_char(byte) || matches!(byte, b' ' | b'\t') || !byte.is_ascii()
    };
    let name = ahead.take_while(is_display_char).trim_ascii_end().to_vec();
    if ahead.peek() != Some(b'<') {
        return None;
    }
    *scanner = ahead;
    Some(name)
}

fn bracketed_uri(scanner: &mut Scanner<'_>) -> Result<Uri, SyntaxError> {
    scanner.expect(b'<', "an angle bracket")?;
    let text = scanner.take_while(|byte| byte != b'>');
    if scanner.peek() != Some(b'>') {
        return Err(SyntaxError::Unclosed("an angle bracket"));
    }
    scanner.expect(b'>', "an angle bracket")?;
    // RFC 4475 §3.1.2.14: spaces inside the brackets are wrong, and a peer that sends them is common.
    Uri::parse(text.trim_ascii_end())
}

/// Reads a URI without brackets, where `;` begins header parameters and `?` and `,` may not occur
/// (RFC 3261 §20.10).
fn bare(scanner: &mut Scanner<'_>) -> Result<NameAddr, SyntaxError> {
    let text = scanner.take_while(|byte| !matches!(byte, b';' | b',' | b' ' | b'\t'));
    if text.contains(&b'?') {
        return Err(SyntaxError::Expected(
            "an angle bracket around a URI with headers",
        ));
    }
    let uri = Uri::parse(text)?;
    let params = Params::parse_after_semicolons(scanner)?;
    Ok(NameAddr {
        display_name: None,
        uri,
        params,
    })
}
