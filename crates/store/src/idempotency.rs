//! Idempotency keys: a request that is sent again gets its first response.

use model::{TenantId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::limits::{IDEMPOTENCY_IN_PROGRESS_MAX, IDEMPOTENCY_KEPT};
use crate::row::Columns;
use crate::{Sha256Hash, Store, StoreError};

/// What to do with a request that names an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idempotency {
    /// The key was used with another body: refuse.
    BodyDiffers,
    /// Carry the request out, then call [`Store::finish_idempotent`] or [`Store::abandon_idempotent`].
    Begin,
    /// The first request is being carried out: ask to try again.
    InProgress,
    /// Answer with the first response.
    Replay(StoredResponse),
}

/// A response as it was given first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Store {
    /// Looks an idempotency key up and, if it is new, marks it as in progress.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn begin_idempotent(
        &self,
        tenant: TenantId,
        key: &str,
        body: Sha256Hash,
        now: Timestamp,
    ) -> Result<Idempotency, StoreError> {
        let mut transaction = self.db().begin().await?;
        sqlx::query(
            "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND idempotency_key = $2 \
             AND (began_at <= $3 OR (status IS NULL AND began_at <= $4))",
        )
        .bind(tenant.to_string())
        .bind(key.to_owned())
        .bind((now - IDEMPOTENCY_KEPT).as_millis())
        .bind((now - IDEMPOTENCY_IN_PROGRESS_MAX).as_millis())
        .execute(&mut *transaction)
        .await?;
        let is_new = insert(&mut transaction, tenant, key, body, now).await?;
        let verdict = if is_new {
            Idempotency::Begin
        } else {
            let row = sqlx::query(
                "SELECT body_sha256, status, response FROM idempotency_keys \
                 WHERE tenant_id = $1 AND idempotency_key = $2",
            )
            .bind(tenant.to_string())
            .bind(key.to_owned())
            .fetch_one(&mut *transaction)
            .await?;
            known(&row, body)?
        };
        transaction.commit().await?;
        Ok(verdict)
    }

    /// Keeps the first response to an idempotency key.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn finish_idempotent(
        &self,
        tenant: TenantId,
        key: &str,
        response: &StoredResponse,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE idempotency_keys SET status = $1, response = $2 \
             WHERE tenant_id = $3 AND idempotency_key = $4",
        )
        .bind(i64::from(response.status))
        .bind(response.body.clone())
        .bind(tenant.to_string())
        .bind(key.to_owned())
        .execute(&mut *self.db().writer().await?)
        .await?;
        Ok(())
    }

    /// Forgets an idempotency key whose request had no effect, so that it may be tried again.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn abandon_idempotent(&self, tenant: TenantId, key: &str) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND idempotency_key = $2 AND status IS NULL",
        )
        .bind(tenant.to_string())
        .bind(key.to_owned())
        .execute(&mut *self.db().writer().await?)
        .await?;
        Ok(())
    }
}

async fn insert(
    connection: &mut AnyConnection,
    tenant: TenantId,
    key: &str,
    body: Sha256Hash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO idempotency_keys (tenant_id, idempotency_key, body_sha256, began_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, idempotency_key) DO NOTHING",
    )
    .bind(tenant.to_string())
    .bind(key.to_owned())
    .bind(body.hex())
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

fn known(row: &AnyRow, body: Sha256Hash) -> Result<Idempotency, StoreError> {
    if row.text("body_sha256")? != body.hex() {
        return Ok(Idempotency::BodyDiffers);
    }
    if row.int_or_none("status")?.is_none() {
        return Ok(Idempotency::InProgress);
    }
    Ok(Idempotency::Replay(StoredResponse {
        status: row.unsigned("status")?,
        body: row.text("response")?,
    }))
}
