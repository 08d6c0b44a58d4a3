//! Hold: which way audio flows follows what was negotiated.

use media::sdp::Direction;
use media::{Codec, LegKey, PlayKey, WorkerCommand};

use crate::world::{Phone, World, address, audio, ms};

const CALLER: &str = "192.0.2.1:4000";
const AGENT: &str = "192.0.2.2:5000";

#[test]
fn audio_flows_only_the_negotiated_ways() {
    // The caller's direction seen from us; caller heard by agent; agent heard by caller.
    let table = [
        (Direction::SendRecv, 1, 1),
        (Direction::SendOnly, 0, 1),
        (Direction::RecvOnly, 1, 0),
        (Direction::Inactive, 0, 0),
    ];
    for (direction, caller_heard, agent_heard) in table {
        let mut world = World::new();
        world.add(1, Some(address(CALLER)), audio(Codec::Pcmu));
        world.add(2, Some(address(AGENT)), audio(Codec::Pcmu));
        world.bridge(1, 2);
        let mut agreed = audio(Codec::Pcmu);
        agreed.direction = direction;
        world.command(WorkerCommand::RenegotiateRtp {
            leg: LegKey(1),
            remote: Some(address(CALLER)),
            audio: agreed,
        });
        let mut caller = Phone::new(CALLER, Codec::Pcmu);
        let mut agent = Phone::new(AGENT, Codec::Pcmu);
        let from_caller = world.deliver(1, caller.source, &caller.packet(&[1; 160]));
        let from_agent = world.deliver(2, agent.source, &agent.packet(&[2; 160]));
        let heard = (from_caller.len(), from_agent.len());
        assert_eq!(heard, (caller_heard, agent_heard), "{direction:?}");
    }
}

#[test]
fn music_for_a_leg_that_went_inactive_runs_on_unheard() {
    let mut world = World::new();
    let leg = LegKey(1);
    world.add(1, Some(address(CALLER)), audio(Codec::Pcmu));
    world.command(WorkerCommand::Play {
        leg,
        play: PlayKey(1),
        prompts: vec![vec![1_000; 16_000].into()],
        is_looping: false,
    });
    assert!(!world.run(ms(500)).is_empty());
    let mut inactive = audio(Codec::Pcmu);
    inactive.direction = Direction::Inactive;
    world.command(WorkerCommand::RenegotiateRtp {
        leg,
        remote: None,
        audio: inactive,
    });
    assert!(world.run(ms(500)).is_empty());
    world.run(ms(1_100));
    assert_eq!(world.events().len(), 1, "the playback is over in time");
}

#[test]
fn a_codec_changed_in_mid_contact_is_transcoded_from_then_on() {
    let mut world = World::new();
    world.add(1, Some(address(CALLER)), audio(Codec::Pcmu));
    world.add(2, Some(address(AGENT)), audio(Codec::Pcmu));
    world.bridge(1, 2);
    world.command(WorkerCommand::RenegotiateRtp {
        leg: LegKey(2),
        remote: Some(address(AGENT)),
        audio: audio(Codec::Pcma),
    });
    let mut caller = Phone::new(CALLER, Codec::Pcmu);
    let sent = world.deliver(1, caller.source, &caller.packet(&[0xFF; 160]));
    assert_eq!(sent[0].header().payload_type, 8);
    assert_eq!(sent[0].payload(), [0xD5; 160], "A-law silence");
}

#[test]
fn what_was_held_back_does_not_look_like_loss() {
    let mut world = World::new();
    world.add(1, Some(address(CALLER)), audio(Codec::Pcmu));
    world.add(2, Some(address(AGENT)), audio(Codec::Pcmu));
    world.bridge(1, 2);
    let mut agent = Phone::new(AGENT, Codec::Pcmu);
    let mut heard = Vec::new();
    for round in 0..30 {
        let change = match round {
            10 => Some(true),
            20 => Some(false),
            _ => None,
        };
        if let Some(is_muted) = change {
            let leg = LegKey(2);
            world.command(WorkerCommand::Mute { leg, is_muted });
        }
        let datagram = agent.packet(&[1; 160]);
        heard.extend(world.deliver(2, agent.source, &datagram));
        world.run(ms(20));
    }
    assert_eq!(heard.len(), 20);
    let (last, next) = (heard[9].header(), heard[10].header());
    assert_eq!(next.sequence, last.sequence.wrapping_add(1));
    assert_eq!(next.timestamp.wrapping_sub(last.timestamp), 11 * 160);
}
