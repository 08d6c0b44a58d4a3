//! Calls of ours.

use std::time::Duration;

use leg::limits::EMERGENCY_LEGS;
use leg::{Command, Dial, Event};
use media::{Codec, WorkerCommand};
use model::{DisconnectReason, LegId};
use sip::endpoint::{Body, Command as SipCommand, Event as SipEvent};
use sip::{BoundTo, DialogId};

use crate::world::{AGENT, PCMU, World, address, destination, port};

/// The node calls the peer; the peer's dialog.
fn dial(world: &mut World) -> DialogId {
    world.order(Command::Dial(Box::new(call(false))));
    let invited = world.peer_told.iter().find_map(|event| match event {
        SipEvent::Invited { dialog, .. } => Some(*dialog),
        _ => None,
    });
    invited.unwrap()
}

fn call(is_emergency: bool) -> Dial {
    Dial {
        leg: AGENT,
        bound_to: BoundTo::Address,
        credentials: None,
        destination: destination(),
        from: address("sip:+12125550100@192.0.2.1"),
        headers: Vec::new(),
        is_emergency,
        port: port(20_000),
        request_uri: "sip:+4930123456@192.0.2.2".parse().unwrap(),
        ring_timeout: Duration::from_secs(30),
        to: address("sip:+4930123456@192.0.2.2"),
    }
}

#[test]
fn a_call_of_ours_rings_is_answered_and_ended_by_the_far_side() {
    let mut world = World::new();
    let dialog = dial(&mut world);
    let offer = world.peer_heard(|event| match event {
        SipEvent::Invited { body, .. } => body.as_ref(),
        _ => None,
    });
    assert!(offer.contains("m=audio 20000 RTP/AVP 0 8 101"), "{offer}");
    world.peer_orders(SipCommand::Ring {
        dialog,
        body: None,
        reliable: false,
        status: sip::StatusCode::RINGING,
    });
    assert!(
        matches!(world.told[..], [Event::LegRinging { leg: AGENT }]),
        "{:?}",
        world.told
    );
    assert!(world.orders.is_empty());
    let body = Some(Body::sdp(PCMU));
    world.peer_orders(SipCommand::Answer { dialog, body });
    assert!(world.has_connected(AGENT));
    let [WorkerCommand::AddRtpLeg { audio, .. }] = &world.orders[..] else {
        panic!("{:?}", world.order_names())
    };
    assert_eq!(audio.codec, Codec::Pcmu);
    world.peer_orders(SipCommand::Hangup { dialog, reason: None });
    assert_eq!(world.ended(), [(AGENT, DisconnectReason::CustomerHangup)]);
    world.assert_empty();
}

#[test]
fn an_answer_that_came_early_and_reliably_counts() {
    let mut world = World::new();
    let dialog = dial(&mut world);
    world.peer_orders(SipCommand::Ring {
        dialog,
        body: Some(Body::sdp(PCMU)),
        reliable: true,
        status: sip::StatusCode::SESSION_PROGRESS,
    });
    world.peer_orders(SipCommand::Answer { dialog, body: None });
    assert!(world.has_connected(AGENT));
    assert_eq!(world.order_names(), ["AddRtpLeg"]);
}

#[test]
fn a_call_of_ours_that_comes_to_nothing_gives_its_port_back() {
    type Story = fn(&mut World, DialogId);
    let stories: [(&str, Story, DisconnectReason); 4] = [
        (
            "refused",
            |world, dialog| world.peer_orders(refusal(dialog, 486)),
            DisconnectReason::Busy,
        ),
        (
            "not answered",
            |world, _| world.advance(Duration::from_secs(32)),
            DisconnectReason::NoAnswer,
        ),
        (
            "answered without audio in common",
            |world, dialog| {
                let body = Some(Body::sdp(PCMU.replace("0 101", "18")));
                world.peer_orders(SipCommand::Answer { dialog, body });
            },
            DisconnectReason::CarrierError,
        ),
        (
            "given up by us",
            |world, dialog| {
                world.peer_orders(SipCommand::Ring {
                    dialog,
                    body: None,
                    reliable: false,
                    status: sip::StatusCode::RINGING,
                });
                world.order(Command::HangUp {
                    leg: AGENT,
                    reason: DisconnectReason::OtherPartyEnded,
                });
            },
            DisconnectReason::OtherPartyEnded,
        ),
    ];
    for (what, story, reason) in stories {
        let mut world = World::new();
        let dialog = dial(&mut world);
        story(&mut world, dialog);
        assert_eq!(world.ended(), [(AGENT, reason)], "{what}");
        assert!(world.has_unused_port(), "{what}");
        world.assert_empty();
    }
}

#[test]
fn what_the_carrier_says_tells_why_nobody_took_the_call() {
    use DisconnectReason::{Busy, CarrierError, NoAnswer, Rejected, UnassignedNumber};
    for (status, reason) in [
        (404, UnassignedNumber),
        (410, UnassignedNumber),
        (484, UnassignedNumber),
        (604, UnassignedNumber),
        (408, NoAnswer),
        (480, NoAnswer),
        (486, Busy),
        (600, Busy),
        (603, Rejected),
        (607, Rejected),
        (608, Rejected),
        (302, CarrierError),
        (403, CarrierError),
        (503, CarrierError),
    ] {
        let mut world = World::new();
        let dialog = dial(&mut world);
        world.peer_orders(refusal(dialog, status));
        assert_eq!(world.ended(), [(AGENT, reason)], "{status}");
    }
}

#[test]
fn only_an_emergency_call_is_placed_beyond_the_limit_of_legs() {
    for (is_emergency, expected) in [
        (false, vec![(AGENT, DisconnectReason::LimitReached)]),
        (true, vec![]),
    ] {
        let mut world = World::with_legs_max(0);
        world.order(Command::Dial(Box::new(call(is_emergency))));
        assert_eq!(world.ended(), expected, "{is_emergency}");
        assert_eq!(world.peer_told.is_empty(), !is_emergency);
    }
}

#[test]
fn emergency_calls_have_a_limit_of_their_own() {
    let mut world = World::with_legs_max(0);
    for number in 0..=EMERGENCY_LEGS {
        let leg = LegId::from_bits(1_000 + number as u128);
        let dial = Dial { leg, ..call(true) };
        world.order(Command::Dial(Box::new(dial)));
    }
    let last = LegId::from_bits(1_000 + EMERGENCY_LEGS as u128);
    assert_eq!(world.ended(), [(last, DisconnectReason::LimitReached)]);
}

fn refusal(dialog: DialogId, status: u16) -> SipCommand {
    SipCommand::Reject {
        dialog,
        reason: None,
        retry_after_s: None,
        status: sip::StatusCode::new(status).unwrap(),
        warning: None,
    }
}
