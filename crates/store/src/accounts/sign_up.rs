//! Sign-up: one transaction that makes a contact center.

use model::{ConfigChange, PhoneNumber, TenantId, Timestamp};

use super::sessions::insert_session;
use super::users::insert_user;
use crate::accounts::{NewSession, User};
use crate::configuration::{WriteRevisionError, write_revision};
use crate::{Store, StoreError};

/// Everything a tenant begins with.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its id.
    pub id: TenantId,
    /// The user who signed up; of this tenant.
    pub owner: User,
    /// The session that signing up begins.
    pub session: Option<NewSession>,
    /// Revision 1 of the configuration. `PutPhoneNumber` claims a number of the inventory.
    pub changes: Vec<ConfigChange>,
}

/// Nothing was created.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// Somebody has signed up with that e-mail address.
    #[error("there is a user with this e-mail address already")]
    EmailTaken,
    /// The number is not free (any more), or there is none such.
    #[error("the phone number {0} is taken")]
    NumberTaken(PhoneNumber),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Creates a tenant with its owner, configuration and phone number, all or nothing.
    ///
    /// # Errors
    /// When the e-mail address or the number is taken: of two at the same time, one gets it.
    pub async fn sign_up(&self, tenant: &NewTenant, now: Timestamp) -> Result<(), SignUpError> {
        let mut transaction = self.db().begin().await?;
        sqlx::query("INSERT INTO tenants (id, signed_up_at, config_revision) VALUES ($1, $2, 1)")
            .bind(tenant.id.to_string())
            .bind(now.as_millis())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::from)?;
        if !insert_user(&mut transaction, &tenant.owner).await? {
            return Err(SignUpError::EmailTaken);
        }
        if let Some(session) = &tenant.session {
            insert_session(&mut transaction, session, now).await?;
        }
        let by = Some(tenant.owner.id);
        write_revision(&mut transaction, tenant.id, 1, by, &tenant.changes, now)
            .await
            .map_err(|error| match error {
                WriteRevisionError::NumberTaken(number) => SignUpError::NumberTaken(number),
                WriteRevisionError::Store(error) => SignUpError::Store(error),
            })?;
        transaction.commit().await?;
        Ok(())
    }
}
