//! Changes of a running session: hold, resume, refusal, UPDATE.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "common/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, sdp, status, text};
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
        pair.command(
            side,
            Command::Reinvite {
                dialog,
                body: sdp(offer),
            },
        );
        pair.settle();
        let Event::Reinvited { body, .. } = pair.only(side.other()) else {
            panic!()
        };
        assert_eq!(text(body.as_ref()).unwrap(), offer);
        pair.command(
            side.other(),
            Command::AnswerReinvite {
                dialog: other,
                body: sdp("a=recvonly"),
            },
        );
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
    pair.command(
        Left,
        Command::Reinvite {
            dialog: left,
            body: sdp("video"),
        },
    );
    pair.settle();
    pair.take(Right);
    pair.command(
        Right,
        Command::RejectReinvite {
            dialog: right,
            status: status(488),
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
    pair.command(
        Left,
        Command::AnswerReinvite {
            dialog: left,
            body: sdp("fine"),
        },
    );
    pair.settle();
    assert!(matches!(pair.only(Right), Event::ReinviteAnswered { .. }));
    assert_eq!(pair.sent(Right), ["200", "UPDATE"]);
}

#[test]
fn a_change_asked_for_while_another_is_under_way_waits_for_its_turn() {
    let mut pair = Pair::new(4);
    let (left, right) = pair.established();
    pair.command(
        Left,
        Command::Reinvite {
            dialog: left,
            body: sdp("hold"),
        },
    );
    pair.command(
        Left,
        Command::Reinvite {
            dialog: left,
            body: sdp("resume"),
        },
    );
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
        pair.command(
            Right,
            Command::AnswerReinvite {
                dialog: right,
                body: sdp("fine"),
            },
        );
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
    pair.command(
        Left,
        Command::Reinvite {
            dialog: left,
            body: sdp("hold"),
        },
    );
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
    pair.command(
        Left,
        Command::Reinvite {
            dialog: left,
            body: sdp("hold"),
        },
    );
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
