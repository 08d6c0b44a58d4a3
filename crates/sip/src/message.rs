//! Requests and responses: types, builders, printing, and the verdict on what a peer sent.

mod capabilities;
mod flaw;
mod method;
mod read;
mod request;
mod response;
mod status;
mod validate;

pub use self::capabilities::{UaCapabilities, check_request};
pub use self::flaw::Flaw;
pub use self::method::{ExtensionMethod, Method};
pub use self::read::Verdict;
pub use self::request::Request;
pub use self::response::Response;
pub use self::status::StatusCode;
pub use self::validate::validate;
use crate::header::Headers;

/// A request or a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

impl Message {
    /// Returns the header fields.
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    /// Returns the header fields for editing.
    pub fn headers_mut(&mut self) -> &mut Headers {
        match self {
            Self::Request(request) => &mut request.headers,
            Self::Response(response) => &mut response.headers,
        }
    }

    /// Returns the body.
    pub fn body(&self) -> &bytes::Bytes {
        match self {
            Self::Request(request) => &request.body,
            Self::Response(response) => &response.body,
        }
    }

    /// Writes the message with the Content-Length that its body has.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.encode(),
            Self::Response(response) => response.encode(),
        }
    }
}

fn encode(start_line: &str, headers: &Headers, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(512 + body.len());
    out.extend_from_slice(start_line.as_bytes());
    out.extend_from_slice(b"\r\n");
    headers.encode(&mut out);
    out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    out.extend_from_slice(body);
    out
}
