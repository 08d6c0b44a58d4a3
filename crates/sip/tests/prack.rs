//! Reliable provisional responses (RFC 3262), on both sides.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, header, sdp, status, text};
use sip::DialogId;
use sip::endpoint::{Body, Command, Event, FailureCause};

fn ring(dialog: DialogId, code: u16, body: Option<Body>) -> Command {
    Command::Ring {
        dialog,
        body,
        reliable: true,
        status: status(code),
    }
}

#[test]
fn reliable_responses_are_acknowledged_one_by_one_and_then_the_call_is_answered() {
    let mut pair = Pair::new(1);
    pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
    pair.command(Right, ring(right, 183, sdp("early")));
    pair.command(Right, ring(right, 180, None));
    pair.answer(Right, right, None);
    assert_eq!(pair.sent(Right), ["183"], "everything waits for the PRACK");
    let rseq: u32 = header(pair.last(Right, "183"), "RSeq")[0].parse().unwrap();
    pair.settle();
    assert_eq!(
        pair.sent(Right),
        ["183", "200", "200"],
        "the PRACK lets the answer go, and 180 is moot"
    );
    assert_eq!(pair.sent(Left), ["INVITE", "PRACK", "ACK"]);
    assert_eq!(
        header(pair.last(Left, "PRACK"), "RAck"),
        [format!("{rseq} 1 INVITE")]
    );
    let events = pair.take(Left);
    assert!(matches!(
        &events[0],
        Event::Progress {
            body: Some(_),
            wants_answer: false,
            ..
        }
    ));
    assert!(matches!(
        &events[1],
        Event::Answered {
            wants_answer: false,
            ..
        }
    ));
    assert!(matches!(
        pair.take(Right)[..],
        [Event::Pracked { .. }, Event::Acked { .. }]
    ));
}

#[test]
fn a_lost_reliable_response_is_repeated_and_counted_once() {
    let mut pair = Pair::new(2);
    pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
    pair.loss = 1.0;
    pair.command(Right, ring(right, 183, sdp("early")));
    pair.advance(Duration::from_millis(1_600));
    assert_eq!(pair.sent(Right), ["183", "183", "183"]);
    pair.loss = 0.0;
    pair.advance(Duration::from_secs(5));
    assert!(matches!(pair.only(Left), Event::Progress { .. }));
    assert_eq!(pair.sent(Left).iter().filter(|word| **word == "PRACK").count(), 1);
    pair.command(Right, ring(right, 180, None));
    pair.settle();
    assert_eq!(pair.sent(Left).iter().filter(|word| **word == "PRACK").count(), 2);
}

#[test]
fn a_late_offer_in_a_reliable_response_is_answered_in_the_prack() {
    let mut pair = Pair::new(3);
    let left = pair.call(None);
    pair.settle();
    let right = pair.invited(Right);
    pair.command(Right, ring(right, 183, sdp("offer")));
    pair.settle();
    let Event::Progress {
        fork,
        wants_answer: true,
        ..
    } = pair.only(Left)
    else {
        panic!()
    };
    assert_eq!(pair.sent(Left), ["INVITE"]);
    pair.command(
        Left,
        Command::Prack {
            dialog: left,
            fork,
            body: sdp("answer"),
        },
    );
    pair.settle();
    let Event::Pracked { body, .. } = pair.only(Right) else {
        panic!()
    };
    assert_eq!(text(body.as_ref()).unwrap(), "answer");
    pair.answer(Right, right, None);
    pair.settle();
    assert!(matches!(
        pair.only(Left),
        Event::Answered {
            wants_answer: false,
            ..
        }
    ));
    assert_eq!(pair.sent(Left), ["INVITE", "PRACK", "ACK"]);
}

#[test]
fn a_response_that_is_never_acknowledged_ends_the_call() {
    let mut pair = Pair::new(4);
    pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
    pair.loss = 1.0;
    pair.command(Right, ring(right, 183, sdp("early")));
    pair.advance(Duration::from_secs(33));
    assert!(matches!(
        pair.only(Right),
        Event::Failed {
            cause: FailureCause::ProvisionalUnacknowledged,
            ..
        }
    ));
    pair.advance(Duration::from_secs(100));
    pair.assert_empty();
}

#[test]
fn a_caller_without_100rel_gets_plain_responses_and_one_that_requires_it_reliable_ones() {
    let plain = ("Supported: 100rel, timer\r\n", "");
    let required = ("Supported: 100rel, timer\r\n", "Require: 100rel\r\n");
    for (seed, (from, to), asked, is_reliable) in [(5, plain, true, false), (6, required, false, true)] {
        let mut pair = Pair::new(seed);
        pair.loss = 1.0;
        pair.call(sdp("offer"));
        pair.loss = 0.0;
        let invite = pair.last(Left, "INVITE").replace(from, to);
        pair.inject(Right, Left.address(), invite.as_bytes());
        let dialog = pair.invited(Right);
        pair.command(
            Right,
            Command::Ring {
                dialog,
                body: None,
                reliable: asked,
                status: status(180),
            },
        );
        assert_eq!(
            header(pair.last(Right, "180"), "RSeq").len(),
            usize::from(is_reliable)
        );
    }
}

#[test]
fn a_prack_that_fits_nothing_gets_481() {
    let mut pair = Pair::new(7);
    pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
    pair.command(Right, ring(right, 183, sdp("early")));
    pair.settle();
    let prack = pair
        .last(Left, "PRACK")
        .replace("CSeq: 2", "CSeq: 3")
        .replace("z9hG4bK", "z9hG4bKx");
    pair.inject(Right, Left.address(), prack.as_bytes());
    assert_eq!(pair.sent(Right).last(), Some(&"481"));
}

#[test]
fn early_media_may_be_changed_once_the_first_offer_is_settled() {
    let mut pair = Pair::new(8);
    let left = pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
    pair.command(Right, ring(right, 183, sdp("early")));
    pair.settle();
    pair.take(Left);
    pair.take(Right);
    let prack = pair.last(Left, "PRACK").to_owned();
    let update = prack
        .replace("PRACK", "UPDATE")
        .replace("CSeq: 2", "CSeq: 3")
        .replace("z9hG4bK", "z9hG4bKu");
    let rack = header(&prack, "RAck")[0].to_owned();
    let update = update.replace(&format!("RAck: {rack}\r\n"), "Content-Type: application/sdp\r\n");
    let update = update.replace("Content-Length: 0\r\n\r\n", "Content-Length: 3\r\n\r\nnew");
    pair.inject(Right, Left.address(), update.as_bytes());
    let Event::Updated { dialog, body } = pair.only(Right) else {
        panic!()
    };
    assert_eq!((dialog, text(Some(&body)).unwrap().as_str()), (right, "new"));
    pair.agree(Right, dialog, sdp("fine"));
    pair.answer(Right, dialog, None);
    assert_eq!(pair.sent(Right), ["183", "200", "200", "200"]);
    pair.settle();
    assert!(matches!(pair.take(Left).last(), Some(Event::Answered { dialog, .. }) if *dialog == left));
}
