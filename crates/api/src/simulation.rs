//! Simulated callers: real calls with recorded speech into the tenant.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::Body;
use crate::state::ApiState;

/// How many callers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SimulatedCallers {
    /// 1, 10 or 100.
    pub(crate) count: u16,
}

/// Sets simulated callers off: they call within seconds, wait, talk and hang up.
#[utoipa::path(
    post,
    path = "/simulated-callers",
    operation_id = "startSimulatedCallers",
    tag = "simulated-callers",
    request_body = SimulatedCallers,
    responses((status = 202, description = "They will call."))
)]
pub(crate) async fn start(
    State(state): State<ApiState>,
    admin: Admin,
    Body(callers): Body<SimulatedCallers>,
) -> Result<StatusCode, Error> {
    let mut faults = Faults::default();
    faults.demand(
        matches!(callers.count, 1 | 10 | 100),
        "count",
        "Choose 1, 10 or 100.",
    );
    faults.finish()?;
    state
        .backend
        .simulate_callers(admin.tenant, callers.count)
        .await?;
    Ok(StatusCode::ACCEPTED)
}

/// Hangs all simulated callers up.
#[utoipa::path(
    delete,
    path = "/simulated-callers",
    operation_id = "endSimulatedCallers",
    tag = "simulated-callers",
    responses((status = 204, description = "All have hung up."))
)]
pub(crate) async fn end(State(state): State<ApiState>, admin: Admin) -> Result<StatusCode, Error> {
    state.backend.end_simulated_callers(admin.tenant).await?;
    Ok(StatusCode::NO_CONTENT)
}
