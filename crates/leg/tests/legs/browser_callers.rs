//! Callers in a browser, and echo tests.

use std::time::Duration;

use leg::{Command, EchoTestId, Event};
use media::WorkerEvent;
use media::webrtc::FailReason;
use model::DisconnectReason;

use crate::world::{CALLER, World, browser_offer, port};

fn calling() -> (World, media::LegKey) {
    let mut world = World::new();
    let offer = browser_offer("Ae4+", "AB");
    world
        .node
        .start_browser_call(CALLER, &offer, port(19_000), world.now)
        .unwrap();
    world.settle();
    let key = world.media_key();
    (world, key)
}

#[test]
fn a_browser_caller_is_connected_once_answered_and_up_in_either_order() {
    for is_answered_first in [true, false] {
        let (mut world, leg) = calling();
        let up = WorkerEvent::LineConnected { leg, connect_ms: 20 };
        let answer = Command::AnswerBrowser { leg: CALLER };
        if is_answered_first {
            world.order(answer);
            assert!(!world.has_connected(CALLER));
            world.worker_tells(up);
        } else {
            world.worker_tells(up);
            assert!(!world.has_connected(CALLER));
            world.order(answer);
        }
        assert!(world.has_connected(CALLER));
        assert_eq!(world.told.len(), 1);
        world.order(Command::HangUp {
            leg: CALLER,
            reason: DisconnectReason::CustomerHangup,
        });
        assert_eq!(world.ended(), [(CALLER, DisconnectReason::CustomerHangup)]);
        world.assert_empty();
    }
}

#[test]
fn a_browser_caller_that_goes_away_is_told_once() {
    let leg = media::LegKey(1);
    let failed = |reason| WorkerEvent::LineFailed { leg, reason };
    for (event, reason) in [
        (WorkerEvent::LineClosed { leg }, DisconnectReason::CustomerHangup),
        (WorkerEvent::LineLost { leg }, DisconnectReason::MediaTimeout),
        (failed(FailReason::ConnectTimeout), DisconnectReason::CarrierError),
        (failed(FailReason::Handshake), DisconnectReason::CarrierError),
        (WorkerEvent::Refused { leg }, DisconnectReason::LimitReached),
    ] {
        let (mut world, key) = calling();
        assert_eq!(key, leg);
        world.worker_tells(event.clone());
        world.worker_tells(event);
        assert_eq!(world.ended(), [(CALLER, reason)]);
        world.assert_empty();
    }
}

#[test]
fn an_echo_test_ends_by_order_or_by_itself() {
    let echo_test = EchoTestId(5);
    for is_ended in [true, false] {
        let mut world = World::new();
        let offer = browser_offer("Ae4+", "AB");
        world
            .node
            .start_echo_test(echo_test, &offer, port(19_000), world.now)
            .unwrap();
        world.settle();
        assert_eq!(world.order_names(), ["AddWebRtcLeg", "Echo"]);
        if is_ended {
            world.order(Command::EndEchoTest { echo_test });
        }
        world.advance(Duration::from_secs(16));
        assert!(matches!(world.told[..], [Event::EchoTestEnded { .. }]));
        assert_eq!(world.order_names(), ["AddWebRtcLeg", "Echo", "Remove"]);
        world.assert_empty();
    }
}
