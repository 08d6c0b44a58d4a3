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
}

impl Tenant {
    /// The tenant as it is configured.
    pub(crate) fn of(id: TenantId, config: &TenantConfig) -> Self {
        let settings = &config.settings;
        Self {
            id: id.to_string(),
            name: settings.name.clone(),
            time_zone: settings.time_zone.clone(),
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
    faults.finish()?;
    let changes = vec![ConfigChange::PutSettings(config.settings.clone())];
    state.change_config(&admin, &config, changes).await?;
    Ok(Json(Tenant::of(admin.tenant, &config)))
}
