//! What is said once in a while, however often there is reason to.

use std::time::{Duration, Instant};

/// Lets something be said at once and then not again for a while, and counts what was left unsaid.
#[derive(Debug)]
pub(crate) struct Sparingly {
    every: Duration,
    said_at: Option<Instant>,
    unsaid_count: u64,
}

impl Sparingly {
    /// Has something said so often at most.
    pub(crate) const fn every(every: Duration) -> Self {
        Self {
            every,
            said_at: None,
            unsaid_count: 0,
        }
    }

    /// There is reason to say it: how often it was left unsaid since it was said last, if it is to be said now.
    pub(crate) fn say(&mut self, now: Instant) -> Option<u64> {
        let is_due = |at: Instant| now.saturating_duration_since(at) >= self.every;
        if self.said_at.is_none_or(is_due) {
            self.said_at = Some(now);
            return Some(std::mem::take(&mut self.unsaid_count));
        }
        self.unsaid_count += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_reason_to_say_all_the_time_is_said_now_and_then() {
        let mut sparingly = Sparingly::every(Duration::from_secs(10));
        let began_at = Instant::now();
        for (after_s, expected) in [
            (0, Some(0)),
            (1, None),
            (9, None),
            (10, Some(2)),
            (15, None),
            (30, Some(1)),
            (40, Some(0)),
        ] {
            let said = sparingly.say(began_at + Duration::from_secs(after_s));
            assert_eq!(said, expected, "after {after_s} s");
        }
    }
}
