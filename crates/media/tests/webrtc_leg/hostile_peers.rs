//! Peers that flood and break rules; a page's visitor is anybody.

use std::net::SocketAddr;
use std::time::Duration;

use media::Received;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use crate::browser::{Lies, Net, rtp};

fn somewhere() -> SocketAddr {
    "192.0.2.7:1234".parse().unwrap()
}

#[test]
fn noise_neither_connects_nor_disturbs_nor_panics() {
    const SEED: u64 = 11;
    println!("seed {SEED}");
    let mut rng = ChaCha12Rng::seed_from_u64(SEED);
    let mut net = Net::connected();
    let source = net.seen_as;
    for _ in 0..30_000 {
        let len = rng.random_range(0..300);
        let mut datagram: Vec<u8> = (0..len).map(|_| rng.random()).collect();
        if let Some(first) = datagram.first_mut() {
            *first = [0, 1, 20, 21, 22, 23, 128, 144, 200][rng.random_range(0..9)];
        }
        net.inject(&datagram, source);
    }
    net.leg_sends(&rtp(0, 1, &[1; 160]));
    net.browser_sends(0, 1, 160, &[2; 160]);
    net.run_for(Duration::from_millis(100));
    assert_eq!((net.leg_rtp.len(), net.browser_rtp.len()), (1, 1));
}

#[test]
fn a_flood_of_forged_audio_from_the_right_address_is_counted_and_dropped() {
    let mut net = Net::connected();
    let source = net.seen_as;
    for index in 0..100_000_u32 {
        let mut packet = rtp(0, index as u16, &[0x55; 170]);
        packet[8..12].copy_from_slice(&index.to_be_bytes());
        assert_eq!(net.inject(&packet, source), Received::Refused);
    }
    net.browser_sends(0, 1, 160, &[2; 160]);
    net.run_for(Duration::from_millis(100));
    assert_eq!(net.leg_rtp.len(), 1);
    assert!(net.leg.refused_count() >= 100_000);
}

#[test]
fn forged_records_cannot_end_a_handshake_that_is_under_way() {
    let fatal_alert = record(21, 0, &[2, 40]);
    let data = record(23, 0, b"data");
    let unknown = record(99, 0, b"?");
    let cut = record(22, 0, &[1, 0, 0])[..10].to_vec();
    let old_version = [&[22, 3, 1], &record(22, 0, &[])[3..]].concat();
    for (name, datagram) in [
        ("fatal alert", fatal_alert),
        ("plaintext data", data),
        ("unknown record", unknown),
        ("cut record", cut),
        ("TLS 1.0 record", old_version),
    ] {
        let mut net = Net::new(Lies::default());
        net.run_for(Duration::from_millis(15));
        let source = net.seen_as;
        for _ in 0..50 {
            assert_eq!(net.inject(&datagram, source), Received::Refused, "{name}");
        }
        net.run_until(Duration::from_secs(1), Net::is_connected);
        assert!(net.is_connected(), "{name}: {:?}", net.events);
    }
}

#[test]
fn tiny_and_endless_handshake_fragments_are_bounded() {
    // One byte at a time of a message of 16 MB, which the library would join by recursion.
    let tiny = record(22, 0, &fragment(0x00FF_FFFF, 0, 1));
    let empty = record(22, 0, &fragment(100, 0, 0));
    let beyond = record(22, 0, &fragment(100, 90, 20));
    for datagram in [tiny, empty, beyond] {
        let mut net = Net::new(Lies::default());
        net.run_for(Duration::from_millis(15));
        let source = net.seen_as;
        assert_eq!(net.inject(&datagram, source), Received::Refused);
    }
    // Fragments that are well-formed, without end.
    let mut net = Net::new(Lies::default());
    net.run_for(Duration::from_millis(15));
    let source = net.seen_as;
    let taken = (0..10_000_u32).filter(|index| {
        let body = fragment(60_000, (index % 400) * 150, 150);
        net.inject(&record(22, 0, &body), source) == Received::Consumed
    });
    assert!(taken.count() < 400);
}

#[test]
fn handshakes_from_unproved_addresses_are_not_looked_at() {
    let mut net = Net::new(Lies::default());
    net.run_for(Duration::from_millis(15));
    let hello = record(22, 0, &fragment(150, 0, 150));
    assert_eq!(net.inject(&hello, somewhere()), Received::Refused);
}

fn record(kind: u8, epoch: u16, body: &[u8]) -> Vec<u8> {
    let mut record = vec![kind, 0xFE, 0xFD];
    record.extend(epoch.to_be_bytes());
    record.extend([0, 0, 0, 0, 1, 0]);
    record.extend((body.len() as u16).to_be_bytes());
    record.extend(body);
    record
}

/// A fragment of a ServerHello far ahead of the handshake.
fn fragment(length: u32, offset: u32, fragment_len: u32) -> Vec<u8> {
    let mut fragment = vec![2];
    fragment.extend(&length.to_be_bytes()[1..]);
    fragment.extend([0, 9]);
    fragment.extend(&offset.to_be_bytes()[1..]);
    fragment.extend(&fragment_len.to_be_bytes()[1..]);
    fragment.resize(12 + fragment_len as usize, 0);
    fragment
}
