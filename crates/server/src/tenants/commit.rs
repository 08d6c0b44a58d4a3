//! Storing what was decided, however long the database takes.

use std::time::Duration;

use store::{Append, AppendError, GroupCommit, Lease, LogHead, Store, StoreError};

use super::limits::{REFUSED_APPEND_TRIES, RETRY_AFTER_MIN};
use super::load::longer;
use super::runtime::Outcome;

/// What was decided is not in the log and never will be.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommitError {
    /// Another node has the tenant.
    #[error("the tenant was taken over")]
    LeaseLost,
    /// The log is not where this task left it, or the database refuses what it is given.
    #[error("the events cannot be stored")]
    Refused(#[source] AppendError),
    /// The process is ending.
    #[error("the log is no longer written to")]
    Stopped,
}

/// Appends, and tries again while the database is away: the epoch of the lease sees to it that nothing is stored
/// over a successor, however late it is.
pub(super) async fn commit(
    store: &Store,
    log: &GroupCommit,
    lease: Lease,
    outcome: &Outcome,
) -> Result<(), CommitError> {
    let mut pause = RETRY_AFTER_MIN;
    for tries in 1.. {
        let error = match log.append(append(lease, outcome)).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match judge(&error) {
            Verdict::LeaseLost => return Err(CommitError::LeaseLost),
            Verdict::Stopped => return Err(CommitError::Stopped),
            Verdict::Wrong => return Err(CommitError::Refused(error)),
            Verdict::Refused if tries >= REFUSED_APPEND_TRIES => return Err(CommitError::Refused(error)),
            Verdict::Refused | Verdict::Away => {}
        }
        warn(lease, &error, tries);
        tokio::time::sleep(pause).await;
        pause = longer(pause);
        if is_stored(store, lease, outcome, &mut pause).await? {
            return Ok(());
        }
    }
    unreachable!("the loop ends by returning")
}

/// What a failed append means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The database may take it later.
    Away,
    LeaseLost,
    /// The database does not take it; another try or two may tell otherwise.
    Refused,
    Stopped,
    /// Trying again is of no use.
    Wrong,
}

fn judge(error: &AppendError) -> Verdict {
    match error {
        AppendError::Database(error) => match **error {
            StoreError::DiskFull(_) | StoreError::Unavailable(_) => Verdict::Away,
            StoreError::Corrupt { .. } | StoreError::Database(_) | StoreError::UnknownVersion { .. } => {
                Verdict::Refused
            }
        },
        AppendError::SeqMismatch { .. } => Verdict::Wrong,
        AppendError::StaleLease { .. } => Verdict::LeaseLost,
        AppendError::Stopped => Verdict::Stopped,
    }
}

fn append(lease: Lease, outcome: &Outcome) -> Append {
    Append {
        lease,
        events: outcome.events.clone(),
        records: outcome.records.clone(),
        usage: outcome.usage.clone(),
        outbox: Vec::new(),
    }
}

/// The database may have stored an append without having been able to say so. Waits until it answers.
async fn is_stored(
    store: &Store,
    lease: Lease,
    outcome: &Outcome,
    pause: &mut Duration,
) -> Result<bool, CommitError> {
    loop {
        match store.log_head(lease.tenant).await {
            Ok(LogHead { epoch, .. }) if epoch != lease.epoch => return Err(CommitError::LeaseLost),
            Ok(head) => {
                return Ok(outcome
                    .events
                    .last()
                    .is_some_and(|last| last.seq == head.last_seq));
            }
            Err(_) => tokio::time::sleep(*pause).await,
        }
        *pause = longer(*pause);
    }
}

/// Says so at the first failure and now and then, not at each.
fn warn(lease: Lease, error: &AppendError, tries: u32) {
    if tries.is_power_of_two() {
        tracing::warn!(
            tenant.id = %lease.tenant,
            error = error as &dyn std::error::Error,
            tries,
            "events could not be stored yet; calls go on, and nothing is confirmed meanwhile"
        );
    }
}
