//! Prompts and music, paced by deadlines.

use media::prompts::BuiltinPrompt;
use media::tone::{ringback_europe, tone, tone_share};
use media::{AudioDecoder, Codec, LegKey, PlayKey, Prompt, SAMPLES_PER_FRAME, WorkerCommand, WorkerEvent};

use crate::world::{Phone, Sent, World, address, audio, ms};

const PEER: &str = "192.0.2.1:4000";

fn listening(codec: Codec) -> World {
    let mut world = World::new();
    world.add(1, Some(address(PEER)), audio(codec));
    world
}

fn play(world: &mut World, play: u64, prompts: &[Prompt], is_looping: bool) {
    world.command(WorkerCommand::Play {
        leg: LegKey(1),
        play: PlayKey(play),
        prompts: prompts.to_vec(),
        is_looping,
    });
}

fn finished(play: u64) -> WorkerEvent {
    WorkerEvent::PlayFinished {
        leg: LegKey(1),
        play: PlayKey(play),
    }
}

fn rtp(sent: Vec<Sent>) -> Vec<Sent> {
    sent.into_iter().filter(Sent::is_rtp).collect()
}

fn decode(codec: Codec, sent: &[Sent]) -> Vec<i16> {
    let mut decoder = AudioDecoder::new(codec);
    let mut samples = Vec::new();
    for packet in sent {
        let mut frame = [0; SAMPLES_PER_FRAME];
        let count = decoder.decode(packet.payload(), &mut frame);
        samples.extend_from_slice(&frame[..count]);
    }
    samples
}

#[test]
fn a_prompt_goes_out_in_20_ms_frames_and_its_end_is_told_once() {
    let mut world = listening(Codec::Pcmu);
    let prompt: Prompt = tone(&[440.0], 9_000.0, 8_000 + 40).into();
    play(&mut world, 9, &[prompt], false);
    let sent = rtp(world.run(ms(1_040)));
    assert_eq!(sent.len(), 51, "50 whole frames and one filled up");
    for (index, pair) in sent.windows(2).enumerate() {
        let (last, next) = (&pair[0], &pair[1]);
        assert_eq!(next.after_ms - last.after_ms, 20, "frame {index}");
        assert_eq!(next.header().timestamp, last.header().timestamp.wrapping_add(160));
        assert_eq!(next.header().sequence, last.header().sequence.wrapping_add(1));
    }
    assert!(sent[0].header().marker);
    assert!(sent[1..].iter().all(|packet| !packet.header().marker));
    assert!(tone_share(&decode(Codec::Pcmu, &sent)[..8_000], 440.0) > 0.99);
    assert_eq!(world.events(), [finished(9)]);
    assert!(rtp(world.run(ms(1_000))).is_empty());
}

#[test]
fn prompts_follow_one_another_without_a_gap() {
    let mut world = listening(Codec::Pcma);
    let first: Prompt = vec![8_000; 250].into();
    let second: Prompt = vec![-8_000; 70].into();
    play(&mut world, 1, &[first, Prompt::from([]), second], false);
    let sent = rtp(world.run(ms(100)));
    let heard = decode(Codec::Pcma, &sent);
    assert_eq!(heard.len(), 320);
    assert!(heard[..250].iter().all(|sample| *sample > 7_000));
    assert!(heard[250..].iter().all(|sample| *sample < -7_000));
    assert_eq!(world.events(), [finished(1)]);
}

#[test]
fn music_loops_until_it_is_stopped_and_then_tells_nothing() {
    let mut world = listening(Codec::Pcmu);
    play(&mut world, 3, &[vec![1_000; 400].into()], true);
    assert_eq!(rtp(world.run(ms(60_000))).len(), 3_001);
    world.command(WorkerCommand::StopPlay {
        leg: LegKey(1),
        play: PlayKey(2),
    });
    assert_eq!(rtp(world.run(ms(1_000))).len(), 50, "another playback");
    world.command(WorkerCommand::StopPlay {
        leg: LegKey(1),
        play: PlayKey(3),
    });
    assert!(rtp(world.run(ms(1_000))).is_empty());
    let is_finish = |event: &WorkerEvent| matches!(event, WorkerEvent::PlayFinished { .. });
    assert!(!world.events().iter().any(is_finish));
}

#[test]
fn an_empty_playback_ends_at_once_even_when_it_loops() {
    for is_looping in [false, true] {
        let mut world = listening(Codec::Pcmu);
        play(&mut world, 1, &[Prompt::from([]), Prompt::from([])], is_looping);
        assert!(rtp(world.run(ms(40))).is_empty());
        assert_eq!(world.events(), [finished(1)]);
    }
}

#[test]
fn a_browser_hears_prompts_in_its_codec() {
    let mut world = listening(Codec::Opus);
    play(&mut world, 1, &[tone(&[440.0], 9_000.0, 16_000).into()], false);
    let sent = rtp(world.run(ms(3_000)));
    assert_eq!(sent.len(), 100);
    let step = sent[1]
        .header()
        .timestamp
        .wrapping_sub(sent[0].header().timestamp);
    assert_eq!(step, 960);
    assert!(tone_share(&decode(Codec::Opus, &sent)[1_600..], 440.0) > 0.9);
}

#[test]
fn a_bridge_is_heard_again_after_the_prompt() {
    let mut world = listening(Codec::Pcmu);
    world.add(2, Some(address("192.0.2.2:5000")), audio(Codec::Pcmu));
    world.bridge(1, 2);
    let mut other = Phone::new("192.0.2.2:5000", Codec::Pcmu);
    play(&mut world, 1, &[vec![1_000; 800].into()], false);
    world.run(ms(50));
    assert!(
        world
            .deliver(2, other.source, &other.packet(&[7; 160]))
            .is_empty()
    );
    world.run(ms(100));
    let heard = world.deliver(2, other.source, &other.packet(&[7; 160]));
    assert_eq!(heard[0].payload(), [7; 160]);
    assert!(heard[0].header().marker);
}

#[test]
fn after_a_stall_only_a_few_frames_are_caught_up() {
    let mut world = listening(Codec::Pcmu);
    play(&mut world, 1, &[vec![1_000; 80_000].into()], false);
    world.run(ms(200));
    world.now += ms(3_000);
    let sent = rtp(world.run(ms(0)));
    assert!((1..=6).contains(&sent.len()), "{} frames", sent.len());
    assert_eq!(rtp(world.run(ms(1_000))).len(), 50);
}

#[test]
fn ringback_sounds_one_second_in_five() {
    let mut world = listening(Codec::Pcma);
    play(&mut world, 1, &[ringback_europe()], true);
    let heard = decode(Codec::Pcma, &rtp(world.run(ms(10_000))));
    let loud = |second: usize| heard[second * 8_000..][..8_000].iter().any(|s| s.abs() > 1_000);
    let pattern: Vec<bool> = (0..10).map(loud).collect();
    assert_eq!(pattern[..5], [true, false, false, false, false]);
    assert_eq!(pattern[5..], [true, false, false, false, false]);
    assert!(tone_share(&heard[..8_000], 425.0) > 0.99);
}

#[test]
fn builtin_prompts_can_be_played_to_their_end() {
    let mut world = listening(Codec::Pcmu);
    let welcome = BuiltinPrompt::find("welcome").unwrap();
    play(&mut world, 1, &[welcome.samples()], false);
    let sent = rtp(world.run(ms(5_000)));
    let mu_law: Vec<u8> = sent.iter().flat_map(|p| p.payload().to_vec()).collect();
    // Silence has two codes; decoding and encoding again picks one.
    let same = mu_law
        .iter()
        .zip(welcome.mu_law())
        .filter(|(a, b)| a == b || **b == 0x7F);
    assert_eq!(same.count(), welcome.mu_law().len());
    assert_eq!(world.events(), [finished(1)]);
}
