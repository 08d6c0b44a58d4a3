//! Hearing each digit once, however often and in whatever order its packets come.

use super::{TelephoneEvent, digit_of_event};
use crate::limits::DIGIT_MIN;

/// The receiving end of telephone events.
#[derive(Clone, Debug)]
pub struct DigitReceiver {
    clock_rate_hz: u32,
    last: Option<Heard>,
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    event: u8,
    timestamp: u32,
    duration: u16,
    is_reported: bool,
}

impl DigitReceiver {
    /// Starts with events of this clock rate.
    pub fn new(clock_rate_hz: u32) -> Self {
        Self {
            clock_rate_hz,
            last: None,
        }
    }

    /// Takes a packet's timestamp and payload; returns the digit once it has lasted [`DIGIT_MIN`].
    ///
    /// The end packet is not waited for: all three copies of it may be lost.
    pub fn handle(&mut self, timestamp: u32, payload: &[u8]) -> Option<char> {
        let packet = TelephoneEvent::parse(payload)?;
        let digit = digit_of_event(packet.event)?;
        let mut heard = Heard {
            event: packet.event,
            timestamp,
            duration: packet.duration,
            is_reported: false,
        };
        if let Some(last) = self.last {
            let after_last = timestamp.wrapping_sub(last.timestamp) as i32;
            if after_last < 0 {
                return None;
            }
            // A key held longer than 65,535 units continues under a new timestamp
            // (RFC 4733 section 2.5.1.3).
            let continues = last.event == packet.event
                && last.duration > 0
                && after_last.unsigned_abs() == u32::from(last.duration)
                && last.duration >= LONG_EVENT_UNITS_MIN;
            if after_last == 0 || continues {
                heard.is_reported = last.is_reported;
            }
        }
        let is_long_enough = u32::from(packet.duration) >= self.least_units();
        let is_new = is_long_enough && !heard.is_reported;
        heard.is_reported |= is_new;
        self.last = Some(heard);
        is_new.then_some(digit)
    }

    fn least_units(&self) -> u32 {
        let units = DIGIT_MIN.as_millis() * u128::from(self.clock_rate_hz) / 1_000;
        u32::try_from(units).unwrap_or(u32::MAX)
    }
}

/// A sender splits an event shortly before its duration overflows.
const LONG_EVENT_UNITS_MIN: u16 = 0xF000;
