//! The caller's tenant.

use axum::Json;
use axum::extract::State;
use model::{ConfigChange, TenantConfig, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::Body;
use crate::limits;
use crate::state::ApiState;

/// A tenant: the business that signed up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tenant {
    /// Its id.
    pub(crate) id: String,
    /// The company's name.
    #[schema(example = "Acme Outdoor")]
    pub(crate) name: String,
    /// The IANA time zone in which days begin.
    #[schema(example = "America/New_York")]
    pub(crate) time_zone: String,
    /// After-contact work ends by itself after so many seconds.
    #[schema(example = 120)]
    pub(crate) after_contact_work_s: u32,
    /// A caller whose agent's browser is away hears music for so many seconds, then goes back to the queue.
    #[schema(example = 30)]
    pub(crate) reattach_timeout_s: u32,
    /// So many contacts at the same time; a further caller hears busy. The operator sets it.
    #[schema(example = 1000)]
    pub(crate) contacts_max: u32,
}

impl Tenant {
    /// The tenant as it is configured.
    pub(crate) fn of(id: TenantId, config: &TenantConfig) -> Self {
        let settings = &config.settings;
        Self {
            id: id.to_string(),
            name: settings.name.clone(),
            time_zone: settings.time_zone.clone(),
            after_contact_work_s: settings.after_contact_work_s,
            reattach_timeout_s: settings.reattach_timeout_s,
            contacts_max: settings.contacts_max,
        }
    }
}

/// What changes; what is missing stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TenantPatch {
    /// The company's name, 1 to 100 characters.
    #[schema(nullable = false)]
    pub(crate) name: Option<String>,
    /// An IANA time zone.
    #[schema(nullable = false)]
    pub(crate) time_zone: Option<String>,
    /// After-contact work ends by itself after so many seconds: for what begins from now on.
    #[schema(nullable = false)]
    pub(crate) after_contact_work_s: Option<u32>,
    /// A caller waits so many seconds for an agent whose browser is away: for who falls away from now on.
    #[schema(nullable = false)]
    pub(crate) reattach_timeout_s: Option<u32>,
}

/// Gets the caller's tenant.
#[utoipa::path(
    get,
    path = "/tenant",
    operation_id = "getTenant",
    tag = "tenant",
    responses((status = 200, body = Tenant))
)]
pub(crate) async fn get(State(state): State<ApiState>, admin: Admin) -> Result<Json<Tenant>, Error> {
    let config = state.config(admin.tenant).await?;
    Ok(Json(Tenant::of(admin.tenant, &config)))
}

/// Changes the caller's tenant.
#[utoipa::path(
    patch,
    path = "/tenant",
    operation_id = "updateTenant",
    tag = "tenant",
    request_body = TenantPatch,
    responses((status = 200, body = Tenant))
)]
pub(crate) async fn update(
    State(state): State<ApiState>,
    admin: Admin,
    Body(patch): Body<TenantPatch>,
) -> Result<Json<Tenant>, Error> {
    let mut config = state.config(admin.tenant).await?;
    let mut faults = Faults::default();
    if let Some(name) = &patch.name {
        config.settings.name = faults.name("name", name);
    }
    if let Some(time_zone) = &patch.time_zone {
        config.settings.time_zone = faults.time_zone("time_zone", time_zone);
    }
    if let Some(seconds) = patch.after_contact_work_s {
        let bounds = limits::AFTER_CONTACT_WORK_S_MIN..=limits::AFTER_CONTACT_WORK_S_MAX;
        config.settings.after_contact_work_s = faults.seconds("after_contact_work_s", seconds, bounds);
    }
    if let Some(seconds) = patch.reattach_timeout_s {
        let bounds = limits::REATTACH_TIMEOUT_S_MIN..=limits::REATTACH_TIMEOUT_S_MAX;
        config.settings.reattach_timeout_s = faults.seconds("reattach_timeout_s", seconds, bounds);
    }
    faults.finish()?;
    let changes = vec![ConfigChange::PutSettings(config.settings.clone())];
    state.change_config(&admin, &config, changes).await?;
    Ok(Json(Tenant::of(admin.tenant, &config)))
}
