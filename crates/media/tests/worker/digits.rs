//! Digits as telephone events (RFC 4733).

use media::dtmf::TelephoneEvent;
use media::rtp::RtpHeader;
use media::{Codec, LegAudio, LegKey, WorkerCommand, WorkerEvent};

use crate::world::{Phone, Sent, World, address, audio, ms, packet};

const CALLER: &str = "192.0.2.1:4000";
const AGENT: &str = "192.0.2.2:5000";

fn bridged(caller: LegAudio, agent: LegAudio) -> World {
    let mut world = World::new();
    world.add(1, Some(address(CALLER)), caller);
    world.add(2, Some(address(AGENT)), agent);
    world.bridge(1, 2);
    world
}

/// The packets of a pressed key: every 20 ms one, the end three times.
fn press(phone: &mut Phone, codec: Codec, event: u8, held_ms: u32) -> Vec<Vec<u8>> {
    let unit = codec.clock_rate_hz() / 1_000;
    let timestamp = phone.timestamp;
    let durations = (1..=held_ms / 20).map(|n| (n * 20, false));
    let ends = [(held_ms, true); 3];
    let packets = durations.chain(ends).map(|(duration_ms, is_end)| {
        let payload = TelephoneEvent {
            event,
            is_end,
            volume: 10,
            duration: u16::try_from(duration_ms * unit).unwrap(),
        };
        let header = RtpHeader {
            payload_type: codec.default_telephone_event_payload_type(),
            marker: duration_ms == 20,
            sequence: phone.sequence,
            timestamp,
            ssrc: phone.ssrc,
        };
        phone.sequence = phone.sequence.wrapping_add(1);
        packet(header, &payload.to_bytes())
    });
    let packets = packets.collect();
    phone.timestamp = timestamp.wrapping_add((held_ms + 40) * unit);
    packets
}

fn digits(world: &mut World, leg: u64) -> String {
    let events = world.events().into_iter();
    let leg = LegKey(leg);
    let digits = "0123456789*#ABCD".chars();
    let digit_of = |event| {
        let mut digits = digits.clone();
        digits.find(|digit| event == WorkerEvent::Digit { leg, digit: *digit })
    };
    events.filter_map(digit_of).collect()
}

#[test]
fn each_key_is_heard_once_whatever_gets_lost_or_repeated() {
    // Which of a key's packets arrive, in which order: 0 to 4 while held, 5 to 7 the end.
    let cases: [(&[usize], &str); 8] = [
        (&[0, 1, 2, 3, 4, 5, 6, 7], "5"),
        (&[5, 6, 7], "5"),
        (&[7], "5"),
        (&[0, 1, 2, 3], "5"),
        (&[0], ""),
        (&[1, 0, 5, 2, 6], "5"),
        (&[4, 4, 4, 5, 5], "5"),
        (&[], ""),
    ];
    for (arriving, expected) in cases {
        let mut world = bridged(audio(Codec::Pcmu), audio(Codec::Pcmu));
        let mut caller = Phone::new(CALLER, Codec::Pcmu);
        let packets = press(&mut caller, Codec::Pcmu, 5, 100);
        for index in arriving {
            world.deliver(1, caller.source, &packets[*index]);
        }
        assert_eq!(digits(&mut world, 1), expected, "{arriving:?}");
    }
}

#[test]
fn the_same_key_twice_is_two_digits_and_a_bounce_is_none() {
    for codec in [Codec::Pcmu, Codec::Opus] {
        let mut world = bridged(audio(codec), audio(codec));
        let mut caller = Phone::new(CALLER, codec);
        for (event, held_ms) in [(1, 80), (1, 80), (10, 60), (11, 60), (12, 60), (3, 20)] {
            for packet in press(&mut caller, codec, event, held_ms) {
                world.deliver(1, caller.source, &packet);
            }
        }
        assert_eq!(digits(&mut world, 1), "11*#A");
    }
}

#[test]
fn events_pass_through_under_the_partners_payload_type() {
    let mut agent = audio(Codec::Pcmu);
    agent.send.telephone_event = Some(97);
    let mut world = bridged(audio(Codec::Pcmu), agent);
    let mut caller = Phone::new(CALLER, Codec::Pcmu);
    world.deliver(1, caller.source, &caller.packet(&[1; 160]));
    for bytes in press(&mut caller, Codec::Pcmu, 7, 100) {
        let sent = world.deliver(1, caller.source, &bytes);
        assert_eq!(sent[0].header().payload_type, 97);
        assert_eq!(sent[0].payload(), &bytes[12..]);
    }
}

#[test]
fn a_key_pressed_in_a_browser_reaches_a_trunk_of_another_clock() {
    let mut world = bridged(audio(Codec::Opus), audio(Codec::Pcmu));
    let mut browser = Phone::new(CALLER, Codec::Opus);
    for bytes in press(&mut browser, Codec::Opus, 9, 100) {
        let sent = world.deliver(1, browser.source, &bytes);
        assert!(sent.is_empty(), "its clock is not the trunk's");
    }
    let sent = world.run(ms(400));
    let (events, last) = pressed(&sent, 101);
    assert_eq!((events, last.duration), (vec![9], 960));
}

#[test]
fn digits_sent_are_updated_ended_three_times_and_kept_apart() {
    let mut world = bridged(audio(Codec::Pcmu), audio(Codec::Pcmu));
    for digit in ['4', '#', 'x', '4'] {
        let leg = LegKey(1);
        world.command(WorkerCommand::SendDigit { leg, digit });
    }
    let sent = world.run(ms(1_000));
    assert_eq!(sent.len(), 3 * 9, "six updates and three ends each");
    let (events, last) = pressed(&sent, 101);
    assert_eq!(events, [4, 11, 4]);
    assert_eq!(last.duration, 960);
    assert_eq!(sent.iter().filter(|packet| packet.header().marker).count(), 3);
    let sequences = sent
        .windows(2)
        .map(|p| (p[0].header().sequence, p[1].header().sequence));
    for (last, next) in sequences {
        assert_eq!(next, last.wrapping_add(1));
    }
    assert_eq!(sent[9].after_ms - sent[8].after_ms, 100, "a pause of 80 ms");
}

#[test]
fn a_leg_without_telephone_events_is_sent_none() {
    let mut caller = audio(Codec::Pcmu);
    caller.send.telephone_event = None;
    let mut world = bridged(caller, audio(Codec::Pcmu));
    let (leg, digit) = (LegKey(1), '4');
    world.command(WorkerCommand::SendDigit { leg, digit });
    assert!(world.run(ms(1_000)).is_empty());
    let mut agent = Phone::new(AGENT, Codec::Pcmu);
    let heard = world.deliver(2, agent.source, &agent.packet(&[1; 160]));
    assert_eq!(heard.len(), 1, "audio goes on");
}

/// The keys the packets press, by their timestamps, and the last packet's event.
fn pressed(sent: &[Sent], payload_type: u8) -> (Vec<u8>, TelephoneEvent) {
    let mut keys: Vec<(u32, u8)> = Vec::new();
    let mut last = None;
    for packet in sent {
        assert_eq!(packet.header().payload_type, payload_type);
        let event = TelephoneEvent::parse(packet.payload()).unwrap();
        let key = (packet.header().timestamp, event.event);
        if keys.last() != Some(&key) {
            keys.push(key);
        }
        last = Some(event);
    }
    let events = keys.into_iter().map(|(_, event)| event).collect();
    let last = last.unwrap();
    assert!(last.is_end);
    (events, last)
}

#[test]
fn more_keys_than_fingers_press_are_not_heard() {
    let mut world = bridged(audio(Codec::Pcmu), audio(Codec::Pcmu));
    let mut phone = Phone::new(CALLER, Codec::Pcmu);
    for _ in 0..1_000 {
        // A key that claims to have been down for long, in one packet.
        let pressed = press(&mut phone, Codec::Pcmu, 5, 40);
        world.deliver(1, phone.source, &pressed[1]);
    }
    let burst = digits(&mut world, 1).len();
    assert_eq!(burst, media::limits::DIGITS_AT_ONCE_MAX as usize);
    world.run(ms(800));
    for _ in 0..100 {
        let pressed = press(&mut phone, Codec::Pcmu, 5, 40);
        world.deliver(1, phone.source, &pressed[1]);
    }
    assert_eq!(digits(&mut world, 1).len(), 10, "a key in 80 ms");
}
