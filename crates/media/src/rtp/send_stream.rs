//! The stream a peer hears from us: one source whose numbers never jump, whatever it is fed from.

use std::time::Instant;

use crate::limits::{FRAME, PAUSE_AFTER, SEQUENCE_JUMP_MAX, SEQUENCE_LATE_MAX};

use super::RtpHeader;

/// The sending end of one stream.
///
/// Packets of another leg, transcoded packets, prompts and digits follow one another in it; each
/// switch continues the numbers and lets the clock pass.
#[derive(Clone, Debug)]
pub struct SendStream {
    ssrc: u32,
    clock_rate_hz: u32,
    /// Counted on past 16 bits.
    next_sequence: u64,
    /// The latest timestamp, and when it was sent.
    last_timestamp: u32,
    last_timestamp_at: Option<Instant>,
    last_at: Option<Instant>,
    feed: Feed,
    packet_count: u64,
    byte_count: u64,
}

/// Where the last packet came from, and how its numbers map to ours.
#[derive(Clone, Debug)]
enum Feed {
    /// Nothing yet, or another kind of feed is about to start.
    None,
    /// We made it ourselves.
    Generated,
    /// It passed through from another stream.
    Passed {
        ssrc: u32,
        highest_in: u16,
        highest_out: u64,
        first_out: u64,
        timestamp_offset: u32,
    },
    /// It was transcoded from another stream.
    Transcoded {
        ssrc: u32,
        timestamp_in: u32,
        timestamp_out: u32,
        is_first: bool,
    },
}

impl SendStream {
    /// Starts a stream at numbers a stranger cannot guess (RFC 3550 section 5.1).
    pub fn new(ssrc: u32, clock_rate_hz: u32, first_sequence: u16, first_timestamp: u32) -> Self {
        Self {
            ssrc,
            clock_rate_hz,
            // Half the range: a first number near the wrap would confuse SRTP's roll-over counter.
            next_sequence: u64::from(first_sequence & 0x7FFF),
            last_timestamp: first_timestamp,
            last_timestamp_at: None,
            last_at: None,
            feed: Feed::None,
            packet_count: 0,
            byte_count: 0,
        }
    }

    /// Takes the clock rate of a newly negotiated codec.
    pub fn set_clock_rate(&mut self, clock_rate_hz: u32) {
        if self.clock_rate_hz != clock_rate_hz {
            self.clock_rate_hz = clock_rate_hz;
            self.feed = Feed::None;
        }
    }

    /// Ends the current feed; the next packet starts another.
    pub fn switch_feed(&mut self) {
        self.feed = Feed::None;
    }

    /// Renumbers a packet that passes through; `None` when it belongs before the feed began.
    pub fn pass(&mut self, incoming: &RtpHeader, payload_type: u8, now: Instant) -> Option<RtpHeader> {
        let mut marker = incoming.marker;
        let (sequence, timestamp) = match &mut self.feed {
            Feed::Passed {
                ssrc,
                highest_in,
                highest_out,
                first_out,
                timestamp_offset,
            } if *ssrc == incoming.ssrc && is_near(*highest_in, incoming.sequence) => {
                let ahead = i64::from(incoming.sequence.wrapping_sub(*highest_in) as i16);
                let sequence = highest_out.checked_add_signed(ahead)?;
                if sequence < *first_out {
                    return None;
                }
                if ahead > 0 {
                    *highest_in = incoming.sequence;
                    *highest_out = sequence;
                }
                (sequence, incoming.timestamp.wrapping_add(*timestamp_offset))
            }
            Feed::None | Feed::Generated | Feed::Passed { .. } | Feed::Transcoded { .. } => {
                marker = true;
                let (sequence, timestamp) = (self.next_sequence, self.timestamp_at(now));
                self.feed = Feed::Passed {
                    ssrc: incoming.ssrc,
                    highest_in: incoming.sequence,
                    highest_out: sequence,
                    first_out: sequence,
                    timestamp_offset: timestamp.wrapping_sub(incoming.timestamp),
                };
                (sequence, timestamp)
            }
        };
        Some(self.header(sequence, timestamp, payload_type, marker, now))
    }

    /// Begins the frames transcoded from a packet; false when it is late, for a decoder cannot go
    /// back.
    pub fn begin_transcoded(
        &mut self,
        incoming: &RtpHeader,
        incoming_clock_rate_hz: u32,
        now: Instant,
    ) -> bool {
        let (timestamp_out, is_first) = match self.feed {
            Feed::Transcoded {
                ssrc,
                timestamp_in,
                timestamp_out,
                ..
            } if ssrc == incoming.ssrc => {
                let units = incoming.timestamp.wrapping_sub(timestamp_in);
                if units as i32 <= 0 {
                    return false;
                }
                let units = u64::from(units) * u64::from(self.clock_rate_hz)
                    / u64::from(incoming_clock_rate_hz.max(1));
                (timestamp_out.wrapping_add(units as u32), incoming.marker)
            }
            Feed::None | Feed::Generated | Feed::Passed { .. } | Feed::Transcoded { .. } => {
                (self.timestamp_at(now), true)
            }
        };
        self.feed = Feed::Transcoded {
            ssrc: incoming.ssrc,
            timestamp_in: incoming.timestamp,
            timestamp_out,
            is_first,
        };
        true
    }

    /// Numbers a frame that starts `offset_samples` of 8 kHz after the packet begun last.
    pub fn transcoded(&mut self, offset_samples: i32, payload_type: u8, now: Instant) -> Option<RtpHeader> {
        let Feed::Transcoded {
            timestamp_out,
            is_first,
            ..
        } = &mut self.feed
        else {
            return None;
        };
        let marker = std::mem::take(is_first);
        let units = i64::from(offset_samples) * i64::from(self.clock_rate_hz) / 8_000;
        let timestamp = timestamp_out.wrapping_add(units as u32);
        Some(self.header(self.next_sequence, timestamp, payload_type, marker, now))
    }

    /// Numbers the next 20 ms frame we made ourselves.
    pub fn generate(&mut self, payload_type: u8, now: Instant) -> RtpHeader {
        let pause = self.last_at.map(|at| now.saturating_duration_since(at));
        let follows = matches!(self.feed, Feed::Generated) && pause.is_some_and(|p| p < PAUSE_AFTER);
        let timestamp = match follows {
            true => self.last_timestamp.wrapping_add(self.frame_units()),
            false => self.timestamp_at(now),
        };
        self.feed = Feed::Generated;
        self.header(self.next_sequence, timestamp, payload_type, !follows, now)
    }

    /// The timestamp a telephone event that starts now carries in all its packets.
    pub fn begin_event(&mut self, now: Instant) -> u32 {
        self.feed = Feed::None;
        self.timestamp_at(now)
    }

    /// Numbers a packet of the telephone event that began at `timestamp`.
    pub fn event(&mut self, timestamp: u32, payload_type: u8, marker: bool, now: Instant) -> RtpHeader {
        self.header(self.next_sequence, timestamp, payload_type, marker, now)
    }

    /// Counts a packet of `byte_count` bytes as sent.
    pub fn count(&mut self, byte_count: usize) {
        self.packet_count += 1;
        self.byte_count += byte_count as u64;
    }

    /// When the last packet was numbered.
    pub fn last_at(&self) -> Option<Instant> {
        self.last_at
    }

    /// Our source.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The clock rate in Hz.
    pub fn clock_rate_hz(&self) -> u32 {
        self.clock_rate_hz
    }

    /// Packets sent.
    pub fn packet_count(&self) -> u64 {
        self.packet_count
    }

    /// Bytes sent, headers included.
    pub fn byte_count(&self) -> u64 {
        self.byte_count
    }

    /// The timestamp of the moment `now`, at least one frame after the last.
    pub fn timestamp_at(&self, now: Instant) -> u32 {
        let Some(last_timestamp_at) = self.last_timestamp_at else {
            return self.last_timestamp;
        };
        let elapsed = now.saturating_duration_since(last_timestamp_at).max(FRAME);
        let units = elapsed.as_micros() * u128::from(self.clock_rate_hz) / 1_000_000;
        self.last_timestamp.wrapping_add(units as u32)
    }

    fn frame_units(&self) -> u32 {
        self.clock_rate_hz / 50
    }

    fn header(
        &mut self,
        sequence: u64,
        timestamp: u32,
        payload_type: u8,
        marker: bool,
        now: Instant,
    ) -> RtpHeader {
        self.next_sequence = self.next_sequence.max(sequence + 1);
        // The packets of a telephone event carry the time of its start; the clock goes on.
        let is_latest = timestamp.wrapping_sub(self.last_timestamp) as i32 > 0;
        if is_latest || self.last_timestamp_at.is_none() {
            self.last_timestamp = timestamp;
            self.last_timestamp_at = Some(now);
        }
        self.last_at = Some(now);
        RtpHeader {
            payload_type,
            marker,
            sequence: sequence as u16,
            timestamp,
            ssrc: self.ssrc,
        }
    }
}

fn is_near(highest: u16, sequence: u16) -> bool {
    let ahead = i64::from(sequence.wrapping_sub(highest) as i16);
    (-SEQUENCE_LATE_MAX..=SEQUENCE_JUMP_MAX).contains(&ahead)
}
