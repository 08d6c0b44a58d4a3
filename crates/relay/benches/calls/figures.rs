//! What the system says about this process, and how figures are printed.

use std::fs;
use std::time::Duration;

use super::heap::in_use_kb;

/// CPU time of the relay's threads.
pub(crate) fn relay_cpu_time() -> Duration {
    let mut nanoseconds = 0;
    for task in fs::read_dir("/proc/self/task").unwrap() {
        let task = task.unwrap().path();
        let name = fs::read_to_string(task.join("comm")).unwrap();
        if name.starts_with("relay-") {
            let times = fs::read_to_string(task.join("schedstat")).unwrap();
            nanoseconds += times.split(' ').next().unwrap().parse::<u64>().unwrap();
        }
    }
    Duration::from_nanos(nanoseconds)
}

/// What this process uses, in kB.
pub(crate) struct Memory {
    /// Its memory with its share of shared pages; the kernel's part of its sockets is not in it.
    process_kb: f64,
    /// What of its heap has been allocated and not freed.
    heap_kb: f64,
}

impl Memory {
    /// After the allocator has been asked to give back to the system what it keeps for later.
    pub(crate) fn at_rest() -> Self {
        // SAFETY: the call takes no pointer and is allowed at any time.
        unsafe { libc::malloc_trim(0) };
        Self::now()
    }

    pub(crate) fn now() -> Self {
        let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap();
        Self {
            process_kb: line.trim().trim_end_matches(" kB").parse().unwrap(),
            heap_kb: in_use_kb(),
        }
    }
}

/// Prints how much more is used than before, per call or line.
pub(crate) fn print_memory(name: &str, per: &str, before: &Memory, after: &Memory, count: u64) {
    let share = |before: f64, after: f64| (after - before) / count as f64;
    print(
        &format!("{name}_memory_{per}"),
        share(before.process_kb, after.process_kb),
        "kB",
    );
    print(
        &format!("{name}_heap_{per}"),
        share(before.heap_kb, after.heap_kb),
        "kB",
    );
}

/// The value that a share of the values does not exceed.
pub(crate) fn percentile(sorted: &[u64], share: f64) -> u64 {
    let last = sorted.len().saturating_sub(1);
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(0)
}

pub(crate) fn print(name: &str, number: f64, unit: &str) {
    println!("{name}: {number:.2} {unit}");
}
