//! Calls complete although the network loses a fifth of all datagrams.
#![expect(clippy::unwrap_used, reason = "tests may panic")]
#![expect(clippy::wildcard_enum_match_arm, reason = "anything else fails the test")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, sdp, status};
use sip::DialogId;
use sip::endpoint::{Command, Event};

/// How a call with answering, holding and hanging up went.
#[derive(Default)]
struct Outcome {
    answered: usize,
    ended: usize,
    held: usize,
}

fn react(pair: &mut Pair, left: DialogId, outcome: &mut Outcome) {
    for event in pair.take(Right) {
        match event {
            Event::Invited { dialog, .. } => {
                let ring = Command::Ring {
                    dialog,
                    body: sdp("early"),
                    reliable: true,
                    status: status(183),
                };
                pair.command(Right, ring);
                pair.answer(Right, dialog, sdp("answer"));
            }
            Event::Reinvited { dialog, .. } => {
                pair.agree(Right, dialog, sdp("held"));
            }
            Event::Ended { .. } => outcome.ended += 1,
            Event::Pracked { .. } | Event::Acked { .. } => {}
            other => panic!("seed {} {other:?}", pair.seed),
        }
    }
    for event in pair.take(Left) {
        match event {
            Event::Answered { .. } => {
                outcome.answered += 1;
                pair.reinvite(Left, left, sdp("hold"));
            }
            Event::ReinviteAnswered { .. } => {
                outcome.held += 1;
                pair.command(
                    Left,
                    Command::Hangup {
                        dialog: left,
                        reason: None,
                    },
                );
            }
            Event::Ended { .. } => outcome.ended += 1,
            Event::Progress { .. } => {}
            other => panic!("seed {} {other:?}", pair.seed),
        }
    }
}

#[test]
fn calls_survive_a_loss_of_20_percent() {
    for seed in 0..300 {
        let mut pair = Pair::new(seed);
        pair.loss = 0.2;
        let left = pair.call(sdp("offer"));
        let mut outcome = Outcome::default();
        for _ in 0..1200 {
            pair.advance(Duration::from_millis(100));
            react(&mut pair, left, &mut outcome);
        }
        assert_eq!(
            (outcome.answered, outcome.held, outcome.ended),
            (1, 1, 2),
            "seed {seed}"
        );
        pair.assert_empty();
    }
}

#[test]
fn every_call_ends_exactly_once_however_bad_the_network_is() {
    for seed in 0..200 {
        let mut pair = Pair::new(seed);
        let left = pair.call(sdp("offer"));
        let mut ends = [0, 0];
        for step in 0..4000 {
            pair.loss = if (step / 40) % 2 == 0 { 0.7 } else { 0.3 };
            pair.advance(Duration::from_millis(100));
            if step == 150 {
                pair.command(
                    Left,
                    Command::Hangup {
                        dialog: left,
                        reason: None,
                    },
                );
            }
            for (index, side) in [Left, Right].into_iter().enumerate() {
                for event in pair.take(side) {
                    if let Event::Invited { dialog, .. } = event {
                        pair.answer(side, dialog, sdp("answer"));
                        ends[1] -= 1;
                    }
                    let is_end = matches!(
                        event,
                        Event::Ended { .. } | Event::Failed { .. } | Event::Cancelled { .. }
                    );
                    ends[index] += i32::from(is_end);
                }
            }
        }
        // A called side that never learns of the BYE keeps the session until its timer runs out.
        pair.loss = 0.0;
        pair.advance(Duration::from_secs(2_000));
        for event in pair.take(Right) {
            ends[1] += i32::from(matches!(event, Event::Ended { .. }));
        }
        assert_eq!(ends, [1, 0], "seed {seed}: one end for each start");
        pair.assert_empty();
    }
}
