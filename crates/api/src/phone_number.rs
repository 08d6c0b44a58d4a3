//! Phone numbers: those the tenant has, and those it may claim.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::config::ClaimedNumber;
use model::{ConfigChange, FlowId, PhoneNumber as Number, PhoneNumberId, TenantConfig};
use serde::{Deserialize, Serialize};
use store::{InventoryNumber, NumberSearch, TrunkKind};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Admin;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::{Body, Id, Params};
use crate::limits;
use crate::reference::Ref;
use crate::state::ApiState;
use crate::time::Time;

/// A phone number that the tenant has claimed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PhoneNumber {
    /// Its id.
    pub(crate) id: String,
    /// The number.
    #[schema(example = "+12125550142")]
    pub e164: String,
    /// The country, two letters as in ISO 3166-1.
    #[schema(example = "US")]
    pub(crate) country: String,
    /// Whether it is made up and reachable only from this installation.
    pub(crate) fictitious: bool,
    /// The flow that answers it.
    #[schema(required = true)]
    pub(crate) flow: Option<Ref>,
    /// When it was claimed.
    pub(crate) claimed_at: Time,
}

/// The tenant's phone numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PhoneNumberList {
    /// The first claimed first.
    pub(crate) items: Vec<PhoneNumber>,
}

/// A phone number that can be claimed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailablePhoneNumber {
    /// The number.
    #[schema(example = "+12125550187")]
    pub e164: String,
    /// The country, two letters as in ISO 3166-1.
    #[schema(example = "US")]
    pub(crate) country: String,
    /// Whether it is made up and reachable only from this installation.
    pub(crate) fictitious: bool,
}

/// Some phone numbers that can be claimed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailablePhoneNumberList {
    /// At most 10.
    pub(crate) items: Vec<AvailablePhoneNumber>,
    /// The countries in which numbers can be claimed, sorted.
    pub(crate) countries: Vec<String>,
}

/// Which numbers are looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AvailableQuery {
    /// Two letters as in ISO 3166-1.
    country: Option<String>,
    /// Digits that occur in the number.
    contains: Option<String>,
}

/// The number to claim.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneNumberClaim {
    /// The number.
    #[schema(example = "+12125550187")]
    pub e164: String,
    /// The flow that is to answer it; the tenant's first when missing.
    #[schema(value_type = Option<String>)]
    pub(crate) flow_id: Option<FlowId>,
}

/// Lists the phone numbers that the tenant has claimed.
#[utoipa::path(
    get,
    path = "/phone-numbers",
    operation_id = "listPhoneNumbers",
    tag = "phone-numbers",
    responses((status = 200, body = PhoneNumberList))
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    admin: Admin,
) -> Result<Json<PhoneNumberList>, Error> {
    let config = state.config(admin.tenant).await?;
    let claimed = state.store.claimed_numbers(admin.tenant).await?;
    let items = claimed
        .iter()
        .filter_map(|number| PhoneNumber::of(number, &config))
        .collect();
    Ok(Json(PhoneNumberList { items }))
}

/// Looks for phone numbers that can be claimed.
#[utoipa::path(
    get,
    path = "/phone-numbers/available",
    operation_id = "listAvailablePhoneNumbers",
    tag = "phone-numbers",
    params(AvailableQuery),
    responses((status = 200, body = AvailablePhoneNumberList))
)]
pub(crate) async fn available(
    State(state): State<ApiState>,
    admin: Admin,
    Params(query): Params<AvailableQuery>,
) -> Result<Json<AvailablePhoneNumberList>, Error> {
    let mut faults = Faults::default();
    let fits = |text: &Option<String>| {
        text.as_ref()
            .is_none_or(|text| text.len() <= limits::NAME_CHARS_MAX)
    };
    faults.demand(
        fits(&query.country),
        "country",
        "Use two letters, for example US.",
    );
    faults.demand(fits(&query.contains), "contains", "Use a few digits.");
    faults.finish()?;
    let search = NumberSearch {
        country: query.country.filter(|country| !country.is_empty()),
        contains: query.contains,
    };
    let tenant = Some(admin.tenant);
    let found = state
        .store
        .available_numbers(tenant, &search, limits::AVAILABLE_NUMBERS_MAX)
        .await?;
    let items = found.into_iter().map(|number| AvailablePhoneNumber {
        fictitious: is_fictitious(&number),
        e164: number.number.to_string(),
        country: number.country,
    });
    let countries = state.store.available_countries(tenant).await?;
    Ok(Json(AvailablePhoneNumberList {
        items: items.collect(),
        countries,
    }))
}

/// Claims a phone number.
#[utoipa::path(
    post,
    path = "/phone-numbers",
    operation_id = "claimPhoneNumber",
    tag = "phone-numbers",
    request_body = PhoneNumberClaim,
    responses((status = 201, body = PhoneNumber))
)]
pub(crate) async fn claim(
    State(state): State<ApiState>,
    admin: Admin,
    Body(claim): Body<PhoneNumberClaim>,
) -> Result<(StatusCode, Json<PhoneNumber>), Error> {
    let mut config = state.config(admin.tenant).await?;
    if config.phone_numbers.len() >= limits::PHONE_NUMBERS_MAX {
        return Err(Error::LimitReached(
            "You have as many phone numbers as you may have: release one first.",
        ));
    }
    let mut faults = Faults::default();
    let number: Option<Number> = claim.e164.parse().ok();
    faults.demand(number.is_some(), "e164", "Write the number as +12125550187.");
    let flow = claim.flow_id.or_else(|| config.flows.keys().next().copied());
    let flow = flow.filter(|flow| config.flows.contains_key(flow));
    faults.demand(flow.is_some(), "flow_id", "Choose a flow from the list.");
    faults.finish()?;
    let (Some(number), Some(flow)) = (number, flow) else {
        return Err(Error::NumberTaken);
    };
    let free = free_number(&state, &admin, &number).await?;
    let claimed = ClaimedNumber {
        id: free.id,
        number,
        trunk: free.trunk,
        flow,
    };
    let change = ConfigChange::PutPhoneNumber(claimed.clone());
    state.change_config(&admin, &config, vec![change]).await?;
    config.phone_numbers.insert(claimed.id, claimed);
    let inventory = state.store.claimed_numbers(admin.tenant).await?;
    let claimed = inventory.iter().find(|number| number.id == free.id);
    let body = claimed
        .and_then(|number| PhoneNumber::of(number, &config))
        .ok_or(Error::NumberTaken)?;
    Ok((StatusCode::CREATED, Json(body)))
}

/// The free number of the inventory that is exactly this one.
async fn free_number(state: &ApiState, admin: &Admin, number: &Number) -> Result<InventoryNumber, Error> {
    let search = NumberSearch {
        country: None,
        contains: Some(number.to_string()),
    };
    let found = state
        .store
        .available_numbers(Some(admin.tenant), &search, limits::PAGE_ITEMS_MAX)
        .await?;
    found
        .into_iter()
        .find(|free| free.number == *number)
        .ok_or(Error::NumberTaken)
}

/// Gives a phone number back.
#[utoipa::path(
    delete,
    path = "/phone-numbers/{id}",
    operation_id = "releasePhoneNumber",
    tag = "phone-numbers",
    params(("id" = String, Path)),
    responses((status = 204, description = "The number is not the tenant's any more."))
)]
pub(crate) async fn release(
    State(state): State<ApiState>,
    admin: Admin,
    Id(id): Id<PhoneNumberId>,
) -> Result<StatusCode, Error> {
    let config = state.config(admin.tenant).await?;
    if !config.phone_numbers.contains_key(&id) {
        return Err(Error::NotFound);
    }
    state
        .change_config(&admin, &config, vec![ConfigChange::ReleasePhoneNumber(id)])
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl PhoneNumber {
    fn of(number: &InventoryNumber, config: &TenantConfig) -> Option<Self> {
        let flow = config.phone_numbers.get(&number.id).map(|claimed| claimed.flow);
        Some(Self {
            id: number.id.to_string(),
            e164: number.number.to_string(),
            country: number.country.clone(),
            fictitious: is_fictitious(number),
            flow: flow.map(|flow| Ref::flow(config, flow)),
            claimed_at: number.claim?.claimed_at.into(),
        })
    }
}

const fn is_fictitious(number: &InventoryNumber) -> bool {
    match number.trunk_kind {
        TrunkKind::Lab => true,
        TrunkKind::Carrier => false,
    }
}
