//! The signed-in agent.

use axum::Json;
use axum::extract::State;
use model::{AgentRequest, StatusId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::AgentCaller;
use crate::error::Error;
use crate::extract::Body;
use crate::live::agent::Agent;
use crate::state::ApiState;

/// The status an agent chooses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentStatusChange {
    /// The status.
    #[schema(value_type = String)]
    pub(crate) status_id: StatusId,
    /// Only when the work in hand is done. A status never interrupts work, so this says what happens anyway; choosing
    /// the status in force takes the choice of a next one back.
    #[serde(default)]
    #[expect(dead_code, reason = "clients may say what they expect; the engine decides")]
    pub(crate) next: bool,
}

/// Gets the signed-in agent's own state.
#[utoipa::path(
    get,
    path = "/agent",
    operation_id = "getAgent",
    tag = "agent",
    responses((status = 200, body = Agent))
)]
pub(crate) async fn get(State(state): State<ApiState>, caller: AgentCaller) -> Result<Json<Agent>, Error> {
    Ok(Json(present(&state, &caller).await?))
}

/// Chooses the agent's status.
#[utoipa::path(
    put,
    path = "/agent/status",
    operation_id = "putAgentStatus",
    tag = "agent",
    request_body = AgentStatusChange,
    responses((status = 200, body = Agent))
)]
pub(crate) async fn put_status(
    State(state): State<ApiState>,
    caller: AgentCaller,
    Body(change): Body<AgentStatusChange>,
) -> Result<Json<Agent>, Error> {
    let request = AgentRequest::SetStatus(change.status_id);
    state
        .backend
        .request(caller.tenant, caller.agent, request)
        .await?;
    Ok(Json(present(&state, &caller).await?))
}

async fn present(state: &ApiState, caller: &AgentCaller) -> Result<Agent, Error> {
    let live = state.backend.live(caller.tenant).await?;
    let agent = live.view.agents.get(caller.agent);
    let in_hand = agent.and_then(|agent| live.view.contacts.get(&agent.activity.contact()?));
    let parties: Vec<_> = in_hand.map(|record| record.party).into_iter().collect();
    let callers = state.callers(caller.tenant, &parties).await?;
    Agent::of(
        caller.agent,
        &live.view,
        &live.config,
        &callers,
        state.backend.now(),
    )
    .ok_or(Error::NoAgent)
}
