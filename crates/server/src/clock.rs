//! The one source of time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// Wall-clock time that never goes back, even when the machine's clock is set back.
#[derive(Default)]
pub(crate) struct Clock {
    latest_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall_ms = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.latest_ms.fetch_max(wall_ms, Ordering::Relaxed).max(wall_ms))
    }
}
