//! What a leg is sent: the packets of its bridge, or what we make ourselves.

use std::time::Instant;

use crate::SAMPLES_PER_FRAME;
use crate::bridge::Path;
use crate::codec::{AudioEncoder, Codec};
use crate::dtmf::{EventPacket, TelephoneEvent};
use crate::rtp::{RtpHeader, RtpView};

use super::PlayKey;
use super::slot::Slot;

/// A packet of one leg on its way to the leg that hears it.
pub(super) struct Incoming {
    pub(super) view: RtpView,
    pub(super) codec: Codec,
    /// It carries a telephone event, not audio.
    pub(super) is_event: bool,
}

/// What came of a 20 ms slot.
pub(super) enum Frame {
    /// A plain packet of this many bytes.
    Packet(usize),
    /// Nothing is sent in this slot.
    Pause,
    /// The playback is over.
    Finished(PlayKey),
    /// There is nothing to send any more.
    Idle,
}

impl Slot {
    /// Turns the packet in `buffer`, of the bridged leg, into one for this leg.
    pub(super) fn hear(&mut self, buffer: &mut [u8], incoming: &Incoming, now: Instant) -> Option<usize> {
        if self.is_generating() || !self.audio.direction.sends() {
            return None;
        }
        let bridge = self.bridge.as_mut()?;
        match &mut bridge.path {
            Path::PassThrough => {
                let payload_type = match incoming.is_event {
                    true => self.audio.send.telephone_event?,
                    false => self.audio.send.audio,
                };
                let header = self.send.pass(&incoming.view.header, payload_type, now)?;
                // Extensions were negotiated with the other peer only.
                let payload = incoming.view.payload.clone();
                let len = RtpHeader::BYTES + payload.len();
                if payload.start > RtpHeader::BYTES {
                    buffer.copy_within(payload, RtpHeader::BYTES);
                }
                header.write(buffer)?;
                Some(len)
            }
            // The digit itself is sent anew: its clock differs.
            Path::Transcode(_) if incoming.is_event => None,
            Path::Transcode(transcoder) => {
                let rate = incoming.codec.clock_rate_hz();
                if !self.send.begin_transcoded(&incoming.view.header, rate, now) {
                    return None;
                }
                transcoder.push(&buffer[incoming.view.payload.clone()]);
                self.next_transcoded(buffer, now)
            }
        }
    }

    /// Writes the next transcoded packet that waits.
    pub(super) fn next_transcoded(&mut self, buffer: &mut [u8], now: Instant) -> Option<usize> {
        let Path::Transcode(transcoder) = &mut self.bridge.as_mut()?.path else {
            return None;
        };
        let frame = transcoder.pull(buffer.get_mut(RtpHeader::BYTES..)?)?;
        let payload_type = self.audio.send.audio;
        let header = self.send.transcoded(frame.offset_samples, payload_type, now)?;
        header.write(buffer)?;
        Some(RtpHeader::BYTES + frame.len)
    }

    /// Tells whether what it hears is transcoded.
    pub(super) fn transcodes(&self) -> bool {
        let path = self.bridge.as_ref().map(|bridge| &bridge.path);
        matches!(path, Some(Path::Transcode(_)))
    }

    pub(super) fn has_transcoded(&self) -> bool {
        let path = self.bridge.as_ref().map(|bridge| &bridge.path);
        matches!(path, Some(Path::Transcode(transcoder)) if transcoder.has_frame())
    }

    /// Makes the packet of a 20 ms slot: a digit first, else the playback.
    pub(super) fn make_frame(&mut self, buffer: &mut [u8], now: Instant) -> Frame {
        let may_send = self.audio.direction.sends();
        if self.digits_out.is_busy() {
            return self.make_event(buffer, now);
        }
        let Some(active) = &mut self.play else {
            return Frame::Idle;
        };
        let mut samples = [0; SAMPLES_PER_FRAME];
        if !active.playback.next_frame(&mut samples) {
            let play = active.play;
            self.play = None;
            self.send.switch_feed();
            return Frame::Finished(play);
        }
        // A held leg misses what is played meanwhile, as it would miss a person.
        if !may_send {
            return Frame::Pause;
        }
        self.make_audio(buffer, &samples, now)
            .map_or(Frame::Pause, Frame::Packet)
    }

    /// Makes a packet of 20 ms of audio of our own.
    pub(super) fn make_audio(
        &mut self,
        buffer: &mut [u8],
        samples: &[i16; SAMPLES_PER_FRAME],
        now: Instant,
    ) -> Option<usize> {
        let codec = self.audio.codec;
        let encoder = self.encoder.get_or_insert_with(|| AudioEncoder::new(codec));
        let len = encoder.encode(samples, buffer.get_mut(RtpHeader::BYTES..)?);
        if len == 0 {
            return None;
        }
        let header = self.send.generate(self.audio.send.audio, now);
        header.write(buffer)?;
        Some(RtpHeader::BYTES + len)
    }

    fn make_event(&mut self, buffer: &mut [u8], now: Instant) -> Frame {
        let clock_rate_hz = self.send.clock_rate_hz();
        let packet = match self.digits_out.next(clock_rate_hz) {
            Some(EventPacket::First(packet)) => {
                self.event_timestamp = self.send.begin_event(now);
                (packet, true)
            }
            Some(EventPacket::Update(packet)) => (packet, false),
            Some(EventPacket::Pause) => return Frame::Pause,
            None => return Frame::Idle,
        };
        // A peer that takes no events hears no digit; nothing in its codec would be understood.
        self.write_event(buffer, packet, now)
            .map_or(Frame::Pause, Frame::Packet)
    }

    fn write_event(
        &mut self,
        buffer: &mut [u8],
        (packet, is_first): (TelephoneEvent, bool),
        now: Instant,
    ) -> Option<usize> {
        let payload_type = self.audio.send.telephone_event?;
        if !self.audio.direction.sends() {
            return None;
        }
        let end = RtpHeader::BYTES + TelephoneEvent::BYTES;
        let payload = buffer.get_mut(RtpHeader::BYTES..end)?;
        payload.copy_from_slice(&packet.to_bytes());
        let header = self.send.event(self.event_timestamp, payload_type, is_first, now);
        header.write(buffer)?;
        Some(end)
    }
}
