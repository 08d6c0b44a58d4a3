//! Folds events into usage records. Exact arithmetic only.
//!
//! Invariant: a leg that ever carried audio both ways is metered once, by the first event that ends it; any other
//! leg never.
#![warn(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

use model::event::Direction;
use model::{ContactEvent, ContactRecord, Event, EventBody, LegKind, Meter, TenantId, UsageRecord};

#[cfg(test)]
mod tests;

/// What an event meters. `record` is the record of the event's contact as it was before the event.
#[must_use]
pub fn meter(tenant: TenantId, record: &ContactRecord, event: &Event) -> Option<UsageRecord> {
    let EventBody::Contact(contact, ContactEvent::LegEnded { leg, ended_at, .. }) = &event.body else {
        return None;
    };
    let open = |known: &&model::contact::LegRecord| known.id == *leg && known.ended_at.is_none();
    let leg = record.legs.iter().find(open)?;
    let started_at = leg.connected_at?;
    // After a crash the last sign of life may be older than the connection.
    let ended_at = (*ended_at).max(started_at);
    Some(UsageRecord {
        tenant,
        event_seq: event.seq,
        contact: *contact,
        leg: leg.id,
        meter: meter_of(leg.kind, record.direction),
        started_at,
        ended_at,
        quantity_ms: ended_at.millis_since(started_at),
        test: record.test,
    })
}

const fn meter_of(kind: LegKind, direction: Direction) -> Meter {
    match (kind, direction) {
        (LegKind::Agent(_), Direction::Inbound | Direction::Outbound) => Meter::AgentBrowserSeconds,
        (LegKind::CustomerBrowser, Direction::Inbound | Direction::Outbound) => Meter::CustomerBrowserSeconds,
        (LegKind::CustomerTrunk, Direction::Inbound) => Meter::InboundTrunkSeconds,
        (LegKind::CustomerTrunk, Direction::Outbound) => Meter::OutboundTrunkSeconds,
    }
}
