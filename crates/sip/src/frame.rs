//! Framing: where a message ends, in a datagram or in a stream (RFC 3261 §7.5, §18.3).
//!
//! There is one scan over the header lines. It finds the length of the body and yields the header
//! fields, and reading starts from those, so that framing and reading cannot disagree.

mod head;
mod stream;

use bytes::Bytes;

use self::head::{BodyLength, Head};
pub use self::stream::{StreamEvent, StreamFramer};
use crate::header::Headers;
use crate::limits::MESSAGE_BYTES_MAX;
use crate::message::Flaw;

/// One message as it was cut out, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The start line without its end.
    pub(crate) start_line: Bytes,
    /// The header fields in order.
    pub(crate) headers: Headers,
    /// The body, as long as Content-Length says.
    pub(crate) body: Bytes,
    /// The first thing that was wrong, if any; what could be read is there all the same.
    pub(crate) flaw: Option<Flaw>,
}

/// What a datagram carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datagram {
    /// Line ends and nothing else, which keep a NAT binding open; nothing is answered.
    KeepAlive,
    /// One message, good or bad; see [`Frame::read`].
    Message(Frame),
}

/// Cuts the message out of one datagram, or out of one WebSocket message (RFC 7118 §5).
///
/// Without Content-Length the body runs to the end; what follows a body of known length is ignored;
/// a body shorter than announced is a flaw (RFC 3261 §18.3).
pub fn frame_datagram(datagram: &[u8]) -> Datagram {
    let mut text = datagram;
    while let Some(rest) = text.strip_prefix(b"\r\n") {
        text = rest;
    }
    if text.is_empty() {
        return Datagram::KeepAlive;
    }
    let is_too_large = text.len() > MESSAGE_BYTES_MAX;
    let bytes = Bytes::copy_from_slice(&text[..text.len().min(MESSAGE_BYTES_MAX)]);
    let Some(end) = find_head_end(&bytes, 0) else {
        let flaw = if is_too_large {
            Flaw::MessageTooLarge
        } else {
            Flaw::HeadersUnfinished
        };
        return Datagram::Message(Head::scan(&bytes).into_frame(Bytes::new(), Some(flaw)));
    };
    let head = Head::scan(&bytes.slice(..end));
    let mut body = bytes.slice(end + HEAD_END.len()..);
    let mut flaw = is_too_large.then_some(Flaw::MessageTooLarge);
    match head.body_length {
        BodyLength::Absent => {}
        BodyLength::Known(length) if length <= body.len() => body.truncate(length),
        BodyLength::Known(_) => flaw = flaw.or(Some(Flaw::BodyTooShort)),
        BodyLength::Unusable => {}
    }
    Datagram::Message(head.into_frame(body, flaw))
}

/// The empty line that ends the header fields, with the end of the line before it.
const HEAD_END: &[u8] = b"\r\n\r\n";

/// Finds where the header fields end, looking only at line ends not wholly before `from`.
fn find_head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let start = from.saturating_sub(HEAD_END.len() - 1);
    let found = bytes[start..]
        .windows(HEAD_END.len())
        .position(|window| window == HEAD_END);
    found.map(|index| start + index)
}
