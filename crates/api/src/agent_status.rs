//! Agent statuses.

use axum::Json;
use axum::extract::State;
use model::config::{Status, StatusKind};
use model::{AgentState, StatusId, TenantConfig};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Member;
use crate::error::Error;
use crate::state::ApiState;

/// A status that agents choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AgentStatus {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    #[schema(example = "Lunch")]
    pub(crate) name: String,
    /// What it means for routing.
    pub(crate) kind: AgentStatusKind,
}

/// What a status means for routing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AgentStatusKind {
    /// Ready for contacts.
    Available,
    /// Away for a while.
    Break,
    /// Not working.
    Offline,
}

/// All agent statuses.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentStatusList {
    /// In the order in which they are shown.
    pub(crate) items: Vec<AgentStatus>,
}

impl AgentStatus {
    /// A configured status.
    pub(crate) fn of(id: StatusId, config: &TenantConfig) -> Option<Self> {
        config.statuses.get(&id).map(Self::from)
    }

    /// The status of an agent; offline before the first choice.
    pub(crate) fn in_force(state: &AgentState, config: &TenantConfig) -> Self {
        let chosen = state
            .status
            .or_else(|| config.status_of_kind(StatusKind::Offline));
        chosen
            .and_then(|id| Self::of(id, config))
            .unwrap_or_else(|| Self {
                id: String::new(),
                name: "Offline".to_owned(),
                kind: AgentStatusKind::Offline,
            })
    }

    /// Whether it makes its agent routable.
    pub(crate) fn is_available(&self) -> bool {
        self.kind == AgentStatusKind::Available
    }
}

impl From<&Status> for AgentStatus {
    fn from(status: &Status) -> Self {
        let kind = match status.kind {
            StatusKind::Available => AgentStatusKind::Available,
            StatusKind::Break => AgentStatusKind::Break,
            StatusKind::Offline => AgentStatusKind::Offline,
        };
        Self {
            id: status.id.to_string(),
            name: status.name.clone(),
            kind,
        }
    }
}

/// Lists the statuses that agents choose from.
#[utoipa::path(
    get,
    path = "/agent-statuses",
    operation_id = "listAgentStatuses",
    tag = "agent-statuses",
    responses((status = 200, body = AgentStatusList))
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    member: Member,
) -> Result<Json<AgentStatusList>, Error> {
    let config = state.config(member.tenant).await?;
    let mut items: Vec<AgentStatus> = config.statuses.values().map(AgentStatus::from).collect();
    // Available first, offline last, breaks between in the order in which they were made (which ids keep).
    items.sort_by_key(|status| status.kind);
    Ok(Json(AgentStatusList { items }))
}
