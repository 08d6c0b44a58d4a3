//! One leg of a worker, with everything about its audio.

use std::time::{Duration, Instant};

use crate::bridge::Path;
use crate::codec::{AudioEncoder, Codec};
use crate::dtmf::{DigitPace, DigitReceiver, DigitSender};
use crate::leg_io::Leg;
use crate::limits::{FRAME, KEEPALIVE_AFTER, REPORT_INTERVAL};
use crate::playback::Playback;
use crate::rtp::{ReceiveStream, SendStream};

use super::reports::Reports;
use super::{Deadline, LegAudio, LegKey, LegStats, PlayKey, SocketKey, StreamIdentity};

pub(super) struct Slot {
    pub(super) key: LegKey,
    pub(super) socket: SocketKey,
    pub(super) leg: Leg,
    pub(super) audio: LegAudio,
    pub(super) cname: String,
    pub(super) receive: ReceiveStream,
    pub(super) send: SendStream,
    pub(super) digits_in: DigitReceiver,
    pub(super) digits_out: DigitSender,
    pub(super) digit_pace: DigitPace,
    /// The timestamp of the digit being sent.
    pub(super) event_timestamp: u32,
    pub(super) play: Option<ActivePlay>,
    /// For what we make ourselves; made when first needed.
    pub(super) encoder: Option<AudioEncoder>,
    pub(super) bridge: Option<Bridged>,
    pub(super) is_muted: bool,
    /// When the next frame of a prompt or digit is due.
    pub(super) next_frame_at: Option<Instant>,
    /// Since when the peer should have been sending.
    pub(super) expects_since: Instant,
    pub(super) is_timed_out: bool,
    pub(super) reports: Reports,
    pub(super) unusable_count: u64,
    /// The earliest wake-up the timers hold.
    pub(super) scheduled_at: Option<Instant>,
}

/// A playback on its way to the leg.
pub(super) struct ActivePlay {
    pub(super) play: PlayKey,
    pub(super) playback: Playback,
}

/// The leg this one hears, and how.
pub(super) struct Bridged {
    pub(super) other: usize,
    pub(super) path: Path,
}

impl Slot {
    pub(super) fn new(
        key: LegKey,
        socket: SocketKey,
        leg: Leg,
        identity: StreamIdentity,
        audio: LegAudio,
        first_numbers: (u16, u32),
        now: Instant,
    ) -> Self {
        let clock_rate_hz = audio.codec.clock_rate_hz();
        let (sequence, timestamp) = first_numbers;
        Self {
            key,
            socket,
            leg,
            audio,
            cname: identity.cname,
            receive: ReceiveStream::new(clock_rate_hz),
            send: SendStream::new(identity.ssrc, clock_rate_hz, sequence, timestamp),
            digits_in: DigitReceiver::new(clock_rate_hz),
            digits_out: DigitSender::default(),
            digit_pace: DigitPace::new(now),
            event_timestamp: 0,
            play: None,
            encoder: None,
            bridge: None,
            is_muted: false,
            next_frame_at: None,
            expects_since: now,
            is_timed_out: false,
            reports: Reports::new(now + REPORT_INTERVAL),
            unusable_count: 0,
            scheduled_at: None,
        }
    }

    /// Takes what a further exchange agreed on.
    pub(super) fn set_audio(&mut self, audio: LegAudio, now: Instant) {
        if audio.codec != self.audio.codec {
            let clock_rate_hz = audio.codec.clock_rate_hz();
            self.encoder = None;
            self.receive.set_clock_rate(clock_rate_hz);
            self.send.set_clock_rate(clock_rate_hz);
            self.digits_in = DigitReceiver::new(clock_rate_hz);
        }
        if audio.direction != self.audio.direction {
            self.expects_since = now;
            self.is_timed_out = false;
            self.send.switch_feed();
        }
        self.audio = audio;
    }

    /// Makes this leg hear `other`.
    pub(super) fn bridge_to(&mut self, other: usize, codec: Codec) {
        self.bridge = Some(Bridged {
            other,
            path: Path::new(codec, self.audio.codec),
        });
        self.send.switch_feed();
    }

    /// Tells whether a prompt or a digit has precedence over the bridge now.
    pub(super) fn is_generating(&self) -> bool {
        self.play.is_some() || self.digits_out.is_busy()
    }

    pub(super) fn codec(&self) -> Codec {
        self.audio.codec
    }

    /// The earliest reason to wake up.
    pub(super) fn poll_timeout(&self, media_timeout: Duration) -> Option<(Instant, Deadline)> {
        let frame = self.next_frame_at.map(|at| (at, Deadline::Frame));
        let line = self.leg.poll_timeout().map(|at| (at, Deadline::Line));
        let report = Some((self.reports.next_at, Deadline::Report));
        let keepalive = self.keepalive_at().map(|at| (at, Deadline::Keepalive));
        let silence = self.media_timeout_at(media_timeout);
        let silence = silence.map(|at| (at, Deadline::MediaTimeout));
        let deadlines = [frame, line, report, keepalive, silence];
        deadlines.into_iter().flatten().min()
    }

    /// When the peer, or a translator on the way, may begin to think that we are gone. Browsers
    /// check by themselves.
    fn keepalive_at(&self) -> Option<Instant> {
        let is_plain = matches!(self.leg, Leg::Rtp(_));
        let kept_at = self.send.last_at().max(self.reports.keepalive_tried_at);
        is_plain.then(|| kept_at.unwrap_or(self.expects_since) + KEEPALIVE_AFTER)
    }

    /// When silence becomes a fault. Browsers stop sending when they please; their lines have
    /// consent checks instead.
    fn media_timeout_at(&self, media_timeout: Duration) -> Option<Instant> {
        let is_plain = matches!(self.leg, Leg::Rtp(_));
        if !is_plain || self.is_timed_out || !self.audio.direction.receives() {
            return None;
        }
        let heard_at = self.receive.last_at().unwrap_or(self.expects_since);
        Some(heard_at.max(self.expects_since) + media_timeout)
    }

    /// Moves on to the frame after the one that is due; after a stall it does not catch up more
    /// than a few.
    pub(super) fn advance_frame(&mut self, now: Instant) {
        if let Some(at) = self.next_frame_at {
            let mut next_at = at + FRAME;
            let behind = now.saturating_duration_since(next_at);
            if behind > CATCH_UP_MAX {
                let frames = behind.as_nanos().div_ceil(FRAME.as_nanos());
                next_at += FRAME * u32::try_from(frames).unwrap_or(u32::MAX);
            }
            self.next_frame_at = Some(next_at);
        }
    }

    pub(super) fn stats(&self) -> LegStats {
        LegStats {
            received: self.receive.figures(),
            sent_packet_count: self.send.packet_count(),
            sent_byte_count: self.send.byte_count(),
            refused_count: self.leg.refused_count(),
            unusable_count: self.unusable_count,
            remote: self.reports.remote,
        }
    }
}

/// A jitter buffer of a telephone holds about this much.
const CATCH_UP_MAX: Duration = Duration::from_millis(100);
