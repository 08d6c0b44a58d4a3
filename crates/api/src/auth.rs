//! Who sends a request, and what they may do.
//!
//! A layer looks the credentials up once per request; the extractors here let handlers say whom they serve. A handler
//! without one of them is public.

pub(crate) mod cookie;
pub(crate) mod origin;
pub(crate) mod password;
pub(crate) mod secret;

use std::ops::Deref;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use model::{AgentId, TenantId, UserId};
use serde::Serialize;
use store::{Secret, Session, Sha256Hash};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use crate::error::Error;
use crate::limits;
use crate::state::ApiState;

const CSRF_HEADER: &str = "x-csrf-token";

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Everything.
    Admin,
    /// Their own work.
    Agent,
}

/// Whoever sent a request with credentials that stand.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The tenant they belong to; nothing of another tenant exists for them.
    pub(crate) tenant: TenantId,
    /// Whether they have the role admin.
    pub(crate) is_admin: bool,
    /// The agent they are.
    pub(crate) agent: Option<AgentId>,
    /// How they proved it.
    pub(crate) credential: Credential,
}

/// How a caller proved who they are.
#[derive(Debug, Clone)]
pub(crate) enum Credential {
    /// An API key, by its id.
    ApiKey(String),
    /// A session.
    Session {
        /// The user.
        user: UserId,
        /// The session's secret.
        secret: Secret,
    },
}

impl Caller {
    /// The user, unless it is an API key.
    pub(crate) fn user(&self) -> Option<UserId> {
        match &self.credential {
            Credential::ApiKey(_) => None,
            Credential::Session { user, .. } => Some(*user),
        }
    }

    /// Names the caller among those of the tenant.
    pub(crate) fn name(&self) -> String {
        match &self.credential {
            Credential::ApiKey(id) => id.clone(),
            Credential::Session { user, .. } => user.to_string(),
        }
    }
}

/// What the layer found out; extractors and the idempotency layer read it.
#[derive(Debug, Clone)]
pub(crate) enum Authentication {
    /// No credentials, or a session that ended.
    None,
    /// A session whose request changes something without proof that a page of ours sent it.
    Unproven,
    /// Credentials that stand.
    Caller(Caller),
}

/// Looks the credentials up, and leaves an [`Authentication`] with the request.
pub(crate) async fn authenticate(state: &ApiState, request: &mut Request) -> Result<(), Error> {
    let authentication = look_up(state, request.method(), request.headers()).await?;
    request.extensions_mut().insert(authentication);
    Ok(())
}

async fn look_up(state: &ApiState, method: &Method, headers: &HeaderMap) -> Result<Authentication, Error> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let text = authorization.to_str().map_err(|_| Error::NotSignedIn)?;
        let (scheme, key) = text.split_once(' ').ok_or(Error::NotSignedIn)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Error::NotSignedIn);
        }
        return api_key(state, key.trim()).await.map(Authentication::Caller);
    }
    let Some(secret) = cookie::read(headers) else {
        return Ok(Authentication::None);
    };
    origin::demand_served_host(headers, state.backend.base_url())?;
    let Some(session) = session(state, secret).await? else {
        return Ok(Authentication::None);
    };
    // Whoever works with Offhook every day stays signed in.
    let now = state.backend.now();
    let token = Sha256Hash::of(secret.as_bytes());
    state
        .store
        .touch_session(token, &session, now + limits::SESSION_LIFETIME, now)
        .await?;
    if !method.is_safe() && !has_csrf_token(headers, secret) {
        return Ok(Authentication::Unproven);
    }
    Ok(Authentication::Caller(Caller {
        tenant: session.user.tenant,
        is_admin: session.user.is_admin,
        agent: session.user.agent,
        credential: Credential::Session {
            user: session.user.id,
            secret: Secret::new(secret),
        },
    }))
}

async fn api_key(state: &ApiState, key: &str) -> Result<Caller, Error> {
    if !key.starts_with(secret::API_KEY_PREFIX) {
        return Err(Error::ApiKeyUnknown);
    }
    let found = state
        .store
        .api_key_by_secret(Sha256Hash::of(key.as_bytes()))
        .await?;
    let key = found.ok_or(Error::ApiKeyUnknown)?;
    state.store.touch_api_key(&key, state.backend.now()).await?;
    Ok(Caller {
        tenant: key.tenant,
        is_admin: key.role == store::Role::Admin,
        agent: None,
        credential: Credential::ApiKey(key.id),
    })
}

/// The session that a secret opens, if it stands.
pub(crate) async fn session(state: &ApiState, secret: &str) -> Result<Option<Session>, Error> {
    Ok(state
        .store
        .session(Sha256Hash::of(secret.as_bytes()), state.backend.now())
        .await?)
}

fn has_csrf_token(headers: &HeaderMap, session: &str) -> bool {
    let sent = headers
        .get(CSRF_HEADER)
        .map_or(&[] as &[u8], |value| value.as_bytes());
    secret::csrf_token(session).as_bytes().ct_eq(sent).into()
}

/// Anybody who is signed in, and API keys.
pub(crate) struct Member(Caller);

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        match parts.extensions.get() {
            Some(Authentication::Caller(caller)) => Ok(Self(caller.clone())),
            Some(Authentication::Unproven) => Err(Error::CsrfFailed),
            Some(Authentication::None) | None => Err(Error::NotSignedIn),
        }
    }
}

impl Deref for Member {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// An admin, or an API key with that role.
pub(crate) struct Admin(Caller);

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Member(caller) = Member::from_request_parts(parts, state).await?;
        if caller.is_admin {
            Ok(Self(caller))
        } else {
            Err(Error::Forbidden)
        }
    }
}

impl Deref for Admin {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// A user who is an agent.
pub(crate) struct AgentCaller {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// The agent.
    pub(crate) agent: AgentId,
}

impl<S: Send + Sync> FromRequestParts<S> for AgentCaller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Member(caller) = Member::from_request_parts(parts, state).await?;
        let agent = caller.agent.ok_or(Error::NoAgent)?;
        Ok(Self {
            tenant: caller.tenant,
            agent,
        })
    }
}

/// A user with a session, whatever their roles.
pub(crate) struct SessionUser {
    /// The user.
    pub(crate) user: UserId,
    /// The session's secret.
    pub(crate) secret: Secret,
}

impl<S: Send + Sync> FromRequestParts<S> for SessionUser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Member(caller) = Member::from_request_parts(parts, state).await?;
        match caller.credential {
            Credential::ApiKey(_) => Err(Error::NotAUser),
            Credential::Session { user, secret } => Ok(Self { user, secret }),
        }
    }
}
