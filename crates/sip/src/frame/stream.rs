use bytes::{Buf, Bytes, BytesMut};

use super::head::{BodyLength, Head};
use super::{Frame, HEAD_END, find_head_end};
use crate::limits::MESSAGE_BYTES_MAX;
use crate::message::Flaw;

/// Cuts messages out of a byte stream. Push what arrived, then poll until nothing comes: between
/// pushes it holds at most one unfinished message of [`MESSAGE_BYTES_MAX`] bytes.
///
/// The events do not depend on how the stream was cut into pushes.
#[derive(Debug, Default)]
pub struct StreamFramer {
    buffer: BytesMut,
    state: State,
}

/// What a stream yielded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEvent {
    /// A second line end between messages came: the peer pings and wants one CRLF back
    /// (RFC 5626 §3.5.1).
    Ping,
    /// One line end between messages came: it may answer our ping, or begin one of the peer's.
    Pong,
    /// One message; see [`Frame::read`].
    Message(Frame),
    /// A message whose end cannot be known. Answer it if [`Frame::read`] says so, then close the
    /// connection: nothing that follows can be trusted, and the framer takes no more.
    Fatal(Frame),
}

#[derive(Debug)]
enum State {
    /// Between messages; `has_line_end` when one CRLF came since the last message or ping.
    Idle { has_line_end: bool },
    /// Within the header fields, of which `scanned` bytes hold no end.
    InHead { scanned: usize },
    /// The header fields are cut off, the body is not complete.
    InBody { head: Head, length: usize },
    /// Past a fatal flaw.
    Closed,
}

impl Default for State {
    fn default() -> Self {
        Self::Idle { has_line_end: false }
    }
}

impl StreamFramer {
    /// Makes a framer for a fresh connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes that arrived; poll until nothing comes before pushing again.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.is_closed() {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Yields the next event.
    pub fn poll_event(&mut self) -> Option<StreamEvent> {
        loop {
            match std::mem::take(&mut self.state) {
                State::Idle { has_line_end } => {
                    if self.buffer.starts_with(b"\r\n") {
                        self.buffer.advance(2);
                        self.state = State::Idle {
                            has_line_end: !has_line_end,
                        };
                        let is_ping = has_line_end;
                        return Some(if is_ping {
                            StreamEvent::Ping
                        } else {
                            StreamEvent::Pong
                        });
                    }
                    if self.buffer.is_empty() || &self.buffer[..] == b"\r" {
                        self.state = State::Idle { has_line_end };
                        return None;
                    }
                    self.state = State::InHead { scanned: 0 };
                }
                State::InHead { scanned } => {
                    if let Some(event) = self.cut_head(scanned)? {
                        return Some(event);
                    }
                }
                State::InBody { head, length } if self.buffer.len() < length => {
                    self.state = State::InBody { head, length };
                    return None;
                }
                State::InBody { head, length } => {
                    let body = self.buffer.split_to(length).freeze();
                    return Some(StreamEvent::Message(head.into_frame(body, None)));
                }
                State::Closed => {
                    self.state = State::Closed;
                    return None;
                }
            }
        }
    }

    /// Whether a fatal flaw came, after which the framer takes nothing.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Whether a message has begun and not ended, so that the connection should not wait for ever.
    pub fn is_mid_message(&self) -> bool {
        match self.state {
            State::Idle { .. } => !self.buffer.is_empty(),
            State::InHead { .. } | State::InBody { .. } => true,
            State::Closed => false,
        }
    }

    /// Returns how many bytes wait for the rest of their message.
    pub fn buffered_len(&self) -> usize {
        self.buffer.len()
    }

    /// Cuts the header fields off when they are complete: yields `None` when more bytes are needed,
    /// and an event only when the flaw is fatal.
    fn cut_head(&mut self, scanned: usize) -> Option<Option<StreamEvent>> {
        let searched = &self.buffer[..self.buffer.len().min(MESSAGE_BYTES_MAX)];
        let Some(end) = find_head_end(searched, scanned) else {
            if self.buffer.len() < MESSAGE_BYTES_MAX {
                self.state = State::InHead {
                    scanned: self.buffer.len(),
                };
                return None;
            }
            let head = Head::scan(&Bytes::copy_from_slice(searched));
            return Some(Some(self.close(head, Flaw::MessageTooLarge)));
        };
        let mut head = Head::scan(&self.buffer.split_to(end).freeze());
        self.buffer.advance(HEAD_END.len());
        if head.is_length_name_padded {
            // RFC 3261 lets white space stand before the colon, but a proxy in front of us may read
            // such a line as no Content-Length at all; on a stream that moves the message's end.
            head.note(Flaw::MalformedContentLength);
        }
        if let Some(flaw) = head.flaw.clone() {
            return Some(Some(self.close(head, flaw)));
        }
        match head.body_length {
            BodyLength::Known(length) if end + HEAD_END.len() + length <= MESSAGE_BYTES_MAX => {
                self.state = State::InBody { head, length };
                Some(None)
            }
            BodyLength::Known(_) => Some(Some(self.close(head, Flaw::MessageTooLarge))),
            BodyLength::Absent => Some(Some(self.close(head, Flaw::MissingContentLength))),
            BodyLength::Unusable => Some(Some(self.close(head, Flaw::MalformedContentLength))),
        }
    }

    fn close(&mut self, head: Head, flaw: Flaw) -> StreamEvent {
        self.buffer = BytesMut::new();
        self.state = State::Closed;
        StreamEvent::Fatal(head.into_frame(Bytes::new(), Some(flaw)))
    }
}
