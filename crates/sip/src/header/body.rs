use super::HeaderValue;
use crate::params::Params;
use crate::parse::{Scanner, SyntaxError};

/// The type of a body, or a range of types in Accept (RFC 3261 §20.15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// The part before the slash, in lower case; `*` in a range.
    pub kind: String,
    /// The part after the slash, in lower case; `*` in a range.
    pub subtype: String,
    /// The parameters, such as `boundary` and `charset`.
    pub params: Params,
}

impl MediaType {
    /// Whether this type or range covers `text`, a type such as `application/sdp`.
    pub fn covers(&self, text: &str) -> bool {
        let Some((kind, subtype)) = text.split_once('/') else {
            return false;
        };
        (self.kind == "*" || self.kind.eq_ignore_ascii_case(kind))
            && (self.subtype == "*" || self.subtype.eq_ignore_ascii_case(subtype))
    }

    /// Whether the type is `text`, without regard to parameters.
    pub fn is(&self, text: &str) -> bool {
        let Some((kind, subtype)) = text.split_once('/') else {
            return false;
        };
        self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    pub(super) fn scan(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let kind = scanner.token("a media type")?.to_ascii_lowercase();
        scanner.expect(b'/', "a media subtype")?;
        let subtype = scanner.token("a media subtype")?.to_ascii_lowercase();
        let params = Params::parse_after_semicolons(scanner)?;
        Ok(Self {
            kind,
            subtype,
            params,
        })
    }
}

impl HeaderValue for MediaType {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        scanner.skip_whitespace();
        let media_type = Self::scan(&mut scanner)?;
        scanner.finish()?;
        Ok(media_type)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{}/{}", self.kind, self.subtype).as_bytes());
        self.params.encode_with_semicolons(out);
    }
}

/// What a body is for, and whether it may be ignored (RFC 3261 §20.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// `session`, `render` or another token, in lower case.
    pub kind: String,
    /// The parameters, such as `handling`.
    pub params: Params,
}

impl Disposition {
    /// Whether a receiver that does not know the body may ignore it.
    pub fn is_optional(&self) -> bool {
        self.params
            .get("handling")
            .is_some_and(|how| how.eq_ignore_ascii_case("optional"))
    }
}

impl HeaderValue for Disposition {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        scanner.skip_whitespace();
        let kind = scanner.token("a disposition")?.to_ascii_lowercase();
        let params = Params::parse_after_semicolons(&mut scanner)?;
        scanner.finish()?;
        Ok(Self { kind, params })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.kind.as_bytes());
        self.params.encode_with_semicolons(out);
    }
}
