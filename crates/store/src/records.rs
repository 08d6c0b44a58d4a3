//! Contact records: read by page, by contact, and counted. They are written by appending.

use std::fmt;
use std::str::FromStr;

use model::{AgentId, ContactId, ContactRecord, QueueId, TenantId, Timestamp};
use sqlx::any::AnyRow;

use crate::limits::PAGE_ROWS_MAX;
use crate::row::{Columns, to_int};
use crate::sql::Bulk;
use crate::stored::record as stored;
use crate::{Store, StoreError};

/// Which contact records are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContactQuery {
    /// Only those this agent took part in.
    pub agent: Option<AgentId>,
    /// Only those before this place, the newest first.
    pub before: Option<ContactCursor>,
    /// At most so many, and at most [`PAGE_ROWS_MAX`].
    pub limit: u32,
}

/// A place in a tenant's contact records, stable under new ones. Its text form is opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactCursor {
    initiated_at: Timestamp,
    contact: ContactId,
}

/// The text is not a place in the contact records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a cursor: take it from `next_cursor` of the page before")]
pub struct ParseContactCursorError;

/// A page of contact records.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactPage {
    /// The records, the newest first.
    pub records: Vec<ContactRecord>,
    /// Where the next page begins; none on the last.
    pub next: Option<ContactCursor>,
}

/// What a queue did in a period. Test calls do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    /// The tenant's last event that the counts include.
    pub last_seq: u64,
    /// The contacts whose last queue it was.
    pub contact_count: u64,
    /// Those an agent answered.
    pub answered_count: u64,
    /// Those an agent answered within the service level.
    pub answered_in_threshold_count: u64,
    /// Those whose customer gave up before.
    pub abandoned_count: u64,
}

impl From<&ContactRecord> for ContactCursor {
    fn from(record: &ContactRecord) -> Self {
        Self {
            initiated_at: record.initiated_at,
            contact: record.id,
        }
    }
}

impl fmt::Display for ContactCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.initiated_at.as_millis(), self.contact)
    }
}

impl FromStr for ContactCursor {
    type Err = ParseContactCursorError;

    fn from_str(text: &str) -> Result<Self, ParseContactCursorError> {
        let (initiated_at, contact) = text.split_once('-').ok_or(ParseContactCursorError)?;
        Ok(Self {
            initiated_at: Timestamp::from_millis(initiated_at.parse().map_err(|_| ParseContactCursorError)?),
            contact: contact.parse().map_err(|_| ParseContactCursorError)?,
        })
    }
}

impl Store {
    /// A page of a tenant's contact records, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn contact_records(
        &self,
        tenant: TenantId,
        query: &ContactQuery,
    ) -> Result<ContactPage, StoreError> {
        let limit = query.limit.clamp(1, PAGE_ROWS_MAX);
        let (initiated_at, contact) = query.before.map_or((i64::MAX, String::new()), |cursor| {
            (cursor.initiated_at.as_millis(), cursor.contact.to_string())
        });
        let statement = if query.agent.is_some() {
            LIST_OF_AGENT
        } else {
            LIST
        };
        let mut statement = sqlx::query(statement)
            .bind(tenant.to_string())
            .bind(initiated_at)
            .bind(contact)
            // One more than wanted says whether there is a next page.
            .bind(i64::from(limit) + 1);
        if let Some(agent) = query.agent {
            statement = statement.bind(agent.to_string());
        }
        let rows = statement.fetch_all(&mut *self.db().reader().await?).await?;
        let wanted = rows.iter().take(limit as usize);
        let records: Vec<ContactRecord> = wanted.map(record).collect::<Result<_, _>>()?;
        let has_next = rows.len() > records.len();
        let next = records.last().filter(|_| has_next).map(ContactCursor::from);
        Ok(ContactPage { records, next })
    }

    /// A contact's record.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn contact_record(
        &self,
        tenant: TenantId,
        contact: ContactId,
    ) -> Result<Option<ContactRecord>, StoreError> {
        sqlx::query("SELECT v, body FROM contact_records WHERE tenant_id = $1 AND contact_id = $2")
            .bind(tenant.to_string())
            .bind(contact.to_string())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| record(&row))
            .transpose()
    }

    /// Whether an agent took part in a contact.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn took_part(
        &self,
        tenant: TenantId,
        agent: AgentId,
        contact: ContactId,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT contact_id FROM contact_agents \
             WHERE tenant_id = $1 AND agent_id = $2 AND contact_id = $3",
        )
        .bind(tenant.to_string())
        .bind(agent.to_string())
        .bind(contact.to_string())
        .fetch_optional(&mut *self.db().reader().await?)
        .await?;
        Ok(row.is_some())
    }

    /// The records of all contacts that are not completed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_contact_records(&self, tenant: TenantId) -> Result<Vec<ContactRecord>, StoreError> {
        sqlx::query(
            "SELECT v, body FROM contact_records WHERE tenant_id = $1 AND completed_at IS NULL \
             ORDER BY contact_id",
        )
        .bind(tenant.to_string())
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(record)
        .collect()
    }

    /// What a queue did with the contacts, tests aside, that began at `since` or later; answering within `threshold_ms` of
    /// entering the queue meets its service level.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn queue_counts(
        &self,
        tenant: TenantId,
        queue: QueueId,
        since: Timestamp,
        threshold_ms: u64,
    ) -> Result<QueueCounts, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT last_seq FROM logs WHERE tenant_id = $1) AS last_seq, \
             COUNT(*) AS contacts, COUNT(connected_at) AS answered, \
             COUNT(CASE WHEN connected_at - enqueued_at <= $4 THEN 1 END) AS in_threshold, \
             CAST(COALESCE(SUM(abandoned), 0) AS BIGINT) AS abandoned \
             FROM contact_records WHERE tenant_id = $1 AND initiated_at >= $2 AND queue_id = $3 AND test = 0",
        )
        .bind(tenant.to_string())
        .bind(since.as_millis())
        .bind(queue.to_string())
        .bind(to_int(threshold_ms))
        .fetch_one(&mut *self.db().reader().await?)
        .await?;
        Ok(QueueCounts {
            contact_count: row.unsigned("contacts")?,
            // Nothing was ever logged.
            last_seq: row.int_or_none("last_seq")?.unwrap_or(0).unsigned_abs(),
            answered_count: row.unsigned("answered")?,
            answered_in_threshold_count: row.unsigned("in_threshold")?,
            abandoned_count: row.unsigned("abandoned")?,
        })
    }
}

const LIST: &str = "SELECT v, body FROM contact_records \
    WHERE tenant_id = $1 AND (initiated_at, contact_id) < ($2, $3) \
    ORDER BY initiated_at DESC, contact_id DESC LIMIT $4";

const LIST_OF_AGENT: &str = "SELECT v, body FROM contact_records \
    WHERE tenant_id = $1 AND (initiated_at, contact_id) < ($2, $3) \
    AND EXISTS (SELECT 1 FROM contact_agents WHERE contact_agents.tenant_id = contact_records.tenant_id \
                AND contact_agents.agent_id = $5 AND contact_agents.contact_id = contact_records.contact_id) \
    ORDER BY initiated_at DESC, contact_id DESC LIMIT $4";

pub(crate) const UPSERT: Bulk<11> = Bulk {
    before: "INSERT INTO contact_records (tenant_id, contact_id, initiated_at, enqueued_at, connected_at, \
           completed_at, queue_id, abandoned, test, v, body) SELECT * FROM",
    after: "WHERE column1 IS NOT NULL \
           ON CONFLICT (tenant_id, contact_id) DO UPDATE SET enqueued_at = excluded.enqueued_at, \
           connected_at = excluded.connected_at, completed_at = excluded.completed_at, \
           queue_id = excluded.queue_id, abandoned = excluded.abandoned, v = excluded.v, \
           body = excluded.body",
};

pub(crate) const INSERT_AGENTS: Bulk<3> = Bulk {
    before: "INSERT INTO contact_agents (tenant_id, agent_id, contact_id) SELECT * FROM",
    after: "WHERE column1 IS NOT NULL ON CONFLICT (tenant_id, agent_id, contact_id) DO NOTHING",
};

fn record(row: &AnyRow) -> Result<ContactRecord, StoreError> {
    stored::decode(row.int("v")?, &row.text("body")?)
}
