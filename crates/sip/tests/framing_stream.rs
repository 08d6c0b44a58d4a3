//! How a byte stream is cut into messages: keep-alives, lengths, bounds, and no trust after a flaw.

#![expect(clippy::unwrap_used, reason = "tests may panic")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test names what it wants, not the rest"
)]

#[path = "torture/fixtures.rs"]
mod fixtures;

use proptest::collection::vec;
use proptest::prelude::*;
use sip::limits::MESSAGE_BYTES_MAX;
use sip::{Flaw, Message, StreamEvent, StreamFramer, Verdict};

const OPTIONS: &str = "OPTIONS sip:t@example.com SIP/2.0\r\n\
    Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\n\
    From: <sip:a@example.com>;tag=1\r\n\
    To: <sip:t@example.com>\r\n\
    Call-ID: 1\r\n\
    CSeq: 1 OPTIONS\r\n";

/// An INVITE that a peer would like to hide in a body.
const HIDDEN: &str = "INVITE sip:+88216000000@example.com SIP/2.0\r\nContent-Length: 0\r\n\r\n";

#[test]
fn messages_follow_one_another_without_losing_a_byte() {
    let stream = format!("{OPTIONS}Content-Length: 5\r\n\r\nhello{OPTIONS}l: 0\r\n\r\n");
    let bodies: Vec<_> = accepted(&stream)
        .iter()
        .map(|message| message.body().clone())
        .collect();
    assert_eq!(bodies, ["hello", ""]);
}

#[test]
fn a_double_line_end_is_a_ping_and_a_single_one_may_be_a_pong() {
    let events = cut(b"\r\n\r\n");
    assert_eq!(events, [StreamEvent::Pong, StreamEvent::Ping]);
    assert_eq!(cut(b"\r\n"), [StreamEvent::Pong]);
    let stream = format!("\r\n{OPTIONS}l: 0\r\n\r\n\r\n");
    let events = cut(stream.as_bytes());
    assert!(matches!(
        events[..],
        [StreamEvent::Pong, StreamEvent::Message(_), StreamEvent::Pong]
    ));
}

#[test]
fn a_folded_length_is_the_length() {
    let stream = format!("{OPTIONS}Content-Length:\r\n  5\r\n\r\nhello{OPTIONS}l: 0\r\n\r\n");
    assert_eq!(accepted(&stream).len(), 2);
}

#[test]
fn a_length_two_readers_could_read_differently_ends_the_connection() {
    let length = HIDDEN.len();
    let table = [
        (
            format!("Content-Length: 0\r\nContent-Length: {length}\r\n"),
            Flaw::RepeatedContentLength,
        ),
        (
            format!("l: {length}\r\nContent-Length: {length}\r\n"),
            Flaw::RepeatedContentLength,
        ),
        (
            format!("Content-Length : {length}\r\n"),
            Flaw::MalformedContentLength,
        ),
        (
            format!("Content-Length\t: {length}\r\n"),
            Flaw::MalformedContentLength,
        ),
        (
            format!("Content-Length: +{length}\r\n"),
            Flaw::MalformedContentLength,
        ),
        (
            format!("Content-Length: {length}, {length}\r\n"),
            Flaw::MalformedContentLength,
        ),
        (
            format!("Content-Length: {length}\r\n 0\r\n"),
            Flaw::MalformedContentLength,
        ),
        ("Content-Length:\r\n".to_owned(), Flaw::MalformedContentLength),
        ("Content-Length: -1\r\n".to_owned(), Flaw::MalformedContentLength),
        (
            "Content-Length: 0x10\r\n".to_owned(),
            Flaw::MalformedContentLength,
        ),
        (
            "Content-Length: 18446744073709551615\r\n".to_owned(),
            Flaw::MalformedContentLength,
        ),
        ("Content-Length: 99999999\r\n".to_owned(), Flaw::MessageTooLarge),
        (String::new(), Flaw::MissingContentLength),
        (format!("X: y\nContent-Length: {length}\r\n"), Flaw::BareLineEnd),
        (format!("X: y\rContent-Length: {length}\r\n"), Flaw::BareLineEnd),
        (format!("Content-Length\0: {length}\r\n"), Flaw::HeaderLine),
        (
            format!("no colon\r\nContent-Length: {length}\r\n"),
            Flaw::HeaderLine,
        ),
    ];
    for (line, expected) in table {
        let stream = format!("{OPTIONS}{line}\r\n{HIDDEN}");
        let mut framer = StreamFramer::new();
        framer.push(stream.as_bytes());
        let Some(StreamEvent::Fatal(frame)) = framer.poll_event() else {
            panic!("{line:?} ends the connection");
        };
        let Verdict::Answer { response, flaw } = frame.read() else {
            panic!("{line:?} is answered");
        };
        assert_eq!(flaw, expected, "{line:?}");
        let expected_code = if flaw == Flaw::MessageTooLarge { 513 } else { 400 };
        assert_eq!(response.status.code(), expected_code, "{line:?}");
        assert!(framer.is_closed());
        framer.push(HIDDEN.as_bytes());
        assert_eq!(framer.poll_event(), None, "nothing is read after {line:?}");
        assert_eq!(framer.buffered_len(), 0);
    }
}

#[test]
fn a_message_that_never_ends_never_fills_more_than_one_message() {
    for chunk in ["X: y\r\n", "xxxxxxxxxxxxxxxx"] {
        let mut framer = StreamFramer::new();
        framer.push(OPTIONS.as_bytes());
        let mut held_max = 0;
        let mut fatal = None;
        for _ in 0..100_000 {
            framer.push(chunk.as_bytes());
            if let Some(event) = framer.poll_event() {
                fatal = Some(event);
                break;
            }
            assert!(framer.is_mid_message());
            held_max = held_max.max(framer.buffered_len());
        }
        assert!(matches!(fatal, Some(StreamEvent::Fatal(_))), "it is given up");
        assert!(held_max <= MESSAGE_BYTES_MAX);
    }
}

#[test]
fn a_half_message_waits() {
    let mut framer = StreamFramer::new();
    assert!(!framer.is_mid_message());
    framer.push(OPTIONS.as_bytes());
    assert_eq!(framer.poll_event(), None);
    assert!(framer.is_mid_message());
    framer.push(b"Content-Length: 5\r\n\r\nhell");
    assert_eq!(framer.poll_event(), None);
    assert!(framer.is_mid_message());
    framer.push(b"o");
    assert!(matches!(framer.poll_event(), Some(StreamEvent::Message(_))));
    assert!(!framer.is_mid_message());
}

proptest! {
    #[test]
    fn the_events_do_not_depend_on_how_the_stream_was_cut(
        pieces in vec(piece(), 1..8),
        sizes in vec(1_usize..200, 1..40),
    ) {
        let stream = pieces.concat();
        let mut framer = StreamFramer::new();
        let mut events = Vec::new();
        let mut rest = stream.as_slice();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, after) = rest.split_at((*size).min(rest.len()));
            rest = after;
            framer.push(chunk);
            events.extend(std::iter::from_fn(|| framer.poll_event()));
        }
        prop_assert_eq!(events, cut(&stream));
    }
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => prop::sample::select(fixtures::all()).prop_map(|(_, bytes)| bytes),
        2 => Just(b"\r\n".to_vec()),
        1 => Just(b"\r\n\r\n".to_vec()),
        4 => Just(format!("{OPTIONS}l: 3\r\n\r\nabc").into_bytes()),
        1 => vec(any::<u8>(), 0..100),
    ]
}

fn cut(stream: &[u8]) -> Vec<StreamEvent> {
    let mut framer = StreamFramer::new();
    framer.push(stream);
    std::iter::from_fn(|| framer.poll_event()).collect()
}

fn accepted(stream: &str) -> Vec<Message> {
    let read = |event| match event {
        StreamEvent::Message(frame) => match frame.read() {
            Verdict::Accept(message) => message,
            other => panic!("not accepted: {other:?}"),
        },
        other => panic!("no message: {other:?}"),
    };
    cut(stream.as_bytes()).into_iter().map(read).collect()
}
