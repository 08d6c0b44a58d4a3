//! Two endpoints on a virtual clock, joined by a network that can lose datagrams.
#![expect(dead_code, reason = "every test file uses another part")]
#![expect(
    clippy::disallowed_methods,
    reason = "the virtual clock has to begin somewhere"
)]

pub(crate) mod orders;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use sip::endpoint::{Body, Command, Endpoint, EndpointConfig, Event};
use sip::{
    BoundTo, Destination, DialogId, Host, Listener, NameAddr, PeerGroup, Peers, StatusCode, StreamId,
    Transmit, TransportId, TransportKind, Uri,
};

/// The group whose addresses are known.
pub(crate) const CARRIER: PeerGroup = PeerGroup(1);
/// The UDP socket of either side.
pub(crate) const UDP: TransportId = TransportId(1);
/// The TCP socket of either side.
pub(crate) const TCP: TransportId = TransportId(2);
/// One way through the network.
pub(crate) const LATENCY: Duration = Duration::from_millis(10);

/// The caller and the called, as a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    Left,
    Right,
}
pub(crate) use Side::{Left, Right};

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Left => Right,
            Right => Left,
        }
    }

    pub(crate) fn address(self) -> SocketAddr {
        match self {
            Left => "192.0.2.1:5060".parse().unwrap(),
            Right => "192.0.2.2:5060".parse().unwrap(),
        }
    }

    fn index(self) -> usize {
        match self {
            Left => 0,
            Right => 1,
        }
    }
}

#[derive(Debug)]
enum Packet {
    Close {
        to: Side,
        stream: StreamId,
    },
    Datagram {
        to: Side,
        from: SocketAddr,
        bytes: Bytes,
    },
    Opened {
        to: Side,
        stream: StreamId,
        peer: Destination,
    },
    Stream {
        to: Side,
        stream: StreamId,
        bytes: Bytes,
    },
}

pub(crate) struct Pair {
    endpoints: [Endpoint; 2],
    events: [Vec<Event>; 2],
    in_flight: BTreeMap<(Instant, u64), Packet>,
    packet_number: u64,
    rng: ChaCha12Rng,
    /// Which side opened which stream.
    streams: BTreeMap<StreamId, ()>,
    /// What dialogs are bound to that are let in.
    pub(crate) bound_to: BoundTo,
    /// Whether AdmissionAsked is answered with Admit at once.
    pub(crate) admits: bool,
    /// Share of datagrams lost, 0 to 1.
    pub(crate) loss: f64,
    pub(crate) now: Instant,
    pub(crate) started_at: Instant,
    /// Datagrams to strangers.
    pub(crate) stray: Vec<(SocketAddr, Bytes)>,
    /// Every message sent, as start lines, with who sent it.
    pub(crate) wire: Vec<(Side, String)>,
    /// Every message sent, whole.
    pub(crate) messages: Vec<(Side, String)>,
    pub(crate) refuses_connections: bool,
    pub(crate) seed: u64,
}

pub(crate) fn config(side: Side) -> EndpointConfig {
    let host = Host::from(side.address().ip());
    EndpointConfig::new(vec![
        Listener {
            host: host.clone(),
            id: UDP,
            kind: TransportKind::Udp,
            port: 5060,
        },
        Listener {
            host,
            id: TCP,
            kind: TransportKind::Tcp,
            port: 5060,
        },
    ])
}

pub(crate) fn to(side: Side, transport: TransportId) -> Destination {
    Destination {
        address: side.address(),
        transport,
    }
}

pub(crate) fn address(text: &str) -> NameAddr {
    NameAddr::new(text.parse::<Uri>().unwrap())
}

pub(crate) fn sdp(text: &str) -> Option<Body> {
    Some(Body::sdp(text.as_bytes().to_vec()))
}

pub(crate) fn text(body: Option<&Body>) -> Option<String> {
    body.map(|body| String::from_utf8(body.bytes.to_vec()).unwrap())
}

impl Pair {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with(seed, config(Left), config(Right))
    }

    pub(crate) fn with(seed: u64, left: EndpointConfig, right: EndpointConfig) -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let now = Instant::now();
        let mut pair = Self {
            endpoints: [
                Endpoint::new(left, rng.random()),
                Endpoint::new(right, rng.random()),
            ],
            events: [Vec::new(), Vec::new()],
            in_flight: BTreeMap::new(),
            packet_number: 0,
            rng,
            streams: BTreeMap::new(),
            bound_to: BoundTo::Group(CARRIER),
            admits: true,
            loss: 0.0,
            now,
            started_at: now,
            stray: Vec::new(),
            wire: Vec::new(),
            messages: Vec::new(),
            refuses_connections: false,
            seed,
        };
        for side in [Left, Right] {
            pair.acquaint(side, &[("0.0.0.0", 0)]);
        }
        pair
    }

    /// Says whom `side` knows; all of them are the group that its dialogs are bound to.
    pub(crate) fn acquaint(&mut self, side: Side, ranges: &[(&str, u8)]) {
        let ranges = ranges
            .iter()
            .map(|(address, prefix_len)| (address.parse().unwrap(), *prefix_len));
        let peers = Peers::new([(CARRIER, ranges.collect())]);
        self.command(side, Command::SetPeers(peers));
    }

    pub(crate) fn endpoint(&mut self, side: Side) -> &mut Endpoint {
        &mut self.endpoints[side.index()]
    }

    /// Gives an order and lets what follows at once take its course.
    pub(crate) fn command(&mut self, side: Side, command: Command) {
        let now = self.now;
        self.endpoint(side).handle_command(command, now);
        self.drain();
    }

    /// Puts a datagram before `side` as if it came from `from`.
    pub(crate) fn inject(&mut self, side: Side, from: SocketAddr, bytes: &[u8]) {
        let now = self.now;
        self.endpoint(side).handle_datagram(bytes, from, UDP, now);
        self.drain();
    }

    pub(crate) fn open(&mut self, side: Side, stream: StreamId, from: SocketAddr) {
        let now = self.now;
        let peer = Destination {
            address: from,
            transport: TCP,
        };
        self.endpoint(side).handle_stream_opened(stream, peer, now);
        self.drain();
    }

    pub(crate) fn inject_stream(&mut self, side: Side, stream: StreamId, bytes: &[u8]) {
        let now = self.now;
        self.endpoint(side).handle_stream_bytes(stream, bytes, now);
        self.drain();
    }

    /// Lets packets arrive until none is on its way; retransmission timers have no time to fire.
    pub(crate) fn settle(&mut self) {
        while let Some((&(at, _), _)) = self.in_flight.first_key_value() {
            self.run_to(at);
        }
    }

    /// Lets time pass, with all that falls due in it.
    pub(crate) fn advance(&mut self, duration: Duration) {
        self.run_to(self.now + duration);
    }

    fn run_to(&mut self, end: Instant) {
        loop {
            let packet_at = self.in_flight.first_key_value().map(|(key, _)| key.0);
            let timeouts = self
                .endpoints
                .iter()
                .filter_map(|endpoint| endpoint.poll_timeout());
            let due = packet_at.into_iter().chain(timeouts.map(|(at, _)| at)).min();
            let Some(at) = due.filter(|at| *at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            self.deliver_due();
            for side in [Left, Right] {
                let now = self.now;
                self.endpoint(side).handle_timeout(now);
            }
            self.drain();
        }
        self.now = end.max(self.now);
    }

    fn deliver_due(&mut self) {
        let now = self.now;
        while let Some(entry) = self.in_flight.first_entry() {
            if entry.key().0 > now {
                break;
            }
            match entry.remove() {
                Packet::Close { to, stream } => self.endpoint(to).handle_stream_closed(stream),
                Packet::Datagram { to, from, bytes } => {
                    self.endpoint(to).handle_datagram(&bytes, from, UDP, now)
                }
                Packet::Opened { to, stream, peer } => {
                    self.endpoint(to).handle_stream_opened(stream, peer, now)
                }
                Packet::Stream { to, stream, bytes } => {
                    self.endpoint(to).handle_stream_bytes(stream, &bytes, now)
                }
            }
            self.drain();
        }
    }

    fn drain(&mut self) {
        for side in [Left, Right, Left, Right] {
            while let Some(event) = self.endpoint(side).poll_event() {
                if let (Event::AdmissionAsked(asked), true) = (&event, self.admits) {
                    let now = self.now;
                    let admit = Command::Admit {
                        admission: asked.admission,
                        bound_to: self.bound_to,
                    };
                    self.endpoint(side).handle_command(admit, now);
                } else {
                    self.events[side.index()].push(event);
                }
            }
            while let Some(transmit) = self.endpoint(side).poll_transmit() {
                self.carry(side, transmit);
            }
        }
    }

    fn carry(&mut self, side: Side, transmit: Transmit) {
        let to = side.other();
        match transmit {
            Transmit::Datagram(destination, bytes) => {
                self.record(side, &bytes);
                if destination.address != to.address() {
                    self.stray.push((destination.address, bytes));
                } else if !self.rng.random_bool(self.loss) {
                    let jitter = Duration::from_micros(self.rng.random_range(0..1000));
                    self.fly(
                        LATENCY + jitter,
                        Packet::Datagram {
                            to,
                            from: side.address(),
                            bytes,
                        },
                    );
                }
            }
            Transmit::Connect(destination) if self.refuses_connections => {
                let now = self.now;
                self.endpoint(side).handle_connect_failed(destination, now);
            }
            Transmit::Connect(destination) => {
                let stream = StreamId(self.packet_number + 1_000_000);
                self.streams.insert(stream, ());
                let ephemeral = SocketAddr::new(side.address().ip(), 40_000);
                let peer = Destination {
                    address: ephemeral,
                    transport: TCP,
                };
                self.fly(LATENCY, Packet::Opened { to, stream, peer });
                self.fly(
                    LATENCY * 2,
                    Packet::Opened {
                        to: side,
                        stream,
                        peer: destination,
                    },
                );
            }
            Transmit::Stream(stream, bytes) => {
                self.record(side, &bytes);
                if self.streams.contains_key(&stream) {
                    self.fly(LATENCY, Packet::Stream { to, stream, bytes });
                }
            }
            Transmit::CloseStream(stream) => {
                if self.streams.remove(&stream).is_some() {
                    self.fly(LATENCY, Packet::Close { to, stream });
                }
            }
        }
    }

    fn record(&mut self, side: Side, bytes: &[u8]) {
        let message = String::from_utf8_lossy(bytes).into_owned();
        let line = message.lines().next().unwrap_or_default();
        let word = if line.starts_with("SIP/2.0") {
            line.split(' ').nth(1)
        } else {
            line.split(' ').next()
        };
        self.wire.push((side, word.unwrap_or_default().to_owned()));
        self.messages.push((side, message));
    }

    fn fly(&mut self, wait: Duration, packet: Packet) {
        self.packet_number += 1;
        self.in_flight
            .insert((self.now + wait, self.packet_number), packet);
    }

    /// Takes the events of one side.
    pub(crate) fn take(&mut self, side: Side) -> Vec<Event> {
        std::mem::take(&mut self.events[side.index()])
    }

    /// Takes the only event of one side.
    pub(crate) fn only(&mut self, side: Side) -> Event {
        let mut events = self.take(side);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// Takes the only event, which must be a new call; returns its dialog.
    pub(crate) fn invited(&mut self, side: Side) -> DialogId {
        let Event::Invited { dialog, .. } = self.only(side) else {
            panic!("that is no call")
        };
        dialog
    }

    /// Returns what one side has sent, as methods and status codes.
    pub(crate) fn sent(&self, side: Side) -> Vec<&str> {
        self.wire
            .iter()
            .filter(|(by, _)| *by == side)
            .map(|(_, word)| word.as_str())
            .collect()
    }

    /// Returns the last message one side sent whose first line contains `word`.
    pub(crate) fn last(&self, side: Side, word: &str) -> &str {
        let mut all = self.messages.iter().rev();
        let found =
            all.find(|(by, text)| *by == side && text.lines().next().unwrap_or_default().contains(word));
        &found.unwrap_or_else(|| panic!("no {word} was sent")).1
    }

    /// Asserts that both sides remember nothing any more.
    pub(crate) fn assert_empty(&mut self) {
        for side in [Left, Right] {
            let mut counts = self.endpoint(side).counts();
            counts.nonce_count = 0;
            counts.stream_count = 0;
            counts.registration_count = 0;
            if self.streams.is_empty() {
                assert_eq!(
                    counts.deadline_count,
                    0,
                    "{side:?} {:?}",
                    self.endpoint(side).poll_timeout()
                );
            }
            counts.deadline_count = 0;
            assert_eq!(counts, sip::endpoint::Counts::default(), "{side:?}");
        }
    }
}

/// Returns the header lines of this name in a message.
pub(crate) fn header<'a>(message: &'a str, name: &str) -> Vec<&'a str> {
    let matching = message.lines().filter_map(|line| line.split_once(": "));
    matching
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}

/// Refuses with this status.
pub(crate) fn status(code: u16) -> StatusCode {
    StatusCode::new(code).unwrap()
}
