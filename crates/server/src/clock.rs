//! The one source of time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// Wall-clock time that never goes back and never stands still: when the machine's clock is set back, it goes on from
/// where it was.
pub(crate) struct Clock {
    started: Instant,
    steady: Steady,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            steady: Steady::default(),
        }
    }
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall_ms = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        let elapsed_ms = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.steady.at(wall_ms, elapsed_ms))
    }
}

/// How far the wall clock is ahead of a clock that only goes forward; it may get further ahead, but never falls back.
struct Steady {
    ahead_ms: AtomicI64,
}

impl Default for Steady {
    fn default() -> Self {
        Self {
            ahead_ms: AtomicI64::new(i64::MIN),
        }
    }
}

impl Steady {
    fn at(&self, wall_ms: i64, elapsed_ms: i64) -> i64 {
        let ahead_ms = wall_ms.saturating_sub(elapsed_ms);
        let ahead_ms = self.ahead_ms.fetch_max(ahead_ms, Ordering::Relaxed).max(ahead_ms);
        elapsed_ms.saturating_add(ahead_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_follows_the_wall_clock_forward_and_goes_on_when_it_is_set_back() {
        let steady = Steady::default();
        for (wall_ms, elapsed_ms, expected) in [
            (1_000_000, 0, 1_000_000),
            (1_000_010, 10, 1_000_010),
            // Set forward by an hour, or woken up.
            (4_600_020, 20, 4_600_020),
            // Set back by an hour.
            (1_000_030, 30, 4_600_030),
            (1_060_030, 60_030, 4_660_030),
            // Right again.
            (4_660_100, 60_040, 4_660_100),
        ] {
            assert_eq!(steady.at(wall_ms, elapsed_ms), expected, "{wall_ms} {elapsed_ms}");
        }
    }
}
