//! The outbox: what is to be told to others, written in the transaction of what it tells about.

use model::{TenantId, Timestamp};

use crate::limits::PAGE_ROWS_MAX;
use crate::row::Columns;
use crate::sql::{Bulk, Statement};
use crate::{Store, StoreError};

/// Something to be told to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// What kind of message, in snake_case.
    pub kind: String,
    /// The message, in a form its kind determines.
    pub body: String,
}

/// A message that waits to be told. Telling may happen twice; the id is the same then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Made from what it tells about: the tenant, the event or revision, and a number.
    pub id: String,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The message.
    pub message: OutboxMessage,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Store {
    /// The oldest messages that wait, at most `limit` and [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pending_outbox(&self, limit: u32) -> Result<Vec<OutboxItem>, StoreError> {
        sqlx::query(
            "SELECT id, tenant_id, kind, body, created_at FROM outbox \
             WHERE done_at IS NULL ORDER BY created_at, id LIMIT $1",
        )
        .bind(i64::from(limit.min(PAGE_ROWS_MAX)))
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(|row| {
            Ok(OutboxItem {
                id: row.text("id")?,
                tenant: row.parsed("tenant_id")?,
                message: OutboxMessage {
                    kind: row.text("kind")?,
                    body: row.text("body")?,
                },
                created_at: row.at("created_at")?,
            })
        })
        .collect()
    }

    /// Notes that messages were told.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn complete_outbox(&self, ids: &[String], now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.db().begin().await?;
        for id in ids {
            sqlx::query("UPDATE outbox SET done_at = $1 WHERE id = $2 AND done_at IS NULL")
                .bind(now.as_millis())
                .bind(id.clone())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }
}

/// A message to be written.
pub(crate) struct OutboxRow<'a> {
    id: String,
    tenant: TenantId,
    message: &'a OutboxMessage,
    created_at: Timestamp,
}

/// The messages that `cause` gave rise to.
pub(crate) fn rows<'a>(
    tenant: TenantId,
    cause: &str,
    messages: &'a [OutboxMessage],
    now: Timestamp,
) -> Vec<OutboxRow<'a>> {
    let numbered = messages.iter().enumerate();
    numbered
        .map(|(number, message)| OutboxRow {
            id: format!("{cause}:{number:04}"),
            tenant,
            message,
            created_at: now,
        })
        .collect()
}

/// The statements that write messages.
pub(crate) fn inserts(rows: &[OutboxRow<'_>]) -> Vec<Statement> {
    INSERT.of(rows, |row| {
        [
            row.id.clone().into(),
            row.tenant.to_string().into(),
            row.message.kind.clone().into(),
            row.message.body.clone().into(),
            row.created_at.as_millis().into(),
        ]
    })
}

const INSERT: Bulk<5> = Bulk {
    before: "INSERT INTO outbox (id, tenant_id, kind, body, created_at) SELECT * FROM",
    after: "WHERE column1 IS NOT NULL",
};
