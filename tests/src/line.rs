//! An agent's line without a browser: `str0m` as an independent WebRTC peer that speaks a tone and keeps what it hears.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use media::tone::{tone, tone_share};
use media::{AudioDecoder, AudioEncoder, SAMPLES_PER_FRAME};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, SeqNo};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep_until};

const FRAME: Duration = Duration::from_millis(20);
const PCMU: u8 = 0;
/// Payload type of telephone events (RFC 4733) at 8 kHz, as Chromium numbers it.
const TELEPHONE_EVENT: u8 = 126;
const KEYS: &[u8] = b"0123456789*#ABCD";
/// Loud enough to be told from noise, far from clipping.
const AMPLITUDE: f64 = 8_000.0;
const DATAGRAM_BYTES_MAX: usize = 2_048;
/// What is looked at to find a tone: half a second.
const WINDOW: usize = 4_000;

/// An offer that waits for its answer.
pub struct Offered {
    peer: Peer,
    pending: SdpPendingOffer,
}

/// A line that connects by itself and goes on until it is dropped.
pub struct Line {
    heard: Arc<Mutex<Heard>>,
    is_speaking: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

/// What came in.
#[derive(Default)]
struct Heard {
    samples: Vec<i16>,
    keys: String,
    /// The time stamp of the last key: an event is sent many times.
    last_key_at: Option<u32>,
}

struct Peer {
    rtc: Rtc,
    mid: Mid,
    socket: UdpSocket,
    address: SocketAddr,
    samples: Vec<i16>,
    frames_count: u64,
    is_speaking: Arc<AtomicBool>,
    heard: Arc<Mutex<Heard>>,
}

impl Line {
    /// Makes an offer of a page whose microphone hears a tone.
    ///
    /// # Errors
    /// When there is no socket.
    pub async fn offer(tone_hz: f64) -> Result<(String, Offered)> {
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        let address = socket.local_addr()?;
        let mut config = RtcConfig::new()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .clear_codecs()
            .enable_pcmu(true, false)
            .set_rtp_mode(true);
        config.codec_config().add_config(
            TELEPHONE_EVENT.into(),
            None,
            Codec::Tele,
            Frequency::EIGHT_KHZ,
            None,
            FormatParams::default(),
        );
        let mut rtc = config.build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp")?)
            .context("the candidate is refused")?;
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().context("there is something to offer")?;
        let peer = Peer {
            rtc,
            mid,
            socket,
            address,
            // A whole number of periods for every whole frequency.
            samples: tone(&[tone_hz], AMPLITUDE, 8_000),
            frames_count: 0,
            is_speaking: Arc::new(AtomicBool::new(true)),
            heard: Arc::default(),
        };
        Ok((offer.to_sdp_string(), Offered { peer, pending }))
    }

    /// Sends the tone, or nothing at all: a page does the latter whenever it has no contact. A new line sends.
    pub fn set_speaking(&self, is_speaking: bool) {
        self.is_speaking.store(is_speaking, Ordering::Relaxed);
    }

    /// The share of a tone in what was heard last, 0 to 1.
    #[must_use]
    pub fn share_of(&self, tone_hz: f64) -> f64 {
        let heard = self.heard.lock().expect("the line's task does not panic");
        let from = heard.samples.len().saturating_sub(WINDOW);
        tone_share(&heard.samples[from..], tone_hz)
    }

    /// Waits until a tone is heard clearly.
    ///
    /// # Errors
    /// When it is not heard in time.
    pub async fn hears(&self, tone_hz: f64) -> Result<()> {
        let end = tokio::time::Instant::now() + Duration::from_secs(20);
        while self.share_of(tone_hz) < 0.8 {
            anyhow::ensure!(
                tokio::time::Instant::now() < end,
                "{tone_hz} Hz is not heard: its share is {:.2}",
                self.share_of(tone_hz)
            );
            sleep_until(tokio::time::Instant::now() + FRAME).await;
        }
        Ok(())
    }

    /// Waits until a second more is heard than until now.
    ///
    /// # Errors
    /// When it is not heard in time.
    pub async fn hears_on(&self) -> Result<()> {
        let until_ms = self.sound_ms() + 1_000;
        let end = tokio::time::Instant::now() + Duration::from_secs(20);
        while self.sound_ms() < until_ms {
            let now = tokio::time::Instant::now();
            anyhow::ensure!(now < end, "nothing is heard any more");
            sleep_until(now + FRAME).await;
        }
        Ok(())
    }

    /// How much sound was heard in all, in milliseconds; silence is none.
    #[must_use]
    pub fn sound_ms(&self) -> usize {
        let heard = self.heard.lock().expect("the line's task does not panic");
        let sounds = heard.samples.iter().filter(|sample| sample.unsigned_abs() > 100);
        sounds.count() / 8
    }

    /// The keys that were heard as telephone events.
    #[must_use]
    pub fn keys(&self) -> String {
        let heard = self.heard.lock().expect("the line's task does not panic");
        heard.keys.clone()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Offered {
    /// Takes the answer; from now on the line connects, speaks and listens.
    ///
    /// # Errors
    /// When the answer is none.
    pub fn connect(mut self, answer: &str) -> Result<Line> {
        let answer = SdpAnswer::from_sdp_string(answer)?;
        self.peer.rtc.sdp_api().accept_answer(self.pending, answer)?;
        let heard = Arc::clone(&self.peer.heard);
        let is_speaking = Arc::clone(&self.peer.is_speaking);
        let task = tokio::spawn(self.peer.run());
        Ok(Line {
            heard,
            is_speaking,
            task,
        })
    }
}

impl Heard {
    fn listen(&mut self, payload: &[u8], decoder: &mut AudioDecoder) {
        let mut samples = [0; SAMPLES_PER_FRAME * 6];
        let count = decoder.decode(payload, &mut samples);
        self.samples.extend(&samples[..count]);
    }

    fn press(&mut self, payload: &[u8], time: u32) {
        let key = payload.first().and_then(|event| KEYS.get(usize::from(*event)));
        if let Some(key) = key
            && self.last_key_at.replace(time) != Some(time)
        {
            self.keys.push(char::from(*key));
        }
    }
}

impl Peer {
    async fn run(mut self) {
        let mut frames: Interval = interval(FRAME);
        frames.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut decoder = AudioDecoder::new(media::Codec::Pcmu);
        let mut encoder = AudioEncoder::new(media::Codec::Pcmu);
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        while let Some(due_at) = self.drain(&mut decoder).await {
            tokio::select! {
                () = sleep_until(due_at.into()) => {
                    if self.rtc.handle_input(Input::Timeout(Instant::now())).is_err() {
                        return;
                    }
                }
                _ = frames.tick() => self.speak(&mut encoder),
                received = self.socket.recv_from(&mut buffer) => {
                    let Ok((len, source)) = received else {
                        continue;
                    };
                    let receive = Receive::new(Protocol::Udp, source, self.address, &buffer[..len]);
                    if let Ok(receive) = receive
                        && self.rtc.handle_input(Input::Receive(Instant::now(), receive)).is_err()
                    {
                        return;
                    }
                }
            }
        }
    }

    /// Sends what is to be sent and says when to go on; none when the connection is over.
    async fn drain(&mut self, decoder: &mut AudioDecoder) -> Option<Instant> {
        loop {
            match self.rtc.poll_output().ok()? {
                Output::Timeout(due_at) => return Some(due_at),
                Output::Transmit(transmit) => {
                    // UDP may lose it anyway.
                    drop(
                        self.socket
                            .send_to(&transmit.contents, transmit.destination)
                            .await,
                    );
                }
                Output::Event(Event::RtpPacket(packet)) => {
                    let mut heard = self.heard.lock().expect("nobody panics with it");
                    let time = packet.header.timestamp;
                    match *packet.header.payload_type {
                        TELEPHONE_EVENT => heard.press(&packet.payload, time),
                        _ => heard.listen(&packet.payload, decoder),
                    }
                }
                Output::Event(_) => {}
            }
        }
    }

    fn speak(&mut self, encoder: &mut AudioEncoder) {
        if !self.rtc.is_connected() || !self.is_speaking.load(Ordering::Relaxed) {
            return;
        }
        let from = (self.frames_count as usize * SAMPLES_PER_FRAME) % self.samples.len();
        let mut payload = [0; SAMPLES_PER_FRAME];
        let len = encoder.encode(&self.samples[from..from + SAMPLES_PER_FRAME], &mut payload);
        let number = self.frames_count;
        let time = (number as u32).wrapping_mul(SAMPLES_PER_FRAME as u32);
        self.frames_count += 1;
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(self.mid, None) else {
            return;
        };
        stream.write_rtp(RtpWrite::new(
            PCMU.into(),
            SeqNo::from(number),
            time,
            Instant::now(),
            &payload[..len],
        ));
    }
}
