//! Password resets: a link that works once, for a while.

use model::{Timestamp, UserId};
use sqlx::AnyConnection;

use crate::row::Columns;
use crate::{Sha256Hash, Store, StoreError};

/// A password reset to be.
#[derive(Debug, Clone, Copy)]
pub struct NewPasswordReset {
    /// Whose password.
    pub user: UserId,
    /// The hash of the token in the link.
    pub token: Sha256Hash,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// The password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The link was used, replaced, has expired or never was.
    #[error("this link no longer works: ask for a new one")]
    Expired,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Keeps a password reset; the user's earlier ones stop working.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn create_password_reset(
        &self,
        reset: &NewPasswordReset,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.db().begin().await?;
        sqlx::query("DELETE FROM password_resets WHERE user_id = $1")
            .bind(reset.user.to_string())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO password_resets (token_sha256, user_id, created_at, expires_at) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(reset.token.hex())
        .bind(reset.user.to_string())
        .bind(now.as_millis())
        .bind(reset.expires_at.as_millis())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await
    }

    /// Uses a password reset up: sets the password and ends all of the user's sessions.
    ///
    /// # Errors
    /// When the link does not work (any more).
    pub async fn reset_password(
        &self,
        token: Sha256Hash,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<UserId, ResetPasswordError> {
        let mut transaction = self.db().begin().await?;
        let user: UserId = sqlx::query(
            "DELETE FROM password_resets WHERE token_sha256 = $1 AND expires_at > $2 RETURNING user_id",
        )
        .bind(token.hex())
        .bind(now.as_millis())
        .fetch_optional(&mut *transaction)
        .await
        .map_err(StoreError::from)?
        .ok_or(ResetPasswordError::Expired)?
        .parsed("user_id")?;
        change_password(&mut transaction, user, password_hash).await?;
        transaction.commit().await?;
        Ok(user)
    }
}

async fn change_password(
    connection: &mut AnyConnection,
    user: UserId,
    password_hash: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET password_hash = $1 WHERE id = $2")
        .bind(password_hash.to_owned())
        .bind(user.to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(user.to_string())
        .execute(&mut *connection)
        .await?;
    Ok(())
}
