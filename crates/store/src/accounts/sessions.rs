//! Sessions: what a browser signs in with.

use model::{Timestamp, UserId};
use sqlx::AnyConnection;

use super::users::{USER_COLUMNS, user};
use crate::accounts::User;
use crate::row::Columns;
use crate::{Sha256Hash, Store, StoreError};

/// A session to be.
#[derive(Debug, Clone, Copy)]
pub struct NewSession {
    /// Whose it is.
    pub user: UserId,
    /// The hash of the token in the cookie.
    pub token: Sha256Hash,
    /// Until when it lasts.
    pub expires_at: Timestamp,
}

/// A session that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub user: User,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// Until when it lasts.
    pub expires_at: Timestamp,
}

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn create_session(&self, session: &NewSession, now: Timestamp) -> Result<(), StoreError> {
        insert_session(&mut *self.db().writer().await?, session, now).await
    }

    /// The session with that token, unless it has expired, and its user.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session(&self, token: Sha256Hash, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let statement = format!(
            "SELECT {USER_COLUMNS}, sessions.created_at AS session_created_at, last_seen_at, expires_at \
             FROM sessions JOIN users ON users.id = sessions.user_id \
             WHERE token_sha256 = $1 AND expires_at > $2"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(token.hex())
            .bind(now.as_millis())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| {
                Ok(Session {
                    user: user(&row)?,
                    created_at: row.at("session_created_at")?,
                    last_seen_at: row.at("last_seen_at")?,
                    expires_at: row.at("expires_at")?,
                })
            })
            .transpose()
    }

    /// Notes that a session was used and lets it last until `expires_at`; writes at most once a minute.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn touch_session(
        &self,
        token: Sha256Hash,
        session: &Session,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if now.millis_since(session.last_seen_at) < 60_000 {
            return Ok(());
        }
        sqlx::query("UPDATE sessions SET last_seen_at = $1, expires_at = $2 WHERE token_sha256 = $3")
            .bind(now.as_millis())
            .bind(expires_at.as_millis())
            .bind(token.hex())
            .execute(&mut *self.db().writer().await?)
            .await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn delete_session(&self, token: Sha256Hash) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE token_sha256 = $1")
            .bind(token.hex())
            .execute(&mut *self.db().writer().await?)
            .await?;
        Ok(())
    }
}

pub(super) async fn insert_session(
    connection: &mut AnyConnection,
    session: &NewSession,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sessions (token_sha256, user_id, created_at, last_seen_at, expires_at) \
         VALUES ($1, $2, $3, $3, $4)",
    )
    .bind(session.token.hex())
    .bind(session.user.to_string())
    .bind(now.as_millis())
    .bind(session.expires_at.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}
