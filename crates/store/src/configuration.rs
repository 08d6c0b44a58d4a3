//! The configuration of tenants: the present values, and the revisions that led to them.

use model::{ConfigChange, PhoneNumber, Revision, TenantConfig, TenantId, Timestamp, UserId};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::limits::PAGE_ROWS_MAX;
use crate::outbox::{self, OutboxMessage};
use crate::row::{Columns, to_int};
use crate::sql;
use crate::stored::config as stored;
use crate::telephony::{claim_number, release_number};
use crate::{Store, StoreError};

/// The configuration was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CommitRevisionError {
    /// The number is not free (any more), or there is none such.
    #[error("the phone number {0} is taken")]
    NumberTaken(PhoneNumber),
    /// Somebody else committed a revision first: load, decide again, retry.
    #[error("the configuration has changed in the meantime: it is at revision {current}")]
    RevisionMismatch {
        /// The last revision.
        current: u64,
    },
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// A tenant's configuration; empty, at revision 0, for an unknown tenant.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load_config(&self, tenant: TenantId) -> Result<TenantConfig, StoreError> {
        // One statement, so that values and revision belong together.
        let rows = sqlx::query(
            "SELECT tenants.config_revision, config_items.v, config_items.body FROM tenants \
             LEFT JOIN config_items ON config_items.tenant_id = tenants.id WHERE tenants.id = $1",
        )
        .bind(tenant.to_string())
        .fetch_all(&mut *self.db().reader().await?)
        .await?;
        let Some(first) = rows.first() else {
            return Ok(TenantConfig::default());
        };
        let number = first.unsigned("config_revision")?;
        let changes: Result<Vec<_>, _> = rows.iter().filter_map(|row| item(row).transpose()).collect();
        let mut config = TenantConfig::default();
        config.apply(&Revision {
            number,
            by: None,
            changes: changes?,
        });
        Ok(config)
    }

    /// Commits changes as the revision after `expected_revision`: values, revision, claimed and released
    /// phone numbers and the outbox row `config_revision` in one transaction.
    ///
    /// # Errors
    /// When another revision came first, or a number that is to be claimed is not free.
    pub async fn commit_revision(
        &self,
        tenant: TenantId,
        expected_revision: u64,
        by: Option<UserId>,
        changes: Vec<ConfigChange>,
        now: Timestamp,
    ) -> Result<Revision, CommitRevisionError> {
        let number = expected_revision + 1;
        let mut transaction = self.db().begin().await?;
        let advanced =
            sqlx::query("UPDATE tenants SET config_revision = $1 WHERE id = $2 AND config_revision = $3")
                .bind(to_int(number))
                .bind(tenant.to_string())
                .bind(to_int(expected_revision))
                .execute(&mut *transaction)
                .await
                .map_err(StoreError::from)?;
        if advanced.rows_affected() == 0 {
            let current = current_revision(&mut transaction, tenant).await?;
            return Err(CommitRevisionError::RevisionMismatch { current });
        }
        write_revision(&mut transaction, tenant, number, by, &changes, now)
            .await
            .map_err(|error| match error {
                WriteRevisionError::NumberTaken(number) => CommitRevisionError::NumberTaken(number),
                WriteRevisionError::Store(error) => CommitRevisionError::Store(error),
            })?;
        transaction.commit().await?;
        Ok(Revision { number, by, changes })
    }

    /// The revisions after a number, in order, at most [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revisions_after(&self, tenant: TenantId, number: u64) -> Result<Vec<Revision>, StoreError> {
        sqlx::query(
            "SELECT number, by_user_id, v, changes FROM config_revisions \
             WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        )
        .bind(tenant.to_string())
        .bind(to_int(number))
        .bind(i64::from(PAGE_ROWS_MAX))
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(|row| {
            Ok(Revision {
                number: row.unsigned("number")?,
                by: row.parsed_or_none("by_user_id")?,
                changes: stored::decode_changes(row.int("v")?, &row.text("changes")?)?,
            })
        })
        .collect()
    }
}

/// A revision could not be written.
pub(crate) enum WriteRevisionError {
    NumberTaken(PhoneNumber),
    Store(StoreError),
}

impl<E: Into<StoreError>> From<E> for WriteRevisionError {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

/// Writes a revision whose number the caller has made sure of.
pub(crate) async fn write_revision(
    connection: &mut AnyConnection,
    tenant: TenantId,
    number: u64,
    by: Option<UserId>,
    changes: &[ConfigChange],
    now: Timestamp,
) -> Result<(), WriteRevisionError> {
    for change in changes {
        match change {
            ConfigChange::PutPhoneNumber(claimed) => {
                if !claim_number(connection, tenant, claimed, now).await? {
                    return Err(WriteRevisionError::NumberTaken(claimed.number.clone()));
                }
            }
            ConfigChange::ReleasePhoneNumber(id) => release_number(connection, tenant, *id).await?,
            ConfigChange::PutAgent(_)
            | ConfigChange::PutDisposition(_)
            | ConfigChange::PutFlow(_)
            | ConfigChange::PutHours(_)
            | ConfigChange::PutQueue(_)
            | ConfigChange::PutRoutingProfile(_)
            | ConfigChange::PutSettings(_)
            | ConfigChange::PutStatus(_) => {}
        }
        write_item(connection, tenant, number, change).await?;
    }
    sqlx::query(
        "INSERT INTO config_revisions (tenant_id, number, committed_at, by_user_id, v, changes) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant.to_string())
    .bind(to_int(number))
    .bind(now.as_millis())
    .bind(by.map(|user| user.to_string()))
    .bind(stored::VERSION)
    .bind(stored::encode_changes(changes))
    .execute(&mut *connection)
    .await?;
    let messages = [OutboxMessage {
        kind: "config_revision".to_owned(),
        body: format!(r#"{{"revision":{number}}}"#),
    }];
    let cause = format!("{tenant}:r{number:016}");
    let rows = outbox::rows(tenant, &cause, &messages, now);
    sql::run(connection, outbox::inserts(&rows)).await?;
    Ok(())
}

async fn write_item(
    connection: &mut AnyConnection,
    tenant: TenantId,
    number: u64,
    change: &ConfigChange,
) -> Result<(), StoreError> {
    let (kind, item_id) = stored::item_key(change);
    if matches!(change, ConfigChange::ReleasePhoneNumber(_)) {
        sqlx::query("DELETE FROM config_items WHERE tenant_id = $1 AND kind = $2 AND item_id = $3")
            .bind(tenant.to_string())
            .bind(kind)
            .bind(item_id)
            .execute(connection)
            .await?;
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO config_items (tenant_id, kind, item_id, revision, v, body) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, kind, item_id) \
         DO UPDATE SET revision = excluded.revision, v = excluded.v, body = excluded.body",
    )
    .bind(tenant.to_string())
    .bind(kind)
    .bind(item_id)
    .bind(to_int(number))
    .bind(stored::VERSION)
    .bind(stored::encode_change(change))
    .execute(connection)
    .await?;
    Ok(())
}

/// None where the tenant has no items, which the outer join says with nulls.
fn item(row: &AnyRow) -> Result<Option<ConfigChange>, StoreError> {
    let Some(body) = row.text_or_none("body")? else {
        return Ok(None);
    };
    stored::decode_change(row.int("v")?, &body).map(Some)
}

async fn current_revision(connection: &mut AnyConnection, tenant: TenantId) -> Result<u64, StoreError> {
    sqlx::query("SELECT config_revision FROM tenants WHERE id = $1")
        .bind(tenant.to_string())
        .fetch_optional(connection)
        .await?
        .map_or(Ok(0), |row| row.unsigned("config_revision"))
}
