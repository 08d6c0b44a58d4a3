//! A telephone: a socket that sends and takes µ-law.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

use media::rtp::{RtpHeader, RtpView};

use super::exchange::PATIENCE;

pub(crate) const SSRC: u32 = 0x0BAD_CAFE;

pub(crate) struct Phone {
    socket: UdpSocket,
    server: Option<SocketAddr>,
    sequence: u16,
}

/// What a telephone was sent.
pub(crate) struct Heard {
    pub(crate) header: RtpHeader,
    pub(crate) payload: Vec<u8>,
}

impl Phone {
    pub(crate) fn new() -> Self {
        Self::on(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())
    }

    pub(crate) fn on(socket: UdpSocket) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            socket,
            server: None,
            sequence: 0,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    pub(crate) fn dial(&mut self, server: SocketAddr) {
        self.server = Some(server);
    }

    pub(crate) fn says(&mut self, payload: &[u8]) {
        let header = RtpHeader {
            payload_type: 0,
            marker: false,
            sequence: self.sequence,
            timestamp: u32::from(self.sequence) * 160,
            ssrc: SSRC,
        };
        self.sequence += 1;
        let mut packet = vec![0; RtpHeader::BYTES];
        header.write(&mut packet).unwrap();
        packet.extend_from_slice(payload);
        self.socket.send_to(&packet, self.server.unwrap()).unwrap();
    }

    pub(crate) fn hears(&self) -> Heard {
        let mut buffer = [0; 2_000];
        let (len, source) = self.socket.recv_from(&mut buffer).unwrap();
        assert_eq!(Some(source), self.server);
        let view = RtpView::parse(&buffer[..len]).unwrap();
        Heard {
            header: view.header,
            payload: buffer[view.payload].to_vec(),
        }
    }
}

/// 20 ms that no other frame is like.
pub(crate) fn frame(number: u32) -> Vec<u8> {
    (0..160_u32).map(|at| (at * 7 + number * 31) as u8).collect()
}
