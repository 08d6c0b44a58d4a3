//! Reading a log: recovery, a contact's story, snapshots.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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

/// A state that follows from the log up to a number, in a form that only the build that wrote it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The number of the last event it contains.
    pub seq: u64,
    /// The build that wrote it.
    pub build: String,
    /// The state.
    pub body: Vec<u8>,
}

impl Store {
    /// Where a tenant's log ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn log_head(&self, tenant: TenantId) -> Result<LogHead, StoreError> {
        let row = sqlx::query("SELECT last_seq, epoch FROM logs WHERE tenant_id = $1")
            .bind(tenant.to_string())
            .fetch_optional(&self.db().readers)
            .await?;
        row.map_or_else(
            || Ok(LogHead::default()),
            |row| {
                Ok(LogHead {
                    last_seq: row.unsigned("last_seq")?,
                    epoch: row.unsigned("epoch")?,
                })
            },
        )
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
        .fetch_all(&self.db().readers)
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
        .fetch_all(&self.db().readers)
        .await?
        .iter()
        .map(event)
        .collect()
    }

    /// Keeps a snapshot in place of the same build's earlier one.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn put_snapshot(&self, tenant: TenantId, snapshot: &Snapshot) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO snapshots (tenant_id, build, seq, body) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant_id, build) DO UPDATE SET seq = excluded.seq, body = excluded.body \
             WHERE snapshots.seq < excluded.seq",
        )
        .bind(tenant.to_string())
        .bind(snapshot.build.clone())
        .bind(to_int(snapshot.seq))
        .bind(STANDARD.encode(&snapshot.body))
        .execute(&self.db().writer)
        .await?;
        Ok(())
    }

    /// The latest snapshot that this build wrote.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn snapshot(&self, tenant: TenantId, build: &str) -> Result<Option<Snapshot>, StoreError> {
        sqlx::query("SELECT seq, build, body FROM snapshots WHERE tenant_id = $1 AND build = $2")
            .bind(tenant.to_string())
            .bind(build.to_owned())
            .fetch_optional(&self.db().readers)
            .await?
            .map(|row| {
                Ok(Snapshot {
                    seq: row.unsigned("seq")?,
                    build: row.text("build")?,
                    body: STANDARD
                        .decode(row.text("body")?)
                        .map_err(|source| StoreError::corrupt("a snapshot", source))?,
                })
            })
            .transpose()
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
