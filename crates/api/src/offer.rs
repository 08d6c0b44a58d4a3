//! Offers to the signed-in agent.

use axum::extract::State;
use axum::http::StatusCode;
use model::{AgentRequest, OfferId};

use crate::auth::AgentCaller;
use crate::error::Error;
use crate::extract::Id;
use crate::state::ApiState;

/// Accepts an offer: a leg starts on the agent's line at once.
#[utoipa::path(
    post,
    path = "/agent/offers/{id}/accept",
    operation_id = "acceptOffer",
    tag = "agent",
    params(("id" = String, Path)),
    responses((status = 204, description = "The offer is accepted."))
)]
pub(crate) async fn accept(
    State(state): State<ApiState>,
    caller: AgentCaller,
    Id(offer): Id<OfferId>,
) -> Result<StatusCode, Error> {
    state
        .backend
        .request(caller.tenant, caller.agent, AgentRequest::AcceptOffer(offer))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Declines an offer: the contact is offered to another agent.
#[utoipa::path(
    post,
    path = "/agent/offers/{id}/decline",
    operation_id = "declineOffer",
    tag = "agent",
    params(("id" = String, Path)),
    responses((status = 204, description = "The offer is declined."))
)]
pub(crate) async fn decline(
    State(state): State<ApiState>,
    caller: AgentCaller,
    Id(offer): Id<OfferId>,
) -> Result<StatusCode, Error> {
    state
        .backend
        .request(caller.tenant, caller.agent, AgentRequest::DeclineOffer(offer))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
