//! INVITEs without an offer: the 2xx offers, the ACK answers.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, sdp, text};
use sip::endpoint::{Command, Event};

#[test]
fn the_answer_to_a_late_offer_comes_in_the_ack() {
    let mut pair = Pair::new(1);
    let left = pair.call(None);
    pair.settle();
    let Event::Invited {
        dialog: right,
        body: None,
        ..
    } = pair.only(Right)
    else {
        panic!("an offer")
    };
    pair.answer(Right, right, sdp("offer"));
    pair.advance(Duration::from_millis(800));
    let Event::Answered {
        body,
        wants_answer: true,
        ..
    } = pair.only(Left)
    else {
        panic!()
    };
    assert_eq!(text(body.as_ref()).unwrap(), "offer");
    assert_eq!(pair.sent(Left), ["INVITE"], "no ACK before there is an answer");
    assert_eq!(pair.sent(Right), ["200", "200"], "so the 2xx is repeated");
    pair.command(
        Left,
        Command::Acknowledge {
            dialog: left,
            body: sdp("answer"),
        },
    );
    pair.settle();
    let Event::Acked { body, .. } = pair.only(Right) else {
        panic!()
    };
    assert_eq!(text(body.as_ref()).unwrap(), "answer");
    pair.advance(Duration::from_secs(10));
    assert_eq!(pair.sent(Right).len(), 2, "the ACK stops the repetition");
}

#[test]
fn a_reinvite_without_an_offer_asks_for_one() {
    let mut pair = Pair::new(2);
    let (left, right) = pair.established();
    pair.reinvite(Left, left, None);
    pair.settle();
    assert!(matches!(pair.only(Right), Event::Reinvited { body: None, .. }));
    pair.agree(Right, right, sdp("offer"));
    pair.settle();
    assert!(matches!(
        pair.only(Left),
        Event::ReinviteAnswered {
            wants_answer: true,
            ..
        }
    ));
    pair.command(
        Left,
        Command::Acknowledge {
            dialog: left,
            body: sdp("answer"),
        },
    );
    pair.settle();
    let Event::Acked { body, .. } = pair.only(Right) else {
        panic!()
    };
    assert_eq!(text(body.as_ref()).unwrap(), "answer");
}

#[test]
fn an_ack_that_is_lost_is_sent_again_with_its_answer() {
    let mut pair = Pair::new(3);
    let left = pair.call(None);
    pair.settle();
    let right = pair.invited(Right);
    pair.answer(Right, right, sdp("offer"));
    pair.settle();
    pair.loss = 1.0;
    pair.command(
        Left,
        Command::Acknowledge {
            dialog: left,
            body: sdp("answer"),
        },
    );
    pair.loss = 0.0;
    pair.advance(Duration::from_secs(1));
    let Event::Acked { body, .. } = pair.only(Right) else {
        panic!()
    };
    assert_eq!(text(body.as_ref()).unwrap(), "answer");
}
