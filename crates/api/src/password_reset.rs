//! Password resets by mail.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Timestamp, UserId};
use serde::Deserialize;
use store::{NewPasswordReset, ResetPasswordError, Sha256Hash, Store, StoreError, User};
use utoipa::ToSchema;

use crate::auth::origin::SameOrigin;
use crate::auth::secret;
use crate::backend::Mail;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::Body;
use crate::limits;
use crate::peer::Peer;
use crate::state::ApiState;

/// Whose password is to be reset.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordResetRequest {
    /// The e-mail address.
    #[schema(example = "maya@acme.example")]
    pub(crate) email: String,
}

/// The new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordReset {
    /// At least 8 characters.
    #[schema(example = "correct horse battery")]
    pub(crate) password: String,
}

/// Sends a link to reset the password, if there is such a user; the answer does not tell.
#[utoipa::path(
    post,
    path = "/password-resets",
    operation_id = "requestPasswordReset",
    tag = "password-resets",
    security(()),
    request_body = PasswordResetRequest,
    responses((status = 202, description = "If there is such a user, a mail is on its way."))
)]
pub(crate) async fn request(
    State(state): State<ApiState>,
    _: SameOrigin,
    peer: Peer,
    Body(request): Body<PasswordResetRequest>,
) -> Result<StatusCode, Error> {
    let mut faults = Faults::default();
    let email = faults.email("email", &request.email);
    faults.finish()?;
    let now = state.backend.now();
    state.attempts.count(peer, now)?;
    if !state.attempts.may_mail(&email, now) {
        return Ok(StatusCode::ACCEPTED);
    }
    // Told apart by nothing, not even by how long the mail takes.
    tokio::spawn(async move {
        if let Err(error) = send_link(&state, &email).await {
            tracing::warn!(error = %error, "a password mail was not sent");
        }
    });
    Ok(StatusCode::ACCEPTED)
}

async fn send_link(state: &ApiState, email: &str) -> Result<(), Error> {
    let Some(user) = state.store.user_by_email(email).await? else {
        return Ok(());
    };
    let random = [state.backend.random(), state.backend.random()];
    let (base_url, now) = (state.backend.base_url(), state.backend.now());
    let link = make_reset_link(&state.store, user.id, random, base_url, now).await?;
    Ok(state
        .backend
        .send_mail(user.tenant, reset_mail(&user, &link))
        .await?)
}

/// Makes a link by which a user sets a new password, once and within an hour; earlier links of the user stop working.
///
/// # Errors
/// When the database does not do it.
pub async fn make_reset_link(
    store: &Store,
    user: UserId,
    random: [u128; 2],
    base_url: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    let token = secret::encode(random);
    let reset = NewPasswordReset {
        user,
        token: Sha256Hash::of(token.as_bytes()),
        expires_at: now + limits::RESET_LIFETIME,
    };
    store.create_password_reset(&reset, now).await?;
    Ok(format!("{base_url}/reset/{token}"))
}

fn reset_mail(user: &User, link: &str) -> Mail {
    let minutes = limits::RESET_LIFETIME.as_secs() / 60;
    Mail {
        to: user.email.clone(),
        subject: "Reset your Offhook password".to_owned(),
        text: format!(
            "Somebody, hopefully you, asked to reset the password of your Offhook user.\n\n\
             Choose a new one within {minutes} minutes:\n\n{link}\n\n\
             If it was not you, do nothing: your password stays as it is.\n"
        ),
    }
}

/// Sets a new password by the token of a password mail, and ends all sessions of the user.
#[utoipa::path(
    post,
    path = "/password-resets/{token}",
    operation_id = "resetPassword",
    tag = "password-resets",
    security(()),
    params(("token" = String, Path)),
    request_body = PasswordReset,
    responses((status = 204, description = "The new password is set."))
)]
pub(crate) async fn reset(
    State(state): State<ApiState>,
    _: SameOrigin,
    peer: Peer,
    Path(token): Path<String>,
    Body(reset): Body<PasswordReset>,
) -> Result<StatusCode, Error> {
    let mut faults = Faults::default();
    faults.password("password", &reset.password);
    faults.finish()?;
    let now = state.backend.now();
    state.attempts.count(peer, now)?;
    let hash = state
        .passwords
        .hash(peer, reset.password, state.backend.random())
        .await?;
    match state
        .store
        .reset_password(Sha256Hash::of(token.as_bytes()), &hash, now)
        .await
    {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(ResetPasswordError::Expired) => Err(Error::ResetExpired),
        Err(ResetPasswordError::Store(error)) => Err(error.into()),
    }
}
