//! How many digits are believed: more than fingers press are an attack on whoever waits for them.

use std::time::Instant;

use crate::limits::{DIGIT_SPACING, DIGITS_AT_ONCE_MAX};

/// Counts the digits of one leg.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DigitPace {
    /// When all digits so far would have been pressed at the fastest.
    caught_up_at: Instant,
}

impl DigitPace {
    pub(crate) fn new(now: Instant) -> Self {
        Self { caught_up_at: now }
    }

    /// Takes a digit in; false when it is one too many.
    pub(crate) fn takes(&mut self, now: Instant) -> bool {
        let caught_up_at = self.caught_up_at.max(now) + DIGIT_SPACING;
        let is_possible = caught_up_at <= now + DIGIT_SPACING * DIGITS_AT_ONCE_MAX;
        if is_possible {
            self.caught_up_at = caught_up_at;
        }
        is_possible
    }
}
