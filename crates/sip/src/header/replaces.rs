use super::HeaderValue;
use crate::params::Params;
use crate::parse::{Scanner, SyntaxError, is_word_char};

/// The dialog an INVITE takes over (RFC 3891 §6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// The Call-ID of the dialog.
    pub call_id: String,
    /// The tag of the side that receives the INVITE.
    pub to_tag: String,
    /// The tag of the other side.
    pub from_tag: String,
    /// Whether only an early dialog may be replaced.
    pub is_early_only: bool,
}

impl HeaderValue for Replaces {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        scanner.skip_whitespace();
        let call_id = scanner.text("a Call-ID", |byte| is_word_char(byte) || byte == b'@')?;
        let params = Params::parse_after_semicolons(&mut scanner)?;
        scanner.finish()?;
        let tag = |name, what| {
            params
                .get(name)
                .map(str::to_owned)
                .ok_or(SyntaxError::Expected(what))
        };
        Ok(Self {
            call_id: call_id.to_owned(),
            to_tag: tag("to-tag", "to-tag")?,
            from_tag: tag("from-tag", "from-tag")?,
            is_early_only: params.contains("early-only"),
        })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.call_id.as_bytes());
        let mut params = Params::new();
        params.set("to-tag", &self.to_tag);
        params.set("from-tag", &self.from_tag);
        if self.is_early_only {
            params.set_flag("early-only");
        }
        params.encode_with_semicolons(out);
    }
}
