//! Calls over streams: reuse, half messages, pings, smuggling, connections that cannot be had.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::orders::outbound;
use pair::{Left, Pair, Right, TCP, UDP, config, header, sdp};
use sip::StreamId;
use sip::endpoint::{Body, Command, Event, FailureCause};

#[test]
fn a_whole_call_goes_over_one_connection() {
    let mut pair = Pair::new(1);
    let left = pair.call_over(Left, TCP, sdp("offer"));
    pair.settle();
    assert!(header(pair.last(Left, "INVITE"), "Via")[0].starts_with("SIP/2.0/TCP 192.0.2.1:5060"));
    assert!(header(pair.last(Left, "INVITE"), "Contact")[0].contains(";transport=tcp"));
    let right = pair.invited(Right);
    pair.answer(Right, right, sdp("answer"));
    pair.settle();
    assert!(matches!(pair.only(Left), Event::Answered { dialog, .. } if dialog == left));
    pair.take(Right);
    pair.command(
        Right,
        Command::Hangup {
            dialog: right,
            reason: None,
        },
    );
    pair.settle();
    assert!(matches!(pair.only(Left), Event::Ended { .. }));
    assert_eq!(pair.sent(Left), ["INVITE", "ACK", "200"]);
    for side in [Left, Right] {
        assert_eq!(pair.endpoint(side).counts().stream_count, 1);
    }
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
    pair.advance(Duration::from_secs(7_201));
    assert_eq!(
        pair.endpoint(Left).counts().stream_count,
        0,
        "silent for two hours"
    );
}

#[test]
fn a_connection_that_cannot_be_had_fails_the_call_at_once() {
    let mut pair = Pair::new(2);
    pair.refuses_connections = true;
    pair.call_over(Left, TCP, sdp("offer"));
    pair.settle();
    assert!(matches!(
        pair.only(Left),
        Event::Failed {
            cause: FailureCause::Unreachable,
            ..
        }
    ));
    pair.assert_empty();
}

#[test]
fn a_large_request_takes_a_stream_if_that_is_wanted() {
    for (is_wanted, transport) in [(true, "TCP"), (false, "UDP")] {
        let mut left = config(Left);
        left.large_requests = is_wanted.then_some(TCP);
        let mut pair = Pair::with(3, left, config(Right));
        let dialog = pair.endpoint(Left).allocate_dialog();
        let body = Body::sdp("x".repeat(1_200));
        pair.command(
            Left,
            Command::Invite(Box::new(outbound(Left, dialog, UDP, Some(body)))),
        );
        pair.settle();
        pair.invited(Right);
        assert!(header(pair.last(Left, "INVITE"), "Via")[0].contains(transport));
    }
}

#[test]
fn a_large_request_goes_by_datagram_to_whoever_takes_no_connection() {
    let mut left = config(Left);
    left.large_requests = Some(TCP);
    let mut pair = Pair::with(3, left, config(Right));
    pair.refuses_connections = true;
    let dialog = pair.endpoint(Left).allocate_dialog();
    let body = Body::sdp("x".repeat(1_200));
    let call = outbound(Left, dialog, UDP, Some(body));
    pair.command(Left, Command::Invite(Box::new(call)));
    pair.settle();
    let called = pair.invited(Right);
    assert!(header(pair.last(Left, "INVITE"), "Via")[0].contains("UDP"));
    pair.command(
        Right,
        Command::Answer {
            dialog: called,
            body: sdp("answer"),
        },
    );
    pair.settle();
    let told = pair.take(Left);
    assert!(
        told.iter().any(|event| matches!(event, Event::Answered { .. })),
        "{told:?}"
    );
}

#[test]
fn messages_arrive_in_any_pieces() {
    let mut pair = Pair::new(4);
    pair.call_over(Left, TCP, sdp("offer"));
    pair.advance(Duration::from_millis(1));
    pair.refuses_connections = true;
    pair.settle();
    let invite = pair
        .last(Left, "INVITE")
        .replace("Call-ID: ", "Call-ID: bytewise")
        .replace("z9hG4bK", "z9hG4bKb");
    pair.take(Right);
    let stream = StreamId(9);
    pair.open(Right, stream, "198.51.100.7:40000".parse().unwrap());
    for byte in invite.as_bytes() {
        pair.inject_stream(Right, stream, &[*byte]);
    }
    pair.invited(Right);
    assert_eq!(pair.endpoint(Right).counts().buffered_bytes, 0);
}

#[test]
fn a_ping_gets_a_pong() {
    let mut pair = Pair::new(5);
    let stream = StreamId(9);
    pair.open(Right, stream, "198.51.100.7:40000".parse().unwrap());
    pair.inject_stream(Right, stream, b"\r\n\r\n");
    assert_eq!(pair.messages, [(Right, "\r\n".to_owned())]);
}

#[test]
fn a_length_that_two_readers_could_read_differently_closes_the_connection() {
    for length in [
        "Content-Length: 0\r\nContent-Length: 9",
        "Content-Length : 9",
        "Content-Length: -1",
        "X: y",
    ] {
        let mut pair = Pair::new(6);
        let stream = StreamId(9);
        pair.open(Right, stream, "198.51.100.7:40000".parse().unwrap());
        let message = format!(
            "OPTIONS sip:x@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP 198.51.100.7;branch=z9hG4bKs\r\n\
             From: <sip:a@b>;tag=1\r\nTo: <sip:x@192.0.2.2>\r\nCall-ID: s\r\nCSeq: 1 OPTIONS\r\n\
             {length}\r\n\r\nOPTIONS sip:hidden SIP/2.0\r\n\r\n"
        );
        pair.inject_stream(Right, stream, message.as_bytes());
        assert_eq!(pair.sent(Right), ["400"], "{length}");
        assert_eq!(pair.endpoint(Right).counts().stream_count, 0, "{length}");
    }
}
