//! Session timers (RFC 4028): agreement, refresh, 422, and the end of dead sessions.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, config, header, sdp};
use sip::SessionTimerConfig;
use sip::endpoint::{Command, EndReason, Event};

fn pair_with(seed: u64, left: (u32, u32), right: (u32, u32)) -> Pair {
    let timer = |(interval_s, interval_s_min)| SessionTimerConfig {
        interval_s,
        interval_s_min,
    };
    let (mut left_config, mut right_config) = (config(Left), config(Right));
    left_config.session_timer = timer(left);
    right_config.session_timer = timer(right);
    Pair::with(seed, left_config, right_config)
}

#[test]
fn a_session_is_refreshed_by_update_at_half_time_for_as_long_as_it_lasts() {
    let mut pair = pair_with(1, (1800, 90), (1800, 90));
    let (left, _) = pair.established();
    assert_eq!(
        header(pair.last(Right, "200"), "Session-Expires"),
        ["1800;refresher=uac"]
    );
    pair.advance(Duration::from_secs(4 * 3600));
    let updates = pair.sent(Left).iter().filter(|word| **word == "UPDATE").count();
    assert_eq!(updates, 15, "every 900 s and a round trip");
    assert!(
        pair.take(Left).is_empty() && pair.take(Right).is_empty(),
        "refreshes are silent"
    );
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
fn an_interval_below_the_minimum_is_refused_and_offered_again() {
    let mut pair = pair_with(2, (120, 90), (1800, 600));
    pair.established();
    assert_eq!(pair.sent(Right), ["422", "200"]);
    assert_eq!(header(pair.last(Right, "422"), "Min-SE"), ["600"]);
    assert_eq!(header(pair.last(Left, "INVITE"), "Session-Expires"), ["600"]);
    assert_eq!(header(pair.last(Left, "INVITE"), "Min-SE"), ["600"]);
    assert_eq!(header(pair.last(Left, "INVITE"), "CSeq"), ["2 INVITE"]);
}

#[test]
fn the_answerer_may_shorten_the_interval() {
    let mut pair = pair_with(3, (1800, 90), (300, 90));
    pair.established();
    assert_eq!(
        header(pair.last(Right, "200"), "Session-Expires"),
        ["300;refresher=uac"]
    );
    pair.advance(Duration::from_secs(151));
    assert_eq!(pair.sent(Left).last(), Some(&"UPDATE"));
}

#[test]
fn a_session_whose_peer_is_gone_ends_on_both_sides() {
    let mut pair = pair_with(4, (1800, 90), (1800, 90));
    pair.established();
    pair.loss = 1.0;
    pair.advance(Duration::from_secs(1800));
    assert!(
        matches!(
            pair.only(Left),
            Event::Ended {
                reason: EndReason::Unreachable,
                ..
            }
        ),
        "no answer to UPDATE"
    );
    assert!(matches!(
        pair.only(Right),
        Event::Ended {
            reason: EndReason::SessionExpired,
            ..
        }
    ));
    let why = ["SIP;cause=408;text=\"Session timer expired\""];
    assert_eq!(header(pair.last(Right, "BYE"), "Reason"), why);
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn a_peer_without_update_is_refreshed_by_reinvite_with_the_same_offer() {
    let mut pair = pair_with(5, (1800, 90), (1800, 90));
    pair.call(sdp("offer"));
    pair.settle();
    let dialog = pair.invited(Right);
    pair.loss = 1.0;
    pair.answer(Right, dialog, sdp("answer"));
    pair.loss = 0.0;
    let answer = pair.last(Right, "200").replace(", UPDATE", "");
    pair.inject(Left, Right.address(), answer.as_bytes());
    pair.settle();
    pair.take(Left);
    pair.take(Right);
    pair.advance(Duration::from_secs(901));
    assert!(matches!(pair.only(Right), Event::Reinvited { body: Some(_), .. }));
    assert!(pair.last(Left, "INVITE").ends_with("offer"));
    pair.agree(Right, dialog, sdp("answer"));
    pair.settle();
    assert!(matches!(pair.only(Left), Event::Refreshed { .. }));
}
