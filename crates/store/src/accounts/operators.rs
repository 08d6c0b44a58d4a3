//! The operator: who runs the installation.

use model::Timestamp;

use super::email_key;
use crate::row::Columns;
use crate::{Store, StoreError};

/// Who runs the installation; belongs to no tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The e-mail address to sign in with.
    pub email: String,
    /// The password's hash in PHC string format.
    pub password_hash: String,
    /// When the operator was created.
    pub created_at: Timestamp,
}

/// No operator was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateOperatorError {
    /// The installation has its operator.
    #[error("there is an operator already")]
    Exists,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Creates the operator, of whom there is one.
    ///
    /// # Errors
    /// When there is one already.
    pub async fn create_operator(&self, operator: &Operator) -> Result<(), CreateOperatorError> {
        let created = sqlx::query(
            "INSERT INTO operators (email_key, email, password_hash, created_at) \
             SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT) \
             WHERE NOT EXISTS (SELECT 1 FROM operators)",
        )
        .bind(email_key(&operator.email))
        .bind(operator.email.clone())
        .bind(operator.password_hash.clone())
        .bind(operator.created_at.as_millis())
        .execute(&mut *self.db().writer().await?)
        .await
        .map_err(StoreError::from)?;
        if created.rows_affected() == 0 {
            return Err(CreateOperatorError::Exists);
        }
        Ok(())
    }

    /// The operator, once created.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operator(&self) -> Result<Option<Operator>, StoreError> {
        sqlx::query("SELECT email, password_hash, created_at FROM operators")
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| {
                Ok(Operator {
                    email: row.text("email")?,
                    password_hash: row.text("password_hash")?,
                    created_at: row.at("created_at")?,
                })
            })
            .transpose()
    }

    /// Gives the operator another password.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn set_operator_password(&self, password_hash: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE operators SET password_hash = $1")
            .bind(password_hash.to_owned())
            .execute(&mut *self.db().writer().await?)
            .await?;
        Ok(())
    }
}
