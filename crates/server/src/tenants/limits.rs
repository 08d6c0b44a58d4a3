//! What the tasks of tenants may not exceed, and why.

use std::time::Duration;

/// So many messages wait for a tenant's task: some seconds of the busiest tenant while the database is away.
pub(super) const INBOX_MAX: usize = 65_536;

/// The part of the inbox that is kept for what must not get lost: ends of legs above all.
pub(super) const INBOX_RESERVED: usize = INBOX_MAX / 2;

/// So many messages are handled before their events are appended: enough that a burst shares its commits, few enough
/// that its first reply does not wait for its last.
pub(super) const BATCH_MAX: usize = 256;

/// An append that takes longer than this is a stall: new calls and requests are turned away until it is done.
pub(super) const STALLED_AFTER: Duration = Duration::from_secs(2);

/// So many messages are put aside during a stall; the rest waits in the inbox.
pub(super) const BACKLOG_MAX: usize = INBOX_MAX / 2;

/// So many tenants are loaded at the same time: a restart finds all that were running, and a call to a cold tenant
/// should not wait behind a thousand of them for a database connection.
pub(super) const LOADS_AT_ONCE_MAX: usize = 16;

/// So many batches a subscriber may be behind before it must begin anew; the places for them are kept for every
/// loaded tenant.
pub(super) const BATCHES_BEHIND_MAX: usize = 512;

/// Who asks is told that nobody answers after so long; the database may be away.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Clocks of nodes differ by less, and it is not worth a word.
pub(super) const AHEAD_TOLERATED: Duration = Duration::from_secs(1);

/// Another node may take a tenant over when its lease was not renewed for so long.
pub(super) const LEASE_TTL: Duration = Duration::from_secs(30);

/// Leases are renewed so often: two renewals may fail before a lease ends.
pub(super) const LEASE_RENEWED_EVERY: Duration = Duration::from_secs(10);

/// A tenant that cannot be loaded is tried again for so long: its lease may be about to be given back.
pub(super) const LOAD_PATIENCE: Duration = Duration::from_secs(4);

/// The first pause before the store is tried again; each further one is twice as long.
pub(super) const RETRY_AFTER_MIN: Duration = Duration::from_millis(50);

/// The longest pause before the store is tried again.
pub(super) const RETRY_AFTER_MAX: Duration = Duration::from_secs(1);

/// An append that the database refuses, rather than cannot take, is tried so often: it may be a conflict with
/// another transaction, or a bug that no retry heals.
pub(super) const REFUSED_APPEND_TRIES: u32 = 5;

/// A tenant with no open contact, no line and nobody who looks is unloaded after so long without a message.
pub(super) const UNLOADED_AFTER: Duration = Duration::from_secs(300);

/// At the end of the process the tasks have so long to store what they decided.
pub(super) const SHUTDOWN_MAX: Duration = Duration::from_secs(10);

/// So often it is tried to note a tenant's first call: some minutes.
pub(super) const FIRST_CALL_TRIES: u32 = 300;

/// A snapshot is kept after so many events: the rest of the log is folded in some hundredths of a second.
pub(super) const SNAPSHOT_EVERY: usize = 5_000;

/// A tenant that is unloaded leaves a snapshot behind after so many events; fewer are as quick to fold.
pub(super) const SNAPSHOT_AT_END: usize = 100;
