//! Appending: events and what is folded from them, for many tenants in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::contact::SegmentPlace;
use model::{AgentId, ContactId, ContactRecord, Event, TenantId, Timestamp, UsageRecord};
use sqlx::AnyConnection;

use crate::log::Lease;
use crate::outbox::{self, OutboxMessage};
use crate::row::{Columns, to_int};
use crate::sql::Insert;
use crate::stored::{event as stored_event, record as stored_record};
use crate::{Store, StoreError, records, usage};

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
    /// / Several appends of one tenant are taken in the given order; when one is refused, so are those
    //behind it. A / refusal does not concern other tenants.
    pub async fn append(&self, appends: &[Append]) -> Vec<Result<(), AppendError>> {
        let mut results: Vec<Result<(), AppendError>> = vec![Ok(()); appends.len()];
        let chains = chains(appends, &mut results);
        match self.commit(appends, &chains, &mut results).await {
            Ok(()) => {}
            // One tenant's data must not fail the others.
            Err(StoreError::Database(_)) if chains.len() > 1 => {
                for chain in &chains {
                    if let Err(error) = self
                        .commit(appends, std::slice::from_ref(chain), &mut results)
                        .await
                    {
                        refuse(chain, &mut results, &error.into());
                    }
                }
            }
            Err(error) => {
                let error = error.into();
                for chain in &chains {
                    refuse(chain, &mut results, &error);
                }
            }
        }
        results
    }

    async fn commit(
        &self,
        appends: &[Append],
        chains: &[Chain],
        results: &mut [Result<(), AppendError>],
    ) -> Result<(), StoreError> {
        if chains.is_empty() {
            return Ok(());
        }
        let mut refusals = Vec::new();
        let mut accepted = Vec::new();
        let mut transaction = self.db().begin().await?;
        for chain in chains {
            match advance(&mut transaction, chain).await? {
                None => accepted.extend(chain.members.iter().map(|index| &appends[*index])),
                Some(refusal) => refusals.push((chain, refusal)),
            }
        }
        write(&mut transaction, &accepted).await?;
        transaction.commit().await?;
        for (chain, refusal) in refusals {
            refuse(chain, results, &refusal);
        }
        Ok(())
    }
}

/// The appends of one tenant that follow one another.
struct Chain {
    tenant: TenantId,
    /// The highest of the tenant's epochs in the group: a lease may be taken anew while an append waits.
    epoch: u64,
    /// The number before its first event; none without events.
    after: Option<u64>,
    /// The number of its last event.
    last_seq: u64,
    /// Whether an append did not follow: what stands behind it was decided on events that never happened.
    is_broken: bool,
    /// Where its appends stand in the group.
    members: Vec<usize>,
}

/// Sorted by tenant, so that two nodes lock rows in the same order. Refuses what does not follow.
fn chains(appends: &[Append], results: &mut [Result<(), AppendError>]) -> Vec<Chain> {
    let mut by_tenant: BTreeMap<TenantId, Chain> = BTreeMap::new();
    for append in appends {
        let chain = by_tenant
            .entry(append.lease.tenant)
            .or_insert_with(|| Chain::new(append.lease.tenant));
        chain.epoch = chain.epoch.max(append.lease.epoch);
    }
    for (index, append) in appends.iter().enumerate() {
        let chain = by_tenant
            .get_mut(&append.lease.tenant)
            .expect("every tenant of the group has a chain");
        match chain.extend(append) {
            Ok(()) => chain.members.push(index),
            Err(refusal) => results[index] = Err(refusal),
        }
    }
    by_tenant
        .into_values()
        .filter(|chain| !chain.members.is_empty())
        .collect()
}

impl Chain {
    const fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            epoch: 0,
            after: None,
            last_seq: 0,
            is_broken: false,
            members: Vec::new(),
        }
    }

    /// Takes an append in, unless it does not follow.
    fn extend(&mut self, append: &Append) -> Result<(), AppendError> {
        let epoch = append.lease.epoch;
        if epoch < self.epoch {
            return Err(AppendError::StaleLease {
                epoch,
                current: self.epoch,
            });
        }
        let before = append.events.first().map(|first| first.seq.saturating_sub(1));
        let expected = match self.after {
            Some(_) => self.last_seq,
            None => before.unwrap_or(0),
        };
        let mut numbered = append.events.iter().zip(expected + 1..);
        if self.is_broken || !numbered.all(|(event, seq)| event.seq == seq) {
            self.is_broken = true;
            return Err(AppendError::SeqMismatch { last_seq: expected });
        }
        if before.is_some() {
            self.after.get_or_insert(expected);
            self.last_seq = expected + append.events.len() as u64;
        }
        Ok(())
    }
}

fn refuse(chain: &Chain, results: &mut [Result<(), AppendError>], refusal: &AppendError) {
    for index in &chain.members {
        results[*index] = Err(refusal.clone());
    }
}

/// Moves the head of the log if epoch and number are right: one statement that is fence, gap check and row
/// lock.
async fn advance(connection: &mut AnyConnection, chain: &Chain) -> Result<Option<AppendError>, StoreError> {
    let query = match chain.after {
        Some(after) => {
            sqlx::query("UPDATE logs SET last_seq = $1 WHERE tenant_id = $2 AND epoch = $3 AND last_seq = $4")
                .bind(to_int(chain.last_seq))
                .bind(chain.tenant.to_string())
                .bind(to_int(chain.epoch))
                .bind(to_int(after))
        }
        None => sqlx::query("UPDATE logs SET last_seq = last_seq WHERE tenant_id = $1 AND epoch = $2")
            .bind(chain.tenant.to_string())
            .bind(to_int(chain.epoch)),
    };
    if query.execute(&mut *connection).await?.rows_affected() > 0 {
        return Ok(None);
    }
    let row = sqlx::query("SELECT last_seq, epoch FROM logs WHERE tenant_id = $1")
        .bind(chain.tenant.to_string())
        .fetch_optional(connection)
        .await?;
    let (last_seq, current) = match row {
        Some(row) => (row.unsigned("last_seq")?, row.unsigned("epoch")?),
        None => (0, 0),
    };
    if current == chain.epoch {
        return Ok(Some(AppendError::SeqMismatch { last_seq }));
    }
    Ok(Some(AppendError::StaleLease {
        epoch: chain.epoch,
        current,
    }))
}

async fn write(connection: &mut AnyConnection, appends: &[&Append]) -> Result<(), StoreError> {
    write_events(connection, appends).await?;
    write_records(connection, appends).await?;
    let usage: Vec<&UsageRecord> = appends.iter().flat_map(|append| &append.usage).collect();
    usage::INSERT
        .run(connection, &usage, |query, record| {
            query
                .bind(record.tenant.to_string())
                .bind(to_int(record.event_seq))
                .bind(record.meter.name())
                .bind(record.contact.to_string())
                .bind(record.leg.to_string())
                .bind(record.started_at.as_millis())
                .bind(record.ended_at.as_millis())
                .bind(to_int(record.quantity_ms))
                .bind(i64::from(record.test))
        })
        .await?;
    for append in appends {
        let Some(last) = append.events.last() else {
            continue;
        };
        let tenant = append.lease.tenant;
        let cause = format!("{tenant}:e{:016}", last.seq);
        outbox::insert(connection, tenant, &cause, &append.outbox, last.at).await?;
    }
    Ok(())
}

async fn write_events(connection: &mut AnyConnection, appends: &[&Append]) -> Result<(), StoreError> {
    let events: Vec<(&Lease, &Event)> = appends
        .iter()
        .flat_map(|append| append.events.iter().map(|event| (&append.lease, event)))
        .collect();
    INSERT_EVENTS
        .run(connection, &events, |query, (lease, event)| {
            query
                .bind(lease.tenant.to_string())
                .bind(to_int(event.seq))
                .bind(event.at.as_millis())
                .bind(to_int(lease.epoch))
                .bind(stored_event::contact(&event.body).map(|contact| contact.to_string()))
                .bind(stored_event::VERSION)
                .bind(stored_event::encode(event))
        })
        .await?;
    Ok(())
}

const INSERT_EVENTS: Insert = Insert {
    head: "INSERT INTO events (tenant_id, seq, happened_at, epoch, contact_id, v, body) VALUES",
    columns_count: 7,
    tail: "",
};

/// Of several states of one record only the last is written: a statement may touch a row once.
async fn write_records(connection: &mut AnyConnection, appends: &[&Append]) -> Result<(), StoreError> {
    let latest: BTreeMap<(TenantId, ContactId), &ContactRecord> = appends
        .iter()
        .flat_map(|append| append.records.iter().map(|record| (append.lease.tenant, record)))
        .map(|(tenant, record)| ((tenant, record.id), record))
        .collect();
    let rows: Vec<(TenantId, &ContactRecord)> = latest
        .into_iter()
        .map(|((tenant, _), record)| (tenant, record))
        .collect();
    let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
    records::UPSERT
        .run(connection, &rows, |query, (tenant, record)| {
            query
                .bind(tenant.to_string())
                .bind(record.id.to_string())
                .bind(record.initiated_at.as_millis())
                .bind(millis(record.enqueued_at))
                .bind(millis(record.connected_at))
                .bind(millis(record.completed_at))
                .bind(record.queue.map(|queue| queue.to_string()))
                .bind(i64::from(record.is_abandoned()))
                .bind(i64::from(record.test))
                .bind(stored_record::VERSION)
                .bind(stored_record::encode(record))
        })
        .await?;
    let agents: Vec<(TenantId, AgentId, ContactId)> = rows
        .iter()
        .flat_map(|(tenant, record)| agents_of(record).map(|agent| (*tenant, agent, record.id)))
        .collect();
    records::INSERT_AGENTS
        .run(connection, &agents, |query, (tenant, agent, contact)| {
            query
                .bind(tenant.to_string())
                .bind(agent.to_string())
                .bind(contact.to_string())
        })
        .await?;
    Ok(())
}

fn agents_of(record: &ContactRecord) -> impl Iterator<Item = AgentId> {
    record.segments.iter().filter_map(|segment| match segment.place {
        SegmentPlace::Agent(agent) => Some(agent),
        SegmentPlace::Flow(_) | SegmentPlace::Queue(_) => None,
    })
}
