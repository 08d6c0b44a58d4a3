//! Peers that fall silent, and our own signs of life.

use media::sdp::Direction;
use media::{Codec, LegKey, WorkerCommand, WorkerEvent};

use crate::world::{Phone, Sent, World, address, audio, ms};

const PEER: &str = "192.0.2.1:4000";

fn timeouts(world: &mut World) -> Vec<WorkerEvent> {
    let mut events = world.events();
    events.retain(|event| !matches!(event, WorkerEvent::Latched { .. }));
    events
}

#[test]
fn silence_is_told_once_and_so_is_its_end() {
    let mut world = World::new();
    let leg = LegKey(1);
    world.add(1, Some(address(PEER)), audio(Codec::Pcmu));
    let mut peer = Phone::new(PEER, Codec::Pcmu);
    for _ in 0..100 {
        world.deliver(1, peer.source, &peer.packet(&[1; 160]));
        world.run(ms(20));
    }
    world.run(ms(29_000));
    assert_eq!(timeouts(&mut world), []);
    world.run(ms(1_000));
    assert_eq!(timeouts(&mut world), [WorkerEvent::MediaTimedOut { leg }]);
    world.run(ms(60_000));
    assert_eq!(timeouts(&mut world), []);
    world.deliver(1, peer.source, &peer.packet(&[1; 160]));
    assert_eq!(timeouts(&mut world), [WorkerEvent::MediaResumed { leg }]);
    world.run(ms(30_000));
    assert_eq!(timeouts(&mut world), [WorkerEvent::MediaTimedOut { leg }]);
}

#[test]
fn a_leg_that_never_sends_is_told_too() {
    let mut world = World::new();
    let leg = LegKey(1);
    world.add(1, Some(address(PEER)), audio(Codec::Pcmu));
    world.run(ms(31_000));
    assert_eq!(timeouts(&mut world), [WorkerEvent::MediaTimedOut { leg }]);
}

#[test]
fn strangers_do_not_count_as_signs_of_life() {
    let mut world = World::new();
    let leg = LegKey(1);
    world.add(1, Some(address(PEER)), audio(Codec::Pcmu));
    let mut peer = Phone::new(PEER, Codec::Pcmu);
    let mut stranger = Phone::new("203.0.113.9:1", Codec::Pcmu);
    world.deliver(1, peer.source, &peer.packet(&[1; 160]));
    for _ in 0..60 {
        world.deliver(1, stranger.source, &stranger.packet(&[1; 160]));
        world.run(ms(1_000));
    }
    assert_eq!(timeouts(&mut world), [WorkerEvent::MediaTimedOut { leg }]);
}

#[test]
fn a_leg_on_hold_may_be_silent_and_is_given_its_time_afterwards() {
    let mut world = World::new();
    let leg = LegKey(1);
    world.add(1, Some(address(PEER)), audio(Codec::Pcmu));
    let renegotiate = |direction| {
        let mut audio = audio(Codec::Pcmu);
        audio.direction = direction;
        WorkerCommand::RenegotiateRtp {
            leg,
            remote: None,
            audio,
        }
    };
    world.command(renegotiate(Direction::SendOnly));
    world.run(ms(600_000));
    assert_eq!(timeouts(&mut world), []);
    world.command(renegotiate(Direction::SendRecv));
    world.run(ms(29_000));
    assert_eq!(timeouts(&mut world), []);
    world.run(ms(1_000));
    assert_eq!(timeouts(&mut world), [WorkerEvent::MediaTimedOut { leg }]);
}

#[test]
fn a_leg_with_nothing_to_hear_is_kept_open_by_a_frame_every_5_s() {
    let mut world = World::new();
    world.add(1, Some(address(PEER)), audio(Codec::Pcmu));
    let sent: Vec<Sent> = world.run(ms(21_000)).into_iter().filter(Sent::is_rtp).collect();
    let times: Vec<u128> = sent.iter().map(|packet| packet.after_ms).collect();
    assert_eq!(times, [5_000, 10_000, 15_000, 20_000]);
    assert!(sent.iter().all(|packet| packet.payload() == [0xFF; 160]));
}
