//! A call from the first ring to the last BYE, in both directions.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, UDP, header, sdp, status, text};
use sip::DialogId;
use sip::endpoint::{Command, EndReason, Event, FailureCause};

/// Lets a call ring and be answered, looking at every step; returns both dialogs.
fn ring_and_answer(pair: &mut Pair) -> (DialogId, DialogId) {
    let left = pair.call(sdp("offer"));
    pair.settle();
    let Event::Invited {
        dialog: right,
        body,
        request,
        source,
        ..
    } = pair.only(Right)
    else {
        panic!()
    };
    assert_eq!(text(body.as_ref()).unwrap(), "offer");
    assert_eq!(source.address, Left.address());
    let asserted = request.headers.p_asserted_identity().unwrap();
    assert_eq!(asserted[0].uri.user(), Some("+498912345"));

    pair.command(
        Right,
        Command::Ring {
            dialog: right,
            body: None,
            reliable: false,
            status: status(180),
        },
    );
    pair.settle();
    let Event::Progress {
        dialog,
        status: ringing,
        ..
    } = pair.only(Left)
    else {
        panic!()
    };
    assert_eq!((dialog, ringing), (left, status(180)));

    pair.answer(Right, right, sdp("answer"));
    pair.settle();
    let Event::Answered {
        dialog,
        body,
        wants_answer,
        ..
    } = pair.only(Left)
    else {
        panic!()
    };
    assert_eq!(
        (dialog, text(body.as_ref()).unwrap().as_str(), wants_answer),
        (left, "answer", false)
    );
    assert!(matches!(pair.only(Right), Event::Acked { body: None, .. }));
    (left, right)
}

#[test]
fn a_call_rings_is_answered_and_ends_from_either_side() {
    for (seed, who_hangs_up) in [(1, Left), (2, Right)] {
        let mut pair = Pair::new(seed);
        let (left, right) = ring_and_answer(&mut pair);
        let (dialog, other) = if who_hangs_up == Left {
            (left, right)
        } else {
            (right, left)
        };
        pair.command(
            who_hangs_up,
            Command::Hangup {
                dialog,
                reason: Some("Q.850;cause=16".to_owned()),
            },
        );
        pair.settle();
        assert!(matches!(
            pair.only(who_hangs_up),
            Event::Ended {
                reason: EndReason::HungUp,
                ..
            }
        ));
        let Event::Ended { dialog, reason } = pair.only(who_hangs_up.other()) else {
            panic!()
        };
        assert_eq!(
            (dialog, reason),
            (other, EndReason::Bye(Some("Q.850;cause=16".to_owned())))
        );

        let last = if who_hangs_up == Left { "BYE" } else { "200" };
        assert_eq!(pair.sent(Left), ["INVITE", "ACK", last]);
        pair.advance(Duration::from_secs(40));
        assert_eq!(pair.sent(Left).len(), 3, "nothing is sent after the end");
        pair.assert_empty();
    }
}

#[test]
fn a_call_can_be_refused() {
    let mut pair = Pair::new(3);
    let left = pair.call(sdp("offer"));
    pair.settle();
    let dialog = pair.invited(Right);
    let reject = Command::Reject {
        dialog,
        reason: None,
        retry_after_s: Some(30),
        status: status(486),
        warning: None,
    };
    pair.command(Right, reject);
    pair.settle();
    let Event::Failed { dialog, cause } = pair.only(Left) else {
        panic!()
    };
    assert_eq!(
        (dialog, cause),
        (
            left,
            FailureCause::Refused {
                retry_after_s: Some(30),
                status: status(486)
            }
        )
    );
    assert!(matches!(
        pair.only(Right),
        Event::Failed {
            cause: FailureCause::Rejected(_),
            ..
        }
    ));
    assert_eq!(pair.sent(Left), ["INVITE", "ACK"]);
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn an_invite_that_nobody_answers_gets_100_after_a_while_and_fails_after_the_ring_timeout() {
    let mut pair = Pair::new(4);
    pair.call(sdp("offer"));
    pair.advance(Duration::from_secs(59));
    assert_eq!(pair.sent(Right), ["100"]);
    assert_eq!(pair.sent(Left), ["INVITE"], "100 stops the retransmissions");
    pair.advance(Duration::from_secs(2));
    assert!(matches!(
        pair.only(Left),
        Event::Failed {
            cause: FailureCause::NoAnswer,
            ..
        }
    ));
    assert!(
        pair.take(Right)
            .iter()
            .any(|event| matches!(event, Event::Cancelled { .. }))
    );
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn a_peer_that_is_silent_is_unreachable_after_32_seconds() {
    let mut pair = Pair::new(5);
    pair.loss = 1.0;
    pair.call(sdp("offer"));
    pair.advance(Duration::from_secs(33));
    assert!(matches!(
        pair.only(Left),
        Event::Failed {
            cause: FailureCause::Unreachable,
            ..
        }
    ));
    assert_eq!(pair.sent(Left).len(), 7, "timer A doubles from 500 ms");
    pair.assert_empty();
}

#[test]
fn both_sides_hanging_up_at_once_is_no_trouble() {
    let mut pair = Pair::new(6);
    let (left, right) = pair.established();
    pair.command(
        Left,
        Command::Hangup {
            dialog: left,
            reason: None,
        },
    );
    pair.command(
        Right,
        Command::Hangup {
            dialog: right,
            reason: None,
        },
    );
    pair.settle();
    assert!(matches!(
        pair.only(Left),
        Event::Ended {
            reason: EndReason::HungUp,
            ..
        }
    ));
    assert!(matches!(
        pair.only(Right),
        Event::Ended {
            reason: EndReason::HungUp,
            ..
        }
    ));
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn the_called_side_hangs_up_only_after_the_ack() {
    let mut pair = Pair::new(7);
    pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
    pair.answer(Right, right, sdp("answer"));
    pair.command(
        Right,
        Command::Hangup {
            dialog: right,
            reason: None,
        },
    );
    assert_eq!(pair.sent(Right), ["200"]);
    pair.settle();
    assert_eq!(pair.sent(Right), ["200", "BYE"]);
    assert!(matches!(
        pair.take(Right)[..],
        [Event::Acked { .. }, Event::Ended { .. }]
    ));
}

#[test]
fn options_is_answered_and_asked() {
    let mut pair = Pair::new(8);
    let ask = Command::Options {
        probe: sip::endpoint::ProbeId(7),
        destination: pair::to(Right, UDP),
        request_uri: "sip:192.0.2.2".parse().unwrap(),
    };
    pair.command(Left, ask.clone());
    pair.settle();
    assert!(matches!(pair.only(Left), Event::OptionsAnswered { status: Some(ok), .. } if ok.code() == 200));
    let answer = pair.last(Right, "200");
    assert_eq!(
        header(answer, "Allow"),
        ["INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO"]
    );
    assert_eq!(header(answer, "Supported"), ["100rel, timer"]);
    assert!(header(answer, "Accept")[0].starts_with("application/sdp"));
    pair.loss = 1.0;
    pair.command(Left, ask);
    pair.advance(Duration::from_secs(33));
    assert!(matches!(
        pair.only(Left),
        Event::OptionsAnswered { status: None, .. }
    ));
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn digits_by_info_are_answered_and_handed_on() {
    let mut pair = Pair::new(9);
    let (left, _) = pair.established();
    let digit = sip::endpoint::Body {
        bytes: "Signal=5\r\nDuration=160\r\n".into(),
        content_type: "application/dtmf-relay".to_owned(),
    };
    pair.command(
        Left,
        Command::Inform {
            dialog: left,
            body: digit.clone(),
        },
    );
    pair.settle();
    let Event::Informed { body, .. } = pair.only(Right) else {
        panic!()
    };
    assert_eq!(body, Some(digit));
    assert_eq!(pair.sent(Right), ["200", "200"]);
}
