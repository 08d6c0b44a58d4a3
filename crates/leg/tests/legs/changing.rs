//! Calls that change while they last.

use leg::Event;
use media::WorkerCommand;
use media::sdp::Direction;
use sip::endpoint::{Body, Command as SipCommand, Event as SipEvent};

use crate::world::{PCMU, World};

/// The peer sends a re-INVITE; what the node answered, and the directions and addresses its worker was told.
fn reinvite(world: &mut World, dialog: sip::DialogId, sdp: &str) -> String {
    world.forget();
    let body = Some(Body::sdp(sdp.to_owned()));
    world.peer_orders(SipCommand::Reinvite { dialog, body });
    world
        .peer_told
        .iter()
        .find_map(|event| match event {
            SipEvent::ReinviteAnswered { body, .. } => Some(crate::world::text(body.as_ref())),
            SipEvent::ReinviteRefused { status, .. } => Some(status.code().to_string()),
            _ => None,
        })
        .unwrap()
}

fn version(number: u32) -> String {
    PCMU.replace("o=- 1 1", &format!("o=- 1 {number}"))
}

#[test]
fn a_call_is_held_and_retrieved() {
    let (mut world, dialog) = World::connected();
    for (number, theirs, ours, direction) in [
        (2, "a=sendonly\r\n", "a=recvonly", Direction::RecvOnly),
        (3, "a=inactive\r\n", "a=inactive", Direction::Inactive),
        (4, "a=sendrecv\r\n", "a=sendrecv", Direction::SendRecv),
    ] {
        let offer = format!("{}{theirs}", version(number));
        let answer = reinvite(&mut world, dialog, &offer);
        assert!(answer.contains(ours), "{answer}");
        let [WorkerCommand::RenegotiateRtp { audio, .. }] = &world.orders[..] else {
            panic!("{:?}", world.order_names())
        };
        assert_eq!(audio.direction, direction);
        assert!(world.told.is_empty(), "{:?}", world.told);
    }
}

#[test]
fn the_far_side_moves_to_another_address() {
    let (mut world, dialog) = World::connected();
    reinvite(&mut world, dialog, &version(2).replace("192.0.2.2", "192.0.2.99"));
    let [WorkerCommand::RenegotiateRtp { remote, .. }] = &world.orders[..] else {
        panic!("{:?}", world.order_names())
    };
    assert_eq!(*remote, Some("192.0.2.99:4000".parse().unwrap()));
}

#[test]
fn a_change_without_a_codec_in_common_is_refused_and_the_call_goes_on() {
    let (mut world, dialog) = World::connected();
    assert_eq!(
        reinvite(&mut world, dialog, &version(2).replace("0 101", "18")),
        "488"
    );
    assert_eq!(reinvite(&mut world, dialog, "not SDP"), "488");
    assert!(world.orders.is_empty() && world.told.is_empty());
    assert!(reinvite(&mut world, dialog, &version(2)).contains("m=audio 20000"));
}

#[test]
fn a_repeated_description_does_not_disturb_the_audio() {
    let (mut world, dialog) = World::connected();
    reinvite(&mut world, dialog, PCMU);
    assert!(world.orders.is_empty(), "{:?}", world.order_names());
}

#[test]
fn a_change_without_an_offer_gets_ours() {
    let (mut world, dialog) = World::connected();
    world.peer_orders(SipCommand::Reinvite { dialog, body: None });
    let offer = world.peer_heard(|event| match event {
        SipEvent::ReinviteAnswered {
            body,
            wants_answer: true,
            ..
        } => body.as_ref(),
        _ => None,
    });
    assert!(offer.contains("m=audio 20000"), "{offer}");
    let body = Some(Body::sdp(version(2).replace("4000", "4002")));
    world.peer_orders(SipCommand::Acknowledge { dialog, body });
    let [WorkerCommand::RenegotiateRtp { remote, .. }] = &world.orders[..] else {
        panic!("{:?}", world.order_names())
    };
    assert_eq!(*remote, Some("192.0.2.2:4002".parse().unwrap()));
    let connected_again = |event: &Event| matches!(event, Event::LegConnected { .. });
    assert!(!world.told.iter().any(connected_again));
}

#[test]
fn update_changes_a_call_like_a_reinvite() {
    let (mut world, dialog) = World::connected();
    let body = Some(Body::sdp(format!("{}a=sendonly\r\n", version(2))));
    world.peer_orders(SipCommand::Update { dialog, body });
    assert_eq!(world.order_names(), ["RenegotiateRtp"]);
    assert_eq!(world.wire, ["<UPDATE", ">200"]);
}

#[test]
fn a_change_to_an_address_that_nothing_can_be_sent_to_is_refused_and_the_call_goes_on() {
    for (connection, warning) in [
        (
            "IN IP4 224.2.17.12/127",
            "330 Offhook \"multicast is not available\"",
        ),
        (
            "IN IP4 255.255.255.255",
            "301 Offhook \"the connection address must be a host's\"",
        ),
        (
            "IN IP6 ::",
            "301 Offhook \"the connection address must be a host's\"",
        ),
        (
            "IN IP4 pbx.example",
            "301 Offhook \"the connection address must be a number\"",
        ),
        (
            "IN IP6 2001:db8::2",
            "300 Offhook \"no address of this family is reached from here\"",
        ),
    ] {
        let (mut world, dialog) = World::connected();
        let offer = version(2).replace("IN IP4 192.0.2.2", connection);
        assert_eq!(reinvite(&mut world, dialog, &offer), "488", "{connection}");
        let refusal = &world.last_sent;
        assert!(
            refusal.contains(&format!("\r\nWarning: {warning}\r\n")),
            "{refusal}"
        );
        assert!(world.orders.is_empty() && world.told.is_empty(), "{connection}");
        let held = reinvite(
            &mut world,
            dialog,
            &version(2).replace("IP4 192.0.2.2", "IP4 0.0.0.0"),
        );
        assert!(held.contains("a=recvonly"), "{held}");
    }
}
