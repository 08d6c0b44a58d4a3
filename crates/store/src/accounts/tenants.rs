//! Tenants as the installation sees them; what they configured is in `configuration`.

use model::{TenantId, Timestamp};

use crate::row::{Columns, to_int};
use crate::{Store, StoreError};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// When it signed up.
    pub signed_up_at: Timestamp,
    /// When an agent first answered a contact.
    pub first_call_at: Option<Timestamp>,
    /// From signing up to the first answered contact.
    pub time_to_first_call_ms: Option<u64>,
    /// The number of its configuration's last revision.
    pub config_revision: u64,
}

impl Store {
    /// A tenant.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        sqlx::query("SELECT * FROM tenants WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| {
                let time_to_first_call_ms = row.int_or_none("time_to_first_call_ms")?;
                Ok(Tenant {
                    id: row.parsed("id")?,
                    signed_up_at: row.at("signed_up_at")?,
                    first_call_at: row.at_or_none("first_call_at")?,
                    time_to_first_call_ms: time_to_first_call_ms.map(i64::unsigned_abs),
                    config_revision: row.unsigned("config_revision")?,
                })
            })
            .transpose()
    }

    /// All tenants, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tenant_ids(&self) -> Result<Vec<TenantId>, StoreError> {
        sqlx::query("SELECT id FROM tenants ORDER BY id")
            .fetch_all(&mut *self.db().reader().await?)
            .await?
            .iter()
            .map(|row| row.parsed("id"))
            .collect()
    }

    /// Notes the tenant's first answered contact; false if it had one before.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn record_first_call(
        &self,
        tenant: &Tenant,
        answered_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let noted = sqlx::query(
            "UPDATE tenants SET first_call_at = $1, time_to_first_call_ms = $2 \
             WHERE id = $3 AND first_call_at IS NULL",
        )
        .bind(answered_at.as_millis())
        .bind(to_int(answered_at.millis_since(tenant.signed_up_at)))
        .bind(tenant.id.to_string())
        .execute(&mut *self.db().writer().await?)
        .await?;
        Ok(noted.rows_affected() > 0)
    }
}
