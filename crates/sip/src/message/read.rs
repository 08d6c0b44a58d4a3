use std::net::SocketAddr;

use bytes::Bytes;

use super::validate::{validate_request, validate_response};
use super::{Flaw, Message, Method, Request, Response, StatusCode};
use crate::frame::Frame;
use crate::header::{HeaderName, Headers};
use crate::uri::Uri;

/// What to do with a message that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The message is well formed; whether we can do what it asks is for [`super::check_request`].
    Accept(Message),
    /// The request cannot be accepted. Send `response` to where the request came from, whatever its
    /// Via says; no transaction is made.
    Answer {
        /// The answer, without a To tag.
        response: Response,
        /// What was wrong.
        flaw: Flaw,
    },
    /// The message is to be forgotten: a bad response, a bad ACK, or nothing like SIP.
    Discard(Flaw),
}

impl Frame {
    /// Reads the message and judges it.
    pub fn read(self) -> Verdict {
        let Self {
            start_line,
            headers,
            body,
            flaw,
        } = self;
        if is_status_line(&start_line) {
            return match read_response(&start_line, headers, body, flaw) {
                Ok(response) => Verdict::Accept(Message::Response(response)),
                Err(flaw) => Verdict::Discard(flaw),
            };
        }
        if !names_sip(&start_line) {
            return Verdict::Discard(Flaw::NotSip);
        }
        match read_request(&start_line, headers, body, flaw) {
            Ok(request) => Verdict::Accept(Message::Request(request)),
            Err((headers, flaw)) => refuse(&start_line, &headers, flaw),
        }
    }

    /// Notes in the top Via of a request where it came from; see [`Headers::note_source`]. A Via that
    /// cannot be read stays as it is, and so does that of a response, which is our own.
    pub fn note_source(&mut self, source: SocketAddr) {
        if !is_status_line(&self.start_line) {
            // A malformed Via is found again by `read`, which says so.
            let _ = self.headers.note_source(source);
        }
    }
}

/// Refuses a request with whatever can be said to its sender; an ACK has no answer, and neither has
/// a request without Via, for then no hop will take the response.
fn refuse(start_line: &[u8], headers: &Headers, flaw: Flaw) -> Verdict {
    if start_line.starts_with(b"ACK ") || !headers.contains(&HeaderName::Via) {
        return Verdict::Discard(flaw);
    }
    let response = Response::for_headers(headers, flaw.status()).with_reason(flaw.to_string());
    Verdict::Answer { response, flaw }
}

fn is_status_line(line: &[u8]) -> bool {
    line.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"))
}

/// Whether the line ends in a SIP version, so that its sender will understand an answer.
fn names_sip(line: &[u8]) -> bool {
    let word = line.trim_ascii_end().rsplit(|byte| *byte == b' ').next();
    word.is_some_and(is_status_line)
}

fn request_line(line: &[u8]) -> Result<(Method, Uri), Flaw> {
    let mut words = line.split(|byte| *byte == b' ');
    let (Some(method), Some(uri), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Flaw::RequestLine);
    };
    if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        let is_version = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
        let is_other_version = version.len() > 4 && version[4..].iter().all(is_version);
        return Err(if is_other_version {
            Flaw::UnsupportedVersion
        } else {
            Flaw::RequestLine
        });
    }
    let method = str::from_utf8(method).map_err(|_| Flaw::RequestLine)?;
    let method = Method::from_token(method).map_err(|_| Flaw::RequestLine)?;
    let uri = Uri::parse(uri).map_err(Flaw::RequestUri)?;
    Ok((method, uri))
}

/// Reads a request; on a flaw the header fields come back, for the answer is made of them.
fn read_request(
    start_line: &[u8],
    headers: Headers,
    body: Bytes,
    flaw: Option<Flaw>,
) -> Result<Request, (Headers, Flaw)> {
    let parsed = flaw.map_or_else(|| request_line(start_line), Err);
    let (method, uri) = match parsed {
        Ok(parsed) => parsed,
        Err(flaw) => return Err((headers, flaw)),
    };
    let request = Request {
        method,
        uri,
        headers,
        body,
    };
    match validate_request(&request) {
        Ok(()) => Ok(request),
        Err(flaw) => Err((request.headers, flaw)),
    }
}

fn read_response(
    start_line: &Bytes,
    headers: Headers,
    body: Bytes,
    flaw: Option<Flaw>,
) -> Result<Response, Flaw> {
    if let Some(flaw) = flaw {
        return Err(flaw);
    }
    let (status, reason) = status_line(start_line)?;
    let response = Response {
        status,
        reason,
        headers,
        body,
    };
    validate_response(&response)?;
    Ok(response)
}

/// Reads `SIP/2.0 code reason`; the space after the code may be missing with an empty reason, as
/// several makers send it.
fn status_line(line: &[u8]) -> Result<(StatusCode, String), Flaw> {
    let mut words = line.splitn(3, |byte| *byte == b' ');
    let (version, code) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        return Err(Flaw::UnsupportedVersion);
    }
    let code = match code {
        [a, b, c] if code.iter().all(u8::is_ascii_digit) => {
            u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0')
        }
        _ => return Err(Flaw::StatusLine),
    };
    let status = StatusCode::new(code).ok_or(Flaw::StatusLine)?;
    let reason = words.next().unwrap_or_default();
    Ok((status, String::from_utf8_lossy(reason).into_owned()))
}
