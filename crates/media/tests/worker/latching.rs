//! Whose packets a plain leg listens to (RTP bleed: CVE-2017-14099, CVE-2025-53399).

use crate::world::{Phone, World, address, audio, ms};
use media::{Codec, Latching, LegKey, SocketKey, StreamIdentity, WorkerCommand, WorkerEvent};

const PEER: &str = "192.0.2.1:4000";
const STRANGER: &str = "203.0.113.9:6666";

fn ringing(remote: Option<&str>) -> World {
    let mut world = World::new();
    world.add(1, remote.map(address), audio(Codec::Pcmu));
    world.add(2, Some(address("192.0.2.2:5000")), audio(Codec::Pcmu));
    world.bridge(1, 2);
    world
}

/// Sends packets every 20 ms and counts those that reach the other leg.
fn talk(world: &mut World, phone: &mut Phone, packets: usize) -> usize {
    let mut heard = 0;
    for _ in 0..packets {
        let datagram = phone.packet(&[1; 160]);
        heard += world.deliver(1, phone.source, &datagram).len();
        world.run(ms(20));
    }
    heard
}

fn latched(world: &mut World) -> Vec<WorkerEvent> {
    let mut events = world.events();
    events.retain(|event| matches!(event, WorkerEvent::Latched { .. }));
    events
}

#[test]
fn the_signalled_address_is_taken_at_once_and_a_stranger_never_after() {
    let mut world = ringing(Some(PEER));
    let mut peer = Phone::new(PEER, Codec::Pcmu);
    let mut stranger = Phone::new(STRANGER, Codec::Pcmu);
    assert_eq!(talk(&mut world, &mut peer, 5), 5);
    let leg = LegKey(1);
    let source = address(PEER);
    assert_eq!(latched(&mut world), [WorkerEvent::Latched { leg, source }]);
    assert_eq!(talk(&mut world, &mut stranger, 500), 0);
    assert_eq!(talk(&mut world, &mut peer, 5), 5);
    let stats = world.worker.stats(leg).unwrap();
    assert_eq!(stats.refused_count, 500);
    assert_eq!(stats.received.packet_count, 10);
}

#[test]
fn a_stranger_who_is_first_loses_to_the_signalled_address() {
    let mut world = ringing(Some(PEER));
    let mut stranger = Phone::new(STRANGER, Codec::Pcmu);
    let mut peer = Phone::new(PEER, Codec::Pcmu);
    peer.ssrc = 5;
    assert_eq!(talk(&mut world, &mut stranger, 8), 0);
    assert_eq!(talk(&mut world, &mut peer, 5), 5);
    assert_eq!(talk(&mut world, &mut stranger, 100), 0);
}

#[test]
fn a_stranger_who_took_a_silent_peers_place_loses_it_when_the_peer_speaks() {
    let mut world = ringing(Some(PEER));
    let mut stranger = Phone::new(STRANGER, Codec::Pcmu);
    let mut peer = Phone::new(PEER, Codec::Pcmu);
    peer.ssrc = 5;
    assert!(talk(&mut world, &mut stranger, 50) > 30);
    assert!(
        talk(&mut world, &mut peer, 20) >= 9,
        "the stranger's stream has to fall silent first"
    );
    assert_eq!(talk(&mut world, &mut stranger, 100), 0);
    assert_eq!(talk(&mut world, &mut peer, 20), 20);
    let leg = LegKey(1);
    let expected = [STRANGER, PEER].map(|source| WorkerEvent::Latched {
        leg,
        source: address(source),
    });
    assert_eq!(latched(&mut world), expected);
}

#[test]
fn a_peer_behind_translation_is_heard_after_a_moment() {
    let mut world = ringing(Some("10.0.0.5:4000"));
    let mut peer = Phone::new("198.51.100.7:31000", Codec::Pcmu);
    let heard = talk(&mut world, &mut peer, 50);
    assert!((35..50).contains(&heard), "{heard} of 50 packets");
    let leg = LegKey(1);
    let source = peer.source;
    assert_eq!(latched(&mut world), [WorkerEvent::Latched { leg, source }]);
}

#[test]
fn another_port_of_the_signalled_host_is_taken_at_once() {
    let mut world = ringing(Some(PEER));
    let mut peer = Phone::new("192.0.2.1:4002", Codec::Pcmu);
    assert_eq!(talk(&mut world, &mut peer, 5), 5);
}

#[test]
fn a_single_packet_of_a_scanner_neither_latches_nor_keeps_the_peer_out() {
    let mut world = ringing(None);
    let mut scanner = Phone::new(STRANGER, Codec::Pcmu);
    let mut peer = Phone::new("198.51.100.7:31000", Codec::Pcmu);
    assert_eq!(talk(&mut world, &mut scanner, 1), 0);
    world.run(ms(300));
    assert!(talk(&mut world, &mut peer, 20) > 10);
    assert_eq!(talk(&mut world, &mut scanner, 20), 0);
}

#[test]
fn long_after_signalling_only_the_signalled_address_is_taken() {
    let mut world = ringing(Some(PEER));
    world.run(ms(11_000));
    let mut stranger = Phone::new(STRANGER, Codec::Pcmu);
    let mut peer = Phone::new(PEER, Codec::Pcmu);
    assert_eq!(talk(&mut world, &mut stranger, 100), 0);
    assert_eq!(talk(&mut world, &mut peer, 5), 5);
}

#[test]
fn only_a_new_address_in_a_further_exchange_opens_the_lock() {
    let mut world = ringing(Some(PEER));
    let mut peer = Phone::new(PEER, Codec::Pcmu);
    talk(&mut world, &mut peer, 5);
    let renegotiate = |remote: &str| WorkerCommand::RenegotiateRtp {
        leg: LegKey(1),
        remote: Some(address(remote)),
        audio: audio(Codec::Pcmu),
    };
    let mut moved = Phone::new("192.0.2.77:4000", Codec::Pcmu);
    moved.ssrc = 6;
    world.command(renegotiate(PEER));
    assert_eq!(talk(&mut world, &mut moved, 20), 0);
    world.command(renegotiate("192.0.2.77:4000"));
    assert_eq!(talk(&mut world, &mut moved, 20), 20);
    assert_eq!(talk(&mut world, &mut peer, 20), 0);
}

#[test]
fn a_strict_leg_takes_nobody_but_the_signalled_address() {
    let mut world = World::new();
    world.command(WorkerCommand::AddRtpLeg {
        leg: LegKey(1),
        socket: SocketKey(1),
        remote: Some(address(PEER)),
        latching: Latching::Signalled,
        identity: StreamIdentity {
            ssrc: 1,
            cname: "offhook".to_owned(),
        },
        audio: audio(Codec::Pcmu),
    });
    let mut neighbour = Phone::new("192.0.2.1:4002", Codec::Pcmu);
    talk(&mut world, &mut neighbour, 50);
    assert!(latched(&mut world).is_empty());
}

#[test]
fn a_second_source_from_the_same_address_waits_until_the_first_is_silent() {
    let mut world = ringing(Some(PEER));
    let mut peer = Phone::new(PEER, Codec::Pcmu);
    let mut injected = Phone::new(PEER, Codec::Pcmu);
    injected.ssrc = 0xEE;
    talk(&mut world, &mut peer, 3);
    for _ in 0..10 {
        assert_eq!(talk(&mut world, &mut peer, 1), 1);
        assert_eq!(talk(&mut world, &mut injected, 1), 0);
    }
    world.run(ms(300));
    assert_eq!(talk(&mut world, &mut injected, 5), 5);
    let figures = world.worker.stats(LegKey(1)).unwrap().received;
    assert_eq!(figures.other_source_count, 10);
}
