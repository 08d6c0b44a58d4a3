//! Every bound of the store, with its reason.

use std::time::Duration;

/// An append waits in a queue of at most so many: a slow database slows its callers down instead of filling
/// memory.
pub const APPENDS_QUEUED_MAX: usize = 4096;

/// One commit takes at most so many appends, so that the first of a burst does not wait for the last.
pub const GROUP_APPENDS_MAX: usize = 512;

/// A connection to a file is asked so often at most whether its thread runs: each question wakes that thread, and a thread
/// ends only by a bug.
pub(crate) const CONNECTION_ASKED_EVERY: Duration = Duration::from_secs(1);

/// Two commits are at least so far apart. Nobody notices it in a call, and under load it is what makes appends share
/// commits.
pub const COMMIT_EVERY: Duration = Duration::from_millis(20);

/// A list answers at most so many rows, whatever was asked for.
pub const PAGE_ROWS_MAX: u32 = 1000;

/// One statement takes at most so many rows: 64 of 12 columns stay far under the 32,766 parameters of SQLite.
pub const BULK_ROWS_MAX: usize = 64;

/// A number range has at most so many numbers: each becomes a row of the inventory.
pub const RANGE_NUMBERS_MAX: u64 = 10_000;

/// The first response to an idempotency key is kept for so long.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// A request that never finished (the process died) blocks its idempotency key for so long.
pub const IDEMPOTENCY_IN_PROGRESS_MAX: Duration = Duration::from_secs(60);

/// Outbox rows that are done are kept for so long, to look things up.
pub const OUTBOX_DONE_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// A statement waits for a free connection for so long before the database counts as unavailable.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// SQLite waits for another process (a backup) for so long before it gives up.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// So many statements sent at once are kept prepared: a connection keeps a hundred texts, and a call's are of few kinds.
pub const PREPARED_TOGETHER_MAX: usize = 12;

/// SQLite copies its write-ahead log into the database once it has so many pages of 4 KiB. The pages that every commit
/// touches are then copied, and synced, once per some hundred commits.
pub const CHECKPOINT_PAGES: u32 = 8000;

/// So many leases are renewed with one commit: the writer is not kept from calls for long.
pub const LEASES_AT_ONCE_MAX: usize = 256;

/// So many tenants' keys for finding parties are kept in memory, 64 bytes each.
pub const LOOKUP_KEYS_KEPT_MAX: usize = 10_000;
