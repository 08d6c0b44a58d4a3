//! Users: the people who sign in to the console.

use model::{AgentId, TenantId, Timestamp, UserId};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::email_key;
use crate::row::Columns;
use crate::{Store, StoreError};

/// What a user or an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Everything.
    Admin,
    /// Take contacts.
    Agent,
}

/// A user of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// The tenant they belong to.
    pub tenant: TenantId,
    /// The e-mail address to sign in with, as it was written.
    pub email: String,
    /// What colleagues call them.
    pub name: String,
    /// The password's hash in PHC string format.
    pub password_hash: String,
    /// Whether they are an admin.
    pub is_admin: bool,
    /// The agent they are, if they take contacts.
    pub agent: Option<AgentId>,
    /// When they were added.
    pub created_at: Timestamp,
}

impl User {
    /// What they may do.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        let admin = self.is_admin.then_some(Role::Admin);
        let agent = self.agent.map(|_| Role::Agent);
        admin.into_iter().chain(agent).collect()
    }
}

/// No user was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// There is one with that e-mail address.
    #[error("there is a user with this e-mail address already")]
    EmailTaken,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Adds a user to a tenant.
    ///
    /// # Errors
    /// When the e-mail address is taken.
    pub async fn create_user(&self, user: &User) -> Result<(), CreateUserError> {
        let mut transaction = self.db().begin().await?;
        if !insert_user(&mut transaction, user).await? {
            return Err(CreateUserError::EmailTaken);
        }
        transaction.commit().await?;
        Ok(())
    }

    /// A user.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.user_where("users.id = $1", id.to_string()).await
    }

    /// The user with that e-mail address, in whatever case it is written.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>, StoreError> {
        self.user_where("email_key = $1", email_key(email)).await
    }

    /// A tenant's users, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn users(&self, tenant: TenantId) -> Result<Vec<User>, StoreError> {
        let statement = format!(
            "SELECT {USER_COLUMNS} FROM users WHERE tenant_id = $1 ORDER BY users.created_at, users.id"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(tenant.to_string())
            .fetch_all(&mut *self.db().reader().await?)
            .await?
            .iter()
            .map(user)
            .collect()
    }

    async fn user_where(&self, condition: &'static str, value: String) -> Result<Option<User>, StoreError> {
        let statement = format!("SELECT {USER_COLUMNS} FROM users WHERE {condition}");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(value)
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| user(&row))
            .transpose()
    }
}

pub(super) const USER_COLUMNS: &str = "users.id, users.tenant_id, users.email, users.name, \
     users.password_hash, users.is_admin, users.agent_id, users.created_at";

pub(super) fn user(row: &AnyRow) -> Result<User, StoreError> {
    Ok(User {
        id: row.parsed("id")?,
        tenant: row.parsed("tenant_id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        password_hash: row.text("password_hash")?,
        is_admin: row.flag("is_admin")?,
        agent: row.parsed_or_none("agent_id")?,
        created_at: row.at("created_at")?,
    })
}

/// False when the e-mail address is taken. Leaves a PostgreSQL transaction usable, where an error would not.
pub(super) async fn insert_user(connection: &mut AnyConnection, user: &User) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO users \
         (id, tenant_id, email_key, email, name, password_hash, is_admin, agent_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (email_key) DO NOTHING",
    )
    .bind(user.id.to_string())
    .bind(user.tenant.to_string())
    .bind(email_key(&user.email))
    .bind(user.email.clone())
    .bind(user.name.clone())
    .bind(user.password_hash.clone())
    .bind(i64::from(user.is_admin))
    .bind(user.agent.map(|agent| agent.to_string()))
    .bind(user.created_at.as_millis())
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() > 0)
}
