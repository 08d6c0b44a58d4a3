//! Mail settings: the SMTP server a tenant sends through.

use model::TenantId;

use crate::names::Named;
use crate::row::Columns;
use crate::{Entropy, Secret, Store, StoreError};

/// The SMTP server a tenant sends through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// Its host name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// The user name; none for a server that asks for none.
    pub username: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// The address that mails come from.
    pub from_address: String,
}

/// How the connection to an SMTP server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// Not at all.
    None,
    /// By TLS after a plain beginning.
    StartTls,
    /// By TLS from the beginning.
    Tls,
}

impl Store {
    /// A tenant's mail settings; none before they were set.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mail_settings(&self, tenant: TenantId) -> Result<Option<MailSettings>, StoreError> {
        let row = sqlx::query("SELECT * FROM mail_settings WHERE tenant_id = $1")
            .bind(tenant.to_string())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let password = row
            .text_or_none("password_sealed")?
            .map(|sealed| {
                self.master_key()
                    .unseal_secret("a mail password", &purpose(tenant), &sealed)
            })
            .transpose()?;
        Ok(Some(MailSettings {
            host: row.text("host")?,
            port: row.unsigned("port")?,
            security: row.named("security")?,
            username: row.text_or_none("username")?,
            password,
            from_address: row.text("from_address")?,
        }))
    }

    /// How many tenants have no mail settings, so that no mail goes to their users.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tenants_without_mail_count(&self) -> Result<u64, StoreError> {
        sqlx::query(
            "SELECT COUNT(*) AS tenants FROM tenants WHERE id NOT IN (SELECT tenant_id FROM mail_settings)",
        )
        .fetch_one(&mut *self.db().reader().await?)
        .await?
        .unsigned("tenants")
    }

    /// Replaces a tenant's mail settings.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn put_mail_settings(
        &self,
        tenant: TenantId,
        settings: &MailSettings,
        mut entropy: Entropy,
    ) -> Result<(), StoreError> {
        let password = settings.password.as_ref().map(|password| {
            self.master_key()
                .seal_secret(&purpose(tenant), password, &mut entropy)
        });
        sqlx::query(
            "INSERT INTO mail_settings (tenant_id, host, port, security, \
             username, password_sealed, from_address) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id) DO UPDATE SET \
             host = excluded.host, port = excluded.port, security = excluded.security, \
             username = excluded.username, password_sealed = excluded.password_sealed, \
             from_address = excluded.from_address",
        )
        .bind(tenant.to_string())
        .bind(settings.host.clone())
        .bind(i64::from(settings.port))
        .bind(settings.security.name())
        .bind(settings.username.clone())
        .bind(password)
        .bind(settings.from_address.clone())
        .execute(&mut *self.db().writer().await?)
        .await?;
        Ok(())
    }
}

fn purpose(tenant: TenantId) -> String {
    format!("mail password of {tenant}")
}
