use std::net::UdpSocket;

use media::rtcp::{ReportBlock, RtcpView, write_report};
use media::webrtc::PacketKind;

use super::exchange::{Exchange, PATIENCE};
use super::legs::identity;
use super::phone::{Phone, SSRC, frame};

#[test]
fn reports_on_the_odd_ports_reach_the_leg() {
    let exchange = Exchange::new(17_840..=17_859);
    let (rtp, rtcp) = pair();
    let (mut ana, mut bo) = (Phone::on(rtp), Phone::new());
    let port = exchange.add(1, &mut ana);
    exchange.add(2, &mut bo);
    exchange.bridge(1, 2);
    let block = ReportBlock {
        ssrc: identity(1).ssrc,
        fraction_lost_256: 64,
        lost_count: 17,
        highest_sequence: 5,
        jitter: 8,
        last_report: 0,
        delay_since_last_report: 0,
    };
    let mut buffer = [0; 200];
    let len = write_report(&mut buffer, SSRC, "phone", None, Some(block)).unwrap();
    let mut reports = port.address;
    reports.set_port(port.address.port() + 1);
    rtcp.send_to(&buffer[..len], reports).unwrap();
    // Audio that strays there goes nowhere.
    rtcp.send_to(&[0x80, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0], reports)
        .unwrap();
    ana.says(&frame(1));
    assert_eq!(bo.hears().payload, frame(1));
    let stats = exchange.remove(1);
    assert_eq!(stats.remote.map(|report| report.lost_count), Some(17));
    assert_eq!(stats.received.packet_count, 1);
}

#[test]
fn reports_to_a_telephone_go_from_the_odd_port_to_the_odd_port() {
    let exchange = Exchange::new(17_880..=17_899);
    let (rtp, rtcp) = pair();
    rtcp.set_read_timeout(Some(PATIENCE)).unwrap();
    let (mut ana, mut bo) = (Phone::on(rtp), Phone::new());
    let port = exchange.add(1, &mut ana);
    exchange.add(2, &mut bo);
    exchange.bridge(1, 2);
    ana.says(&frame(1));
    let mut buffer = [0; 200];
    let (len, source) = rtcp.recv_from(&mut buffer).unwrap();
    assert_eq!(source.port(), port.address.port() + 1);
    assert_eq!(PacketKind::of(&buffer[..len]), PacketKind::Rtcp);
    let view = RtcpView::parse(&buffer[..len], SSRC);
    assert_eq!(view.block.map(|block| block.lost_count), Some(0));
}

/// An even port with the odd one above it.
fn pair() -> (UdpSocket, UdpSocket) {
    let bind = |port| UdpSocket::bind(("127.0.0.1", port));
    let pairs = (17_860..17_880).step_by(2);
    let mut bound = pairs.filter_map(|port| bind(port).ok().zip(bind(port + 1).ok()));
    bound.next().unwrap()
}
