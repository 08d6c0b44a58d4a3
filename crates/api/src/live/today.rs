//! What happened in each queue since midnight in the tenant's zone.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use model::{QueueId, TenantConfig, TenantId, Timestamp};
use serde::Serialize;
use store::{QueueCounts, Store, StoreError};
use utoipa::ToSchema;

/// One queue's contacts that began today.
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

/// All queues' contacts that began today, as the contact records count them.
#[derive(Debug, Clone, Default)]
pub(super) struct Today {
    began_at: Timestamp,
    queues: BTreeMap<QueueId, QueueDay>,
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
            queues.insert(queue.id, counts.into());
        }
        Ok(Self { began_at, queues })
    }

    /// Whether the day is over.
    pub(super) fn is_over(&self, now: Timestamp, config: &TenantConfig) -> bool {
        midnight(now, config) != self.began_at
    }

    /// One queue's day.
    pub(super) fn of(&self, queue: QueueId) -> QueueDay {
        self.queues.get(&queue).copied().unwrap_or_default()
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
