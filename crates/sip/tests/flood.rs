//! Floods: what strangers can make an endpoint remember is bounded and given back.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::net::SocketAddr;
use std::time::Duration;

use pair::{Left, Pair, Right, config, sdp};
use sip::StreamId;
use sip::digest::Algorithm;
use sip::endpoint::{Command, EndpointConfig, Event, Overload};

fn stranger(number: u32) -> SocketAddr {
    let [_, high, middle, low] = number.to_be_bytes();
    SocketAddr::from(([198, 18 + high, middle, low], 5060))
}

fn invite(number: u32, from: SocketAddr) -> String {
    format!(
        "INVITE sip:+4930@192.0.2.2 SIP/2.0\r\n\
         Via: SIP/2.0/UDP {from};branch=z9hG4bKflood{number};rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:caller@{ip}>;tag=f{number}\r\n\
         To: <sip:+4930@192.0.2.2>\r\n\
         Call-ID: flood-{number}\r\n\
         CSeq: 1 INVITE\r\n\
         Contact: <sip:caller@{from}>\r\n\
         Content-Type: application/sdp\r\n\
         Content-Length: 5\r\n\r\noffer",
        ip = from.ip(),
    )
}

fn pair_with(change: impl FnOnce(&mut EndpointConfig)) -> Pair {
    let mut right = config(Right);
    change(&mut right);
    Pair::with(1, config(Left), right)
}

#[test]
fn twenty_thousand_calls_answered_and_never_acknowledged_are_bounded_and_given_back() {
    let mut pair = pair_with(|config| config.caps.dialog_count = 5_000);
    let (mut invited_count, mut highest) = (0, 0);
    for number in 0..20_000 {
        let from = stranger(number);
        pair.inject(Right, from, invite(number, from).as_bytes());
        for event in pair.take(Right) {
            let Event::Invited { dialog, .. } = event else {
                panic!("{event:?}")
            };
            invited_count += 1;
            pair.answer(Right, dialog, sdp("answer"));
        }
        pair.messages.clear();
        highest = highest.max(pair.endpoint(Right).counts().dialog_count);
        if number % 100 == 0 {
            pair.advance(Duration::from_millis(1));
        }
    }
    assert_eq!((invited_count, highest), (5_000, 5_000));
    let refused_count = pair.sent(Right).iter().filter(|word| **word == "503").count();
    assert!(refused_count >= 15_000, "{refused_count}");
    pair.advance(Duration::from_secs(33));
    let ended = pair.take(Right);
    assert_eq!(ended.len(), 5_000);
    assert!(ended.iter().all(|event| matches!(event, Event::Ended { .. })));
    pair.advance(Duration::from_secs(33));
    pair.assert_empty();
}

#[test]
fn undecided_requests_are_capped_for_all_and_for_each_source() {
    for (per_source, total, is_one_source) in [(50, 1_000, true), (1_000, 200, false)] {
        let mut pair = pair_with(|config| {
            config.caps.unadmitted_count = total;
            config.caps.unadmitted_count_per_source = per_source;
        });
        if !is_one_source {
            // Who is known has room beyond what all may take up together.
            pair.acquaint(Right, &[]);
        }
        pair.admits = false;
        for number in 0..1_000 {
            let from = if is_one_source {
                stranger(1)
            } else {
                stranger(number)
            };
            pair.inject(Right, from, invite(number, from).as_bytes());
        }
        assert_eq!(pair.take(Right).len(), per_source.min(total));
        assert_eq!(
            pair.endpoint(Right).counts().admission_count,
            per_source.min(total)
        );
        // One 503 each for who is known; over UDP a stranger gets no answer.
        let refused_count = if is_one_source { 1_000 - per_source } else { 0 };
        assert_eq!(pair.stray.len(), refused_count);
        pair.advance(Duration::from_secs(60));
        pair.assert_empty();
    }
}

#[test]
fn requests_of_strangers_keep_no_carrier_out() {
    let mut pair = pair_with(|config| config.caps.unadmitted_count = 100);
    let carrier: SocketAddr = "192.0.2.70:5060".parse().unwrap();
    pair.acquaint(Right, &[("192.0.2.64", 26)]);
    pair.admits = false;
    let asks = |pair: &mut Pair, number, from| {
        pair.inject(Right, from, invite(number, from).as_bytes());
        match &*pair.take(Right) {
            [Event::AdmissionAsked(question)] => Some(question.admission),
            _ => None,
        }
    };
    for number in 0..100 {
        let admission = asks(&mut pair, number, stranger(number)).unwrap();
        pair.command(
            Right,
            Command::Challenge {
                admission,
                algorithms: vec![Algorithm::Sha256],
                realm: "offhook".to_owned(),
            },
        );
    }
    assert_eq!(pair.stray.len(), 100, "each is challenged");
    for number in 100..200 {
        assert!(asks(&mut pair, number, stranger(number)).is_some());
    }
    assert!(asks(&mut pair, 200, stranger(200)).is_none(), "100 are undecided");
    assert!(asks(&mut pair, 201, carrier).is_some());
}

#[test]
fn an_overloaded_endpoint_can_be_silent() {
    let mut pair = pair_with(|config| {
        config.caps.unadmitted_count_per_source = 0;
        config.overload = Overload::Drop;
    });
    pair.inject(Right, stranger(1), invite(1, stranger(1)).as_bytes());
    assert!(pair.stray.is_empty() && pair.take(Right).is_empty());
}

#[test]
fn a_thousand_half_open_streams_are_capped_and_closed() {
    let mut pair = pair_with(|config| {
        config.caps.stream_count = 600;
        config.caps.stream_count_per_source = 500;
        config.caps.stream_bytes = 1 << 20;
    });
    pair.acquaint(Right, &[]);
    for number in 0..1_000 {
        let from = stranger(if number < 700 { 1 } else { number });
        let stream = StreamId(u64::from(number));
        pair.open(Right, stream, from);
        pair.inject_stream(
            Right,
            stream,
            format!("INVITE sip:x SIP/2.0\r\nX: {}", "y".repeat(4_000)).as_bytes(),
        );
    }
    let counts = pair.endpoint(Right).counts();
    assert!(counts.stream_count <= 600, "{counts:?}");
    assert!(counts.buffered_bytes <= 1 << 20, "{counts:?}");
    // One byte now and then does not keep half a message alive.
    for _ in 0..11 {
        pair.advance(Duration::from_secs(1));
        for number in 0..10 {
            pair.inject_stream(Right, StreamId(number), b"y");
        }
    }
    let counts = pair.endpoint(Right).counts();
    assert_eq!(
        (counts.stream_count, counts.buffered_bytes, counts.deadline_count),
        (0, 0, 0)
    );
}

#[test]
fn connections_of_strangers_keep_no_carrier_out() {
    let mut pair = pair_with(|config| config.caps.stream_count = 100);
    pair.acquaint(Right, &[("192.0.2.64", 26)]);
    pair.admits = false;
    let asks = |pair: &mut Pair, number: u32, from| {
        let request = invite(number, from).replace("SIP/2.0/UDP", "SIP/2.0/TCP");
        pair.inject_stream(Right, StreamId(number.into()), request.as_bytes());
        !pair.take(Right).is_empty()
    };
    for number in 1..=101 {
        pair.open(Right, StreamId(number), stranger(1));
    }
    assert_eq!(pair.endpoint(Right).counts().stream_count, 100);
    assert!(!asks(&mut pair, 1, stranger(1)), "the oldest has made room");
    let carrier: SocketAddr = "192.0.2.70:5060".parse().unwrap();
    pair.open(Right, StreamId(200), carrier);
    assert_eq!(pair.endpoint(Right).counts().stream_count, 101);
    assert!(asks(&mut pair, 200, carrier));
    assert!(asks(&mut pair, 2, stranger(1)));
    for _ in 0..4 {
        pair.advance(Duration::from_secs(9));
        for number in 2..=101 {
            pair.inject_stream(Right, StreamId(number), b"\r\n\r\n");
        }
    }
    assert_eq!(
        pair.endpoint(Right).counts().stream_count,
        1,
        "whatever strangers send"
    );
}

#[test]
fn a_stranger_who_is_let_in_keeps_the_connection() {
    let mut pair = pair_with(|_| {});
    pair.acquaint(Right, &[]);
    pair.open(Right, StreamId(1), stranger(1));
    let request = invite(1, stranger(1)).replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    pair.inject_stream(Right, StreamId(1), request.as_bytes());
    let dialog = pair.invited(Right);
    pair.answer(Right, dialog, sdp("answer"));
    pair.advance(Duration::from_secs(3_600));
    assert_eq!(pair.endpoint(Right).counts().stream_count, 1);
}

#[test]
fn junk_leaves_nothing_behind() {
    let mut pair = Pair::new(2);
    for number in 0..5_000_u32 {
        let junk = number.to_be_bytes().repeat(40);
        pair.inject(Right, stranger(number), &junk);
    }
    assert!(pair.stray.is_empty());
    pair.assert_empty();
}
