//! RTP packets as bytes in place (RFC 3550), and what both ends of a stream remember.
//!
//! Nothing here allocates: a packet that only passes through is read, renumbered and sent from the
//! buffer it arrived in.

mod receive_stream;
mod send_stream;

use std::ops::Range;

pub use self::receive_stream::{ReceiveFigures, ReceiveStream, RefusedRtp};
pub use self::send_stream::SendStream;

/// The fields of an RTP header that streams are made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RtpHeader {
    /// What the payload is, 0 to 127.
    pub payload_type: u8,
    /// The start of a talk spurt or of a telephone event.
    pub marker: bool,
    /// Grows by one with each packet.
    pub sequence: u16,
    /// The sampling instant of the first sample, in units of the clock rate.
    pub timestamp: u32,
    /// The source.
    pub ssrc: u32,
}

/// An RTP packet's header and where in the packet its payload stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RtpView {
    /// The header.
    pub header: RtpHeader,
    /// The payload without extensions and padding.
    pub payload: Range<usize>,
}

/// The bytes are no RTP packet (RFC 3550 appendix A.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an RTP packet")]
pub struct NotRtp;

impl RtpHeader {
    /// Bytes of a header without contributing sources and extensions.
    pub const BYTES: usize = 12;

    /// Writes a header without extensions; `None` when the buffer is too short.
    pub fn write(&self, buffer: &mut [u8]) -> Option<usize> {
        let start = buffer.get_mut(..Self::BYTES)?;
        start[0] = VERSION_2;
        start[1] = (u8::from(self.marker) << 7) | (self.payload_type & 0x7F);
        start[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        start[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        start[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        Some(Self::BYTES)
    }
}

impl RtpView {
    /// Reads a packet; every length it claims is checked against the bytes there are.
    pub fn parse(packet: &[u8]) -> Result<Self, NotRtp> {
        let (fixed, _) = packet.split_first_chunk::<12>().ok_or(NotRtp)?;
        if fixed[0] & 0xC0 != VERSION_2 {
            return Err(NotRtp);
        }
        let source_count = usize::from(fixed[0] & 0x0F);
        let mut start = RtpHeader::BYTES + 4 * source_count;
        if fixed[0] & EXTENSION != 0 {
            let extension = packet.get(start..start + 4).ok_or(NotRtp)?;
            let words = u16::from_be_bytes([extension[2], extension[3]]);
            start += 4 + 4 * usize::from(words);
        }
        let padding = match (fixed[0] & PADDING, packet.last()) {
            (0, _) | (_, None) => 0,
            (_, Some(0)) => return Err(NotRtp),
            (_, Some(count)) => usize::from(*count),
        };
        let end = packet.len().checked_sub(padding).ok_or(NotRtp)?;
        if start > end {
            return Err(NotRtp);
        }
        let header = RtpHeader {
            payload_type: fixed[1] & 0x7F,
            marker: fixed[1] & 0x80 != 0,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
        };
        Ok(Self {
            header,
            payload: start..end,
        })
    }
}

const VERSION_2: u8 = 0x80;
const PADDING: u8 = 0x20;
const EXTENSION: u8 = 0x10;
