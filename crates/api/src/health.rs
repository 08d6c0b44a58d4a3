//! Whether the server serves.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::error::Error;
use crate::state::ApiState;

#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
}

/// Answers when the database does.
pub(crate) async fn get(State(state): State<ApiState>) -> Result<Json<Health>, Error> {
    state.store.health().await?;
    Ok(Json(Health { status: "ok" }))
}
