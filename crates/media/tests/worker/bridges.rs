//! Two legs that hear each other.

use crate::world::{Phone, Sent, World, address, audio, ms};
use media::tone::{tone, tone_share};
use media::{AudioDecoder, AudioEncoder, Codec, LegKey, SAMPLES_PER_FRAME, WorkerCommand, WorkerEvent};

const ALICE: &str = "192.0.2.1:4000";
const BOB: &str = "192.0.2.2:5000";

fn bridged(a: Codec, b: Codec) -> World {
    let mut world = World::new();
    world.add(1, Some(address(ALICE)), audio(a));
    world.add(2, Some(address(BOB)), audio(b));
    world.bridge(1, 2);
    world
}

#[test]
fn equal_codecs_pass_through_bit_for_bit() {
    for codec in [Codec::Opus, Codec::Pcma, Codec::Pcmu] {
        let mut world = bridged(codec, codec);
        let mut alice = Phone::new(ALICE, codec);
        let mut before: Option<Sent> = None;
        for round in 0..100_u8 {
            let payload: Vec<u8> = (0..160).map(|n| n ^ round).collect();
            let datagram = alice.packet(&payload);
            let sent = world.deliver(1, alice.source, &datagram);
            let [sent] = sent.as_slice() else {
                panic!("one packet in, {} out", sent.len());
            };
            assert_eq!(sent.destination, address(BOB));
            assert_eq!(sent.payload(), payload);
            assert_eq!(sent.header().ssrc, 0xA002);
            if let Some(before) = before {
                let (last, next) = (before.header(), sent.header());
                assert_eq!(next.sequence, last.sequence.wrapping_add(1));
                let units = codec.timestamp_units_per_frame();
                assert_eq!(next.timestamp, last.timestamp.wrapping_add(units));
                assert!(!next.marker);
            }
            before = Some(sent.clone());
            world.run(ms(20));
        }
    }
}

#[test]
fn a_leg_can_hear_itself_until_it_is_bridged_with_another_or_with_none() {
    let mut world = bridged(Codec::Opus, Codec::Opus);
    let mut alice = Phone::new(ALICE, Codec::Opus);
    world.command(WorkerCommand::Echo { leg: LegKey(1) });
    let sent = world.deliver(1, alice.source, &alice.packet(&[1, 2, 3]));
    let [echo] = sent.as_slice() else {
        panic!("one packet in, {} out", sent.len());
    };
    assert_eq!(
        (echo.destination, echo.payload()),
        (address(ALICE), &[1, 2, 3][..])
    );
    assert_eq!(echo.header().ssrc, 0xA001);
    world.command(WorkerCommand::Unbridge { leg: LegKey(1) });
    assert!(world.deliver(1, alice.source, &alice.packet(&[4])).is_empty());
    world.command(WorkerCommand::Echo { leg: LegKey(1) });
    world.bridge(1, 2);
    let sent = world.deliver(1, alice.source, &alice.packet(&[5]));
    assert_eq!(sent[0].destination, address(BOB));
    world.command(WorkerCommand::Echo { leg: LegKey(1) });
    world.command(WorkerCommand::Remove { leg: LegKey(1) });
    assert!(matches!(
        world.worker.poll_event(),
        Some(WorkerEvent::Latched { .. })
    ));
}

#[test]
fn payload_types_follow_each_peers_numbering() {
    let mut world = World::new();
    let mut theirs = audio(Codec::Opus);
    theirs.receive.audio = 96;
    let mut ours = audio(Codec::Opus);
    ours.send.audio = 109;
    world.add(1, Some(address(ALICE)), theirs);
    world.add(2, Some(address(BOB)), ours);
    world.bridge(1, 2);
    let mut alice = Phone::new(ALICE, Codec::Opus);
    alice.payload_type = 96;
    let sent = world.deliver(1, alice.source, &alice.packet(&[1, 2, 3]));
    assert_eq!(sent[0].header().payload_type, 109);

    alice.payload_type = 111;
    assert!(world.deliver(1, alice.source, &alice.packet(&[1])).is_empty());
    assert_eq!(world.worker.stats(LegKey(1)).unwrap().unusable_count, 1);
}

#[test]
fn loss_and_order_are_passed_on_and_repetitions_are_not() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    let mut alice = Phone::new(ALICE, Codec::Pcmu);
    let packets: Vec<Vec<u8>> = (0..6).map(|n| alice.packet(&[n; 160])).collect();
    let mut heard = Vec::new();
    for index in [0, 1, 4, 3, 3, 1, 5] {
        heard.extend(world.deliver(1, alice.source, &packets[index]));
    }
    let first = heard[0].header().sequence;
    let order: Vec<u16> = heard
        .iter()
        .map(|sent| sent.header().sequence.wrapping_sub(first))
        .collect();
    assert_eq!(order, [0, 1, 4, 3, 5]);
}

#[test]
fn extensions_sources_and_padding_stay_with_the_peer_that_sent_them() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    let mut alice = Phone::new(ALICE, Codec::Pcmu);
    let mut datagram = alice.packet(&[]);
    datagram[0] |= 0x31;
    datagram.extend([0, 0, 0, 5]);
    datagram.extend([0xBE, 0xDE, 0, 1, 0x10, 0xFF, 0, 0]);
    datagram.extend([9; 160]);
    datagram.extend([0, 0, 3]);
    let sent = world.deliver(1, alice.source, &datagram);
    assert_eq!((sent[0].bytes[0], sent[0].bytes.len()), (0x80, 172));
    assert_eq!(sent[0].payload(), [9; 160]);
}

#[test]
fn a_new_partner_continues_the_numbers_a_peer_hears() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    world.add(3, Some(address("192.0.2.3:6000")), audio(Codec::Pcmu));
    let mut alice = Phone::new(ALICE, Codec::Pcmu);
    let first = world.deliver(1, alice.source, &alice.packet(&[1; 160]));
    world.run(ms(400));
    world.bridge(2, 3);
    let mut carol = Phone::new("192.0.2.3:6000", Codec::Pcmu);
    carol.ssrc = 77;
    carol.sequence = 12;
    carol.timestamp = 999;
    let next = world.deliver(3, carol.source, &carol.packet(&[2; 160]));
    let (first, next) = (first[0].header(), next[0].header());
    assert_eq!(next.ssrc, first.ssrc);
    assert_eq!(next.sequence, first.sequence.wrapping_add(1));
    assert_eq!(next.timestamp.wrapping_sub(first.timestamp), 400 * 8);
    assert!(next.marker, "a new talk spurt");
    assert!(
        world
            .deliver(1, alice.source, &alice.packet(&[3; 160]))
            .is_empty()
    );
}

#[test]
fn muted_and_unbridged_legs_are_not_heard() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    let mut alice = Phone::new(ALICE, Codec::Pcmu);
    let leg = LegKey(1);
    let mut hears = |world: &mut World| {
        let datagram = alice.packet(&[1; 160]);
        !world.deliver(1, alice.source, &datagram).is_empty()
    };
    assert!(hears(&mut world));
    world.command(WorkerCommand::Mute { leg, is_muted: true });
    assert!(!hears(&mut world));
    world.command(WorkerCommand::Mute { leg, is_muted: false });
    assert!(hears(&mut world));
    world.command(WorkerCommand::Unbridge { leg: LegKey(2) });
    assert!(!hears(&mut world));
}

#[test]
fn removing_a_leg_leaves_its_partner_alone_and_tells_its_figures() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    let mut alice = Phone::new(ALICE, Codec::Pcmu);
    world.deliver(1, alice.source, &alice.packet(&[1; 160]));
    world.events();
    world.command(WorkerCommand::Remove { leg: LegKey(2) });
    let events = world.events();
    let [WorkerEvent::Removed { leg, stats }] = events.as_slice() else {
        panic!("unexpected {events:?}");
    };
    assert_eq!((*leg, stats.sent_packet_count), (LegKey(2), 1));
    assert_eq!(stats.sent_byte_count, 172);
    assert!(
        world
            .deliver(1, alice.source, &alice.packet(&[1; 160]))
            .is_empty()
    );
    assert_eq!(world.worker.leg_count(), 1);
}

#[test]
fn different_codecs_keep_a_tone_a_tone() {
    let pairs = [
        (Codec::Opus, Codec::Pcmu, 20),
        (Codec::Pcmu, Codec::Opus, 20),
        (Codec::Pcma, Codec::Opus, 30),
        (Codec::Pcma, Codec::Pcmu, 10),
        (Codec::Opus, Codec::Pcma, 60),
        (Codec::Opus, Codec::Pcma, 10),
    ];
    for (from, to, packet_ms) in pairs {
        let heard = talk_440_hz(from, to, packet_ms);
        let share = tone_share(&heard[1_600..], 440.0);
        assert!(share > 0.9, "{from:?} to {to:?} at {packet_ms} ms: {share}");
        assert!(heard.len() >= 15_000, "two seconds, {} samples", heard.len());
    }
}

/// Two seconds of a tone from one codec to another, as the far end decodes it; checks that its
/// timestamps follow one another without a gap.
fn talk_440_hz(from: Codec, to: Codec, packet_ms: u32) -> Vec<i16> {
    let mut world = bridged(from, to);
    let mut alice = Phone::new(ALICE, from);
    alice.units_per_packet = from.clock_rate_hz() / 1_000 * packet_ms;
    let samples = tone(&[440.0], 10_000.0, 16_000);
    let mut encoder = AudioEncoder::new(from);
    let mut decoder = AudioDecoder::new(to);
    let mut heard = Vec::new();
    let mut expected_timestamp = None;
    for chunk in samples.chunks_exact(8 * packet_ms as usize) {
        // 30 ms is no length Opus has.
        let mut payload = [0; 1_000];
        let len = encoder.encode(chunk, &mut payload);
        let datagram = alice.packet(&payload[..len]);
        for sent in world.deliver(1, alice.source, &datagram) {
            let header = sent.header();
            assert_eq!(header.payload_type, to.default_payload_type());
            if let Some(expected) = expected_timestamp {
                assert_eq!(header.timestamp, expected);
            }
            expected_timestamp = Some(header.timestamp.wrapping_add(to.timestamp_units_per_frame()));
            let mut frame = [0; SAMPLES_PER_FRAME];
            let count = decoder.decode(sent.payload(), &mut frame);
            heard.extend_from_slice(&frame[..count]);
        }
        world.run(ms(packet_ms.into()));
    }
    heard
}

#[test]
fn a_leg_whose_key_or_socket_is_taken_is_refused() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    world.events();
    world.add(1, Some(address(BOB)), audio(Codec::Pcmu));
    assert_eq!(world.events(), [WorkerEvent::Refused { leg: LegKey(1) }]);
    let (a, b) = (LegKey(1), LegKey(99));
    world.command(WorkerCommand::Bridge { a, b });
    let mut alice = Phone::new(ALICE, Codec::Pcmu);
    let heard = world.deliver(1, alice.source, &alice.packet(&[1; 160]));
    assert_eq!(heard.len(), 1, "a bridge with nobody changes nothing");
}
