//! Messages of real calls, changed at random and sent again: nothing panics, nothing stays behind.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, Side, sdp, status};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use sip::endpoint::{Command, Event};

/// Changes a message as a broken or hostile peer might.
fn mangle(message: &str, rng: &mut ChaCha12Rng) -> Vec<u8> {
    let mut lines: Vec<&str> = message.split("\r\n").collect();
    match rng.random_range(0..5) {
        0 => {
            lines.remove(rng.random_range(0..lines.len()));
        }
        1 => {
            let (from, to) = (rng.random_range(0..lines.len()), rng.random_range(0..lines.len()));
            lines.insert(to, lines[from]);
        }
        2 => {
            let (one, other) = (rng.random_range(0..lines.len()), rng.random_range(0..lines.len()));
            lines.swap(one, other);
        }
        _ => {}
    }
    let mut bytes = lines.join("\r\n").into_bytes();
    for _ in 0..rng.random_range(0..4) {
        let at = rng.random_range(0..bytes.len());
        match rng.random_range(0..4) {
            0 => bytes[at] = rng.random(),
            1 => bytes.insert(at, b"0;:@,<\" 9"[rng.random_range(0..9)]),
            2 => {
                bytes.remove(at);
            }
            _ => bytes.truncate(at.max(20)),
        }
    }
    bytes
}

/// Answers whatever comes up, more or less as one should.
fn react(pair: &mut Pair, side: Side, rng: &mut ChaCha12Rng) {
    for event in pair.take(side) {
        if let Event::Invited { dialog, .. } = event {
            let reliable = rng.random();
            pair.command(
                side,
                Command::Ring {
                    dialog,
                    body: sdp("early"),
                    reliable,
                    status: status(183),
                },
            );
            pair.answer(side, dialog, sdp("answer"));
        } else if let Event::Reinvited { dialog, .. } | Event::Updated { dialog, .. } = event {
            pair.agree(side, dialog, sdp("fine"));
        } else if let Event::Answered { dialog, .. } = event {
            pair.reinvite(side, dialog, sdp("hold"));
        } else if let Event::ReinviteAnswered { dialog, .. } = event {
            pair.command(side, Command::Hangup { dialog, reason: None });
        }
    }
}

#[test]
fn mangled_messages_do_no_harm() {
    for seed in 0..400 {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let mut pair = Pair::new(seed);
        let dialog = pair.call(if rng.random() { sdp("offer") } else { None });
        for _ in 0..60 {
            pair.advance(Duration::from_millis(rng.random_range(1..60)));
            let index = rng.random_range(0..pair.messages.len());
            let (by, message) = pair.messages[index].clone();
            pair.inject(by.other(), by.address(), &mangle(&message, &mut rng));
            react(&mut pair, Left, &mut rng);
            react(&mut pair, Right, &mut rng);
        }
        pair.command(Left, Command::Hangup { dialog, reason: None });
        for _ in 0..40 {
            pair.advance(Duration::from_secs(60));
            react(&mut pair, Left, &mut rng);
            react(&mut pair, Right, &mut rng);
        }
        for side in [Left, Right] {
            let counts = pair.endpoint(side).counts();
            // A mangled INVITE can start a call of its own, which lasts until its timer runs out.
            assert_eq!(counts.admission_count, 0, "seed {seed} {counts:?}");
            assert!(counts.dialog_count <= 3, "seed {seed} {counts:?}");
        }
    }
}

#[test]
fn the_same_seed_sends_the_same_bytes() {
    let run = || {
        let mut pair = Pair::new(77);
        pair.loss = 0.2;
        let mut rng = ChaCha12Rng::seed_from_u64(78);
        pair.call(sdp("offer"));
        for _ in 0..100 {
            pair.advance(Duration::from_millis(100));
            react(&mut pair, Left, &mut rng);
            react(&mut pair, Right, &mut rng);
        }
        pair.messages
    };
    let first = run();
    assert!(first.len() > 8);
    assert_eq!(first, run());
}
