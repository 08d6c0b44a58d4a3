//! Reading a log: recovery, a contact's story.

use model::{ContactId, Event, TenantId};
use sqlx::any::AnyRow;

use crate::limits::PAGE_ROWS_MAX;
use crate::row::{Columns, to_int};
use crate::stored::event as stored;
use crate::{Store, StoreError};

/// Where a log ends, and under which lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogHead {
    /// The number of its last event; 0 when it is empty.
    pub last_seq: u64,
    /// The epoch of the lease that was taken last; 0 when none ever was.
    pub epoch: u64,
}

impl Store {
    /// Where a tenant's log ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn log_head(&self, tenant: TenantId) -> Result<LogHead, StoreError> {
        let row = sqlx::query("SELECT last_seq, epoch FROM logs WHERE tenant_id = $1")
            .bind(tenant.to_string())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?;
        row.map_or_else(|| Ok(LogHead::default()), |row| LogHead::read(&row))
    }

    /// The events after a number, in order, at most `limit` and [`PAGE_ROWS_MAX`]: read pages until one is
    /// empty.
    ///
    /// # Errors
    /// When the database does not answer, or an event is of a later version.
    pub async fn events_after(
        &self,
        tenant: TenantId,
        seq: u64,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        sqlx::query(
            "SELECT seq, happened_at, v, body FROM events WHERE tenant_id = $1 AND seq > $2 ORDER BY seq \
             LIMIT $3",
        )
        .bind(tenant.to_string())
        .bind(to_int(seq))
        .bind(i64::from(limit.min(PAGE_ROWS_MAX)))
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(event)
        .collect()
    }

    /// The events of one contact, the after-contact work on it included, in order, at most [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// When the database does not answer, or an event is of a later version.
    pub async fn contact_events(
        &self,
        tenant: TenantId,
        contact: ContactId,
    ) -> Result<Vec<Event>, StoreError> {
        sqlx::query(
            "SELECT seq, happened_at, v, body FROM events WHERE tenant_id = $1 AND contact_id = $2 \
             ORDER BY seq LIMIT $3",
        )
        .bind(tenant.to_string())
        .bind(contact.to_string())
        .bind(i64::from(PAGE_ROWS_MAX))
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(event)
        .collect()
    }
}

impl LogHead {
    pub(super) fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            last_seq: row.unsigned("last_seq")?,
            epoch: row.unsigned("epoch")?,
        })
    }
}

fn event(row: &AnyRow) -> Result<Event, StoreError> {
    stored::decode(
        row.unsigned("seq")?,
        row.at("happened_at")?,
        row.int("v")?,
        &row.text("body")?,
    )
}
