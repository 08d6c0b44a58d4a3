use bytes::Bytes;

use super::Frame;
use crate::header::{HeaderName, Headers};
use crate::limits::{HEADER_COUNT_MAX, LINE_BYTES_MAX};
use crate::message::Flaw;

/// The start line and the header fields of a message, with what they say about its body.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) start_line: Bytes,
    pub(super) headers: Headers,
    pub(super) body_length: BodyLength,
    /// Whether the name of Content-Length was parted from its colon.
    pub(super) is_length_name_padded: bool,
    pub(super) flaw: Option<Flaw>,
}

/// What Content-Length says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyLength {
    /// There is none.
    Absent,
    /// There is exactly one, and it is a number.
    Known(usize),
    /// It is repeated or no number.
    Unusable,
}

impl Head {
    /// Scans everything before the empty line.
    pub(super) fn scan(text: &Bytes) -> Self {
        let mut lines = Lines {
            rest: Some(text.clone()),
        };
        let mut head = Self {
            start_line: Bytes::new(),
            headers: Headers::new(),
            body_length: BodyLength::Absent,
            is_length_name_padded: false,
            flaw: None,
        };
        if let Some(line) = lines.next() {
            head.start_line = head.checked(line);
            if head.start_line.len() > LINE_BYTES_MAX {
                head.note(Flaw::LineTooLong);
            }
        }
        for line in lines {
            head.add(line);
            if head.flaw == Some(Flaw::TooManyHeaders) {
                // Nothing that follows can mend this, and a flood of fields should cost little.
                break;
            }
        }
        head
    }

    pub(super) fn into_frame(self, body: Bytes, flaw: Option<Flaw>) -> Frame {
        let Self {
            start_line,
            headers,
            flaw: own_flaw,
            ..
        } = self;
        Frame {
            start_line,
            headers,
            body,
            flaw: own_flaw.or(flaw),
        }
    }

    /// Notes a flaw; the first one counts.
    pub(super) fn note(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
    }

    fn add(&mut self, line: Line) {
        let line = self.checked(line);
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return self.note(Flaw::HeaderLine);
        };
        let spelled_name = &line[..colon];
        let Ok(name) = HeaderName::parse(spelled_name.trim_ascii_end()) else {
            return self.note(Flaw::HeaderLine);
        };
        if name == HeaderName::ContentLength {
            self.is_length_name_padded |= spelled_name.trim_ascii_end() != spelled_name;
            return self.add_content_length(line[colon + 1..].trim_ascii());
        }
        if line.len() > LINE_BYTES_MAX {
            self.note(Flaw::LineTooLong);
        } else if self.headers.len() == HEADER_COUNT_MAX {
            self.note(Flaw::TooManyHeaders);
        } else {
            self.headers.push(name, line.slice(colon + 1..));
        }
    }

    /// Takes digits only: a sign, a radix prefix or an exponent is read differently elsewhere, and
    /// two readers who disagree about a body's end let one peer speak for another.
    fn add_content_length(&mut self, value: &[u8]) {
        if self.body_length != BodyLength::Absent {
            self.body_length = BodyLength::Unusable;
            return self.note(Flaw::RepeatedContentLength);
        }
        let digits = str::from_utf8(value)
            .ok()
            .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        match digits.map(str::parse::<u32>) {
            Some(Ok(length)) => {
                // A length beyond memory is longer than any body and refused as such.
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                self.body_length = BodyLength::Known(length);
            }
            Some(Err(_)) | None => {
                self.body_length = BodyLength::Unusable;
                self.note(Flaw::MalformedContentLength);
            }
        }
    }

    fn checked(&mut self, line: Line) -> Bytes {
        if line.has_bare_line_end {
            self.note(Flaw::BareLineEnd);
        }
        line.text
    }
}

/// A line with its continuations, unfolded.
struct Line {
    text: Bytes,
    /// Whether a CR or LF stands alone somewhere in it.
    has_bare_line_end: bool,
}

/// Cuts text at CRLF and joins continuation lines to the line they continue (RFC 3261 §7.3.1).
struct Lines {
    rest: Option<Bytes>,
}

impl Lines {
    fn next_physical(&mut self) -> Option<Bytes> {
        let rest = self.rest.take()?;
        match rest.windows(2).position(|pair| pair == b"\r\n") {
            Some(end) => {
                self.rest = Some(rest.slice(end + 2..));
                Some(rest.slice(..end))
            }
            None => Some(rest),
        }
    }

    fn continues(&self) -> bool {
        self.rest
            .as_ref()
            .is_some_and(|rest| matches!(rest.first(), Some(b' ' | b'\t')))
    }
}

impl Iterator for Lines {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let first = self.next_physical()?;
        let text = if self.continues() {
            let mut unfolded = first.to_vec();
            while self.continues()
                && let Some(continuation) = self.next_physical()
            {
                // The fold and the white space around it count as one space.
                unfolded.truncate(unfolded.trim_ascii_end().len());
                unfolded.push(b' ');
                unfolded.extend_from_slice(continuation.trim_ascii_start());
            }
            unfolded.into()
        } else {
            first
        };
        let has_bare_line_end = text.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
        Some(Line {
            text,
            has_bare_line_end,
        })
    }
}
