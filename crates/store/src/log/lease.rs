//! Leases: who may append to a tenant's log.
//!
//! A lease has an epoch that rises each time it is taken. Every append names its epoch and is refused unless it is the
//! log's, so a node that was away too long cannot write over its successor, whatever its clock says.

use std::time::Duration;

use model::{TenantId, Timestamp};

use crate::limits::LEASES_AT_ONCE_MAX;
use crate::row::{Columns, to_int};
use crate::sql::{self, Statement};
use crate::{Store, StoreError};

/// The right to append to a tenant's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The tenant.
    pub tenant: TenantId,
    /// The fencing number: 1, 2, 3 … each time the lease is taken.
    pub epoch: u64,
    /// From then on another node may take it.
    pub expires_at: Timestamp,
}

/// The lease was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeLeaseError {
    /// Another node has it.
    #[error("node {node} holds the lease")]
    Held {
        /// The node.
        node: String,
        /// Until when, unless it is renewed.
        expires_at: Timestamp,
    },
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Takes the lease of a tenant that nobody holds, whose lease has expired, or that `node` itself held
    /// before it was restarted. The epoch rises each time.
    ///
    /// # Errors
    /// When another node holds it.
    pub async fn take_lease(
        &self,
        tenant: TenantId,
        node: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, TakeLeaseError> {
        let expires_at = now + ttl;
        let taken = sqlx::query(
            "INSERT INTO logs (tenant_id, last_seq, epoch, node, lease_expires_at) VALUES ($1, 0, 1, $2, $3) \
             ON CONFLICT (tenant_id) DO UPDATE SET epoch = logs.epoch + 1, node = excluded.node, \
             lease_expires_at = excluded.lease_expires_at \
             WHERE logs.lease_expires_at <= $4 OR logs.node = excluded.node RETURNING epoch",
        )
        .bind(tenant.to_string())
        .bind(node.to_owned())
        .bind(expires_at.as_millis())
        .bind(now.as_millis())
        .fetch_optional(&mut *self.db().writer().await?)
        .await
        .map_err(StoreError::from)?;
        let Some(row) = taken else {
            return Err(self.held(tenant).await?);
        };
        Ok(Lease {
            tenant,
            epoch: row.unsigned("epoch")?,
            expires_at,
        })
    }

    /// Holds leases for longer and gives back those that were taken over. One that has expired can be renewed as long
    /// as nobody has taken it.
    ///
    /// # Errors
    /// When the database does not do it; some may be renewed then.
    pub async fn renew_leases(
        &self,
        leases: &[Lease],
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Vec<Lease>, StoreError> {
        let mut lost = Vec::new();
        for some in leases.chunks(LEASES_AT_ONCE_MAX) {
            let renewals = some.iter().map(|lease| expiry(lease, now + ttl)).collect();
            let (transaction, touched) = self.db().begin_with(renewals).await?;
            transaction.commit().await?;
            let taken_over = some
                .iter()
                .zip(touched)
                .filter(|(_, rows_count)| *rows_count == 0);
            lost.extend(taken_over.map(|(lease, _)| *lease));
        }
        Ok(lost)
    }

    /// Gives a lease back, so that another node need not wait for its end.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let release = vec![expiry(lease, Timestamp::EPOCH)];
        sql::run(&mut *self.db().writer().await?, release).await?;
        Ok(())
    }

    /// The tenants that `node` is to look after though nobody asked for them: those whose lease it held when it
    /// ended, or that expired in another's hands, and those with open contacts whose lease was given back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tenants_left_behind(&self, node: &str, now: Timestamp) -> Result<Vec<TenantId>, StoreError> {
        sqlx::query(
            "SELECT tenant_id FROM logs WHERE lease_expires_at > 0 AND (lease_expires_at <= $1 OR node = $2) \
             UNION SELECT logs.tenant_id FROM logs JOIN contact_records \
             ON contact_records.tenant_id = logs.tenant_id AND contact_records.completed_at IS NULL \
             WHERE logs.lease_expires_at = 0 ORDER BY tenant_id",
        )
        .bind(now.as_millis())
        .bind(node.to_owned())
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(|row| row.parsed("tenant_id"))
        .collect()
    }

    async fn held(&self, tenant: TenantId) -> Result<TakeLeaseError, StoreError> {
        let row = sqlx::query("SELECT node, lease_expires_at FROM logs WHERE tenant_id = $1")
            .bind(tenant.to_string())
            .fetch_one(&mut *self.db().writer().await?)
            .await?;
        Ok(TakeLeaseError::Held {
            node: row.text("node")?,
            expires_at: row.at("lease_expires_at")?,
        })
    }
}

/// Touches a row only while the lease is the latest.
fn expiry(lease: &Lease, expires_at: Timestamp) -> Statement {
    Statement::new(
        "UPDATE logs SET lease_expires_at = ? WHERE tenant_id = ? AND epoch = ?",
        [
            expires_at.as_millis().into(),
            lease.tenant.to_string().into(),
            to_int(lease.epoch).into(),
        ],
    )
}
