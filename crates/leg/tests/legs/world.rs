//! One node and one SIP peer on a network without delay.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use leg::{Command, Event, Legs, LegsConfig, MediaPort};
use media::webrtc::DtlsCertificate;
use media::{LegKey, SocketKey, WorkerCommand, WorkerEvent, WorkerKey};
use model::{DisconnectReason, LegId, LineId, TrunkId};
use sip::endpoint::{Body, Endpoint, EndpointConfig, Event as SipEvent, OutboundCall};
use sip::{BoundTo, Destination, DialogId, Host, Listener, NameAddr, Transmit, TransportId, TransportKind};

pub(crate) const UDP: TransportId = TransportId(1);
pub(crate) const CALLER: LegId = LegId::from_bits(1);
pub(crate) const AGENT: LegId = LegId::from_bits(2);
pub(crate) const OTHER: LegId = LegId::from_bits(3);
pub(crate) const LINE: LineId = LineId::from_bits(10);
pub(crate) const NEW_LINE: LineId = LineId::from_bits(11);
pub(crate) const TRUNK: TrunkId = TrunkId::from_bits(20);
pub(crate) const WORKER: WorkerKey = WorkerKey(0);

const NODE: &str = "192.0.2.1:5060";
const PEER: &str = "192.0.2.2:5060";

/// What the peer offers or answers: PCMU and telephone events at 192.0.2.2:4000.
pub(crate) const PCMU: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

pub(crate) struct World {
    pub(crate) node: Legs,
    pub(crate) peer: Endpoint,
    pub(crate) now: Instant,
    /// What the node told.
    pub(crate) told: Vec<Event>,
    /// What the peer was told.
    pub(crate) peer_told: Vec<SipEvent>,
    /// What the worker was ordered.
    pub(crate) orders: Vec<WorkerCommand>,
    /// First lines of what went over the wire, with `<` before those of the peer and `>` before ours.
    pub(crate) wire: Vec<String>,
    /// The last message of the node.
    pub(crate) last_sent: String,
    in_flight: VecDeque<(bool, Vec<u8>)>,
    /// Nothing of the peer arrives any more.
    pub(crate) is_cut: bool,
}

pub(crate) fn certificate() -> DtlsCertificate {
    let made = rcgen::generate_simple_self_signed(vec!["leg".to_owned()]).unwrap();
    DtlsCertificate::from_der(made.cert.der(), &made.signing_key.serialize_der()).unwrap()
}

fn endpoint(address: &str) -> EndpointConfig {
    let address: SocketAddr = address.parse().unwrap();
    EndpointConfig::new(vec![Listener {
        host: Host::from(address.ip()),
        id: UDP,
        kind: TransportKind::Udp,
        port: address.port(),
    }])
}

pub(crate) fn port(number: u16) -> MediaPort {
    MediaPort {
        worker: WORKER,
        socket: SocketKey(u32::from(number)),
        address: SocketAddr::new("192.0.2.1".parse().unwrap(), number),
    }
}

pub(crate) fn destination() -> Destination {
    Destination {
        address: PEER.parse().unwrap(),
        transport: UDP,
    }
}

pub(crate) fn address(text: &str) -> NameAddr {
    NameAddr::new(text.parse().unwrap())
}

pub(crate) fn text(body: Option<&Body>) -> String {
    String::from_utf8(body.unwrap().bytes.to_vec()).unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(LegsConfig::new(endpoint(NODE), certificate()))
    }

    pub(crate) fn with_legs_max(legs_max: usize) -> Self {
        let mut config = LegsConfig::new(endpoint(NODE), certificate());
        config.legs_max = legs_max;
        Self::with(config)
    }

    fn with(config: LegsConfig) -> Self {
        Self {
            node: Legs::new(config, [7; 32]),
            peer: Endpoint::new(endpoint(PEER), [8; 32]),
            now: Instant::now(),
            told: Vec::new(),
            peer_told: Vec::new(),
            orders: Vec::new(),
            wire: Vec::new(),
            last_sent: String::new(),
            in_flight: VecDeque::new(),
            is_cut: false,
        }
    }

    /// The peer calls; the node is asked whether to let it in.
    pub(crate) fn peer_calls(&mut self, sdp: Option<&str>) -> DialogId {
        let dialog = self.peer.allocate_dialog();
        let call = OutboundCall {
            bound_to: BoundTo::Address,
            body: sdp.map(|sdp| Body::sdp(sdp.to_owned())),
            credentials: None,
            destination: Destination {
                address: NODE.parse().unwrap(),
                transport: UDP,
            },
            dialog,
            from: address("sip:+4930123456@carrier.example"),
            headers: vec![(
                "P-Asserted-Identity".to_owned(),
                "<sip:+4930123456@carrier.example>".to_owned(),
            )],
            is_exempt: false,
            ring_timeout: Duration::from_secs(60),
            request_uri: "sip:+12125550100@192.0.2.1".parse().unwrap(),
            to: address("sip:+12125550100@192.0.2.1"),
        };
        self.peer_orders(sip::endpoint::Command::Invite(Box::new(call)));
        dialog
    }

    /// The peer calls and is let in as [`CALLER`].
    pub(crate) fn call_arrives(&mut self, sdp: Option<&str>) -> DialogId {
        let dialog = self.peer_calls(sdp);
        self.admit();
        dialog
    }

    pub(crate) fn admit(&mut self) {
        let asked = self.told.iter().rev().find_map(|event| match event {
            Event::AdmissionAsked(asked) => Some(asked.admission),
            _ => None,
        });
        let admission = asked.unwrap();
        self.order(Command::Admit {
            admission,
            bound_to: BoundTo::Address,
            leg: CALLER,
            trunk: TRUNK,
        });
    }

    /// A call stands; nothing of how it came about is remembered.
    pub(crate) fn connected() -> (Self, DialogId) {
        let mut world = Self::new();
        let dialog = world.call_arrives(Some(PCMU));
        world.order(Command::AnswerCall {
            leg: CALLER,
            port: port(20_000),
        });
        assert!(world.has_connected(CALLER));
        world.forget();
        (world, dialog)
    }

    pub(crate) fn order(&mut self, command: Command) {
        self.node.handle_command(command, self.now);
        self.settle();
    }

    pub(crate) fn peer_orders(&mut self, command: sip::endpoint::Command) {
        self.peer.handle_command(command, self.now);
        self.settle();
    }

    pub(crate) fn worker_tells(&mut self, event: WorkerEvent) {
        self.node.handle_media_event(event, self.now);
        self.settle();
    }

    pub(crate) fn forget(&mut self) {
        self.told.clear();
        self.peer_told.clear();
        self.orders.clear();
        self.wire.clear();
    }

    /// Lets everything that is on its way arrive.
    pub(crate) fn settle(&mut self) {
        loop {
            self.told.extend(std::iter::from_fn(|| self.node.poll_event()));
            while let Some(event) = self.peer.poll_event() {
                if let SipEvent::AdmissionAsked(asked) = &event {
                    let admit = sip::endpoint::Command::Admit {
                        admission: asked.admission,
                        bound_to: BoundTo::Address,
                    };
                    self.peer.handle_command(admit, self.now);
                } else {
                    self.peer_told.push(event);
                }
            }
            let orders = std::iter::from_fn(|| self.node.poll_media());
            self.orders.extend(orders.map(|(_, command)| command));
            while let Some(transmit) = self.node.poll_transmit() {
                self.carry(true, transmit);
            }
            while let Some(transmit) = self.peer.poll_transmit() {
                self.carry(false, transmit);
            }
            let Some((is_ours, bytes)) = self.in_flight.pop_front() else {
                break;
            };
            if is_ours {
                let source = NODE.parse().unwrap();
                self.peer.handle_datagram(&bytes, source, UDP, self.now);
            } else if !self.is_cut {
                let source = PEER.parse().unwrap();
                self.node.handle_datagram(&bytes, source, UDP, self.now);
            }
        }
    }

    fn carry(&mut self, is_ours: bool, transmit: Transmit) {
        let Transmit::Datagram(_, bytes) = transmit else {
            panic!("{transmit:?}")
        };
        let line = String::from_utf8_lossy(&bytes);
        if is_ours {
            self.last_sent = line.to_string();
        }
        let mut words = line.lines().next().unwrap_or_default().split(' ');
        let first = words.next().unwrap_or_default();
        let word = match first {
            "SIP/2.0" => words.next().unwrap_or_default(),
            method => method,
        };
        self.wire
            .push(format!("{}{word}", if is_ours { '>' } else { '<' }));
        self.in_flight.push_back((is_ours, bytes.to_vec()));
    }

    /// Lets time pass, with all that falls due in it.
    pub(crate) fn advance(&mut self, duration: Duration) {
        let end = self.now + duration;
        loop {
            let node = self.node.poll_timeout().map(|(at, _)| at);
            let peer = self.peer.poll_timeout().map(|(at, _)| at);
            let Some(at) = node.into_iter().chain(peer).min().filter(|at| *at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            self.node.handle_timeout(self.now);
            self.peer.handle_timeout(self.now);
            self.settle();
        }
        self.now = end;
    }

    pub(crate) fn has_connected(&self, leg: LegId) -> bool {
        let mut told = self.told.iter();
        told.any(|event| matches!(event, Event::LegConnected { leg: connected } if *connected == leg))
    }

    /// Why legs ended, in order.
    pub(crate) fn ended(&self) -> Vec<(LegId, DisconnectReason)> {
        let ended = self.told.iter().filter_map(|event| match event {
            Event::LegEnded { leg, reason } => Some((*leg, *reason)),
            _ => None,
        });
        ended.collect()
    }

    pub(crate) fn has_unused_port(&self) -> bool {
        let mut told = self.told.iter();
        told.any(|event| matches!(event, Event::PortUnused { .. }))
    }

    /// The orders to the worker, in short.
    pub(crate) fn order_names(&self) -> Vec<&'static str> {
        self.orders.iter().map(name).collect()
    }

    /// The media leg of the first that was added.
    pub(crate) fn media_key(&self) -> LegKey {
        let added = self.orders.iter().find_map(|order| match order {
            WorkerCommand::AddRtpLeg { leg, .. } | WorkerCommand::AddWebRtcLeg { leg, .. } => Some(*leg),
            _ => None,
        });
        added.unwrap()
    }

    /// The last body of this kind that the peer was told.
    pub(crate) fn peer_heard(&self, wanted: impl Fn(&SipEvent) -> Option<&Body>) -> String {
        text(self.peer_told.iter().rev().find_map(wanted))
    }

    /// Asserts that nothing is left of any leg.
    pub(crate) fn assert_empty(&mut self) {
        self.advance(Duration::from_secs(60));
        assert_eq!(self.node.leg_count(), 0);
        assert_eq!(self.node.media_leg_count(), 0);
        assert_eq!(self.node.sip_counts(), sip::endpoint::Counts::default());
        assert!(self.node.poll_timeout().is_none());
    }
}

fn name(order: &WorkerCommand) -> &'static str {
    match order {
        WorkerCommand::AddRtpLeg { .. } => "AddRtpLeg",
        WorkerCommand::AddWebRtcLeg { .. } => "AddWebRtcLeg",
        WorkerCommand::Bridge { .. } => "Bridge",
        WorkerCommand::Echo { .. } => "Echo",
        WorkerCommand::Mute { .. } => "Mute",
        WorkerCommand::Play { .. } => "Play",
        WorkerCommand::Remove { .. } => "Remove",
        WorkerCommand::RenegotiateRtp { .. } => "RenegotiateRtp",
        WorkerCommand::RenegotiateWebRtc { .. } => "RenegotiateWebRtc",
        WorkerCommand::SendDigit { .. } => "SendDigit",
        WorkerCommand::StopPlay { .. } => "StopPlay",
        WorkerCommand::Unbridge { .. } => "Unbridge",
    }
}

/// A browser's offer with these ICE credentials and this certificate.
pub(crate) fn browser_offer(ufrag: &str, certificate: &str) -> String {
    let digest = [certificate; 32].join(":");
    format!(
        "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
         a=ice-ufrag:{ufrag}\r\na=ice-pwd:UqDGLD1rUyN5NdaLlSxvTkVO\r\na=fingerprint:sha-256 {digest}\r\n\
         a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:126 telephone-event/8000\r\n"
    )
}
