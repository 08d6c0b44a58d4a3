use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::{LegKey, PlayKey, WorkerCommand, WorkerEvent};
use relay::RelayConfig;

use super::exchange::{Exchange, WORKER, config};
use super::phone::{Phone, frame};

#[test]
fn two_bridged_telephones_hear_each_other_bit_for_bit() {
    let exchange = Exchange::new(17_000..=17_019);
    let (mut ana, mut bo) = (Phone::new(), Phone::new());
    exchange.add(1, &mut ana);
    exchange.add(2, &mut bo);
    exchange.bridge(1, 2);
    for number in 0..100 {
        ana.says(&frame(number));
        bo.says(&frame(1_000 + number));
        assert_eq!(bo.hears().payload, frame(number));
        assert_eq!(ana.hears().payload, frame(1_000 + number));
    }
    let stats = exchange.remove(1);
    assert_eq!(stats.received.packet_count, 100);
    assert_eq!(stats.sent_packet_count, 100);
    assert_eq!(stats.received.lost_count, 0);
}

#[test]
fn a_burst_arrives_whole_and_in_order() {
    let exchange = Exchange::new(17_020..=17_039);
    let (mut ana, mut bo) = (Phone::new(), Phone::new());
    exchange.add(1, &mut ana);
    exchange.add(2, &mut bo);
    exchange.bridge(1, 2);
    for number in 0..50 {
        ana.says(&frame(number));
    }
    for number in 0..50 {
        assert_eq!(bo.hears().payload, frame(number));
    }
}

#[test]
fn a_relay_on_all_addresses_carries_ipv4_whichever_way_it_is_bound() {
    let unspecified = [
        IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    ];
    // A machine may lack IPv6.
    let there = |bind: &IpAddr| UdpSocket::bind((*bind, 0)).is_ok();
    for bind in unspecified.into_iter().filter(there) {
        let exchange = Exchange::with(&RelayConfig {
            bind,
            ..config(17_960..=17_979)
        });
        let (mut ana, mut bo) = (Phone::new(), Phone::new());
        exchange.add(1, &mut ana);
        exchange.add(2, &mut bo);
        exchange.bridge(1, 2);
        ana.says(&frame(1));
        assert_eq!(bo.hears().payload, frame(1), "bound to {bind}");
    }
}

#[test]
fn a_prompt_is_heard_in_frames_of_20_ms() {
    let exchange = Exchange::new(17_040..=17_059);
    let mut ana = Phone::new();
    exchange.add(1, &mut ana);
    let samples: Vec<i16> = (0..20 * 160).map(|at| (at % 80) * 100).collect();
    let started_at = Instant::now();
    exchange.command(WorkerCommand::Play {
        leg: LegKey(1),
        play: PlayKey(5),
        prompts: vec![Arc::from(samples)],
        is_looping: false,
    });
    let first = ana.hears().header;
    assert!(first.marker);
    let mut before = first;
    for _ in 1..20 {
        let header = ana.hears().header;
        assert_eq!(header.sequence, before.sequence.wrapping_add(1));
        // A machine that is busy elsewhere wakes the worker late; the time stamps then follow the clock.
        assert!(header.timestamp.wrapping_sub(before.timestamp) >= 160);
        before = header;
    }
    assert!(started_at.elapsed() >= Duration::from_millis(19 * 20));
    exchange.find_event(|event| {
        let finished = WorkerEvent::PlayFinished {
            leg: LegKey(1),
            play: PlayKey(5),
        };
        (event == finished).then_some(())
    });
}

#[test]
fn a_hundred_calls_do_not_get_mixed_up() {
    let exchange = Exchange::new(17_100..=17_599);
    let mut phones: Vec<Phone> = (0..200).map(|_| Phone::new()).collect();
    for (leg, phone) in (0..).zip(&mut phones) {
        exchange.add(leg, phone);
    }
    for leg in (0..200).step_by(2) {
        exchange.bridge(leg, leg + 1);
    }
    for round in 0..5 {
        for (leg, phone) in (0..).zip(&mut phones) {
            phone.says(&frame(leg * 100 + round));
        }
        for (leg, phone) in (0..).zip(&phones) {
            let other: u32 = leg ^ 1;
            assert_eq!(phone.hears().payload, frame(other * 100 + round), "leg {leg}");
        }
    }
    for leg in 0..200 {
        exchange.command(WorkerCommand::Remove { leg: LegKey(leg) });
    }
    for leg in 0..200 {
        exchange.is_removed(leg);
    }
    assert_eq!(exchange.relay.traffic(WORKER).dropped_count, 0);
}
