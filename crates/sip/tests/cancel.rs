//! Calls given up before they are answered, and the races around it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, header, sdp, status};
use sip::BoundTo;
use sip::endpoint::{Command, Event, FailureCause};

#[test]
fn a_ringing_call_is_cancelled() {
    let mut pair = Pair::new(1);
    let left = pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
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
    pair.take(Left);
    let reason = Some("SIP;cause=200;text=\"Call completed elsewhere\"".to_owned());
    pair.command(
        Left,
        Command::Hangup {
            dialog: left,
            reason: reason.clone(),
        },
    );
    pair.settle();
    assert!(matches!(
        pair.only(Left),
        Event::Failed {
            cause: FailureCause::Cancelled,
            ..
        }
    ));
    let Event::Cancelled {
        dialog,
        reason: given,
    } = pair.only(Right)
    else {
        panic!()
    };
    assert_eq!((dialog, given), (right, reason));
    assert_eq!(pair.sent(Left), ["INVITE", "CANCEL", "ACK"]);
    assert_eq!(pair.sent(Right), ["180", "200", "487"]);
    let invite = pair.last(Left, "INVITE").to_owned();
    let cancel = pair.last(Left, "CANCEL");
    assert_eq!(header(&invite, "Via"), header(cancel, "Via"), "same branch");
    assert_eq!(header(cancel, "CSeq"), ["1 CANCEL"]);
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn cancel_waits_for_the_first_provisional_response() {
    let mut pair = Pair::new(2);
    let left = pair.call(sdp("offer"));
    pair.command(Left, Command::Cancel { dialog: left });
    assert_eq!(pair.sent(Left), ["INVITE"]);
    pair.advance(Duration::from_secs(1));
    assert_eq!(pair.sent(Left), ["INVITE", "CANCEL", "ACK"]);
    assert!(matches!(
        pair.only(Left),
        Event::Failed {
            cause: FailureCause::Cancelled,
            ..
        }
    ));
}

#[test]
fn a_call_answered_while_the_cancel_is_on_its_way_is_ended_with_bye() {
    let mut pair = Pair::new(3);
    let left = pair.call(sdp("offer"));
    pair.settle();
    let right = pair.invited(Right);
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
    pair.answer(Right, right, sdp("answer"));
    pair.command(Left, Command::Cancel { dialog: left });
    pair.settle();
    assert_eq!(pair.sent(Left), ["INVITE", "CANCEL", "ACK", "BYE"]);
    assert!(matches!(
        pair.take(Left).last(),
        Some(Event::Failed {
            cause: FailureCause::Cancelled,
            ..
        })
    ));
    assert!(matches!(
        pair.take(Right)[..],
        [Event::Acked { .. }, Event::Ended { .. }]
    ));
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn a_call_is_cancelled_while_its_admission_is_still_open() {
    let mut pair = Pair::new(4);
    pair.admits = false;
    let left = pair.call(sdp("offer"));
    pair.advance(Duration::from_millis(500));
    let asked = pair.asked(Right);
    pair.command(Left, Command::Cancel { dialog: left });
    pair.settle();
    assert_eq!(pair.sent(Right), ["100", "200", "487"]);
    pair.command(
        Right,
        Command::Admit {
            admission: asked.admission,
            bound_to: BoundTo::Address,
        },
    );
    assert!(pair.take(Right).is_empty(), "the decision comes too late");
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn a_peer_that_rings_but_ignores_cancel_is_given_up() {
    let mut pair = Pair::new(5);
    let left = pair.call(sdp("offer"));
    pair.advance(Duration::from_secs(1));
    pair.loss = 1.0;
    pair.command(Left, Command::Cancel { dialog: left });
    pair.advance(Duration::from_secs(33));
    assert!(matches!(
        pair.only(Left),
        Event::Failed {
            cause: FailureCause::Cancelled,
            ..
        }
    ));
}
