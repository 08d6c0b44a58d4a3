use super::SyntaxError;
use super::chars::is_token_char;

/// A cursor over an unfolded header value; every step either consumes what it names or leaves the
/// cursor where it was.
#[derive(Clone, Debug)]
pub(crate) struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    pub(crate) fn skip_whitespace(&mut self) {
        while let [b' ' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Consumes `byte` together with the white space around it; false when something else comes.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let start = self.rest;
        self.skip_whitespace();
        if self.rest.first() != Some(&byte) {
            self.rest = start;
            return false;
        }
        self.rest = &self.rest[1..];
        self.skip_whitespace();
        true
    }

    /// Consumes `byte` and the white space around it, or says that `what` is missing.
    pub(crate) fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), SyntaxError> {
        if self.eat(byte) {
            Ok(())
        } else {
            Err(SyntaxError::Expected(what))
        }
    }

    /// Consumes the longest run of bytes that satisfy `accepts`, which may be empty.
    pub(crate) fn take_while(&mut self, accepts: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self
            .rest
            .iter()
            .position(|&byte| !accepts(byte))
            .unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Consumes a run of ASCII bytes that satisfy `accepts`; an empty run means that `what` is missing.
    pub(crate) fn text(
        &mut self,
        what: &'static str,
        accepts: impl Fn(u8) -> bool,
    ) -> Result<&'a str, SyntaxError> {
        let taken = self.take_while(|byte| byte.is_ascii() && accepts(byte));
        match str::from_utf8(taken) {
            Ok(text) if !text.is_empty() => Ok(text),
            Ok(_) | Err(_) => Err(SyntaxError::Expected(what)),
        }
    }

    pub(crate) fn token(&mut self, what: &'static str) -> Result<&'a str, SyntaxError> {
        self.text(what, is_token_char)
    }

    /// Consumes a decimal number of at least one digit; leading zeros count for nothing.
    pub(crate) fn number(&mut self, what: &'static str) -> Result<u32, SyntaxError> {
        let digits = self.text(what, |byte| byte.is_ascii_digit())?;
        digits.parse().map_err(|_| SyntaxError::NumberOutOfRange)
    }

    /// Consumes a quoted string and returns its bytes without quotes and backslashes (RFC 3261 §25.1).
    pub(crate) fn quoted(&mut self) -> Result<Vec<u8>, SyntaxError> {
        let mut bytes = self.rest.iter().enumerate();
        if !matches!(bytes.next(), Some((_, b'"'))) {
            return Err(SyntaxError::Expected("a quoted string"));
        }
        let mut text = Vec::new();
        while let Some((index, &byte)) = bytes.next() {
            match byte {
                b'"' => {
                    self.rest = &self.rest[index + 1..];
                    return Ok(text);
                }
                b'\\' => match bytes.next() {
                    Some((_, &escaped)) => text.push(escaped),
                    None => break,
                },
                plain => text.push(plain),
            }
        }
        Err(SyntaxError::Unclosed("a quoted string"))
    }

    /// Consumes a comment in parentheses, nested ones included, and returns what stands between the
    /// outer two.
    pub(crate) fn comment(&mut self) -> Result<&'a [u8], SyntaxError> {
        if self.peek() != Some(b'(') {
            return Err(SyntaxError::Expected("a comment"));
        }
        let text = self.rest;
        let mut depth = 0_usize;
        let mut bytes = text.iter().enumerate();
        while let Some((index, &byte)) = bytes.next() {
            match byte {
                b'\\' => {
                    bytes.next();
                }
                b'(' => depth += 1,
                b')' if depth == 1 => {
                    self.rest = &text[index + 1..];
                    return Ok(&text[1..index]);
                }
                b')' => depth -= 1,
                _ => {}
            }
        }
        Err(SyntaxError::Unclosed("a comment"))
    }

    /// Fails unless only white space is left.
    pub(crate) fn finish(mut self) -> Result<(), SyntaxError> {
        self.skip_whitespace();
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(SyntaxError::TrailingText)
        }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.iter().all(|byte| matches!(byte, b' ' | b'\t'))
    }
}
