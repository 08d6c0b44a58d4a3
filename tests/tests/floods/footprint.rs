//! What a process takes of the machine.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tests::offhook::Offhook;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Longer than SIP keeps anything of a call that is over, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Two looks in a row this near to each other count as the same.
const NOISE_MB: u64 = 1;

/// What a process takes at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Footprint {
    /// Memory that is in use, in MB of a million bytes.
    pub(crate) resident_mb: u64,
    /// Open sockets.
    pub(crate) sockets_count: usize,
    /// Open files and what else is open.
    pub(crate) files_count: usize,
}

/// Keeps the most that a process takes of each.
pub(crate) struct Watch {
    most: Arc<Mutex<Footprint>>,
    task: JoinHandle<()>,
}

impl Footprint {
    /// Waits until a process takes the same from one second to the next.
    pub(crate) async fn settled(offhook: &Offhook) -> Result<Self> {
        let mut looks = interval(LOOK_EVERY * 4);
        let mut last = Self::of(pid(offhook)?)?;
        for _ in 0..PATIENCE.as_secs() {
            looks.tick().await;
            let seen = Self::of(pid(offhook)?)?;
            let is_same = seen.resident_mb.abs_diff(last.resident_mb) <= NOISE_MB
                && seen.sockets_count == last.sockets_count;
            if is_same {
                return Ok(seen);
            }
            last = seen;
        }
        bail!("the process does not settle: it takes {last:?}")
    }

    /// Waits until a process takes no more sockets than before, and of memory and files at most so many more.
    pub(crate) async fn until_near(offhook: &Offhook, before: &Self, more: &Self) -> Result<Self> {
        let mut looks = interval(LOOK_EVERY);
        let end = Instant::now() + PATIENCE;
        loop {
            let seen = Self::of(pid(offhook)?)?;
            let is_near = seen.resident_mb <= before.resident_mb + more.resident_mb
                && seen.sockets_count <= before.sockets_count + more.sockets_count
                && seen.files_count <= before.files_count + more.files_count;
            if is_near {
                return Ok(seen);
            }
            if Instant::now() > end {
                bail!("took {before:?} before and still takes {seen:?} after {PATIENCE:?}");
            }
            looks.tick().await;
        }
    }

    fn raise(&mut self, seen: Self) {
        self.resident_mb = self.resident_mb.max(seen.resident_mb);
        self.sockets_count = self.sockets_count.max(seen.sockets_count);
        self.files_count = self.files_count.max(seen.files_count);
    }

    fn of(pid: u32) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.context("no resident memory is told")?;
        let resident_kib: u64 = resident.trim().trim_end_matches(" kB").parse()?;
        let (mut sockets_count, mut files_count) = (0, 0);
        for descriptor in fs::read_dir(format!("/proc/{pid}/fd"))? {
            // One that was closed meanwhile is none.
            if let Ok(opened) = fs::read_link(descriptor?.path()) {
                let is_socket = opened.to_string_lossy().starts_with("socket:");
                sockets_count += usize::from(is_socket);
                files_count += usize::from(!is_socket);
            }
        }
        Ok(Self {
            resident_mb: resident_kib * 1024 / 1_000_000,
            sockets_count,
            files_count,
        })
    }
}

impl Watch {
    pub(crate) fn start(offhook: &Offhook) -> Result<Self> {
        let pid = pid(offhook)?;
        let most = Arc::new(Mutex::new(Footprint::of(pid)?));
        let kept = Arc::clone(&most);
        let task = tokio::spawn(async move {
            let mut looks = interval(LOOK_EVERY);
            looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            while let Ok(seen) = Footprint::of(pid) {
                kept.lock().unwrap_or_else(PoisonError::into_inner).raise(seen);
                looks.tick().await;
            }
        });
        Ok(Self { most, task })
    }

    /// The most that was taken at any look.
    pub(crate) fn end(self) -> Footprint {
        self.task.abort();
        *self.most.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pid(offhook: &Offhook) -> Result<u32> {
    offhook.pid().context("offhook has ended")
}
