//! What we remember of the packets a peer sends: order, loss, jitter.

use std::time::Instant;

use crate::limits::{SEQUENCE_JUMP_MAX, SEQUENCE_LATE_MAX, SSRC_SWITCH_AFTER};

use super::RtpHeader;

/// Why a packet of the peer is not used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RefusedRtp {
    /// It came before.
    Duplicate,
    /// Its number is far from the last; the next packet tells whether the stream began anew.
    Jump,
    /// Another source speaks at this moment.
    OtherSource,
    /// It is too late to be of use.
    TooLate,
}

/// The figures of a received stream (RFC 3550 sections 6.4.1 and A.3).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ReceiveFigures {
    /// Packets used.
    pub packet_count: u64,
    /// Bytes of those packets, headers included.
    pub byte_count: u64,
    /// Packets that should have come and did not.
    pub lost_count: u64,
    /// Packets that came twice.
    pub duplicate_count: u64,
    /// Packets of a source that was not the current one.
    pub other_source_count: u64,
    /// The interarrival jitter in microseconds (RFC 3550 section A.8).
    pub jitter_us: u32,
}

/// The receiving end of one stream; sources may follow one another.
#[derive(Clone, Debug)]
pub struct ReceiveStream {
    clock_rate_hz: u32,
    source: Option<Source>,
    /// The figures of the sources before the current one.
    past: ReceiveFigures,
}

#[derive(Clone, Debug)]
struct Source {
    ssrc: u32,
    /// Sequence numbers are counted on past 16 bits (RFC 3550 section A.1).
    first_sequence: u64,
    highest_sequence: u64,
    /// Bit n: `highest_sequence - n` has come.
    seen: u64,
    expected_after_jump: Option<u16>,
    packet_count: u64,
    byte_count: u64,
    duplicate_count: u64,
    other_source_count: u64,
    first_at: Instant,
    last_at: Instant,
    last_timestamp: u32,
    transit: Option<i64>,
    /// 16 times the jitter in timestamp units.
    jitter_16: i64,
}

impl ReceiveStream {
    /// Starts without a source.
    pub fn new(clock_rate_hz: u32) -> Self {
        Self {
            clock_rate_hz,
            source: None,
            past: ReceiveFigures::default(),
        }
    }

    /// Takes the clock rate of a newly negotiated codec.
    pub fn set_clock_rate(&mut self, clock_rate_hz: u32) {
        if self.clock_rate_hz != clock_rate_hz {
            self.clock_rate_hz = clock_rate_hz;
            self.forget_source();
        }
    }

    /// Lets any source follow at once, after the peer was signalled anew.
    pub fn forget_source(&mut self) {
        self.past = self.figures();
        self.source = None;
    }

    /// Counts a packet of `byte_count` bytes and says whether it is to be used.
    pub fn accept(&mut self, header: &RtpHeader, byte_count: usize, now: Instant) -> Result<(), RefusedRtp> {
        let clock_rate_hz = self.clock_rate_hz;
        match &mut self.source {
            Some(source) if source.ssrc == header.ssrc => {
                source.accept(header, byte_count, clock_rate_hz, now)
            }
            Some(source) if now.saturating_duration_since(source.last_at) < SSRC_SWITCH_AFTER => {
                source.other_source_count += 1;
                Err(RefusedRtp::OtherSource)
            }
            Some(_) | None => {
                self.past = self.figures();
                self.source = Some(Source::new(header, byte_count, clock_rate_hz, now));
                Ok(())
            }
        }
    }

    /// When the last packet was used.
    pub fn last_at(&self) -> Option<Instant> {
        self.source.as_ref().map(|source| source.last_at)
    }

    /// The current source.
    pub fn ssrc(&self) -> Option<u32> {
        self.source.as_ref().map(|source| source.ssrc)
    }

    /// The highest number received of the current source, counted on past 16 bits.
    pub fn highest_sequence(&self) -> Option<u64> {
        self.source.as_ref().map(|source| source.highest_sequence)
    }

    /// The jitter in timestamp units, as RTCP reports it.
    pub fn jitter_units(&self) -> u32 {
        let jitter = self.source.as_ref().map_or(0, |source| source.jitter_16 / 16);
        u32::try_from(jitter).unwrap_or(u32::MAX)
    }

    /// Packets of the current source that should have come and how many did not.
    pub fn expected_and_lost(&self) -> (u64, u64) {
        self.source.as_ref().map_or((0, 0), Source::expected_and_lost)
    }

    /// The figures of all sources together; the jitter is the last source's.
    pub fn figures(&self) -> ReceiveFigures {
        let mut sum = self.past;
        if let Some(source) = &self.source {
            let jitter_us = u64::from(self.jitter_units()) * 1_000_000 / u64::from(self.clock_rate_hz.max(1));
            sum.packet_count += source.packet_count;
            sum.byte_count += source.byte_count;
            sum.lost_count += source.expected_and_lost().1;
            sum.duplicate_count += source.duplicate_count;
            sum.other_source_count += source.other_source_count;
            sum.jitter_us = u32::try_from(jitter_us).unwrap_or(u32::MAX);
        }
        sum
    }
}

impl Source {
    fn new(header: &RtpHeader, byte_count: usize, clock_rate_hz: u32, now: Instant) -> Self {
        // Counting starts one cycle up, so that a late packet before the first has a number too.
        let sequence = (1 << 16) | u64::from(header.sequence);
        let mut source = Self {
            ssrc: header.ssrc,
            first_sequence: sequence,
            highest_sequence: sequence,
            seen: 1,
            expected_after_jump: None,
            packet_count: 0,
            byte_count: 0,
            duplicate_count: 0,
            other_source_count: 0,
            first_at: now,
            last_at: now,
            last_timestamp: header.timestamp,
            transit: None,
            jitter_16: 0,
        };
        source.count(header, byte_count, clock_rate_hz, now);
        source
    }

    fn accept(
        &mut self,
        header: &RtpHeader,
        byte_count: usize,
        clock_rate_hz: u32,
        now: Instant,
    ) -> Result<(), RefusedRtp> {
        let low = self.highest_sequence as u16;
        let ahead = i64::from(header.sequence.wrapping_sub(low) as i16);
        if !(-SEQUENCE_LATE_MAX..=SEQUENCE_JUMP_MAX).contains(&ahead) {
            return self.jump(header, byte_count, clock_rate_hz, now);
        }
        self.expected_after_jump = None;
        if ahead > 0 {
            self.highest_sequence += ahead.unsigned_abs();
            self.seen = u32::try_from(ahead)
                .ok()
                .and_then(|shift| self.seen.checked_shl(shift))
                .unwrap_or(0)
                | 1;
        } else {
            let behind = u32::try_from(-ahead).unwrap_or(u32::MAX);
            let bit = 1_u64.checked_shl(behind).ok_or(RefusedRtp::TooLate)?;
            if self.seen & bit != 0 {
                self.duplicate_count += 1;
                return Err(RefusedRtp::Duplicate);
            }
            self.seen |= bit;
            let sequence = self.highest_sequence - ahead.unsigned_abs();
            self.first_sequence = self.first_sequence.min(sequence);
        }
        self.count(header, byte_count, clock_rate_hz, now);
        Ok(())
    }

    /// A far number begins the stream anew only when its successor follows (RFC 3550 section A.1).
    fn jump(
        &mut self,
        header: &RtpHeader,
        byte_count: usize,
        clock_rate_hz: u32,
        now: Instant,
    ) -> Result<(), RefusedRtp> {
        if self.expected_after_jump != Some(header.sequence) {
            self.expected_after_jump = Some(header.sequence.wrapping_add(1));
            return Err(RefusedRtp::Jump);
        }
        let (_, lost) = self.expected_and_lost();
        let sequence = self.highest_sequence + (1 << 16);
        self.highest_sequence = (sequence & !0xFFFF) | u64::from(header.sequence);
        // Losses so far stay counted; the jump itself is none.
        self.first_sequence = self.highest_sequence - self.packet_count - lost;
        self.seen = 1;
        self.expected_after_jump = None;
        self.transit = None;
        self.count(header, byte_count, clock_rate_hz, now);
        Ok(())
    }

    fn count(&mut self, header: &RtpHeader, byte_count: usize, clock_rate_hz: u32, now: Instant) {
        self.packet_count += 1;
        self.byte_count += byte_count as u64;
        // RFC 3550 section A.8. The packets of a telephone event share one timestamp and would
        // count as jitter.
        let is_repeated = self.transit.is_some() && header.timestamp == self.last_timestamp;
        if !is_repeated {
            let elapsed = now.saturating_duration_since(self.first_at).as_micros();
            let units = elapsed * u128::from(clock_rate_hz) / 1_000_000;
            let transit = i64::from((units as u32).wrapping_sub(header.timestamp));
            if let Some(last_transit) = self.transit {
                let change = i64::from((transit.wrapping_sub(last_transit)) as i32).abs();
                self.jitter_16 += change - ((self.jitter_16 + 8) >> 4);
            }
            self.transit = Some(transit);
            self.last_timestamp = header.timestamp;
        }
        self.last_at = now;
    }

    fn expected_and_lost(&self) -> (u64, u64) {
        let expected = self.highest_sequence - self.first_sequence + 1;
        (expected, expected.saturating_sub(self.packet_count))
    }
}
