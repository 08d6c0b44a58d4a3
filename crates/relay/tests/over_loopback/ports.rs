use std::net::UdpSocket;

use media::WorkerKey;
use relay::{OpenRtpError, Precedence, Relay, RelayConfig, StartError};

use super::exchange::{Exchange, WORKER, config};
use super::legs::add_rtp_leg;
use super::phone::{Phone, frame};

#[test]
fn the_ports_of_a_leg_are_closed_before_it_is_said_to_be_gone() {
    let exchange = Exchange::new(17_600..=17_619);
    let mut phone = Phone::new();
    let port = exchange.add(1, &mut phone);
    let mut reports = port.address;
    reports.set_port(port.address.port() + 1);
    for address in [port.address, reports] {
        assert!(UdpSocket::bind(address).is_err(), "{address} is held");
    }
    exchange.remove(1);
    for address in [port.address, reports] {
        assert!(UdpSocket::bind(address).is_ok(), "{address} is free");
    }
}

#[test]
fn a_port_without_a_leg_is_given_back_and_one_with_a_leg_is_not() {
    let exchange = Exchange::new(17_620..=17_639);
    let (mut ana, mut bo) = (Phone::new(), Phone::new());
    let port = exchange.add(1, &mut ana);
    exchange.add(2, &mut bo);
    exchange.bridge(1, 2);
    let unused = exchange.relay.open_rtp(WORKER, Precedence::Ordinary).unwrap();
    exchange.relay.close_rtp(&unused);
    exchange.relay.close_rtp(&port);
    ana.says(&frame(1));
    assert_eq!(bo.hears().payload, frame(1));
    exchange.remove(2);
    assert!(UdpSocket::bind(unused.address).is_ok());
}

#[test]
fn a_refused_leg_leaves_no_port_behind() {
    let exchange = Exchange::new(17_640..=17_659);
    let mut ana = Phone::new();
    exchange.add(1, &mut ana);
    let port = exchange.relay.open_rtp(WORKER, Precedence::Ordinary).unwrap();
    exchange.command(add_rtp_leg(1, port, ana.address()));
    exchange.is_refused(1);
    exchange.remove(1);
    assert!(UdpSocket::bind(port.address).is_ok());
}

#[test]
fn a_socket_of_the_past_carries_no_leg() {
    let exchange = Exchange::new(17_660..=17_679);
    let mut ana = Phone::new();
    let port = exchange.add(1, &mut ana);
    exchange.remove(1);
    exchange.command(add_rtp_leg(2, port, ana.address()));
    exchange.is_refused(2);
}

#[test]
fn when_all_ports_are_in_use_the_error_says_so() {
    let exchange = Exchange::new(17_680..=17_683);
    let ports = [(); 2].map(|()| exchange.relay.open_rtp(WORKER, Precedence::Ordinary).unwrap());
    assert_eq!(ports.map(|port| port.address.port()), [17_680, 17_682]);
    let error = exchange.relay.open_rtp(WORKER, Precedence::Ordinary).unwrap_err();
    assert!(matches!(&error, OpenRtpError::Exhausted(exhausted) if exhausted.in_use_count == 2));
}

#[test]
fn ports_of_other_programs_are_passed_over() {
    let other = UdpSocket::bind("127.0.0.1:17701").unwrap();
    let exchange = Exchange::new(17_700..=17_703);
    let port = exchange.relay.open_rtp(WORKER, Precedence::Ordinary).unwrap();
    assert_eq!(port.address.port(), 17_702);
    drop(other);
}

#[test]
fn a_relay_that_ends_closes_its_sockets() {
    let exchange = Exchange::new(17_720..=17_739);
    let mut ana = Phone::new();
    let port = exchange.add(1, &mut ana);
    let (_, webrtc) = exchange.relay.webrtc_address(WORKER);
    drop(exchange);
    for address in [port.address, webrtc] {
        assert!(UdpSocket::bind(address).is_ok(), "{address} is free");
    }
}

#[test]
fn every_worker_has_a_port_for_browsers() {
    let config = RelayConfig {
        workers: 3,
        webrtc_port: 17_760,
        ..config(17_740..=17_759)
    };
    let relay = Relay::start(&config, 1, |_, _| {}).unwrap();
    let ports = [0, 1, 2].map(|number| relay.webrtc_address(WorkerKey(number)).1.port());
    assert_eq!(ports, [17_760, 17_761, 17_762]);
    assert_eq!(relay.worker_count(), 3);
}

#[test]
fn contradictions_are_told_at_the_start() {
    let start = |config: RelayConfig| Relay::start(&config, 1, |_, _| {}).err().unwrap();
    let none = RelayConfig {
        workers: 0,
        ..config(17_780..=17_799)
    };
    assert!(matches!(start(none), StartError::NoWorkers));
    assert!(matches!(start(config(17_781..=17_782)), StartError::NoRtpPorts));
    for (workers, webrtc_port, fault) in [(1, 17_799, 17_799), (2, 17_779, 17_780), (2, 65_535, 65_536)] {
        let config = RelayConfig {
            workers,
            webrtc_port,
            ..config(17_780..=17_799)
        };
        assert!(matches!(start(config), StartError::WebRtcPort { port } if port == fault));
    }
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let config = RelayConfig {
        webrtc_port: taken.local_addr().unwrap().port(),
        ..config(17_780..=17_799)
    };
    assert!(matches!(start(config), StartError::BindWebRtc { .. }));
}
