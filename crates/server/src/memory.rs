//! Memory that is given back to the system.
//!
//! A call's memory is taken by one thread and freed by another. The allocator leaves such memory with the thread that
//! took it until that thread takes more, so after a flood most of it would stay: of 44 MB that a thousand calls cost, 31.
//! Hence every thread of the runtime tidies up now and then, when it has nothing to do.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How often one thread tidies up: it takes about half a millisecond after a flood, else a twentieth of that.
const TIDIED_EVERY: Duration = Duration::from_secs(5);

/// Gives back what this thread has no use for, unless it did so a moment ago.
pub(crate) fn tidy_up() {
    thread_local!(static TIDIED_AT: Cell<Option<Instant>> = const { Cell::new(None) });
    let now = Instant::now();
    let is_due = TIDIED_AT.get().is_none_or(|at| now - at >= TIDIED_EVERY);
    if is_due {
        TIDIED_AT.set(Some(now));
        // SAFETY: it may be called by any thread at any time.
        unsafe { libmimalloc_sys::mi_collect(false) };
    }
}
