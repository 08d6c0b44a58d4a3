//! A browser (`str0m`) on a socket of its own.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::{Codec as BrowserCodec, FormatParams};
use str0m::media::{Frequency, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, SeqNo};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

pub(crate) struct Browser {
    rtc: Rtc,
    pending: Option<SdpPendingOffer>,
    mid: Mid,
    socket: UdpSocket,
    sequence: u64,
    /// When it wants to be driven again.
    due: Instant,
    heard: VecDeque<Vec<u8>>,
}

impl Browser {
    /// A page with a microphone; the offer it makes.
    pub(crate) fn new() -> (Self, String) {
        let now = Instant::now();
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut config = RtcConfig::new()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .clear_codecs()
            .enable_pcmu(true, false)
            .set_rtp_mode(true);
        let (tele, format) = (BrowserCodec::Tele, FormatParams::default());
        let rate = Frequency::EIGHT_KHZ;
        let codecs = config.codec_config();
        codecs.add_config(126.into(), None, tele, rate, None, format);
        let mut rtc = config.build(now);
        let host = Candidate::host(socket.local_addr().unwrap(), "udp").unwrap();
        rtc.add_local_candidate(host).unwrap();
        let mut change = rtc.sdp_api();
        let both = str0m::media::Direction::SendRecv;
        let mid = change.add_media(MediaKind::Audio, both, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        let browser = Self {
            rtc,
            pending: Some(pending),
            mid,
            socket,
            sequence: 0,
            due: now,
            heard: VecDeque::new(),
        };
        (browser, offer.to_sdp_string())
    }

    pub(crate) fn accept(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        let pending = self.pending.take().unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        self.drain();
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.rtc.is_connected()
    }

    pub(crate) fn says(&mut self, payload: &[u8]) {
        self.sequence += 1;
        let (sequence, time) = (SeqNo::from(self.sequence), self.sequence as u32 * 160);
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(self.mid, None).unwrap();
        stream.write_rtp(RtpWrite::new(0.into(), sequence, time, Instant::now(), payload));
        self.handle_due();
    }

    /// Takes the next 20 ms it has heard.
    pub(crate) fn poll_heard(&mut self) -> Option<Vec<u8>> {
        self.heard.pop_front()
    }

    /// Where its datagrams come in.
    pub(crate) fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// When it wants [`Self::handle_due`].
    pub(crate) fn due(&self) -> Instant {
        self.due
    }

    pub(crate) fn handle_due(&mut self) {
        self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
        self.drain();
    }

    pub(crate) fn receive(&mut self, bytes: &[u8], source: SocketAddr) {
        let receive = Receive {
            proto: Protocol::Udp,
            source,
            destination: self.socket.local_addr().unwrap(),
            contents: bytes.try_into().unwrap(),
        };
        let input = Input::Receive(Instant::now(), receive);
        self.rtc.handle_input(input).unwrap();
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => {
                    self.due = at;
                    return;
                }
                Output::Transmit(transmit) => {
                    let sent = self.socket.send_to(&transmit.contents, transmit.destination);
                    sent.unwrap();
                }
                Output::Event(Event::RtpPacket(packet)) => self.heard.push_back(packet.payload.to_vec()),
                Output::Event(_) => {}
            }
        }
    }
}
