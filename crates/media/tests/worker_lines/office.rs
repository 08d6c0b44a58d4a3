//! A worker with two browsers behind one port and a telephone on another.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::limits::PACKET_BYTES_MAX;
use media::rtp::{RtpHeader, RtpView};
use media::sdp::{
    Direction, IceCredentials, LocalMedia, OfferAnswer, PayloadTypes, SessionDescription, Setup, WebRtcLocal,
};
use media::webrtc::{DtlsCertificate, WebRtcLeg};
use media::{
    Codec, Latching, LegAudio, LegKey, SocketKey, StreamIdentity, Worker, WorkerCommand, WorkerConfig,
    WorkerEvent,
};
use str0m::change::SdpAnswer;
use str0m::format::{Codec as BrowserCodec, FormatParams};
use str0m::media::{Frequency, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, SeqNo};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

pub(crate) const ANA: LegKey = LegKey(1);
pub(crate) const BO: LegKey = LegKey(2);
pub(crate) const PHONE: LegKey = LegKey(3);

const LINES: SocketKey = SocketKey(1);
const TRUNK: SocketKey = SocketKey(2);
const SERVER: &str = "203.0.113.10:5000";
const LATENCY: Duration = Duration::from_millis(5);

pub(crate) struct Office {
    worker: Worker,
    now: Instant,
    browsers: BTreeMap<LegKey, Browser>,
    /// To the worker: when, by which socket, from where, what.
    in_flight: VecDeque<(Instant, SocketKey, SocketAddr, Vec<u8>)>,
    phone_sequence: u16,
    phone_heard: Vec<Vec<u8>>,
    events: Vec<WorkerEvent>,
}

struct Browser {
    rtc: Rtc,
    dialog: OfferAnswer,
    mid: Mid,
    address: SocketAddr,
    due: Instant,
    is_cut: bool,
    sequence: u64,
    heard: Vec<Vec<u8>>,
    datagram_count: usize,
}

impl Office {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let made = rcgen::generate_simple_self_signed(vec!["media".to_owned()]).unwrap();
        let key = made.signing_key.serialize_der();
        let certificate = DtlsCertificate::from_der(made.cert.der(), &key).unwrap();
        let mut office = Self {
            worker: Worker::new(WorkerConfig::default(), 3, now),
            now,
            browsers: BTreeMap::new(),
            in_flight: VecDeque::new(),
            phone_sequence: 0,
            phone_heard: Vec::new(),
            events: Vec::new(),
        };
        office.add_line(ANA, &certificate);
        office.add_line(BO, &certificate);
        let payload_types = PayloadTypes {
            audio: 0,
            telephone_event: Some(101),
        };
        office.command(WorkerCommand::AddRtpLeg {
            leg: PHONE,
            socket: TRUNK,
            remote: Some(phone()),
            latching: Latching::Signalled,
            identity: identity(PHONE),
            audio: LegAudio {
                codec: Codec::Pcmu,
                send: payload_types,
                receive: payload_types,
                direction: Direction::SendRecv,
                rtcp_mux: false,
            },
        });
        office
    }

    fn add_line(&mut self, leg: LegKey, certificate: &DtlsCertificate) {
        let LegKey(number) = leg;
        let address = SocketAddr::from(([198, 51, 100, number as u8], 40_000));
        let ice = IceCredentials {
            ufrag: format!("line{number}"),
            password: "0123456789abcdefghijklmn".to_owned(),
        };
        let dialog = OfferAnswer::new(LocalMedia {
            session_id: number,
            address: SERVER.parse().unwrap(),
            codecs: vec![Codec::Pcmu],
            direction: Direction::SendRecv,
            ssrc: identity(leg).ssrc,
            cname: "offhook".to_owned(),
            webrtc: Some(WebRtcLocal {
                ice: ice.clone(),
                fingerprint: certificate.fingerprint().clone(),
                preferred_setup: Setup::Active,
            }),
        });
        let browser = Browser::answered(address, dialog, self.now);
        let negotiated = browser.dialog.negotiated().unwrap();
        let remote = negotiated.webrtc.clone().unwrap();
        let line = WebRtcLeg::new(certificate, &ice, &remote, self.now).unwrap();
        self.command(WorkerCommand::AddWebRtcLeg {
            leg,
            socket: LINES,
            ufrag: ice.ufrag,
            line: Box::new(line),
            identity: identity(leg),
            audio: LegAudio::from(negotiated),
        });
        self.browsers.insert(leg, browser);
        self.drain_browser(leg);
    }

    pub(crate) fn command(&mut self, command: WorkerCommand) {
        self.worker.handle_command(command, self.now);
        self.drain_worker();
    }

    pub(crate) fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        loop {
            let packet = self.in_flight.front().map(|packet| packet.0);
            let browser = self
                .browsers
                .iter()
                .map(|(leg, browser)| (browser.due, *leg))
                .min();
            let browser_due = browser.map(|(due, _)| due);
            let worker_due = self.worker.poll_timeout().map(|(at, _)| at);
            let due = [packet, browser_due, worker_due];
            let next = due.into_iter().flatten().min().unwrap();
            if next > end {
                break;
            }
            self.now = self.now.max(next);
            if packet == Some(next) {
                let (_, socket, source, bytes) = self.in_flight.pop_front().unwrap();
                self.deliver(socket, source, &bytes);
            } else if browser_due == Some(next) {
                let (_, leg) = browser.unwrap();
                let rtc = &mut self.browsers.get_mut(&leg).unwrap().rtc;
                rtc.handle_input(Input::Timeout(self.now)).unwrap();
                self.drain_browser(leg);
            } else {
                self.worker.handle_timeout(self.now);
                self.drain_worker();
            }
        }
        self.now = end;
    }

    pub(crate) fn phone_says(&mut self, payload: &[u8]) {
        let header = RtpHeader {
            payload_type: 0,
            marker: false,
            sequence: self.phone_sequence,
            timestamp: u32::from(self.phone_sequence) * 160,
            ssrc: 0xF0,
        };
        self.phone_sequence += 1;
        let mut packet = vec![0; RtpHeader::BYTES];
        header.write(&mut packet).unwrap();
        packet.extend_from_slice(payload);
        self.send(TRUNK, phone(), packet);
    }

    pub(crate) fn browser_says(&mut self, leg: LegKey, payload: &[u8]) {
        let now = self.now;
        let browser = self.browsers.get_mut(&leg).unwrap();
        browser.sequence += 1;
        let (sequence, mid) = (browser.sequence, browser.mid);
        let mut api = browser.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None).unwrap();
        let time = sequence as u32 * 160;
        stream.write_rtp(RtpWrite::new(0.into(), SeqNo::from(sequence), time, now, payload));
        browser.due = now;
    }

    /// The browser restarts ICE; our side takes `ufrag`.
    pub(crate) fn restart_ice(&mut self, leg: LegKey, ufrag: &str) {
        let browser = self.browsers.get_mut(&leg).unwrap();
        let mut change = browser.rtc.sdp_api();
        change.ice_restart(true);
        let (offer, pending) = change.apply().unwrap();
        let offer = SessionDescription::parse(offer.to_sdp_string().as_bytes()).unwrap();
        let mut local = browser.dialog.local().clone();
        let webrtc = local.webrtc.as_mut().unwrap();
        webrtc.ice.ufrag = ufrag.to_owned();
        let ice = webrtc.ice.clone();
        browser.dialog = OfferAnswer::new(local);
        let answer = browser.dialog.answer(&offer).unwrap().to_string();
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        browser.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        let negotiated = browser.dialog.negotiated().unwrap();
        let remote = Box::new(negotiated.webrtc.clone().unwrap());
        let audio = LegAudio::from(negotiated);
        self.drain_browser(leg);
        self.command(WorkerCommand::RenegotiateWebRtc {
            leg,
            local: ice,
            remote,
            audio,
        });
    }

    /// Nothing of this browser arrives any more.
    pub(crate) fn cut(&mut self, leg: LegKey) {
        self.browsers.get_mut(&leg).unwrap().is_cut = true;
    }

    pub(crate) fn heard_by(&mut self, leg: LegKey) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.browsers.get_mut(&leg).unwrap().heard)
    }

    pub(crate) fn heard_by_phone(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.phone_heard)
    }

    pub(crate) fn datagrams_to(&self, leg: LegKey) -> usize {
        self.browsers[&leg].datagram_count
    }

    pub(crate) fn events(&mut self) -> Vec<WorkerEvent> {
        std::mem::take(&mut self.events)
    }

    fn send(&mut self, socket: SocketKey, source: SocketAddr, bytes: Vec<u8>) {
        let at = self.now + LATENCY;
        self.in_flight.push_back((at, socket, source, bytes));
    }

    fn deliver(&mut self, socket: SocketKey, source: SocketAddr, bytes: &[u8]) {
        let mut buffer = [0; PACKET_BYTES_MAX];
        buffer[..bytes.len()].copy_from_slice(bytes);
        let len = bytes.len();
        let transmit = self
            .worker
            .handle_packet(socket, &mut buffer, len, source, self.now);
        if let Some(transmit) = transmit {
            self.arrive(transmit.destination, &buffer[..transmit.len]);
        }
        self.drain_worker();
    }

    fn drain_worker(&mut self) {
        let mut buffer = [0; PACKET_BYTES_MAX];
        while let Some(transmit) = self.worker.poll_transmit(&mut buffer, self.now) {
            self.arrive(transmit.destination, &buffer[..transmit.len]);
        }
        self.events
            .extend(std::iter::from_fn(|| self.worker.poll_event()));
    }

    /// A datagram of the worker reaches its destination.
    fn arrive(&mut self, destination: SocketAddr, bytes: &[u8]) {
        if destination == phone() {
            let view = RtpView::parse(bytes).unwrap();
            self.phone_heard.push(bytes[view.payload].to_vec());
            return;
        }
        if destination.ip() == phone().ip() && destination.port() == phone().port() + 1 {
            // Nobody reads the phone's reports here.
            return;
        }
        let mut browsers = self.browsers.iter_mut();
        let (leg, browser) = browsers.find(|(_, b)| b.address == destination).unwrap();
        let leg = *leg;
        browser.datagram_count += 1;
        let receive = Receive {
            proto: Protocol::Udp,
            source: SERVER.parse().unwrap(),
            destination,
            contents: bytes.try_into().unwrap(),
        };
        browser
            .rtc
            .handle_input(Input::Receive(self.now, receive))
            .unwrap();
        self.drain_browser(leg);
    }

    fn drain_browser(&mut self, leg: LegKey) {
        let browser = self.browsers.get_mut(&leg).unwrap();
        let (source, is_cut) = (browser.address, browser.is_cut);
        let mut sent = Vec::new();
        loop {
            // An error is the end of the browser's connection.
            let Ok(output) = browser.rtc.poll_output() else {
                browser.due = self.now + Duration::from_secs(3_600);
                break;
            };
            match output {
                Output::Timeout(at) => {
                    browser.due = at.max(self.now + ms(1));
                    break;
                }
                Output::Transmit(transmit) => sent.push(transmit.contents.to_vec()),
                Output::Event(Event::RtpPacket(packet)) => browser.heard.push(packet.payload.to_vec()),
                Output::Event(_) => {}
            }
        }
        for bytes in sent.into_iter().filter(|_| !is_cut) {
            self.send(LINES, source, bytes);
        }
    }
}

impl Browser {
    /// A page with a microphone, whose offer `dialog` has answered.
    fn answered(address: SocketAddr, mut dialog: OfferAnswer, now: Instant) -> Self {
        let mut config = RtcConfig::new()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .clear_codecs()
            .enable_pcmu(true, false)
            .set_rtp_mode(true);
        let (tele, format) = (BrowserCodec::Tele, FormatParams::default());
        let rate = Frequency::EIGHT_KHZ;
        config
            .codec_config()
            .add_config(126.into(), None, tele, rate, None, format);
        let mut rtc = config.build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap())
            .unwrap();
        let mut change = rtc.sdp_api();
        let both = str0m::media::Direction::SendRecv;
        let mid = change.add_media(MediaKind::Audio, both, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        let offer = SessionDescription::parse(offer.to_sdp_string().as_bytes()).unwrap();
        let answer = dialog.answer(&offer).unwrap().to_string();
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        rtc.sdp_api().accept_answer(pending, answer).unwrap();
        Self {
            rtc,
            dialog,
            mid,
            address,
            due: now,
            is_cut: false,
            sequence: 0,
            heard: Vec::new(),
            datagram_count: 0,
        }
    }
}

fn identity(LegKey(number): LegKey) -> StreamIdentity {
    StreamIdentity {
        ssrc: 0xA000 + number as u32,
        cname: "offhook".to_owned(),
    }
}

fn phone() -> SocketAddr {
    "192.0.2.50:4000".parse().unwrap()
}

pub(crate) fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}
