//! Appending: events and what is folded from them, for many tenants in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{ContactRecord, Event, TenantId, UsageRecord};

use self::chain::{Chain, chains};
use crate::database::DatabaseKind;
use crate::limits::BULK_ROWS_MAX;
use crate::log::{Lease, LogHead};
use crate::outbox::OutboxMessage;
use crate::row::Columns;
use crate::sql::placeholders;
use crate::{Store, StoreError};

mod chain;
mod statements;

/// What one tenant appends at once.
#[derive(Debug, Clone)]
pub struct Append {
    /// The lease it is appended under.
    pub lease: Lease,
    /// The events, numbered on from the log's last.
    pub events: Vec<Event>,
    /// The contact records that the events changed, as they are now.
    pub records: Vec<ContactRecord>,
    /// What the events metered.
    pub usage: Vec<UsageRecord>,
    /// What is to be told to others.
    pub outbox: Vec<OutboxMessage>,
}

/// Nothing of the append was stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// The database did not do it, or did not say whether it did: compare [`Store::log_head`] before trying
    /// again.
    #[error(transparent)]
    Database(Arc<StoreError>),
    /// The events are not numbered on from the log's last, or not without gaps.
    #[error("events must be numbered on from {last_seq}")]
    SeqMismatch {
        /// The number of the log's last event.
        last_seq: u64,
    },
    /// Another node has taken the tenant over: stop deciding for it.
    #[error("the lease of epoch {epoch} is stale: the log is at epoch {current}")]
    StaleLease {
        /// The epoch of the append.
        epoch: u64,
        /// The epoch of the log; 0 when nobody ever took its lease.
        current: u64,
    },
    /// The task that writes has ended.
    #[error("the log is no longer written to: the server is stopping")]
    Stopped,
}

impl From<StoreError> for AppendError {
    fn from(error: StoreError) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl Store {
    /// Stores appends of any tenants in one transaction and answers for each, in their order.
    ///
    /// Several appends of one tenant are taken in the given order; when one is refused, so are those behind it. A
    /// refusal does not concern other tenants, which are stored with one more transaction then.
    pub async fn append(&self, appends: &[Append]) -> Vec<Result<(), AppendError>> {
        let mut results: Vec<Result<(), AppendError>> = vec![Ok(()); appends.len()];
        let mut groups = vec![chains(appends, &mut results)];
        while let Some(group) = groups.pop() {
            let failure = match self.commit(appends, &group).await {
                Ok(true) => continue,
                Ok(false) => None,
                Err(StoreError::Database(error)) if is_of_values(&error) => Some(error),
                Err(error) => {
                    refuse_all(&group, &mut results, error);
                    continue;
                }
            };
            groups.extend(self.sort_out(group, failure, &mut results).await);
        }
        results
    }

    /// Stores all of them; nothing, and says so, when a log's head is not where its chain begins.
    async fn commit(&self, appends: &[Append], chains: &[Chain]) -> Result<bool, StoreError> {
        if chains.is_empty() {
            return Ok(true);
        }
        let chains_at_once = match self.database_kind() {
            // Rows are locked in the order of tenants, and not in one that the database chooses: whoever else locks
            // many would wait for this transaction, and it for them.
            DatabaseKind::Postgres => 1,
            DatabaseKind::Sqlite => BULK_ROWS_MAX,
        };
        let members = chains.iter().flat_map(|chain| &chain.members);
        let accepted: Vec<&Append> = members.map(|index| &appends[*index]).collect();
        let mut statements = statements::advance(chains, chains_at_once);
        let advances_count = statements.len();
        statements.extend(statements::writes(&accepted));
        let (transaction, touched) = self.db().begin_with(statements).await?;
        let advanced_count: u64 = touched[..advances_count].iter().sum();
        if advanced_count < chains.len() as u64 {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Refuses those of a group that could not be stored whose log is not where they begin, and says in what groups
    /// the others are to be tried again. Where every log is, one of them holds what the database does not take: halves
    /// find it. (An event whose number is taken fails as such before the head of its log is judged.)
    async fn sort_out(
        &self,
        mut group: Vec<Chain>,
        failure: Option<sqlx::Error>,
        results: &mut [Result<(), AppendError>],
    ) -> Vec<Vec<Chain>> {
        let heads = match self.log_heads(&group).await {
            Ok(heads) => heads,
            Err(error) => {
                refuse_all(&group, results, error);
                return Vec::new();
            }
        };
        let head = |chain: &Chain| heads.get(&chain.tenant).copied().unwrap_or_default();
        let chains_count = group.len();
        group.retain(|chain| match chain.judge(head(chain)) {
            Ok(()) => true,
            Err(refusal) => {
                chain.refuse(results, &refusal);
                false
            }
        });
        if group.len() < chains_count {
            return vec![group];
        }
        if let [chain] = group.as_slice() {
            let LogHead { last_seq, .. } = head(chain);
            let refusal = failure.map_or(AppendError::SeqMismatch { last_seq }, |error| {
                StoreError::Database(error).into()
            });
            chain.refuse(results, &refusal);
            return Vec::new();
        }
        let later = group.split_off(chains_count / 2);
        vec![later, group]
    }

    async fn log_heads(&self, chains: &[Chain]) -> Result<BTreeMap<TenantId, LogHead>, StoreError> {
        let mut heads = BTreeMap::new();
        let mut reader = self.db().reader().await?;
        for some in chains.chunks(BULK_ROWS_MAX) {
            let text = format!(
                "SELECT tenant_id, last_seq, epoch FROM logs WHERE tenant_id IN {}",
                placeholders(1, some.len())
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(text)).persistent(false);
            for chain in some {
                query = query.bind(chain.tenant.to_string());
            }
            for row in &query.fetch_all(&mut *reader).await? {
                heads.insert(Columns::parsed(row, "tenant_id")?, LogHead::read(row)?);
            }
        }
        Ok(heads)
    }
}

/// Whether the database refuses what it was given, rather than fails: the values of one chain, then. Those that sqlx has
/// no kind for are of class 22 of PostgreSQL (data exceptions), and SQLite's TOOBIG, CONSTRAINT and MISMATCH.
fn is_of_values(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else {
        return false;
    };
    let code = error.code().unwrap_or_default();
    let is_of_sqlite = |code: u32| matches!(code & 0xff, 18..=20);
    let is_known = match code.len() {
        5 => code.starts_with("22") || code.starts_with("23"),
        _ => code.parse().is_ok_and(is_of_sqlite),
    };
    is_known || !matches!(error.kind(), sqlx::error::ErrorKind::Other)
}

fn refuse_all(chains: &[Chain], results: &mut [Result<(), AppendError>], error: StoreError) {
    let refusal = error.into();
    for chain in chains {
        chain.refuse(results, &refusal);
    }
}
