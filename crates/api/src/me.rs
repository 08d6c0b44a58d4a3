//! The signed-in user.

use axum::Json;
use axum::extract::State;
use model::AgentId;
use serde::Serialize;
use store::User;
use utoipa::ToSchema;

use crate::auth::{Role, SessionUser, secret};
use crate::error::Error;
use crate::first_call::FirstCall;
use crate::state::ApiState;
use crate::tenant::Tenant;

/// The signed-in user, and what the console needs to begin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The user.
    pub(crate) user: MeUser,
    /// Their tenant.
    pub(crate) tenant: Tenant,
    /// The agent they are; null for a user who is none.
    #[schema(required = true)]
    pub(crate) agent: Option<AgentRef>,
    /// To be sent as `X-CSRF-Token` with every request that changes something.
    pub(crate) csrf_token: String,
    /// How long it took from sign-up to the first answered call.
    pub(crate) first_call: FirstCall,
}

/// The signed-in user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeUser {
    /// Their id.
    pub(crate) id: String,
    /// What colleagues call them.
    #[schema(example = "maya")]
    pub(crate) name: String,
    /// The address they sign in with.
    pub(crate) email: String,
    /// What they may do.
    pub(crate) roles: Vec<Role>,
}

/// The agent that a user is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentId)]
pub(crate) struct AgentRef {
    /// Its id.
    pub(crate) id: String,
}

impl From<AgentId> for AgentRef {
    fn from(id: AgentId) -> Self {
        Self { id: id.to_string() }
    }
}

/// What a user may do.
pub(crate) fn roles(user: &User) -> Vec<Role> {
    let role = |role| match role {
        store::Role::Admin => Role::Admin,
        store::Role::Agent => Role::Agent,
    };
    user.roles().into_iter().map(role).collect()
}

/// Gets the signed-in user.
#[utoipa::path(get, path = "/me", operation_id = "getMe", tag = "me", responses((status = 200, body = Me)))]
pub(crate) async fn get(State(state): State<ApiState>, caller: SessionUser) -> Result<Json<Me>, Error> {
    let user = state.store.user(caller.user).await?.ok_or(Error::NotSignedIn)?;
    Ok(Json(me(&state, user, caller.secret.expose()).await?))
}

/// The user of a session, with its CSRF token.
pub(crate) async fn me(state: &ApiState, user: User, session: &str) -> Result<Me, Error> {
    let tenant = state.store.tenant(user.tenant).await?.ok_or(Error::NotSignedIn)?;
    let config = state.config(user.tenant).await?;
    Ok(Me {
        tenant: Tenant::of(user.tenant, &config),
        agent: user.agent.map(AgentRef::from),
        csrf_token: secret::csrf_token(session),
        first_call: FirstCall::of(&tenant),
        user: MeUser {
            id: user.id.to_string(),
            roles: roles(&user),
            name: user.name,
            email: user.email,
        },
    })
}
