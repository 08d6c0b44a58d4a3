//! What a log comes to, kept so that a tenant is loaded without reading all of it.

use model::{ContactEvent, ContactRecord, Event, EventBody, LiveView, TenantEvent, TenantId, Timestamp};

use crate::row::{Columns, to_int};
use crate::stored::snapshot as stored;
use crate::{Store, StoreError};

/// What a tenant's log comes to, up to the last event of the live view.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// The fold of the log.
    pub view: LiveView,
    /// When the last event was decided.
    pub head_at: Timestamp,
    /// The revision of the configuration that is in force.
    pub revision: u64,
    /// When an agent first answered a contact.
    pub answered_at: Option<Timestamp>,
}

impl Snapshot {
    /// Takes the next event in and gives back the record of a contact that it completed.
    pub fn apply(&mut self, event: &Event) -> Option<ContactRecord> {
        self.head_at = event.at;
        match event.body {
            EventBody::Tenant(TenantEvent::ConfigApplied { revision }) => self.revision = revision,
            EventBody::Contact(_, ContactEvent::ConnectedToAgent { .. }) => {
                self.answered_at.get_or_insert(event.at);
            }
            EventBody::Agent(..) | EventBody::Contact(..) | EventBody::Tenant(_) => {}
        }
        self.view.apply(event)
    }
}

impl Store {
    /// Keeps a snapshot in place of the tenant's earlier one.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn put_snapshot(&self, tenant: TenantId, snapshot: &Snapshot) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO snapshots (tenant_id, seq, v, body) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, v = excluded.v, body = excluded.body \
             WHERE snapshots.seq < excluded.seq",
        )
        .bind(tenant.to_string())
        .bind(to_int(snapshot.view.seq))
        .bind(stored::VERSION)
        .bind(stored::encode(snapshot))
        .execute(&mut *self.db().writer().await?)
        .await?;
        Ok(())
    }

    /// The tenant's latest snapshot, unless another version of Offhook wrote it: the log tells it all, too.
    ///
    /// # Errors
    /// When the database does not answer, or the snapshot was changed from outside.
    pub async fn snapshot(&self, tenant: TenantId) -> Result<Option<Snapshot>, StoreError> {
        sqlx::query("SELECT body FROM snapshots WHERE tenant_id = $1 AND v = $2")
            .bind(tenant.to_string())
            .bind(stored::VERSION)
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| stored::decode(&row.text("body")?))
            .transpose()
    }
}
