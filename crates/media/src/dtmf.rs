//! Digits as telephone events (RFC 4733).

mod pace;
mod receive;
mod send;

pub(crate) use self::pace::DigitPace;
pub use self::receive::DigitReceiver;
pub use self::send::{DigitSender, EventPacket};

/// The payload of a telephone-event packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TelephoneEvent {
    /// The event code; 0 to 15 are digits.
    pub event: u8,
    /// The key was released.
    pub is_end: bool,
    /// The level below 0 dBm0, in dB, 0 to 63.
    pub volume: u8,
    /// How long the key has been down, in timestamp units.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Bytes of the payload.
    pub const BYTES: usize = 4;

    /// Reads a payload; only its first event counts.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (fields, _) = payload.split_first_chunk::<{ Self::BYTES }>()?;
        Some(Self {
            event: fields[0],
            is_end: fields[1] & 0x80 != 0,
            volume: fields[1] & 0x3F,
            duration: u16::from_be_bytes([fields[2], fields[3]]),
        })
    }

    /// The payload's bytes.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let [high, low] = self.duration.to_be_bytes();
        let end = u8::from(self.is_end) << 7;
        [self.event, end | (self.volume & 0x3F), high, low]
    }
}

/// The digit of an event code.
pub fn digit_of_event(event: u8) -> Option<char> {
    DIGITS.get(usize::from(event)).copied()
}

/// The event code of a digit: `0`-`9`, `*`, `#`, `A`-`D`.
pub fn event_of_digit(digit: char) -> Option<u8> {
    let digit = digit.to_ascii_uppercase();
    let event = DIGITS.iter().position(|known| *known == digit)?;
    u8::try_from(event).ok()
}

/// In the order of their event codes (RFC 4733 section 3.2, table 3).
const DIGITS: [char; 16] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D',
];
