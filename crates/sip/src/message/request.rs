use bytes::Bytes;

use super::{Method, encode};
use crate::header::Headers;
use crate::uri::Uri;

/// A request (RFC 3261 §7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The Request-URI.
    pub uri: Uri,
    /// The header fields.
    pub headers: Headers,
    /// The body, opaque to this crate.
    pub body: Bytes,
}

impl Request {
    /// Makes a request without header fields and body.
    pub fn new(method: Method, uri: Uri) -> Self {
        Self {
            method,
            uri,
            headers: Headers::new(),
            body: Bytes::new(),
        }
    }

    /// Writes the request with the Content-Length that its body has.
    pub fn encode(&self) -> Vec<u8> {
        encode(
            &format!("{} {} SIP/2.0", self.method, self.uri),
            &self.headers,
            &self.body,
        )
    }
}
