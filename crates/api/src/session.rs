//! Sessions: what the console's users sign in with.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use model::UserId;
use serde::Deserialize;
use store::{NewSession, Sha256Hash};
use utoipa::ToSchema;

use crate::auth::origin::SameOrigin;
use crate::auth::{SessionUser, cookie, secret};
use crate::check::Faults;
use crate::error::Error;
use crate::extract::Body;
use crate::limits;
use crate::me::{Me, me};
use crate::peer::Peer;
use crate::state::ApiState;

/// What a user signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The e-mail address.
    #[schema(example = "maya@acme.example")]
    pub(crate) email: String,
    /// The password.
    #[schema(example = "correct horse battery")]
    pub(crate) password: String,
}

/// Signs in and sets the session cookie.
#[utoipa::path(
    post,
    path = "/session",
    operation_id = "signIn",
    tag = "session",
    security(()),
    request_body = SignIn,
    responses((status = 200, body = Me))
)]
pub(crate) async fn sign_in(
    State(state): State<ApiState>,
    _: SameOrigin,
    peer: Peer,
    Body(sign_in): Body<SignIn>,
) -> Result<impl IntoResponse, Error> {
    let now = state.backend.now();
    let email = sign_in.email.trim().to_lowercase();
    // What is too long to be either is no attempt worth a hash, nor a key worth remembering.
    if email.len() > limits::EMAIL_BYTES_MAX || sign_in.password.chars().count() > limits::PASSWORD_CHARS_MAX
    {
        return Err(Error::WrongCredentials);
    }
    let mut faults = Faults::default();
    faults.demand(!email.is_empty(), "email", "Enter your e-mail address.");
    faults.demand(!sign_in.password.is_empty(), "password", "Enter your password.");
    faults.finish()?;
    let delay = state.attempts.count_sign_in(peer, &email, now)?;
    tokio::time::sleep(delay).await;
    let user = state.store.user_by_email(&email).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let matches = state.passwords.verify(peer, sign_in.password, hash).await?;
    let user = user.filter(|_| matches).ok_or(Error::WrongCredentials)?;
    state.attempts.forgive(peer, &email);
    let (session, secret) = new_session(&state, user.id);
    state.store.create_session(&session, now).await?;
    let body = me(&state, user, &secret).await?;
    Ok((set_cookie(&state, &secret), Json(body)))
}

/// Signs out: ends the session and takes the cookie away.
#[utoipa::path(
    delete,
    path = "/session",
    operation_id = "signOut",
    tag = "session",
    responses((status = 204, description = "The session has ended."))
)]
pub(crate) async fn sign_out(
    State(state): State<ApiState>,
    caller: SessionUser,
) -> Result<impl IntoResponse, Error> {
    state
        .store
        .delete_session(Sha256Hash::of(caller.secret.expose().as_bytes()))
        .await?;
    let cleared = cookie::clear(state.backend.base_url());
    Ok((
        StatusCode::NO_CONTENT,
        AppendHeaders([(header::SET_COOKIE, cleared)]),
    ))
}

/// A session to be, and the secret that opens it.
pub(crate) fn new_session(state: &ApiState, user: UserId) -> (NewSession, String) {
    let secret = secret::generate(&*state.backend);
    let session = NewSession {
        user,
        token: Sha256Hash::of(secret.as_bytes()),
        expires_at: state.backend.now() + limits::SESSION_LIFETIME,
    };
    (session, secret)
}

/// The header that hands the secret to the browser.
pub(crate) fn set_cookie(state: &ApiState, secret: &str) -> AppendHeaders<[(HeaderName, HeaderValue); 1]> {
    AppendHeaders([(header::SET_COOKIE, cookie::set(secret, state.backend.base_url()))])
}
