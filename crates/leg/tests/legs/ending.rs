//! The ends of calls: each is told once, and nothing is left.

use std::time::Duration;

use leg::{Command, Event};
use media::WorkerEvent;
use model::DisconnectReason;
use sip::endpoint::{Command as SipCommand, EndReason, Event as SipEvent};

use crate::world::{CALLER, PCMU, World, port};

#[test]
fn the_customer_hangs_up() {
    let (mut world, dialog) = World::connected();
    world.peer_orders(SipCommand::Hangup { dialog, reason: None });
    assert_eq!(world.ended(), [(CALLER, DisconnectReason::CustomerHangup)]);
    assert_eq!(world.order_names(), ["Remove"]);
    assert_eq!(world.wire, ["<BYE", ">200"]);
    assert!(!world.has_unused_port(), "its worker closes it");
    world.assert_empty();
}

#[test]
fn we_hang_up_twice_and_it_is_told_once_with_our_reason() {
    for (reason, header) in [
        (DisconnectReason::AgentHangup, "Q.850;cause=16"),
        (DisconnectReason::MediaTimeout, "Q.850;cause=38"),
        (DisconnectReason::SystemRestarted, "Q.850;cause=41"),
    ] {
        let (mut world, _) = World::connected();
        for _ in 0..2 {
            world.order(Command::HangUp { leg: CALLER, reason });
        }
        assert_eq!(world.ended(), [(CALLER, reason)]);
        assert_eq!(world.wire, [">BYE", "<200"]);
        let heard = world.peer_told.iter().any(|event| {
            matches!(event, SipEvent::Ended { reason: EndReason::Bye(Some(text)), .. } if text.starts_with(header))
        });
        assert!(heard, "{:?}", world.peer_told);
        world.assert_empty();
    }
}

#[test]
fn both_sides_hanging_up_at_once_is_one_end() {
    let (mut world, dialog) = World::connected();
    let hang_up = Command::HangUp {
        leg: CALLER,
        reason: DisconnectReason::FlowEnded,
    };
    world.node.handle_command(hang_up, world.now);
    world.peer_orders(SipCommand::Hangup { dialog, reason: None });
    assert_eq!(world.ended(), [(CALLER, DisconnectReason::FlowEnded)]);
    world.assert_empty();
}

#[test]
fn a_call_hung_up_before_it_is_acknowledged_ends_with_bye_after_the_ack() {
    let mut world = World::new();
    world.call_arrives(Some(PCMU));
    let answer = Command::AnswerCall {
        leg: CALLER,
        port: port(20_000),
    };
    world.node.handle_command(answer, world.now);
    world.order(Command::HangUp {
        leg: CALLER,
        reason: DisconnectReason::FlowFailed,
    });
    assert_eq!(world.wire, ["<INVITE", ">200", "<ACK", ">BYE", "<200"]);
    assert_eq!(world.ended(), [(CALLER, DisconnectReason::FlowFailed)]);
    assert!(!world.has_connected(CALLER));
    world.assert_empty();
}

#[test]
fn a_call_hung_up_while_it_waits_is_refused() {
    for (reason, status) in [
        (DisconnectReason::OtherPartyEnded, ">480"),
        (DisconnectReason::LimitReached, ">486"),
        (DisconnectReason::FlowFailed, ">500"),
    ] {
        let mut world = World::new();
        world.call_arrives(Some(PCMU));
        world.order(Command::HangUp { leg: CALLER, reason });
        assert!(world.wire.contains(&status.to_owned()), "{:?}", world.wire);
        assert_eq!(world.ended(), [(CALLER, reason)]);
        world.assert_empty();
    }
}

#[test]
fn a_call_without_audio_is_ended() {
    let mut world = World::new();
    world.call_arrives(Some(PCMU));
    world.order(Command::AnswerCall {
        leg: CALLER,
        port: port(20_000),
    });
    let leg = world.media_key();
    world.worker_tells(WorkerEvent::MediaTimedOut { leg });
    assert_eq!(world.ended(), [(CALLER, DisconnectReason::MediaTimeout)]);
    assert!(world.wire.contains(&">BYE".to_owned()));
    world.worker_tells(WorkerEvent::MediaTimedOut { leg });
    assert_eq!(world.ended().len(), 1);
    world.assert_empty();
}

#[test]
fn a_call_for_which_the_worker_has_no_room_gives_its_port_back() {
    let mut world = World::new();
    world.call_arrives(Some(PCMU));
    world.order(Command::AnswerCall {
        leg: CALLER,
        port: port(20_000),
    });
    let leg = world.media_key();
    world.worker_tells(WorkerEvent::Refused { leg });
    assert_eq!(world.ended(), [(CALLER, DisconnectReason::LimitReached)]);
    assert!(world.has_unused_port());
    world.assert_empty();
}

#[test]
fn a_peer_that_is_gone_is_found_out_by_the_session_timer() {
    let (mut world, _) = World::connected();
    world.is_cut = true;
    world.advance(Duration::from_secs(3_600));
    let [(CALLER, reason)] = world.ended()[..] else {
        panic!("{:?}", world.ended())
    };
    assert!(
        matches!(
            reason,
            DisconnectReason::SessionExpired | DisconnectReason::CarrierError
        ),
        "{reason:?}"
    );
    world.assert_empty();
}

#[test]
fn orders_about_a_leg_that_is_gone_do_nothing() {
    let (mut world, dialog) = World::connected();
    world.peer_orders(SipCommand::Hangup { dialog, reason: None });
    world.forget();
    let play = media::PlayKey(1);
    for order in [
        Command::AnswerBrowser { leg: CALLER },
        Command::Bridge { a: CALLER, b: CALLER },
        Command::Play {
            leg: CALLER,
            play,
            prompts: Vec::new(),
            is_looping: false,
        },
        Command::StopPlay { leg: CALLER, play },
        Command::Reject {
            leg: CALLER,
            rejection: leg::Rejection::Busy,
        },
        Command::HangUp {
            leg: CALLER,
            reason: DisconnectReason::AgentHangup,
        },
    ] {
        world.order(order);
    }
    assert!(world.told.is_empty() && world.orders.is_empty() && world.wire.is_empty());
    world.order(Command::AnswerCall {
        leg: CALLER,
        port: port(20_002),
    });
    assert!(matches!(world.told[..], [Event::PortUnused { .. }]));
}
