//! What happened in each queue since midnight in the tenant's zone.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use model::{ContactRecord, QueueId, TenantConfig, TenantId, Timestamp};
use serde::Serialize;
use store::{QueueCounts, Store, StoreError};
use utoipa::ToSchema;

/// One queue's contacts that began today. Test calls and simulated callers do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = LiveQueueToday)]
pub(crate) struct QueueDay {
    /// Contacts that reached the queue.
    pub(crate) contact_count: u64,
    /// Of those, answered.
    pub(crate) answered_count: u64,
    /// Of those, answered within the service level's threshold.
    pub(crate) answered_in_threshold_count: u64,
    /// Contacts whose caller gave up before an agent was there.
    pub(crate) abandoned_count: u64,
}

/// All queues' contacts that began today: counted from the contact records once, and carried on by events.
#[derive(Debug, Clone, Default)]
pub(super) struct Today {
    began_at: Timestamp,
    queues: BTreeMap<QueueId, Counted>,
}

/// One queue's counts.
#[derive(Debug, Clone, Copy)]
struct Counted {
    day: QueueDay,
    /// The last event that the contact records held when they were counted.
    seq: u64,
}

impl Today {
    /// Counts the records of the day that `now` belongs to.
    pub(super) async fn count(
        store: &Store,
        tenant: TenantId,
        config: &TenantConfig,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let began_at = midnight(now, config);
        let mut queues = BTreeMap::new();
        for queue in config.queues.values() {
            let threshold_ms = u64::from(queue.service_level_s) * 1000;
            let counts = store
                .queue_counts(tenant, queue.id, began_at, threshold_ms)
                .await?;
            let seq = counts.last_seq;
            let day = counts.into();
            queues.insert(queue.id, Counted { day, seq });
        }
        Ok(Self { began_at, queues })
    }

    /// Whether the day is over.
    pub(super) fn is_over(&self, now: Timestamp, config: &TenantConfig) -> bool {
        midnight(now, config) != self.began_at
    }

    /// Takes in what an event made of a contact, unless the counts include it.
    pub(super) fn take_in(
        &mut self,
        seq: u64,
        before: Option<&ContactRecord>,
        after: Option<&ContactRecord>,
        config: &TenantConfig,
    ) {
        for (record, step) in [(before, u64::wrapping_sub as Step), (after, u64::wrapping_add)] {
            let counts = |record: &&ContactRecord| !record.test && record.initiated_at >= self.began_at;
            let counted_record = record.filter(counts);
            let Some((record, queue)) = counted_record.and_then(|record| Some((record, record.queue?)))
            else {
                continue;
            };
            let (Some(counted), Some(queue)) = (self.queues.get_mut(&queue), config.queues.get(&queue))
            else {
                continue;
            };
            if seq > counted.seq {
                counted
                    .day
                    .count(record, u64::from(queue.service_level_s) * 1000, step);
            }
        }
    }

    /// One queue's day.
    pub(super) fn of(&self, queue: QueueId) -> QueueDay {
        self.queues
            .get(&queue)
            .map(|counted| counted.day)
            .unwrap_or_default()
    }
}

/// Counts something in, or out again.
type Step = fn(u64, u64) -> u64;

impl QueueDay {
    fn count(&mut self, record: &ContactRecord, threshold_ms: u64, step: Step) {
        let answered_after_ms = record
            .connected_at
            .zip(record.enqueued_at)
            .map(|(connected_at, enqueued_at)| connected_at.millis_since(enqueued_at));
        let in_threshold = answered_after_ms.is_some_and(|after_ms| after_ms <= threshold_ms);
        self.contact_count = step(self.contact_count, 1);
        self.answered_count = step(self.answered_count, record.connected_at.is_some().into());
        self.answered_in_threshold_count = step(self.answered_in_threshold_count, in_threshold.into());
        self.abandoned_count = step(self.abandoned_count, record.is_abandoned().into());
    }
}

impl From<QueueCounts> for QueueDay {
    fn from(counts: QueueCounts) -> Self {
        Self {
            contact_count: counts.contact_count,
            answered_count: counts.answered_count,
            answered_in_threshold_count: counts.answered_in_threshold_count,
            abandoned_count: counts.abandoned_count,
        }
    }
}

/// The last midnight in the tenant's zone; an unknown zone counts as UTC.
fn midnight(now: Timestamp, config: &TenantConfig) -> Timestamp {
    let zone = TimeZone::get(&config.settings.time_zone).unwrap_or(TimeZone::UTC);
    let day = now.to_calendar().to_zoned(zone).start_of_day();
    day.map_or(now, |day| {
        Timestamp::from_millis(day.timestamp().as_millisecond())
    })
}
