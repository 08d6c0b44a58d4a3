//! The figures of a leg, and reports about them (RFC 3550).

use media::rtcp::{NtpTime, ReportBlock, RtcpView, SenderInfo, write_report};
use media::{Codec, LegKey};

use crate::world::{Phone, Sent, World, address, audio, ms};

const PEER: &str = "192.0.2.1:4000";

fn talking() -> (World, Phone) {
    let mut world = World::new();
    world.add(1, Some(address(PEER)), audio(Codec::Pcmu));
    (world, Phone::new(PEER, Codec::Pcmu))
}

#[test]
fn loss_repetition_and_reordering_are_counted_across_the_wrap_of_the_sequence() {
    let (mut world, mut phone) = talking();
    let packets: Vec<Vec<u8>> = (0..100).map(|_| phone.packet(&[1; 160])).collect();
    for index in 0..100 {
        let late_or_lost = matches!(index, 7 | 20..25);
        if !late_or_lost {
            world.deliver(1, phone.source, &packets[index]);
        }
        match index {
            9 => drop(world.deliver(1, phone.source, &packets[7])),
            50 => drop(world.deliver(1, phone.source, &packets[50])),
            _ => {}
        }
        world.run(ms(20));
    }
    let figures = world.worker.stats(LegKey(1)).unwrap().received;
    assert_eq!(figures.packet_count, 95);
    assert_eq!(figures.byte_count, 95 * 172);
    assert_eq!(figures.lost_count, 5);
    assert_eq!(figures.duplicate_count, 1);
}

#[test]
fn steady_packets_have_no_jitter_and_unsteady_ones_have_theirs() {
    for (late_ms, expected_us) in [(0, 0..1), (10, 8_000..12_001)] {
        let (mut world, mut phone) = talking();
        for round in 0..500 {
            // Every other packet is late: 10 ms of difference each time.
            let late = if round % 2 == 1 { late_ms } else { 0 };
            world.run(ms(late));
            let datagram = phone.packet(&[1; 160]);
            world.deliver(1, phone.source, &datagram);
            world.run(ms(20 - late));
        }
        let jitter_us = world.worker.stats(LegKey(1)).unwrap().received.jitter_us;
        assert!(expected_us.contains(&jitter_us), "{jitter_us} us");
    }
}

#[test]
fn a_stream_that_begins_anew_is_not_counted_as_loss() {
    let (mut world, mut phone) = talking();
    for _ in 0..50 {
        let datagram = phone.packet(&[1; 160]);
        world.deliver(1, phone.source, &datagram);
    }
    phone.sequence = 30_000;
    for _ in 0..50 {
        let datagram = phone.packet(&[1; 160]);
        world.deliver(1, phone.source, &datagram);
    }
    let figures = world.worker.stats(LegKey(1)).unwrap().received;
    assert_eq!(
        figures.packet_count, 99,
        "the first after the jump waits for its successor"
    );
    assert_eq!(figures.lost_count, 0);
}

#[test]
fn reports_tell_each_side_what_the_other_heard_and_how_far_away_it_is() {
    let (mut world, mut phone) = talking();
    let packets: Vec<Vec<u8>> = (0..200).map(|_| phone.packet(&[1; 160])).collect();
    for (index, datagram) in packets.iter().enumerate() {
        if index % 10 != 3 {
            world.deliver(1, phone.source, datagram);
        }
        world.run(ms(20));
    }
    let reports: Vec<Sent> = world
        .run(ms(10_000))
        .into_iter()
        .filter(|s| !s.is_rtp())
        .collect();
    let ours = RtcpView::parse(&reports[0].bytes, phone.ssrc);
    let block = ours.block.unwrap();
    assert_eq!(block.lost_count, 20);
    assert_eq!(block.fraction_lost_256, 25, "10 % of 256");
    let ours = RtcpView::parse(&reports[1].bytes, phone.ssrc);
    assert_eq!(ours.block.unwrap().fraction_lost_256, 0, "nothing new was lost");

    // The peer answers our sender report, 30 ms of round trip and 1 s of its own later.
    let last_report = ours.sender_report.unwrap();
    let report_at = reports[1].after_ms as u64;
    world.now = world.started_at + ms(report_at + 1_030);
    let theirs = ReportBlock {
        ssrc: 0xA001,
        fraction_lost_256: 13,
        lost_count: 4,
        jitter: 80,
        last_report,
        delay_since_last_report: 65_536,
        ..ReportBlock::default()
    };
    let mut buffer = [0; 200];
    let len = write_report(&mut buffer, phone.ssrc, "peer", None, Some(theirs)).unwrap();
    world.deliver(1, phone.source, &buffer[..len]);
    let remote = world.worker.stats(LegKey(1)).unwrap().remote.unwrap();
    assert_eq!((remote.fraction_lost_256, remote.lost_count), (13, 4));
    assert_eq!(remote.jitter_us, 10_000);
    let round_trip_us = remote.round_trip_us.unwrap();
    assert!((29_900..30_100).contains(&round_trip_us), "{round_trip_us} us");
}

#[test]
fn another_implementation_reads_our_reports() {
    use rtc_rtcp::packet::unmarshal;
    let sender = SenderInfo {
        ntp: NtpTime(0x0102_0304_0506_0708),
        timestamp: 42,
        packet_count: 7,
        byte_count: 900,
    };
    let block = ReportBlock {
        ssrc: 5,
        fraction_lost_256: 9,
        lost_count: 1_000,
        highest_sequence: 70_000,
        jitter: 3,
        last_report: 1,
        delay_since_last_report: 2,
    };
    for cname in ["", "a", "ab", "abc", "abcd", "offhook"] {
        let mut buffer = [0; 200];
        let len = write_report(&mut buffer, 77, cname, Some(sender), Some(block)).unwrap();
        let packets = unmarshal(&mut bytes::Bytes::copy_from_slice(&buffer[..len])).unwrap();
        let report = packets[0]
            .as_any()
            .downcast_ref::<rtc_rtcp::sender_report::SenderReport>()
            .unwrap();
        assert_eq!((report.ssrc, report.ntp_time), (77, sender.ntp.0));
        assert_eq!(report.reports[0].total_lost, 1_000);
        assert_eq!(report.reports[0].last_sequence_number, 70_000);
        let names = packets[1]
            .as_any()
            .downcast_ref::<rtc_rtcp::source_description::SourceDescription>()
            .unwrap();
        assert_eq!(names.chunks[0].items[0].text, cname);
    }
}
