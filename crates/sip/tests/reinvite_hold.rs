//! Changes of a running session: hold, resume, refusal, UPDATE.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, header, sdp, status, text};
use sip::endpoint::{Command, EndReason, Event};

#[test]
fn either_side_holds_and_resumes() {
    let mut pair = Pair::new(1);
    let (left, right) = pair.established();
    for (side, dialog, other, offer) in [
        (Left, left, right, "a=sendonly"),
        (Left, left, right, "a=sendrecv"),
        (Right, right, left, "a=inactive"),
    ] {
        pair.reinvite(side, dialog, sdp(offer));
        pair.settle();
        let Event::Reinvited { body, .. } = pair.only(side.other()) else {
            panic!()
        };
        assert_eq!(text(body.as_ref()).unwrap(), offer);
        pair.agree(side.other(), other, sdp("a=recvonly"));
        pair.settle();
        let Event::ReinviteAnswered {
            body,
            wants_answer: false,
            ..
        } = pair.only(side)
        else {
            panic!()
        };
        assert_eq!(text(body.as_ref()).unwrap(), "a=recvonly");
        assert!(matches!(pair.only(side.other()), Event::Acked { body: None, .. }));
    }
    pair.command(
        Left,
        Command::Hangup {
            dialog: left,
            reason: None,
        },
    );
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn a_refused_change_leaves_the_call_up() {
    let mut pair = Pair::new(2);
    let (left, right) = pair.established();
    pair.reinvite(Left, left, sdp("video"));
    pair.settle();
    pair.take(Right);
    pair.command(
        Right,
        Command::RejectReinvite {
            dialog: right,
            status: status(488),
            warning: None,
        },
    );
    pair.settle();
    assert!(matches!(pair.only(Left), Event::ReinviteRefused { status, .. } if status.code() == 488));
    pair.command(
        Left,
        Command::Hangup {
            dialog: left,
            reason: None,
        },
    );
    pair.settle();
    assert!(matches!(
        pair.only(Right),
        Event::Ended {
            reason: EndReason::Bye(None),
            ..
        }
    ));
}

#[test]
fn update_changes_the_session_without_an_ack() {
    let mut pair = Pair::new(3);
    let (left, right) = pair.established();
    pair.command(
        Right,
        Command::Update {
            dialog: right,
            body: sdp("new"),
        },
    );
    pair.settle();
    let Event::Updated { body, .. } = pair.only(Left) else {
        panic!()
    };
    assert_eq!(text(Some(&body)).unwrap(), "new");
    pair.agree(Left, left, sdp("fine"));
    pair.settle();
    assert!(matches!(pair.only(Right), Event::ReinviteAnswered { .. }));
    assert_eq!(pair.sent(Right), ["200", "UPDATE"]);
}

#[test]
fn a_change_asked_for_while_another_is_under_way_waits_for_its_turn() {
    let mut pair = Pair::new(4);
    let (left, right) = pair.established();
    pair.reinvite(Left, left, sdp("hold"));
    pair.reinvite(Left, left, sdp("resume"));
    pair.settle();
    for offer in ["hold", "resume"] {
        let events = pair.take(Right);
        let offers = events.iter().filter_map(|event| {
            let Event::Reinvited { body, .. } = event else {
                return None;
            };
            text(body.as_ref())
        });
        assert_eq!(offers.collect::<Vec<_>>(), [offer]);
        pair.agree(Right, right, sdp("fine"));
        pair.settle();
        assert!(matches!(pair.only(Left), Event::ReinviteAnswered { .. }));
    }
}

#[test]
fn a_peer_that_no_longer_knows_the_dialog_ends_the_call() {
    let mut pair = Pair::new(5);
    let (left, right) = pair.established();
    pair.loss = 1.0;
    pair.command(
        Right,
        Command::Hangup {
            dialog: right,
            reason: None,
        },
    );
    pair.advance(Duration::from_secs(70));
    pair.take(Right);
    pair.loss = 0.0;
    pair.reinvite(Left, left, sdp("hold"));
    pair.settle();
    assert!(matches!(
        pair.only(Left),
        Event::Ended {
            reason: EndReason::Unreachable,
            ..
        }
    ));
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn a_call_that_ends_while_a_change_is_open_answers_it() {
    let mut pair = Pair::new(6);
    let (left, _) = pair.established();
    pair.reinvite(Left, left, sdp("hold"));
    pair.settle();
    pair.command(
        Left,
        Command::Hangup {
            dialog: left,
            reason: None,
        },
    );
    pair.settle();
    assert_eq!(pair.sent(Right), ["200", "200", "487"]);
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn one_dialog_cannot_take_up_the_room_of_all_and_still_be_hung_up() {
    let mut pair = Pair::new(21);
    pair.established();
    let text = |number: usize, method: &str, pair: &Pair| {
        let ack = pair.last(Left, "ACK");
        let mut text = format!("{method} sip:192.0.2.2 SIP/2.0\r\n");
        text += &format!("Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKmany{number}\r\n");
        for name in ["From", "To", "Call-ID"] {
            text += &format!("{name}: {}\r\n", header(ack, name)[0]);
        }
        text += &format!("CSeq: {} {method}\r\nMax-Forwards: 70\r\n", number + 100);
        text + "Contact: <sip:192.0.2.1:5060>\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\noffer"
    };
    let room = sip::limits::DIALOG_TRANSACTION_COUNT_MAX;
    pair.wire.clear();
    for number in 0..room + 50 {
        let reinvite = text(number, "INVITE", &pair);
        pair.inject(Right, Left.address(), reinvite.as_bytes());
        for event in pair.take(Right) {
            if let Event::Reinvited { dialog, .. } = event {
                let body = sdp("answer");
                pair.agree(Right, dialog, body);
            }
        }
    }
    let sent = pair.sent(Right);
    assert_eq!(sent.iter().filter(|status| **status == "200").count(), room);
    assert_eq!(sent.iter().filter(|status| **status == "500").count(), 50);
    assert_eq!(header(pair.last(Right, "500"), "Retry-After"), ["2"]);
    assert_eq!(pair.endpoint(Right).counts().server_transaction_count, room + 1);
    let bye = text(room + 50, "BYE", &pair);
    pair.inject(Right, Left.address(), bye.as_bytes());
    assert!(matches!(pair.only(Right), Event::Ended { .. }));
    assert_eq!(pair.sent(Right).last(), Some(&"200"));
}

#[test]
fn a_change_that_is_never_acknowledged_ends_the_session_and_says_why() {
    let mut pair = Pair::new(22);
    let (left, right) = pair.established();
    let body = sdp("hold");
    pair.reinvite(Left, left, body);
    pair.settle();
    pair.take(Right);
    pair.loss = 1.0;
    let body = sdp("answer");
    pair.agree(Right, right, body);
    pair.advance(Duration::from_secs(33));
    assert!(matches!(
        pair.only(Right),
        Event::Ended {
            reason: EndReason::AckMissing,
            ..
        }
    ));
    let why = ["SIP;cause=408;text=\"No ACK\""];
    assert_eq!(header(pair.last(Right, "BYE"), "Reason"), why);
}
