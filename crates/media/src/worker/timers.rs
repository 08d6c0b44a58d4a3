//! When each leg wants to be woken.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use super::Deadline;

/// Wake-ups of many slots. A slot that wants to sleep longer is woken once too early and asked
/// again, so a packet that only postpones a deadline costs nothing here.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Instant, Deadline, usize)>>,
}

impl Timers {
    /// Wakes the slot then; `scheduled_at` is its memory of the earliest wake-up it has.
    pub(super) fn schedule(
        &mut self,
        index: usize,
        (at, deadline): (Instant, Deadline),
        scheduled_at: &mut Option<Instant>,
    ) {
        if scheduled_at.is_none_or(|scheduled_at| at < scheduled_at) {
            *scheduled_at = Some(at);
            self.heap.push(Reverse((at, deadline, index)));
        }
    }

    /// Takes a slot whose time has come, with that time.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<(Instant, usize)> {
        let Reverse((at, ..)) = self.heap.peek()?;
        if *at > now {
            return None;
        }
        self.heap.pop().map(|Reverse((at, _, index))| (at, index))
    }

    pub(super) fn next(&self) -> Option<(Instant, Deadline)> {
        let Reverse((at, deadline, _)) = self.heap.peek()?;
        Some((*at, *deadline))
    }
}
