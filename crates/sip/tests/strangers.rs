//! What those are told who are nobody's peer, and those who speak up in a dialog that is not theirs.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::net::SocketAddr;
use std::time::Duration;

use pair::orders::request_from;
use pair::{CARRIER, Left, Pair, Right, header, sdp};
use sip::endpoint::{Command, Event};
use sip::{BoundTo, DialogId, StreamId};

const STRANGER: &str = "203.0.113.66:5060";
const OTHER_PROXY: &str = "192.0.2.77:5060";

/// A request in the dialog of the last message that `Left` sent with this start, as anybody writes it who has read
/// the dialog's tags and Call-ID.
fn forged(pair: &Pair, method: &str) -> String {
    let told = pair.last(Left, "ACK");
    let mut text = format!(
        "{method} sip:192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.66;branch=z9hG4bKforged{method}\r\n"
    );
    for name in ["From", "To", "Call-ID"] {
        text += &format!("{name}: {}\r\n", header(told, name)[0]);
    }
    text += &format!(
        "CSeq: 77 {method}\r\nMax-Forwards: 70\r\nContact: <sip:203.0.113.66>\r\nContent-Length: 0\r\n\r\n"
    );
    text
}

/// A call from left to right that right has bound.
fn call_bound(seed: u64, bound_to: BoundTo) -> (Pair, DialogId) {
    let mut pair = Pair::new(seed);
    pair.bound_to = bound_to;
    pair.acquaint(Right, &[("192.0.2.64", 26)]);
    let (_, right) = pair.established();
    pair.wire.clear();
    (pair, right)
}

#[test]
fn a_stranger_over_udp_gets_no_answer_whatever_it_asks() {
    for (method, to_tag, extra) in [
        ("CANCEL", "", ""),
        ("BYE", ";tag=gone", ""),
        ("BYE", "", ""),
        ("INVITE", ";tag=gone", ""),
        ("PRACK", ";tag=gone", "RAck: 1 1 INVITE\r\n"),
        ("REGISTER", "", ""),
        ("MESSAGE", "", ""),
        ("DANCE", "", ""),
        ("REGISTER", "", "CSeq: twice\r\n"),
    ] {
        let mut pair = Pair::new(1);
        pair.acquaint(Right, &[("192.0.2.0", 24)]);
        let text = request_from(STRANGER, method, to_tag, extra);
        pair.inject(Right, STRANGER.parse().unwrap(), text.as_bytes());
        assert_eq!(pair.sent(Right), [""; 0], "{method}{to_tag}{extra}");
        assert!(pair.take(Right).is_empty(), "{method}{to_tag}{extra}");
        pair.assert_empty();
    }
}

#[test]
fn a_stranger_that_nobody_decides_about_gets_no_answer_either() {
    for (ranges, expected) in [(&[][..], None), (&[("203.0.113.0", 24)], Some("503"))] {
        let mut pair = Pair::new(2);
        pair.admits = false;
        pair.acquaint(Right, ranges);
        let text = request_from(STRANGER, "INVITE", "", "");
        pair.inject(Right, STRANGER.parse().unwrap(), text.as_bytes());
        assert!(matches!(pair.only(Right), Event::AdmissionAsked(_)));
        pair.advance(Duration::from_secs(20));
        let last = pair.sent(Right).last().copied().filter(|status| *status != "100");
        assert_eq!(last, expected);
    }
}

#[test]
fn what_an_invite_requires_is_looked_at_only_once_it_is_let_in() {
    let mut pair = Pair::new(3);
    pair.admits = false;
    let text = request_from(STRANGER, "INVITE", "", "Require: teleport\r\n");
    pair.inject(Right, STRANGER.parse().unwrap(), text.as_bytes());
    let asked = pair.asked(Right);
    let admit = Command::Admit {
        admission: asked.admission,
        bound_to: BoundTo::Address,
    };
    pair.command(Right, admit);
    assert_eq!(pair.sent(Right).last(), Some(&"420"));
}

#[test]
fn the_right_tags_from_a_wrong_address_do_nothing() {
    for bound_to in [BoundTo::Address, BoundTo::Group(CARRIER)] {
        for method in ["BYE", "INVITE", "UPDATE", "INFO"] {
            let (mut pair, right) = call_bound(4, bound_to);
            let text = forged(&pair, method);
            pair.inject(Right, STRANGER.parse().unwrap(), text.as_bytes());
            assert_eq!(pair.sent(Right), [""; 0], "{method} {bound_to:?}");
            assert!(pair.take(Right).is_empty(), "{method} {bound_to:?}");
            let stream = StreamId(9);
            pair.open(Right, stream, STRANGER.parse().unwrap());
            pair.inject_stream(Right, stream, text.replace("/UDP", "/TCP").as_bytes());
            assert_eq!(pair.sent(Right), ["403"], "{method} {bound_to:?}");
            assert!(pair.take(Right).is_empty(), "{method} {bound_to:?}");
            pair.command(
                Right,
                Command::Hangup {
                    dialog: right,
                    reason: None,
                },
            );
            pair.settle();
            assert!(matches!(pair.only(Left), Event::Ended { .. }));
        }
    }
}

#[test]
fn a_dialog_takes_requests_from_all_addresses_of_its_group() {
    for (bound_to, source, expected) in [
        (BoundTo::Group(CARRIER), OTHER_PROXY, &["200"][..]),
        (BoundTo::Group(CARRIER), "192.0.2.1:40000", &["200"]),
        (BoundTo::Address, OTHER_PROXY, &[]),
        (BoundTo::Address, "192.0.2.1:40000", &[]),
        (BoundTo::Address, "192.0.2.1:5060", &["200"]),
    ] {
        let (mut pair, _) = call_bound(5, bound_to);
        let text = forged(&pair, "BYE");
        let source: SocketAddr = source.parse().unwrap();
        pair.inject(Right, source, text.as_bytes());
        assert_eq!(pair.sent(Right), expected, "{bound_to:?} {source}");
    }
}

#[test]
fn a_dialog_follows_the_far_side_to_its_contact() {
    let mut pair = Pair::new(6);
    pair.acquaint(Right, &[]);
    let text = request_from("192.0.2.1", "INVITE", "", "").replace("@192.0.2.1>", "@198.51.100.9:5070>");
    pair.inject(Right, Left.address(), text.as_bytes());
    let dialog = pair.invited(Right);
    pair.answer(Right, dialog, sdp("answer"));
    let to = header(pair.last(Right, "200"), "To")[0].to_owned();
    let ack =
        request_from("192.0.2.1", "ACK", "", "").replace("To: <sip:+4930@192.0.2.2>", &format!("To: {to}"));
    let contact = "198.51.100.9:5070".parse().unwrap();
    pair.inject(Right, STRANGER.parse().unwrap(), ack.as_bytes());
    assert!(pair.take(Right).is_empty(), "not a stranger's ACK");
    pair.inject(Right, contact, ack.as_bytes());
    assert!(matches!(pair.only(Right), Event::Acked { .. }));
    assert_eq!(pair.endpoint(Right).counts().dialog_count, 1);
}
