use bytes::Bytes;

use super::{Request, StatusCode, encode};
use crate::header::{HeaderName, Headers};

/// A response (RFC 3261 §7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: StatusCode,
    /// The reason phrase, for people only; bytes that are no UTF-8 were replaced.
    pub reason: String,
    /// The header fields.
    pub headers: Headers,
    /// The body, opaque to this crate.
    pub body: Bytes,
}

impl Response {
    /// Makes the response to `request` with the default reason phrase: Via, From, To, Call-ID and
    /// CSeq are copied, for 100 Timestamp too (RFC 3261 §8.2.6). The To tag is left to the caller.
    pub fn for_request(request: &Request, status: StatusCode) -> Self {
        Self::for_headers(&request.headers, status)
    }

    /// Makes the response to a request of which only the header fields could be read.
    pub(crate) fn for_headers(request: &Headers, status: StatusCode) -> Self {
        let mut headers = Headers::new();
        let copied = [
            HeaderName::Via,
            HeaderName::From,
            HeaderName::To,
            HeaderName::CallId,
        ];
        for name in copied.iter().chain([&HeaderName::CSeq]) {
            headers.copy(name, request);
        }
        if status == StatusCode::TRYING {
            headers.copy(&HeaderName::Timestamp, request);
        }
        let reason = status.reason_phrase().to_owned();
        Self {
            status,
            reason,
            headers,
            body: Bytes::new(),
        }
    }

    /// Replaces the reason phrase.
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Adds `tag` to the To field unless it has one.
    pub fn with_to_tag(mut self, tag: &str) -> Self {
        self.headers.ensure_to_tag(tag);
        self
    }

    /// Writes the response with the Content-Length that its body has.
    pub fn encode(&self) -> Vec<u8> {
        let reason = self.reason.replace(['\r', '\n'], " ");
        encode(
            &format!("SIP/2.0 {} {reason}", self.status),
            &self.headers,
            &self.body,
        )
    }
}
