//! Whether Offhook could listen where it is to listen.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::ops::RangeInclusive;

use super::Finding;
use crate::listening::Listening;

/// Of thousands of ports so many are tried.
const SAMPLE_COUNT: u16 = 16;

/// Tries the addresses of a server that does not run.
pub(super) fn free_ports(listening: &Listening) -> Vec<Finding> {
    let (http, sip) = (listening.http, listening.sip);
    let mut findings = vec![
        one("--http", http, TcpListener::bind(http).map(drop)),
        one(
            "--sip",
            sip,
            TcpListener::bind(sip)
                .and_then(|_tcp| UdpSocket::bind(sip))
                .map(drop),
        ),
    ];
    if let Some(ports) = &listening.webrtc_ports {
        let all: Vec<u16> = ports.clone().collect();
        findings.push(udp("--webrtc-port", listening, ports, &all));
    }
    let rtp = &listening.rtp_ports;
    findings.push(udp("--rtp-ports", listening, rtp, &sample(rtp)));
    findings
}

fn one(option: &str, address: SocketAddr, bound: io::Result<()>) -> Finding {
    match bound {
        Ok(()) => Finding::Fine(format!("{address} is free for {option}")),
        Err(error) => Finding::Fault(format!(
            "{address} cannot be used ({error}): choose another with {option}"
        )),
    }
}

/// One port that is taken is a fault where each is needed, and a hint where calls share what is left.
fn udp(option: &str, listening: &Listening, range: &RangeInclusive<u16>, tried: &[u16]) -> Finding {
    let (first, last) = (range.start(), range.end());
    let bind = |port: &u16| UdpSocket::bind(SocketAddr::new(listening.media, *port)).err();
    let taken: Vec<(u16, io::Error)> = tried
        .iter()
        .filter_map(|port| Some((*port, bind(port)?)))
        .collect();
    let is_sample = tried.len() < range.len();
    match taken.into_iter().enumerate().last() {
        None if is_sample => Finding::Fine(format!(
            "UDP {first} to {last} are free for {option} ({} of them were tried)",
            tried.len()
        )),
        None => Finding::Fine(format!("UDP {first} to {last} are free for {option}")),
        Some((place, (port, error))) if is_sample && place + 1 < tried.len() => Finding::Hint(format!(
            "of UDP {first} to {last}, {} were tried and {} cannot be used, {port} for one ({error}): others are taken \
             instead, or choose a range of Offhook's own with {option}",
            tried.len(),
            place + 1
        )),
        Some((_, (port, error))) => one(option, SocketAddr::new(listening.media, port), Err(error)),
    }
}

/// Ports from the whole range, its first and its last among them.
fn sample(range: &RangeInclusive<u16>) -> Vec<u16> {
    let step = (range.len() / usize::from(SAMPLE_COUNT)).max(1);
    let mut ports: Vec<u16> = range.clone().step_by(step).collect();
    if ports.last() != Some(range.end()) {
        ports.push(*range.end());
    }
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_first_and_the_last_port_and_few_between() {
        let ports = sample(&(20_000..=29_999));
        assert_eq!((ports.first(), ports.last()), (Some(&20_000), Some(&29_999)));
        assert!((16..=18).contains(&ports.len()), "{ports:?}");
        assert_eq!(sample(&(20_000..=20_002)), [20_000, 20_001, 20_002]);
    }

    #[test]
    fn each_port_of_the_browsers_is_tried() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let listening = Listening {
            http: "127.0.0.1:0".parse().unwrap(),
            is_tls: false,
            base_url: None,
            sip: "127.0.0.1:0".parse().unwrap(),
            media: "127.0.0.1".parse().unwrap(),
            webrtc_ports: Some(port..=port),
            rtp_ports: port..=port,
            legs_max: 4000,
        };
        let is_fault = |finding: &Finding| matches!(finding, Finding::Fault(_));
        assert_eq!(
            free_ports(&listening)
                .iter()
                .filter(|finding| is_fault(finding))
                .count(),
            2
        );
    }
}
