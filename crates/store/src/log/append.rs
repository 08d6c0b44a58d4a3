//! Appending: events and what is folded from them, for many tenants in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::contact::SegmentPlace;
use model::{AgentId, ContactId, ContactRecord, Event, TenantId, Timestamp, UsageRecord};

use crate::log::{Lease, LogHead};
use crate::outbox::{self, OutboxMessage};
use crate::row::to_int;
use crate::sql::{Insert, Statement};
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
    ///
    /// Several appends of one tenant are taken in the given order; when one is refused, so are those behind it. A
    /// refusal does not concern other tenants.
    pub async fn append(&self, appends: &[Append]) -> Vec<Result<(), AppendError>> {
        let mut results: Vec<Result<(), AppendError>> = vec![Ok(()); appends.len()];
        let chains = chains(appends, &mut results);
        match self.commit(appends, &chains).await {
            Ok(true) => {}
            // One tenant's refusal or data must not fail the others.
            Ok(false) | Err(StoreError::Database(_)) => {
                for chain in &chains {
                    let alone = self.commit(appends, std::slice::from_ref(chain)).await;
                    if let Err(refusal) = self.judge(chain, alone).await {
                        refuse(chain, &mut results, &refusal);
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

    /// Stores all of them; nothing, and says so, when a log's head is not where its chain begins.
    async fn commit(&self, appends: &[Append], chains: &[Chain]) -> Result<bool, StoreError> {
        if chains.is_empty() {
            return Ok(true);
        }
        let members = chains.iter().flat_map(|chain| &chain.members);
        let accepted: Vec<&Append> = members.map(|index| &appends[*index]).collect();
        let mut statements: Vec<Statement> = chains.iter().map(advance).collect();
        statements.extend(writes(&accepted));
        let (transaction, touched) = self.db().begin_with(statements).await?;
        if touched
            .iter()
            .take(chains.len())
            .any(|rows_count| *rows_count == 0)
        {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Why a chain was not stored. An event whose number is taken fails before the head of the log is judged.
    async fn judge(&self, chain: &Chain, stored: Result<bool, StoreError>) -> Result<(), AppendError> {
        let error = match stored {
            Ok(true) => return Ok(()),
            Ok(false) => None,
            Err(StoreError::Database(error)) => Some(StoreError::Database(error)),
            Err(error) => return Err(error.into()),
        };
        let LogHead { epoch, last_seq } = self.log_head(chain.tenant).await?;
        if epoch != chain.epoch {
            return Err(AppendError::StaleLease {
                epoch: chain.epoch,
                current: epoch,
            });
        }
        match error {
            Some(error) if chain.after.is_none_or(|after| after == last_seq) => Err(error.into()),
            Some(_) | None => Err(AppendError::SeqMismatch { last_seq }),
        }
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

/// Moves the head of the log if epoch and number are right: one statement that is fence, gap check and row lock.
fn advance(chain: &Chain) -> Statement {
    let tenant = chain.tenant.to_string();
    let epoch = to_int(chain.epoch);
    match chain.after {
        Some(after) => Statement::new(
            "UPDATE logs SET last_seq = ? WHERE tenant_id = ? AND epoch = ? AND last_seq = ?",
            [
                to_int(chain.last_seq).into(),
                tenant.into(),
                epoch.into(),
                to_int(after).into(),
            ],
        ),
        None => Statement::new(
            "UPDATE logs SET last_seq = last_seq WHERE tenant_id = ? AND epoch = ?",
            [tenant.into(), epoch.into()],
        ),
    }
}

fn writes(appends: &[&Append]) -> Vec<Statement> {
    let mut statements = event_inserts(appends);
    statements.extend(record_upserts(appends));
    let usage: Vec<&UsageRecord> = appends.iter().flat_map(|append| &append.usage).collect();
    statements.extend(usage::INSERT.of(&usage, |record| {
        [
            record.tenant.to_string().into(),
            to_int(record.event_seq).into(),
            record.meter.name().to_owned().into(),
            record.contact.to_string().into(),
            record.leg.to_string().into(),
            record.started_at.as_millis().into(),
            record.ended_at.as_millis().into(),
            to_int(record.quantity_ms).into(),
            i64::from(record.test).into(),
        ]
    }));
    for append in appends {
        let Some(last) = append.events.last() else {
            continue;
        };
        let tenant = append.lease.tenant;
        let cause = format!("{tenant}:e{:016}", last.seq);
        statements.extend(outbox::inserts(tenant, &cause, &append.outbox, last.at));
    }
    statements
}

fn event_inserts(appends: &[&Append]) -> Vec<Statement> {
    let events: Vec<(&Lease, &Event)> = appends
        .iter()
        .flat_map(|append| append.events.iter().map(|event| (&append.lease, event)))
        .collect();
    INSERT_EVENTS.of(&events, |(lease, event)| {
        [
            lease.tenant.to_string().into(),
            to_int(event.seq).into(),
            event.at.as_millis().into(),
            to_int(lease.epoch).into(),
            stored_event::contact(&event.body)
                .map(|contact| contact.to_string())
                .into(),
            stored_event::VERSION.into(),
            stored_event::encode(event).into(),
        ]
    })
}

const INSERT_EVENTS: Insert<7> = Insert {
    head: "INSERT INTO events (tenant_id, seq, happened_at, epoch, contact_id, v, body) VALUES",
    tail: "",
};

/// Of several states of one record only the last is written: a statement may touch a row once.
fn record_upserts(appends: &[&Append]) -> Vec<Statement> {
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
    let mut statements = records::UPSERT.of(&rows, |(tenant, record)| {
        [
            tenant.to_string().into(),
            record.id.to_string().into(),
            record.initiated_at.as_millis().into(),
            millis(record.enqueued_at).into(),
            millis(record.connected_at).into(),
            millis(record.completed_at).into(),
            record.queue.map(|queue| queue.to_string()).into(),
            i64::from(record.is_abandoned()).into(),
            i64::from(record.test).into(),
            stored_record::VERSION.into(),
            stored_record::encode(record).into(),
        ]
    });
    let agents: Vec<(TenantId, AgentId, ContactId)> = rows
        .iter()
        .flat_map(|(tenant, record)| agents_of(record).map(|agent| (*tenant, agent, record.id)))
        .collect();
    statements.extend(records::INSERT_AGENTS.of(&agents, |(tenant, agent, contact)| {
        [
            tenant.to_string().into(),
            agent.to_string().into(),
            contact.to_string().into(),
        ]
    }));
    statements
}

fn agents_of(record: &ContactRecord) -> impl Iterator<Item = AgentId> {
    record.segments.iter().filter_map(|segment| match segment.place {
        SegmentPlace::Agent(agent) => Some(agent),
        SegmentPlace::Flow(_) | SegmentPlace::Queue(_) => None,
    })
}
