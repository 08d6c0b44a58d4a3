//! The outbox: what is to be told to others, written in the transaction of what it tells about.

use model::{TenantId, Timestamp};

use crate::limits::PAGE_ROWS_MAX;
use crate::row::Columns;
use crate::sql::{Insert, Statement};
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

/// The statements that write the messages which `cause` gave rise to.
pub(crate) fn inserts(
    tenant: TenantId,
    cause: &str,
    messages: &[OutboxMessage],
    now: Timestamp,
) -> Vec<Statement> {
    let numbered: Vec<(usize, &OutboxMessage)> = messages.iter().enumerate().collect();
    INSERT.of(&numbered, |(number, message)| {
        [
            format!("{cause}:{number:04}").into(),
            tenant.to_string().into(),
            message.kind.clone().into(),
            message.body.clone().into(),
            now.as_millis().into(),
        ]
    })
}

const INSERT: Insert<5> = Insert {
    head: "INSERT INTO outbox (id, tenant_id, kind, body, created_at) VALUES",
    tail: "",
};
