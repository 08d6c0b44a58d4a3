//! API keys: what programs sign in with.

use model::{TenantId, Timestamp};
use sqlx::any::AnyRow;

use crate::accounts::Role;
use crate::names::Named;
use crate::row::Columns;
use crate::{Sha256Hash, Store, StoreError};

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public id, `key_…`.
    pub id: String,
    /// The tenant it acts for.
    pub tenant: TenantId,
    /// What people call it.
    pub name: String,
    /// The first characters of the secret, to recognise it by.
    pub prefix: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// An API key to be.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Its public id, `key_…`.
    pub id: String,
    /// The tenant it acts for.
    pub tenant: TenantId,
    /// What people call it.
    pub name: String,
    /// The first characters of the secret, to recognise it by.
    pub prefix: String,
    /// The hash of the secret.
    pub secret: Sha256Hash,
    /// What it may do.
    pub role: Role,
}

impl Store {
    /// Keeps a new API key.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn create_api_key(&self, key: &NewApiKey, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO api_keys (id, tenant_id, name, prefix, secret_sha256, role, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(key.id.clone())
        .bind(key.tenant.to_string())
        .bind(key.name.clone())
        .bind(key.prefix.clone())
        .bind(key.secret.hex())
        .bind(key.role.name())
        .bind(now.as_millis())
        .execute(&mut *self.db().writer().await?)
        .await?;
        Ok(())
    }

    /// A tenant's API keys, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn api_keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>, StoreError> {
        sqlx::query("SELECT * FROM api_keys WHERE tenant_id = $1 ORDER BY created_at, id")
            .bind(tenant.to_string())
            .fetch_all(&mut *self.db().reader().await?)
            .await?
            .iter()
            .map(api_key)
            .collect()
    }

    /// The API key with that secret.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn api_key_by_secret(&self, secret: Sha256Hash) -> Result<Option<ApiKey>, StoreError> {
        sqlx::query("SELECT * FROM api_keys WHERE secret_sha256 = $1")
            .bind(secret.hex())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| api_key(&row))
            .transpose()
    }

    /// Notes that an API key was used; writes at most once a minute.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn touch_api_key(&self, key: &ApiKey, now: Timestamp) -> Result<(), StoreError> {
        if key
            .last_used_at
            .is_some_and(|last| now.millis_since(last) < 60_000)
        {
            return Ok(());
        }
        sqlx::query("UPDATE api_keys SET last_used_at = $1 WHERE id = $2")
            .bind(now.as_millis())
            .bind(key.id.clone())
            .execute(&mut *self.db().writer().await?)
            .await?;
        Ok(())
    }

    /// Deletes an API key of the tenant; false if there is none with that id.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn delete_api_key(&self, tenant: TenantId, id: &str) -> Result<bool, StoreError> {
        let deleted = sqlx::query("DELETE FROM api_keys WHERE tenant_id = $1 AND id = $2")
            .bind(tenant.to_string())
            .bind(id.to_owned())
            .execute(&mut *self.db().writer().await?)
            .await?;
        Ok(deleted.rows_affected() > 0)
    }
}

fn api_key(row: &AnyRow) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row.text("id")?,
        tenant: row.parsed("tenant_id")?,
        name: row.text("name")?,
        prefix: row.text("prefix")?,
        role: row.named("role")?,
        created_at: row.at("created_at")?,
        last_used_at: row.at_or_none("last_used_at")?,
    })
}
