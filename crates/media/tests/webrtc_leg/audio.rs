//! What goes through a connected leg, both ways.

use std::time::Duration;

use media::Received;

use crate::browser::{Net, PCMU, TELEPHONE_EVENT, rtp};

#[test]
fn audio_of_the_browser_comes_out_as_it_went_in() {
    let mut net = Net::connected();
    for index in 0..50_u32 {
        let payload = vec![index as u8; 160];
        net.browser_sends(PCMU, u64::from(1_000 + index), index * 160, &payload);
        net.run_for(Duration::from_millis(20));
    }
    assert_eq!(net.leg_rtp.len(), 50);
    for (index, packet) in net.leg_rtp.iter().enumerate() {
        let header_len = packet.len() - 160;
        assert_eq!(packet[1] & 0x7F, PCMU);
        assert_eq!(packet[header_len..], vec![index as u8; 160]);
    }
}

#[test]
fn audio_to_the_browser_arrives_as_it_was_sent() {
    let mut net = Net::connected();
    for index in 0..50_u16 {
        net.leg_sends(&rtp(PCMU, 65_520_u16.wrapping_add(index), &[index as u8; 160]));
        net.run_for(Duration::from_millis(20));
    }
    assert_eq!(net.browser_rtp.len(), 50, "across the end of the sequence");
    for (index, packet) in net.browser_rtp.iter().enumerate() {
        assert_eq!(*packet.header.payload_type, PCMU);
        assert_eq!(packet.payload[..], [index as u8; 160]);
    }
}

#[test]
fn a_digit_passes_untouched_both_ways() {
    // RFC 4733: event 5, end bit, volume 10, duration 1,280.
    let digit = [5, 0x8A, 0x05, 0x00];
    let mut net = Net::connected();
    net.browser_sends(TELEPHONE_EVENT, 7, 160, &digit);
    net.leg_sends(&rtp(TELEPHONE_EVENT, 9, &digit));
    net.run_for(Duration::from_millis(100));
    let up = net.leg_rtp.last().unwrap();
    assert_eq!((up[1] & 0x7F, &up[up.len() - 4..]), (TELEPHONE_EVENT, &digit[..]));
    let down = net.browser_rtp.last().unwrap();
    assert_eq!(
        (*down.header.payload_type, &down.payload[..]),
        (TELEPHONE_EVENT, &digit[..])
    );
}

#[test]
fn reports_of_the_browser_are_read() {
    let mut net = Net::connected();
    for index in 0..600_u32 {
        net.browser_sends(PCMU, u64::from(index), index * 160, &[0xFF; 160]);
        net.run_for(Duration::from_millis(20));
    }
    // RFC 3550 section 12.1: a sender report is packet type 200.
    assert!(net.leg_rtcp.iter().any(|packet| packet[1] == 200));
}

#[test]
fn our_report_reaches_the_browser() {
    let mut net = Net::connected();
    // An empty receiver report (RFC 3550 section 6.4.2).
    let report = [0x80, 201, 0, 1, 0, 0x0F, 0xF0, 0x0C];
    let mut buffer = [0; 100];
    buffer[..8].copy_from_slice(&report);
    let len = net.leg.protect_rtcp(&mut buffer, 8).unwrap();
    assert!(len > 8 && buffer[..4] == report[..4]);
}

#[test]
fn a_packet_without_room_for_its_trailer_is_not_sent() {
    let mut net = Net::connected();
    let packet = rtp(PCMU, 1, &[0; 160]);
    let mut buffer = packet.clone();
    assert_eq!(net.leg.protect_rtp(&mut buffer, packet.len()), None);
}

#[test]
fn a_repeated_packet_is_taken_once() {
    let mut net = Net::connected();
    net.browser_sends(PCMU, 1, 160, &[1; 160]);
    net.run_for(Duration::from_millis(50));
    let packet = net.tapped.last().unwrap().clone();
    let (source, count) = (net.seen_as, net.leg_rtp.len());
    assert_eq!(net.inject(&packet, source), Received::Refused);
    assert_eq!((count, net.leg_rtp.len()), (1, 1));
}
