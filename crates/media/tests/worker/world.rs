//! A worker in virtual time, with what its peers see.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::limits::PACKET_BYTES_MAX;
use media::rtp::{RtpHeader, RtpView};
use media::sdp::{Direction, PayloadTypes};
use media::{
    Codec, Latching, LegAudio, LegKey, SocketKey, StreamIdentity, Worker, WorkerCommand, WorkerConfig,
    WorkerEvent,
};

pub(crate) struct World {
    pub(crate) worker: Worker,
    pub(crate) started_at: Instant,
    pub(crate) now: Instant,
}

/// A datagram a worker sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) after_ms: u128,
    pub(crate) destination: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    pub(crate) fn view(&self) -> RtpView {
        RtpView::parse(&self.bytes).unwrap()
    }

    pub(crate) fn header(&self) -> RtpHeader {
        self.view().header
    }

    pub(crate) fn payload(&self) -> &[u8] {
        &self.bytes[self.view().payload]
    }

    pub(crate) fn is_rtp(&self) -> bool {
        !(192..=223).contains(&self.bytes[1])
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            worker: Worker::new(WorkerConfig::default(), 7, now),
            started_at: now,
            now,
        }
    }

    /// A plain leg `key` on the socket of the same number, whose peer was signalled at `remote`.
    pub(crate) fn add(&mut self, key: u64, remote: Option<SocketAddr>, audio: LegAudio) {
        self.command(WorkerCommand::AddRtpLeg {
            leg: LegKey(key),
            socket: SocketKey(key as u32),
            remote,
            latching: Latching::Symmetric,
            identity: StreamIdentity {
                ssrc: 0xA000 + key as u32,
                cname: "offhook".to_owned(),
            },
            audio,
        });
    }

    pub(crate) fn command(&mut self, command: WorkerCommand) {
        self.worker.handle_command(command, self.now);
    }

    pub(crate) fn bridge(&mut self, a: u64, b: u64) {
        let (a, b) = (LegKey(a), LegKey(b));
        self.command(WorkerCommand::Bridge { a, b });
    }

    /// Delivers a datagram and returns everything sent at once.
    pub(crate) fn deliver(&mut self, leg: u64, source: SocketAddr, datagram: &[u8]) -> Vec<Sent> {
        let mut buffer = [0; PACKET_BYTES_MAX];
        buffer[..datagram.len()].copy_from_slice(datagram);
        let socket = SocketKey(leg as u32);
        let len = datagram.len();
        let forwarded = self
            .worker
            .handle_packet(socket, &mut buffer, len, source, self.now);
        let mut sent: Vec<Sent> = forwarded
            .map(|transmit| self.sent(transmit, &buffer))
            .into_iter()
            .collect();
        sent.extend(self.drain());
        sent
    }

    /// Lets time pass, from deadline to deadline.
    pub(crate) fn run(&mut self, duration: Duration) -> Vec<Sent> {
        let end = self.now + duration;
        let mut sent = self.drain();
        while let Some(at) = self.next_deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.worker.handle_timeout(self.now);
            sent.extend(self.drain());
        }
        self.now = end;
        sent
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.worker.poll_timeout().map(|(at, _)| at)
    }

    pub(crate) fn events(&mut self) -> Vec<WorkerEvent> {
        std::iter::from_fn(|| self.worker.poll_event()).collect()
    }

    fn drain(&mut self) -> Vec<Sent> {
        let mut sent = Vec::new();
        let mut buffer = [0; PACKET_BYTES_MAX];
        while let Some(transmit) = self.worker.poll_transmit(&mut buffer, self.now) {
            sent.push(self.sent(transmit, &buffer));
        }
        sent
    }

    fn sent(&self, transmit: media::Transmit, buffer: &[u8]) -> Sent {
        Sent {
            after_ms: self.now.duration_since(self.started_at).as_millis(),
            destination: transmit.destination,
            bytes: buffer[..transmit.len].to_vec(),
        }
    }
}

/// Audio with the default payload types both ways.
pub(crate) fn audio(codec: Codec) -> LegAudio {
    let payload_types = PayloadTypes {
        audio: codec.default_payload_type(),
        telephone_event: Some(codec.default_telephone_event_payload_type()),
    };
    LegAudio {
        codec,
        send: payload_types,
        receive: payload_types,
        direction: Direction::SendRecv,
        rtcp_mux: true,
    }
}

pub(crate) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(crate) fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A stream of packets as a telephone sends it.
pub(crate) struct Phone {
    pub(crate) source: SocketAddr,
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) units_per_packet: u32,
}

impl Phone {
    pub(crate) fn new(source: &str, codec: Codec) -> Self {
        Self {
            source: address(source),
            ssrc: 0x0BAD_CAFE,
            payload_type: codec.default_payload_type(),
            sequence: 65_530,
            timestamp: 0xFFFF_FF00,
            units_per_packet: codec.timestamp_units_per_frame(),
        }
    }

    pub(crate) fn packet(&mut self, payload: &[u8]) -> Vec<u8> {
        let header = RtpHeader {
            payload_type: self.payload_type,
            marker: false,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(self.units_per_packet);
        packet(header, payload)
    }
}

pub(crate) fn packet(header: RtpHeader, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; RtpHeader::BYTES];
    header.write(&mut bytes).unwrap();
    bytes.extend_from_slice(payload);
    bytes
}
