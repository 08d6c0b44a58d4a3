//! The users of a tenant.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Admin, Role};
use crate::error::Error;
use crate::me::{AgentRef, roles};
use crate::state::ApiState;

/// A user of the tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    /// Their id.
    pub(crate) id: String,
    /// What colleagues call them.
    pub(crate) name: String,
    /// The address they sign in with.
    pub(crate) email: String,
    /// What they may do.
    pub(crate) roles: Vec<Role>,
    /// The agent they are; null for a user who is none.
    #[schema(required = true)]
    pub(crate) agent: Option<AgentRef>,
}

/// All users.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    /// The oldest first.
    pub(crate) items: Vec<User>,
}

/// Lists the users of the tenant.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "listUsers",
    tag = "users",
    responses((status = 200, body = UserList))
)]
pub(crate) async fn list(State(state): State<ApiState>, admin: Admin) -> Result<Json<UserList>, Error> {
    let users = state.store.users(admin.tenant).await?.into_iter();
    let items = users.map(|user| User {
        id: user.id.to_string(),
        roles: roles(&user),
        name: user.name,
        email: user.email,
        agent: user.agent.map(AgentRef::from),
    });
    Ok(Json(UserList {
        items: items.collect(),
    }))
}
