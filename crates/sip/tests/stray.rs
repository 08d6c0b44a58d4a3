//! Messages that belong to nothing, and messages that come twice.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::net::SocketAddr;
use std::time::Duration;

use pair::orders::request_from;
use pair::{Left, Pair, Right, header, sdp, status};
use sip::endpoint::{Command, Event};

const STRANGER: &str = "198.51.100.7:5070";

fn request(method: &str, to_tag: &str, extra: &str) -> String {
    request_from(STRANGER, method, to_tag, extra)
}

#[test]
fn what_belongs_to_nothing_is_refused_without_being_remembered() {
    let rows = [
        ("CANCEL", "", "", Some("481")),
        ("ACK", "", "", None),
        ("ACK", ";tag=gone", "", None),
        ("BYE", ";tag=gone", "", Some("481")),
        ("BYE", "", "", Some("481")),
        ("INVITE", ";tag=gone", "", Some("481")),
        ("PRACK", ";tag=gone", "RAck: 1 1 INVITE\r\n", Some("481")),
        ("REGISTER", "", "", Some("405")),
        ("MESSAGE", "", "", Some("405")),
        ("DANCE", "", "", Some("501")),
    ];
    for (method, to_tag, extra, expected) in rows {
        let mut pair = Pair::new(1);
        pair.inject(
            Right,
            STRANGER.parse().unwrap(),
            request(method, to_tag, extra).as_bytes(),
        );
        assert_eq!(pair.sent(Right), expected.as_slice(), "{method}{to_tag}");
        assert!(pair.take(Right).is_empty(), "{method}{to_tag}");
        pair.assert_empty();
    }
}

#[test]
fn responses_that_answer_nothing_are_dropped() {
    let mut pair = Pair::new(2);
    pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
    pair.answer(Right, right, None);
    let forged = pair.last(Right, "200").replace("z9hG4bK", "z9hG4bK0");
    pair.inject(Left, Right.address(), forged.as_bytes());
    assert!(pair.take(Left).is_empty());
}

#[test]
fn responses_go_to_where_the_request_came_from() {
    let nat: SocketAddr = "203.0.113.9:12345".parse().unwrap();
    for (rport, expected) in [(";rport", "203.0.113.9:12345"), ("", "203.0.113.9:5070")] {
        let mut pair = Pair::new(3);
        let options = request("OPTIONS", "", "").replace("z9hG4bKstray", &format!("z9hG4bKstray{rport}"));
        pair.inject(Right, nat, options.as_bytes());
        assert_eq!(pair.stray[0].0, expected.parse::<SocketAddr>().unwrap());
        assert!(header(pair.last(Right, "200"), "Via")[0].contains("received=203.0.113.9"));
    }
}

#[test]
fn a_request_that_comes_twice_is_answered_twice_and_heard_once() {
    let mut pair = Pair::new(4);
    let invite = request("INVITE", "", "");
    let from = STRANGER.parse().unwrap();
    pair.inject(Right, from, invite.as_bytes());
    let dialog = pair.invited(Right);
    pair.inject(Right, from, invite.as_bytes());
    assert!(pair.sent(Right).is_empty(), "nothing to repeat yet");
    pair.command(
        Right,
        Command::Ring {
            dialog,
            body: None,
            reliable: false,
            status: status(180),
        },
    );
    pair.inject(Right, from, invite.as_bytes());
    assert_eq!(pair.sent(Right), ["180", "180"]);
    assert!(pair.take(Right).is_empty());
}

#[test]
fn the_same_invite_by_two_ways_is_taken_once() {
    let mut pair = Pair::new(5);
    let invite = request("INVITE", "", "");
    let from = STRANGER.parse().unwrap();
    pair.inject(Right, from, invite.as_bytes());
    pair.inject(
        Right,
        from,
        invite.replace("z9hG4bKstray", "z9hG4bKother").as_bytes(),
    );
    pair.invited(Right);
    assert_eq!(pair.sent(Right), ["482"]);
}

#[test]
fn nobody_else_can_cancel_a_call() {
    let mut pair = Pair::new(6);
    pair.inject(
        Right,
        STRANGER.parse().unwrap(),
        request("INVITE", "", "").as_bytes(),
    );
    pair.invited(Right);
    pair.inject(
        Right,
        "203.0.113.1:5060".parse().unwrap(),
        request("CANCEL", "", "").as_bytes(),
    );
    assert_eq!(pair.sent(Right), ["481"]);
    pair.inject(
        Right,
        STRANGER.parse().unwrap(),
        request("CANCEL", "", "").as_bytes(),
    );
    assert_eq!(pair.sent(Right), ["481", "200", "487"]);
    assert!(matches!(pair.only(Right), Event::Cancelled { .. }));
}

#[test]
fn a_malformed_request_is_answered_400_and_forgotten() {
    let mut pair = Pair::new(7);
    let broken = request("INVITE", "", "").replace("CSeq: 1 INVITE", "CSeq: x INVITE");
    pair.inject(Right, STRANGER.parse().unwrap(), broken.as_bytes());
    assert_eq!(pair.sent(Right), ["400"]);
    assert_eq!(pair.stray[0].0, STRANGER.parse::<SocketAddr>().unwrap());
    pair.assert_empty();
}

#[test]
fn requests_out_of_order_within_a_dialog_are_refused() {
    let mut pair = Pair::new(8);
    let (left, right) = pair.established();
    pair.reinvite(Left, left, sdp("hold"));
    pair.settle();
    pair.agree(Right, right, sdp("fine"));
    pair.settle();
    let old = pair.last(Left, "INVITE").replace("z9hG4bK", "z9hG4bKold");
    pair.inject(Right, Left.address(), old.as_bytes());
    assert_eq!(pair.sent(Right).last(), Some(&"500"));
    pair.advance(Duration::from_millis(1));
}

#[test]
fn the_route_of_an_invite_is_recorded_in_its_answers_and_taken_by_later_requests() {
    let mut pair = Pair::new(9);
    let invite = request(
        "INVITE",
        "",
        "Record-Route: <sip:198.51.100.7:5070;lr>, <sip:core.example;lr>\r\n",
    );
    pair.inject(Right, STRANGER.parse().unwrap(), invite.as_bytes());
    let dialog = pair.invited(Right);
    pair.answer(Right, dialog, sdp("answer"));
    let routes = ["<sip:198.51.100.7:5070;lr>, <sip:core.example;lr>"];
    assert_eq!(header(pair.last(Right, "200"), "Record-Route"), routes);
    let to = header(pair.last(Right, "200"), "To")[0].to_owned();
    let ack = request("ACK", "", "").replace("To: <sip:+4930@192.0.2.2>", &format!("To: {to}"));
    pair.inject(
        Right,
        STRANGER.parse().unwrap(),
        ack.replace("stray\r\nMax", "ack\r\nMax").as_bytes(),
    );
    assert!(matches!(pair.only(Right), Event::Acked { .. }));
    pair.command(Right, Command::Hangup { dialog, reason: None });
    let bye = pair.last(Right, "BYE");
    assert!(bye.starts_with("BYE sip:caller@198.51.100.7:5070 SIP/2.0\r\n"));
    assert_eq!(
        header(bye, "Route"),
        ["<sip:198.51.100.7:5070;lr>", "<sip:core.example;lr>"]
    );
    assert_eq!(
        pair.stray.last().unwrap().0,
        STRANGER.parse::<SocketAddr>().unwrap()
    );
}

#[test]
fn who_is_not_let_in_gets_one_answer_for_each_request() {
    let mut pair = Pair::new(10);
    pair.admits = false;
    let invite = request("INVITE", "", "");
    pair.inject(Right, STRANGER.parse().unwrap(), invite.as_bytes());
    let asked = pair.asked(Right);
    let refuse = Command::Refuse {
        admission: asked.admission,
        retry_after_s: None,
        status: status(403),
    };
    pair.command(Right, refuse);
    pair.advance(Duration::from_secs(20));
    assert_eq!(pair.sent(Right), ["403"]);
    pair.inject(Right, STRANGER.parse().unwrap(), invite.as_bytes());
    assert_eq!(pair.sent(Right), ["403", "403"]);
}
