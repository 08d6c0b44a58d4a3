//! The SMTP server that a tenant's mails go through.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use store::Secret;
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::backend::Mail;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::Body;
use crate::limits;
use crate::state::ApiState;

const SUBMISSION_PORT: u16 = 587;

/// The SMTP server that mails go through.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailSettings {
    /// Its host name; null before the settings are made.
    #[schema(required = true, example = "smtp.example.net")]
    pub(crate) host: Option<String>,
    /// Its port.
    #[schema(example = 587)]
    pub(crate) port: u16,
    /// How the connection is protected.
    pub(crate) security: MailSecurity,
    /// The user name; null for a server that asks for none.
    #[schema(required = true)]
    pub(crate) username: Option<String>,
    /// The address that mails come from.
    #[schema(required = true)]
    pub(crate) from_address: Option<String>,
    /// Whether a password is kept; it is never told.
    pub(crate) password_set: bool,
}

/// New mail settings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSettingsUpdate {
    /// The server's host name.
    #[schema(required = true)]
    pub(crate) host: Option<String>,
    /// Its port.
    #[schema(minimum = 1)]
    pub(crate) port: u16,
    /// How the connection is protected.
    pub(crate) security: MailSecurity,
    /// The user name; null for a server that asks for none.
    #[schema(required = true)]
    pub(crate) username: Option<String>,
    /// The address that mails come from.
    #[schema(required = true)]
    pub(crate) from_address: Option<String>,
    /// The password; null or missing keeps the stored one.
    pub(crate) password: Option<String>,
}

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailSecurity {
    /// Not at all.
    None,
    /// By TLS after a plain beginning.
    Starttls,
    /// By TLS from the beginning.
    Tls,
}

/// Where a test mail goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailTest {
    /// The recipient.
    #[schema(example = "maya@acme.example")]
    pub(crate) to: String,
}

/// Gets the mail settings.
#[utoipa::path(
    get,
    path = "/mail-settings",
    operation_id = "getMailSettings",
    tag = "mail-settings",
    responses((status = 200, body = MailSettings))
)]
pub(crate) async fn get(State(state): State<ApiState>, admin: Admin) -> Result<Json<MailSettings>, Error> {
    Ok(Json(MailSettings::of(
        state.store.mail_settings(admin.tenant).await?,
    )))
}

/// Replaces the mail settings.
#[utoipa::path(
    put,
    path = "/mail-settings",
    operation_id = "putMailSettings",
    tag = "mail-settings",
    request_body = MailSettingsUpdate,
    responses((status = 200, body = MailSettings))
)]
pub(crate) async fn put(
    State(state): State<ApiState>,
    admin: Admin,
    Body(update): Body<MailSettingsUpdate>,
) -> Result<Json<MailSettings>, Error> {
    let mut settings = update.check()?;
    if settings.password.is_none() {
        let stored = state.store.mail_settings(admin.tenant).await?;
        settings.password = stored.and_then(|stored| stored.password);
    }
    state
        .store
        .put_mail_settings(admin.tenant, &settings, state.entropy())
        .await?;
    Ok(Json(MailSettings::of(Some(settings))))
}

/// Sends a test mail.
#[utoipa::path(
    post,
    path = "/mail-settings/test",
    operation_id = "testMailSettings",
    tag = "mail-settings",
    request_body = MailTest,
    responses((status = 204, description = "The mail server took the mail."))
)]
pub(crate) async fn test(
    State(state): State<ApiState>,
    admin: Admin,
    Body(test): Body<MailTest>,
) -> Result<StatusCode, Error> {
    let mut faults = Faults::default();
    let to = faults.email("to", &test.to);
    faults.finish()?;
    let mail = Mail {
        to,
        subject: "Test mail from Offhook".to_owned(),
        text: "This mail shows that Offhook can send mails with your settings.\n".to_owned(),
    };
    state.backend.send_mail(admin.tenant, mail).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl MailSettings {
    fn of(stored: Option<store::MailSettings>) -> Self {
        let Some(stored) = stored else {
            return Self {
                host: None,
                port: SUBMISSION_PORT,
                security: MailSecurity::Starttls,
                username: None,
                from_address: None,
                password_set: false,
            };
        };
        Self {
            host: Some(stored.host),
            port: stored.port,
            security: match stored.security {
                store::MailSecurity::None => MailSecurity::None,
                store::MailSecurity::StartTls => MailSecurity::Starttls,
                store::MailSecurity::Tls => MailSecurity::Tls,
            },
            username: stored.username,
            from_address: Some(stored.from_address),
            password_set: stored.password.is_some(),
        }
    }
}

impl MailSettingsUpdate {
    fn check(self) -> Result<store::MailSettings, Error> {
        let mut faults = Faults::default();
        let host = self.host.unwrap_or_default().trim().to_owned();
        let is_host = !host.is_empty()
            && host.len() <= limits::HOST_CHARS_MAX
            && host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
        faults.demand(is_host, "host", "Enter the host name of the mail server.");
        faults.demand(self.port > 0, "port", "Enter a port, usually 587.");
        let from_address = faults.email("from_address", &self.from_address.unwrap_or_default());
        let username = self.username.filter(|username| !username.is_empty());
        for (field, text) in [("username", &username), ("password", &self.password)] {
            let text = text.as_deref().unwrap_or_default();
            let fits =
                text.chars().count() <= limits::PASSWORD_CHARS_MAX && !text.chars().any(char::is_control);
            faults.demand(
                fits,
                field,
                "Use at most 200 characters, without control characters.",
            );
        }
        faults.finish()?;
        Ok(store::MailSettings {
            host,
            port: self.port,
            security: match self.security {
                MailSecurity::None => store::MailSecurity::None,
                MailSecurity::Starttls => store::MailSecurity::StartTls,
                MailSecurity::Tls => store::MailSecurity::Tls,
            },
            username,
            password: self
                .password
                .filter(|password| !password.is_empty())
                .map(Secret::new),
            from_address,
        })
    }
}
