//! Reports about streams (RFC 3550 section 6): who heard what of whom.

use std::time::{Duration, Instant};

/// One report about one received stream.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ReportBlock {
    /// The stream the report is about.
    pub ssrc: u32,
    /// The share lost since the report before, in 1/256.
    pub fraction_lost_256: u8,
    /// Packets lost since the start; 24 bits on the wire.
    pub lost_count: i32,
    /// The highest sequence number received, with its cycles.
    pub highest_sequence: u32,
    /// The jitter in timestamp units.
    pub jitter: u32,
    /// The middle of the time of the last sender report that came.
    pub last_report: u32,
    /// How long ago that was, in 1/65,536 s.
    pub delay_since_last_report: u32,
}

/// What a sender says of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SenderInfo {
    /// The time of the report, in the sender's own epoch.
    pub ntp: NtpTime,
    /// The same moment in timestamp units.
    pub timestamp: u32,
    /// Packets sent since the start.
    pub packet_count: u32,
    /// Payload bytes sent since the start.
    pub byte_count: u32,
}

/// A time of 32 bits of seconds and 32 bits of their fraction.
///
/// RFC 3550 section 4 lets a sender without a wall clock count from any moment; only differences
/// are ever used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NtpTime(pub u64);

impl NtpTime {
    /// The time `now`, counted from `epoch`.
    pub fn since(epoch: Instant, now: Instant) -> Self {
        let elapsed = now.saturating_duration_since(epoch);
        let fraction = (u64::from(elapsed.subsec_nanos()) << 32) / 1_000_000_000;
        // The first second is not 0, which in a report block means "none yet".
        Self(((elapsed.as_secs() + 1) << 32) | fraction)
    }

    /// The middle 32 bits: 1/65,536 s.
    pub fn middle(self) -> u32 {
        (self.0 >> 16) as u32
    }
}

/// What a compound packet says, as far as it is used.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RtcpView {
    /// The middle of the time of its sender report.
    pub sender_report: Option<u32>,
    /// The report about the stream asked for.
    pub block: Option<ReportBlock>,
}

impl RtcpView {
    /// Reads a compound packet and picks the report about `ssrc`; stops at what it cannot read.
    pub fn parse(packet: &[u8], ssrc: u32) -> Self {
        let mut view = Self::default();
        let mut rest = packet;
        while let Some((header, _)) = rest.split_first_chunk::<4>() {
            let words = u16::from_be_bytes([header[2], header[3]]);
            let length = 4 * (usize::from(words) + 1);
            let Some((part, next)) = rest.split_at_checked(length) else {
                break;
            };
            let blocks_start = match header[1] {
                _ if header[0] & 0xC0 != VERSION_2 => break,
                SENDER_REPORT => {
                    view.sender_report = word(part, 10);
                    SENDER_BLOCKS_START
                }
                RECEIVER_REPORT => RECEIVER_BLOCKS_START,
                _ => part.len(),
            };
            let block_count = usize::from(header[0] & 0x1F);
            let blocks = part.get(blocks_start..).unwrap_or(&[]);
            let blocks = blocks.chunks_exact(BLOCK_BYTES).take(block_count);
            let mut blocks = blocks.filter_map(ReportBlock::parse);
            view.block = view.block.or_else(|| blocks.find(|block| block.ssrc == ssrc));
            rest = next;
        }
        view
    }
}

impl ReportBlock {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let loss = word(bytes, 4)?;
        Some(Self {
            ssrc: word(bytes, 0)?,
            fraction_lost_256: (loss >> 24) as u8,
            lost_count: ((loss << 8) as i32) >> 8,
            highest_sequence: word(bytes, 8)?,
            jitter: word(bytes, 12)?,
            last_report: word(bytes, 16)?,
            delay_since_last_report: word(bytes, 20)?,
        })
    }

    fn write(&self, writer: &mut Writer<'_>) {
        let lost = self.lost_count.clamp(-(1 << 23), (1 << 23) - 1) as u32 & 0x00FF_FFFF;
        writer.word(self.ssrc);
        writer.word((u32::from(self.fraction_lost_256) << 24) | lost);
        writer.word(self.highest_sequence);
        writer.word(self.jitter);
        writer.word(self.last_report);
        writer.word(self.delay_since_last_report);
    }

    /// From our report to the peer and back, at the moment `now` (RFC 3550 section 6.4.1).
    pub fn round_trip(&self, now: NtpTime) -> Option<Duration> {
        if self.last_report == 0 {
            return None;
        }
        let passed = now.middle().wrapping_sub(self.last_report);
        let units = passed.checked_sub(self.delay_since_last_report)?;
        let round_trip = Duration::from_micros(u64::from(units) * 1_000_000 / 65_536);
        (round_trip < ROUND_TRIP_MAX).then_some(round_trip)
    }
}

/// Writes a report with our name; a receiver report when nothing has been sent.
/// `None` when the buffer is too short.
pub fn write_report(
    buffer: &mut [u8],
    ssrc: u32,
    cname: &str,
    sender: Option<SenderInfo>,
    block: Option<ReportBlock>,
) -> Option<usize> {
    let mut writer = Writer {
        buffer,
        len: 0,
        is_full: false,
    };
    let block_count = u8::from(block.is_some());
    let kind = if sender.is_some() {
        SENDER_REPORT
    } else {
        RECEIVER_REPORT
    };
    let words = 1 + 5 * u16::from(sender.is_some()) + 6 * u16::from(block_count);
    writer.header(block_count, kind, words);
    writer.word(ssrc);
    if let Some(sender) = sender {
        writer.word((sender.ntp.0 >> 32) as u32);
        writer.word(sender.ntp.0 as u32);
        writer.word(sender.timestamp);
        writer.word(sender.packet_count);
        writer.word(sender.byte_count);
    }
    if let Some(block) = block {
        block.write(&mut writer);
    }
    // One chunk with one item, ended by at least one zero (RFC 3550 section 6.5).
    let name = &cname.as_bytes()[..cname.len().min(CNAME_BYTES_MAX)];
    let padded = (2 + name.len()) / 4 * 4 + 4;
    writer.header(1, SOURCE_DESCRIPTION, 1 + (padded / 4) as u16);
    writer.word(ssrc);
    writer.bytes(&[CNAME, name.len() as u8]);
    writer.bytes(name);
    writer.bytes(&[0; 4][..padded - 2 - name.len()]);
    (!writer.is_full).then_some(writer.len)
}

const VERSION_2: u8 = 0x80;
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const CNAME: u8 = 1;
const CNAME_BYTES_MAX: usize = 64;
const BLOCK_BYTES: usize = 24;
const SENDER_BLOCKS_START: usize = 28;
const RECEIVER_BLOCKS_START: usize = 8;
/// A longer one is a peer that echoes nonsense.
const ROUND_TRIP_MAX: Duration = Duration::from_secs(30);

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let (word, _) = bytes.get(at..)?.split_first_chunk::<4>()?;
    Some(u32::from_be_bytes(*word))
}

struct Writer<'a> {
    buffer: &'a mut [u8],
    len: usize,
    is_full: bool,
}

impl Writer<'_> {
    fn header(&mut self, count: u8, kind: u8, words: u16) {
        self.bytes(&[VERSION_2 | count, kind]);
        self.bytes(&words.to_be_bytes());
    }

    fn word(&mut self, word: u32) {
        self.bytes(&word.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        match self.buffer.get_mut(self.len..self.len + bytes.len()) {
            Some(room) => room.copy_from_slice(bytes),
            None => self.is_full = true,
        }
        self.len += bytes.len();
    }
}
