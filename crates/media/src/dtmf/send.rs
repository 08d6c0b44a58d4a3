//! Sending digits one after the other.

use std::collections::VecDeque;

use super::{TelephoneEvent, event_of_digit};
use crate::limits::{DIGIT_PAUSE, DIGIT_SENT, DIGITS_WAITING_MAX, FRAME};

/// The sending end of telephone events; asked for a packet every 20 ms.
#[derive(Clone, Debug, Default)]
pub struct DigitSender {
    waiting: VecDeque<u8>,
    current: Option<Current>,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    event: u8,
    /// Packets made of this event, pauses included.
    frame_count: u32,
}

/// A packet to send, or the pause between digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EventPacket {
    /// The first packet of a digit: the stream's clock gives the event's timestamp now.
    First(TelephoneEvent),
    /// Nothing is sent, so that the next digit stands apart.
    Pause,
    /// A further packet under the same timestamp.
    Update(TelephoneEvent),
}

impl DigitSender {
    /// Queues a digit; one that does not exist, or too many, is refused.
    pub fn push(&mut self, digit: char) -> bool {
        match event_of_digit(digit) {
            Some(event) if self.waiting.len() < DIGITS_WAITING_MAX => {
                self.waiting.push_back(event);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Tells whether a digit is being sent or waits.
    pub fn is_busy(&self) -> bool {
        self.current.is_some() || !self.waiting.is_empty()
    }

    /// What to send in this 20 ms slot; `None` when there is nothing to do.
    pub fn next(&mut self, clock_rate_hz: u32) -> Option<EventPacket> {
        let mut current = match self.current {
            Some(current) => current,
            None => Current {
                event: self.waiting.pop_front()?,
                frame_count: 0,
            },
        };
        current.frame_count += 1;
        let frame = current.frame_count;
        let is_over = frame >= END_FRAMES + PRESSED_FRAMES + PAUSE_FRAMES;
        self.current = (!is_over).then_some(current);
        if frame > PRESSED_FRAMES + END_FRAMES {
            return Some(EventPacket::Pause);
        }
        let units = frame.min(PRESSED_FRAMES) * (clock_rate_hz / 50);
        let packet = TelephoneEvent {
            event: current.event,
            is_end: frame > PRESSED_FRAMES,
            volume: 10,
            duration: u16::try_from(units).unwrap_or(u16::MAX),
        };
        Some(match frame {
            1 => EventPacket::First(packet),
            _ => EventPacket::Update(packet),
        })
    }
}

/// The end is sent three times (RFC 4733 section 2.5.1.4).
const END_FRAMES: u32 = 3;
const PRESSED_FRAMES: u32 = (DIGIT_SENT.as_millis() / FRAME.as_millis()) as u32;
const PAUSE_FRAMES: u32 = (DIGIT_PAUSE.as_millis() / FRAME.as_millis()) as u32;
