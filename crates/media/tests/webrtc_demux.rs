//! One port, many legs: whose is a datagram?
#![expect(clippy::disallowed_methods, reason = "virtual time has to start somewhere")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::webrtc::limits::{DEMUX_HOLD, DEMUX_LEGS_MAX, SOURCES_MAX};
use media::webrtc::{Demux, DemuxFull, PacketKind};
use rtc_stun::attributes::ATTR_USERNAME;
use rtc_stun::crypto::{RTCCryptoProvider, providers::RingProvider};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{BINDING_REQUEST, Message, TransactionId};
use rtc_stun::textattrs::TextAttribute;

const RTP: [u8; 12] = [0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
const DTLS: [u8; 13] = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// A check that is well-formed; the demultiplexer has no password to tell more.
fn check_for(ufrag: &str) -> Vec<u8> {
    let crypto = RingProvider::new();
    let mut message = Message::new();
    message
        .build(&[
            Box::new(BINDING_REQUEST),
            Box::new(TransactionId::new()),
            Box::new(TextAttribute::new(ATTR_USERNAME, format!("{ufrag}:peer"))),
            Box::new(MessageIntegrity::new_short_term_integrity_with_provider(
                "whatever".to_owned(),
                crypto.crypto(),
            )),
            Box::new(FINGERPRINT),
        ])
        .unwrap();
    message.raw
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

#[test]
fn the_first_byte_tells_what_a_datagram_is() {
    let table = [
        (&[0, 1][..], PacketKind::Stun),
        (&[3], PacketKind::Stun),
        (&[4, 0], PacketKind::Other),
        (&[20], PacketKind::Dtls),
        (&[63, 254], PacketKind::Dtls),
        (&[64, 0], PacketKind::Other),
        (&[128, 0], PacketKind::Rtp),
        (&[0x90, 126], PacketKind::Rtp),
        (&[0x90, 254], PacketKind::Rtp),
        (&[0x80, 200], PacketKind::Rtcp),
        (&[191, 223], PacketKind::Rtcp),
        (&[128], PacketKind::Other),
        (&[192, 0], PacketKind::Other),
        (&[], PacketKind::Other),
    ];
    for (datagram, kind) in table {
        assert_eq!(PacketKind::of(datagram), kind, "{datagram:?}");
    }
}

#[test]
fn checks_go_by_name_and_everything_else_by_proved_address() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.register("ana", 1).unwrap();
    demux.register("bo", 2).unwrap();
    assert_eq!(demux.route(&check_for("bo"), address(9)), Some(2));
    assert_eq!(demux.route(&check_for("eve"), address(9)), None);
    assert_eq!(demux.route(&RTP, address(9)), None, "not proved");

    demux.bind(address(9), 2, now);
    assert_eq!(demux.route(&RTP, address(9)), Some(2));
    assert_eq!(demux.route(&DTLS, address(9)), Some(2));
    let check = check_for("ana");
    assert_eq!(demux.route(&check, address(9)), Some(1), "the name decides");
}

#[test]
fn an_address_in_use_cannot_be_taken_over() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.register("ana", 1).unwrap();
    demux.register("eve", 2).unwrap();
    demux.bind(address(9), 1, now);
    demux.bind(address(9), 2, now + DEMUX_HOLD - Duration::from_millis(1));
    assert_eq!(demux.route(&RTP, address(9)), Some(1));
    demux.bind(address(9), 2, now + DEMUX_HOLD);
    assert_eq!(
        demux.route(&RTP, address(9)),
        Some(2),
        "the former holder is gone"
    );
    demux.remove(1);
    assert_eq!(demux.route(&RTP, address(9)), Some(2));
}

#[test]
fn both_names_lead_to_a_leg_during_an_ice_restart() {
    let mut demux = Demux::default();
    for ufrag in ["first", "second", "third"] {
        demux.register(ufrag, 1).unwrap();
    }
    assert_eq!(demux.route(&check_for("first"), address(9)), None);
    assert_eq!(demux.route(&check_for("second"), address(9)), Some(1));
    assert_eq!(demux.route(&check_for("third"), address(9)), Some(1));
    assert_eq!(demux.register("third", 2), Err(DemuxFull));
}

#[test]
fn a_removed_leg_leaves_nothing_behind() {
    let mut demux = Demux::default();
    demux.register("ana", 1).unwrap();
    demux.bind(address(9), 1, Instant::now());
    demux.remove(1);
    assert_eq!(demux.leg_count(), 0);
    assert_eq!(demux.route(&check_for("ana"), address(9)), None);
    assert_eq!(demux.route(&RTP, address(9)), None);
    demux.bind(address(9), 1, Instant::now());
    assert_eq!(
        demux.route(&RTP, address(9)),
        None,
        "a leg that is gone cannot prove"
    );
}

#[test]
fn a_roaming_peer_holds_a_bounded_number_of_addresses() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.register("ana", 1).unwrap();
    let count = SOURCES_MAX as u16 + 3;
    demux.bind(address(1), 1, now);
    for port in 2..=count {
        demux.bind(address(port), 1, now);
        demux.bind(address(1), 1, now);
    }
    let held = |port: &u16| demux.route(&RTP, address(*port)).is_some();
    assert_eq!((1..=count).filter(held).count(), SOURCES_MAX);
    assert!(held(&1) && held(&count) && !held(&2), "the longest unused goes");
}

#[test]
fn a_full_port_takes_no_further_leg() {
    let mut demux = Demux::default();
    for leg in 0..DEMUX_LEGS_MAX {
        demux.register(&format!("leg{leg}"), leg).unwrap();
    }
    assert_eq!(demux.register("late", DEMUX_LEGS_MAX), Err(DemuxFull));
    assert_eq!(demux.register("again", 0), Ok(()), "an ICE restart is no new leg");
}
