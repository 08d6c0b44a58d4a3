//! Dispositions.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Member;
use crate::error::Error;
use crate::state::ApiState;

/// An outcome an agent can pick in after-contact work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Disposition {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    #[schema(example = "Resolved")]
    pub(crate) name: String,
}

/// All dispositions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DispositionList {
    /// In the order in which they were made.
    pub(crate) items: Vec<Disposition>,
}

/// Lists the outcomes an agent can pick.
#[utoipa::path(
    get,
    path = "/dispositions",
    operation_id = "listDispositions",
    tag = "dispositions",
    responses((status = 200, body = DispositionList))
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    member: Member,
) -> Result<Json<DispositionList>, Error> {
    let config = state.config(member.tenant).await?;
    let dispositions = config.dispositions.values();
    let items = dispositions
        .map(|disposition| Disposition {
            id: disposition.id.to_string(),
            name: disposition.name.clone(),
        })
        .collect();
    Ok(Json(DispositionList { items }))
}
