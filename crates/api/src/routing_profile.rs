//! Routing profiles.

use axum::Json;
use axum::extract::State;
use model::TenantConfig;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::error::Error;
use crate::reference::Ref;
use crate::state::ApiState;

/// Which queues an agent serves.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutingProfile {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    #[schema(example = "Basic")]
    pub(crate) name: String,
    /// One entry per queue.
    pub(crate) queues: Vec<RoutingProfileQueue>,
}

/// One queue of a routing profile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutingProfileQueue {
    /// The queue.
    pub(crate) queue: Ref,
    /// 1 is served first.
    pub(crate) priority: u8,
    /// A contact must have waited so many seconds before agents of this profile get it.
    pub(crate) delay_s: u32,
}

/// All routing profiles.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutingProfileList {
    /// In the order in which they were made.
    pub(crate) items: Vec<RoutingProfile>,
}

/// Lists the routing profiles.
#[utoipa::path(
    get,
    path = "/routing-profiles",
    operation_id = "listRoutingProfiles",
    tag = "routing-profiles",
    responses((status = 200, body = RoutingProfileList))
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    admin: Admin,
) -> Result<Json<RoutingProfileList>, Error> {
    let config = state.config(admin.tenant).await?;
    let items = config
        .routing_profiles
        .values()
        .map(|profile| RoutingProfile::of(profile, &config))
        .collect();
    Ok(Json(RoutingProfileList { items }))
}

impl RoutingProfile {
    fn of(profile: &model::config::RoutingProfile, config: &TenantConfig) -> Self {
        let queues = profile.queues.iter().map(|entry| RoutingProfileQueue {
            queue: Ref::queue(config, entry.queue),
            priority: entry.priority,
            delay_s: entry.delay_s,
        });
        Self {
            id: profile.id.to_string(),
            name: profile.name.clone(),
            queues: queues.collect(),
        }
    }
}
