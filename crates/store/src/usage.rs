//! Usage records: immutable, written in the transaction of the events they are folded from.

use model::{ContactId, Meter, TenantId, Timestamp, UsageRecord};
use sqlx::any::AnyRow;

use crate::limits::PAGE_ROWS_MAX;
use crate::row::{Columns, to_int};
use crate::sql::Bulk;
use crate::{Store, StoreError};

/// A meter's sum over a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageTotal {
    /// What was measured.
    pub meter: Meter,
    /// Whether it is the sum over test calls, or over all others.
    pub test: bool,
    /// How many records.
    pub record_count: u64,
    /// The sum of their seconds, each record rounded up on its own.
    pub seconds: u64,
}

/// A place in the usage records of a tenant: after the record it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageCursor {
    ended_at: Timestamp,
    event_seq: u64,
    meter: Meter,
}

impl From<&UsageRecord> for UsageCursor {
    fn from(record: &UsageRecord) -> Self {
        Self {
            ended_at: record.ended_at,
            event_seq: record.event_seq,
            meter: record.meter,
        }
    }
}

impl Store {
    /// The sums over the records that ended in `from <= ended_at < until`, by meter, real and test calls
    /// apart.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn usage_totals(
        &self,
        tenant: TenantId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<UsageTotal>, StoreError> {
        sqlx::query(
            "SELECT meter, test, COUNT(*) AS record_count, \
             CAST(SUM((quantity_ms + 999) / 1000) AS BIGINT) AS seconds FROM usage_records \
             WHERE tenant_id = $1 AND ended_at >= $2 AND ended_at < $3 GROUP BY meter, test \
             ORDER BY meter, test",
        )
        .bind(tenant.to_string())
        .bind(from.as_millis())
        .bind(until.as_millis())
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(|row| {
            Ok(UsageTotal {
                meter: row.named("meter")?,
                test: row.flag("test")?,
                record_count: row.unsigned("record_count")?,
                seconds: row.unsigned("seconds")?,
            })
        })
        .collect()
    }

    /// The records that ended in `from <= ended_at < until`, in the order they ended, from behind the
    /// cursor on, at most [`PAGE_ROWS_MAX`]: read pages until one is empty.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn usage_records(
        &self,
        tenant: TenantId,
        from: Timestamp,
        until: Timestamp,
        after: Option<UsageCursor>,
    ) -> Result<Vec<UsageRecord>, StoreError> {
        let (ended_at, event_seq, meter) = after.map_or((from, 0, ""), |cursor| {
            (cursor.ended_at, cursor.event_seq, cursor.meter.name())
        });
        sqlx::query(
            "SELECT * FROM usage_records WHERE tenant_id = $1 AND ended_at < $2 \
             AND (ended_at, event_seq, meter) > ($3, $4, $5) ORDER BY ended_at, event_seq, meter LIMIT $6",
        )
        .bind(tenant.to_string())
        .bind(until.as_millis())
        .bind(ended_at.as_millis())
        .bind(to_int(event_seq))
        .bind(meter)
        .bind(i64::from(PAGE_ROWS_MAX))
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(usage_record)
        .collect()
    }

    /// The records of one contact, in the order they were metered.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn contact_usage(
        &self,
        tenant: TenantId,
        contact: ContactId,
    ) -> Result<Vec<UsageRecord>, StoreError> {
        sqlx::query(
            "SELECT * FROM usage_records WHERE tenant_id = $1 AND contact_id = $2 ORDER BY event_seq, meter",
        )
        .bind(tenant.to_string())
        .bind(contact.to_string())
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(usage_record)
        .collect()
    }
}

/// Records that are there already stay as they are: folding events again changes nothing.
pub(crate) const INSERT: Bulk<9> = Bulk {
    before: "INSERT INTO usage_records \
           (tenant_id, event_seq, meter, contact_id, leg_id, started_at, ended_at, quantity_ms, test) \
           SELECT * FROM",
    after: "WHERE column1 IS NOT NULL ON CONFLICT (tenant_id, event_seq, meter) DO NOTHING",
};

fn usage_record(row: &AnyRow) -> Result<UsageRecord, StoreError> {
    Ok(UsageRecord {
        tenant: row.parsed("tenant_id")?,
        event_seq: row.unsigned("event_seq")?,
        contact: row.parsed("contact_id")?,
        leg: row.parsed("leg_id")?,
        meter: row.named("meter")?,
        started_at: row.at("started_at")?,
        ended_at: row.at("ended_at")?,
        quantity_ms: row.unsigned("quantity_ms")?,
        test: row.flag("test")?,
    })
}
