//! The statements of a group: few, whatever it holds.

use std::collections::BTreeMap;

use model::contact::SegmentPlace;
use model::{AgentId, ContactId, ContactRecord, Event, TenantId, Timestamp, UsageRecord};

use super::Append;
use super::chain::Chain;
use crate::log::Lease;
use crate::outbox::{self, OutboxRow};
use crate::row::to_int;
use crate::sql::{Bulk, Statement};
use crate::stored::{event as stored_event, record as stored_record};
use crate::{records, usage};

/// Move the heads of logs, so many with each statement, where epoch and number are right: they are fence, gap check and
/// row lock. Each head counts as a row that was touched.
pub(super) fn advance(chains: &[Chain], chains_at_once: usize) -> Vec<Statement> {
    ADVANCE.of_at_most(chains_at_once, chains, |chain| {
        [
            chain.tenant.to_string().into(),
            to_int(chain.epoch).into(),
            chain.after.map(to_int).into(),
            to_int(chain.last_seq).into(),
        ]
    })
}

const ADVANCE: Bulk<4> = Bulk {
    before: "UPDATE logs SET last_seq = CASE WHEN v.column3 IS NULL THEN logs.last_seq ELSE v.column4 END FROM",
    after: "WHERE logs.tenant_id = v.column1 AND logs.epoch = v.column2 \
            AND (v.column3 IS NULL OR logs.last_seq = v.column3)",
};

/// Write what the appends hold.
pub(super) fn writes(appends: &[&Append]) -> Vec<Statement> {
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
    let messages: Vec<OutboxRow<'_>> = appends.iter().copied().flat_map(outbox_rows).collect();
    statements.extend(outbox::inserts(&messages));
    statements
}

fn outbox_rows(append: &Append) -> Vec<OutboxRow<'_>> {
    let Some(last) = append.events.last() else {
        return Vec::new();
    };
    let tenant = append.lease.tenant;
    let cause = format!("{tenant}:e{:016}", last.seq);
    outbox::rows(tenant, &cause, &append.outbox, last.at)
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

const INSERT_EVENTS: Bulk<7> = Bulk {
    before: "INSERT INTO events (tenant_id, seq, happened_at, epoch, contact_id, v, body) SELECT * FROM",
    after: "WHERE column1 IS NOT NULL",
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
