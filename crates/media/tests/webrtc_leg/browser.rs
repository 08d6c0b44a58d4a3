//! A browser (`str0m`, an independent implementation) and one leg, and what they do.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::sdp::{
    Direction, IceCredentials, LocalMedia, OfferAnswer, SessionDescription, Setup, WebRtcLocal,
};
use media::webrtc::{DtlsCertificate, WebRtcEvent, WebRtcLeg, generate_ice_credentials};
use media::{Codec, Received};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use str0m::Rtc;
use str0m::change::SdpPendingOffer;
use str0m::media::Mid;
use str0m::rtp::{RtpPacket, RtpWrite, SeqNo};

use crate::page;

/// One way through the network.
pub(crate) const LATENCY: Duration = Duration::from_millis(10);
/// Payload type of telephone events at 8000 Hz.
pub(crate) const TELEPHONE_EVENT: u8 = 126;
/// Payload type of µ-law.
pub(crate) const PCMU: u8 = 0;

const SSRC: u32 = 0x0FF_00C;
pub(crate) const SERVER: &str = "203.0.113.10:5000";

/// Makes the server's certificate.
pub(crate) fn certificate() -> DtlsCertificate {
    let made = rcgen::generate_simple_self_signed(vec!["media".to_owned()]).unwrap();
    DtlsCertificate::from_der(made.cert.der(), &made.signing_key.serialize_der()).unwrap()
}

pub(crate) enum To {
    Leg,
    Browser,
}

pub(crate) struct Datagram {
    pub(crate) at: Instant,
    pub(crate) to: To,
    pub(crate) source: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// The network with its two ends.
pub(crate) struct Net {
    pub(crate) now: Instant,
    pub(crate) started_at: Instant,
    pub(crate) leg: WebRtcLeg,
    pub(crate) events: Vec<(Duration, WebRtcEvent)>,
    /// Plain RTP the leg handed up.
    pub(crate) leg_rtp: Vec<Vec<u8>>,
    /// Plain RTCP the leg handed up.
    pub(crate) leg_rtcp: Vec<Vec<u8>>,
    /// The sequence number of the last test packet.
    pub(crate) audio_seq: u16,
    pub(crate) browser_rtp: Vec<RtpPacket>,
    /// The browser's address as the server sees it: a NAT may change it.
    pub(crate) seen_as: SocketAddr,
    /// Nothing gets through any more.
    pub(crate) is_cut: bool,
    /// Datagrams to drop, counted from the start of the test, both directions together.
    pub(crate) lost: Vec<usize>,
    pub(crate) sent_count: usize,
    /// Everything that reached the leg.
    pub(crate) tapped: Vec<Vec<u8>>,
    pub(crate) mid: Mid,
    certificate: DtlsCertificate,
    pub(crate) browser: Rtc,
    pub(crate) browser_due: Instant,
    pub(crate) in_flight: VecDeque<Datagram>,
    negotiation: OfferAnswer,
    rng: ChaCha12Rng,
}

/// How the description the browser gets differs from the truth.
#[derive(Clone, Copy, Default)]
pub(crate) struct Lies {
    pub(crate) wrong_password: bool,
    pub(crate) wrong_browser_fingerprint: bool,
}

impl Net {
    /// Exchanges offer and answer; nothing has been sent yet.
    pub(crate) fn new(lies: Lies) -> Self {
        let now = Instant::now();
        let certificate = certificate();
        let mut rng = ChaCha12Rng::seed_from_u64(7);
        let mut browser = page::browser(now);
        let (offer, pending, mid) = page::offer(&mut browser);
        let local = generate_ice_credentials(&mut rng);
        let mut negotiation = OfferAnswer::new(LocalMedia {
            session_id: 1,
            address: SERVER.parse().unwrap(),
            codecs: vec![Codec::Pcmu],
            direction: Direction::SendRecv,
            ssrc: SSRC,
            cname: "offhook".to_owned(),
            webrtc: Some(WebRtcLocal {
                ice: local.clone(),
                fingerprint: certificate.fingerprint().clone(),
                preferred_setup: Setup::Active,
            }),
        });
        let answer = negotiation.answer(&offer).unwrap();
        let mut remote = page::remote(&negotiation);
        if lies.wrong_browser_fingerprint {
            remote.fingerprints[0].digest[0] ^= 1;
        }
        let mut answer = answer.to_string();
        if lies.wrong_password {
            answer = answer.replace(&local.password, "0123456789012345678901234567");
        }
        page::accept(&mut browser, pending, &answer);
        let leg = WebRtcLeg::new(&certificate, &local, &remote, now).unwrap();
        let mut net = Self {
            now,
            started_at: now,
            leg,
            events: Vec::new(),
            leg_rtp: Vec::new(),
            leg_rtcp: Vec::new(),
            audio_seq: 0,
            browser_rtp: Vec::new(),
            seen_as: page::address(),
            is_cut: false,
            lost: Vec::new(),
            sent_count: 0,
            tapped: Vec::new(),
            mid,
            certificate,
            browser,
            browser_due: now,
            in_flight: VecDeque::new(),
            negotiation,
            rng,
        };
        net.drain_browser();
        net
    }

    /// Connects or panics.
    pub(crate) fn connected() -> Self {
        let mut net = Self::new(Lies::default());
        net.run_until(Duration::from_secs(5), |net| net.is_connected());
        assert!(net.is_connected(), "events: {:?}", net.events);
        // The last flight is still on its way to the browser.
        net.run_for(LATENCY * 2);
        net
    }

    /// Lets the browser restart ICE, and answers it.
    pub(crate) fn restart_ice(&mut self) {
        let mut change = self.browser.sdp_api();
        change.ice_restart(true);
        let (offer, pending) = change.apply().unwrap();
        self.answer(&offer.to_sdp_string(), pending);
    }

    /// Replaces the browser by a reloaded page, with a new certificate and port, on the same leg.
    pub(crate) fn reload_page(&mut self) {
        self.browser = page::browser(self.now);
        let (offer, pending, mid) = page::offer(&mut self.browser);
        self.mid = mid;
        self.seen_as = "198.51.100.20:40001".parse().unwrap();
        self.browser_due = self.now;
        self.answer(&offer.to_string(), pending);
    }

    fn answer(&mut self, offer: &str, pending: SdpPendingOffer) {
        let offer = SessionDescription::parse(offer.as_bytes()).unwrap();
        let local: IceCredentials = generate_ice_credentials(&mut self.rng);
        let mut media = self.negotiation.local().clone();
        media.webrtc = Some(WebRtcLocal {
            ice: local.clone(),
            fingerprint: self.certificate.fingerprint().clone(),
            preferred_setup: Setup::Active,
        });
        self.negotiation = OfferAnswer::new(media);
        let answer = self.negotiation.answer(&offer).unwrap();
        let remote = page::remote(&self.negotiation);
        self.leg.renegotiate(&local, &remote, self.now).unwrap();
        page::accept(&mut self.browser, pending, &answer.to_string());
        self.drain_browser();
        self.drain_leg();
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.events
            .iter()
            .any(|(_, event)| matches!(event, WebRtcEvent::Connected { .. }))
    }

    pub(crate) fn is_browser_connected(&self) -> bool {
        self.browser.is_connected()
    }

    /// Sends one RTP packet from the browser.
    pub(crate) fn browser_sends(&mut self, payload_type: u8, seq: u64, time: u32, payload: &[u8]) {
        let mut api = self.browser.direct_api();
        let stream = api.stream_tx_by_mid(self.mid, None).unwrap();
        let write = RtpWrite::new(payload_type.into(), SeqNo::from(seq), time, self.now, payload);
        stream.write_rtp(write);
        self.browser_due = self.now;
    }

    /// Sends one plain RTP packet through the leg.
    pub(crate) fn leg_sends(&mut self, packet: &[u8]) {
        let mut buffer = [0; 1_600];
        buffer[..packet.len()].copy_from_slice(packet);
        let len = self.leg.protect_rtp(&mut buffer, packet.len()).unwrap();
        self.send(To::Browser, buffer[..len].to_vec());
    }

    /// Hands a datagram to the leg as if it came from `source`.
    pub(crate) fn inject(&mut self, bytes: &[u8], source: SocketAddr) -> Received {
        let mut buffer = [0; 1_600];
        buffer[..bytes.len()].copy_from_slice(bytes);
        let received = self.leg.receive(&mut buffer, bytes.len(), source, self.now);
        match received {
            Received::Rtp { len } => self.leg_rtp.push(buffer[..len].to_vec()),
            Received::Rtcp { len } => self.leg_rtcp.push(buffer[..len].to_vec()),
            Received::Consumed | Received::Refused | Received::Verified => {}
        }
        self.drain_leg();
        received
    }
}

/// A plain RTP packet of the leg's SSRC.
pub(crate) fn rtp(payload_type: u8, seq: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, payload_type];
    packet.extend(seq.to_be_bytes());
    packet.extend((u32::from(seq) * 160).to_be_bytes());
    packet.extend(SSRC.to_be_bytes());
    packet.extend(payload);
    packet
}
