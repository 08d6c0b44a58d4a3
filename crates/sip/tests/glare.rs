//! Both sides offer at once (RFC 3261 section 14.1).
#![expect(clippy::unwrap_used, reason = "tests may panic")]
#![expect(clippy::wildcard_enum_match_arm, reason = "anything else fails the test")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, sdp};
use sip::DialogId;
use sip::endpoint::Event;

/// Answers every offer that has come in on either side.
fn answer_all(pair: &mut Pair, left: DialogId, right: DialogId) -> usize {
    let mut answered_count = 0;
    for (side, dialog) in [(Left, left), (Right, right)] {
        for event in pair.take(side) {
            match event {
                Event::Reinvited { .. } => {
                    pair.agree(side, dialog, sdp("fine"));
                }
                Event::ReinviteAnswered { .. } => answered_count += 1,
                other => assert!(matches!(other, Event::Acked { .. }), "{other:?}"),
            }
        }
    }
    answered_count
}

#[test]
fn both_offers_get_their_turn_the_called_side_first() {
    for seed in 0..50 {
        let mut pair = Pair::new(seed);
        let (left, right) = pair.established();
        pair.reinvite(Left, left, sdp("left"));
        pair.reinvite(Right, right, sdp("right"));
        pair.settle();
        assert_eq!(pair.sent(Left).last(), Some(&"ACK"), "the 491 is acknowledged");
        assert_eq!(pair.sent(Right).iter().filter(|word| **word == "491").count(), 1);
        let mut answered_count = 0;
        for _ in 0..60 {
            pair.advance(Duration::from_millis(100));
            answered_count += answer_all(&mut pair, left, right);
        }
        assert_eq!(answered_count, 2, "seed {seed}");
        let invites = pair
            .wire
            .iter()
            .filter(|(_, word)| word == "INVITE")
            .map(|(side, _)| *side);
        assert_eq!(
            invites.collect::<Vec<_>>()[3..],
            [Right, Left],
            "seed {seed}: 14.1 makes the caller wait longer"
        );
    }
}

#[test]
fn an_offer_before_the_answer_to_the_last_is_told_to_come_back() {
    let mut pair = Pair::new(100);
    let (left, right) = pair.established();
    pair.reinvite(Left, left, sdp("one"));
    pair.settle();
    let again = pair
        .last(Left, "INVITE")
        .replace("CSeq: 2 ", "CSeq: 3 ")
        .replace("z9hG4bK", "z9hG4bKother");
    pair.inject(Right, Left.address(), again.as_bytes());
    let refusal = pair.last(Right, "500");
    assert_eq!(pair::header(refusal, "Retry-After").len(), 1);
    pair.agree(Right, right, sdp("fine"));
    pair.settle();
    assert!(matches!(pair.only(Left), Event::ReinviteAnswered { .. }));
}
