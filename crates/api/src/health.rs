//! Whether the server serves.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::error::Error;
use crate::state::ApiState;

#[derive(Serialize)]
pub(crate) struct Health {
    status: Status,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Ok,
    /// New calls are turned away, those in progress go on.
    RefusingCalls,
}

/// Answers when the database does, and then with success: whoever watches over the process must not end the calls in
/// progress by a restart, which makes no room for new ones.
pub(crate) async fn get(State(state): State<ApiState>) -> Result<Json<Health>, Error> {
    state.store.health().await?;
    let status = match state.backend.takes_calls() {
        true => Status::Ok,
        false => Status::RefusingCalls,
    };
    Ok(Json(Health { status }))
}
