//! Outbound calls: somebody is called from a number of the tenant's.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use model::event::Direction;
use model::{ContactId, FlowId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::backend::CallOrder;
use crate::check::Faults;
use crate::error::{Error, NOT_CLAIMED, NOT_UNDERSTOOD};
use crate::extract::{Body, Id};
use crate::limits;
use crate::state::ApiState;

/// Whom to call, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutboundCallStart {
    /// The number that calls, one that was claimed; the first when missing.
    #[schema(example = "+12125550142")]
    from: Option<String>,
    /// Who is called: with the country code, as it is dialed in the country of `from`, or an emergency number.
    #[schema(example = "+49 30 901820")]
    to: String,
    /// The flow that takes over when it is answered; the flow of `from` when missing.
    #[schema(value_type = Option<String>)]
    flow_id: Option<FlowId>,
    /// How long it may ring; 60 s when missing.
    ring_timeout_s: Option<u32>,
}

/// A call that is being placed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutboundCall {
    /// The contact it is.
    pub(crate) contact_id: String,
}

/// Calls somebody. A flow takes over when it is answered; the contact tells what became of it.
#[utoipa::path(
    post,
    path = "/outbound-calls",
    operation_id = "startOutboundCall",
    tag = "outbound-calls",
    request_body = OutboundCallStart,
    responses((
        status = 201,
        body = OutboundCall,
        headers(("Location" = String, description = "The contact."))
    ))
)]
pub(crate) async fn start(
    State(state): State<ApiState>,
    admin: Admin,
    Body(call): Body<OutboundCallStart>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<OutboundCall>), Error> {
    let contact = state.backend.place_call(admin.tenant, call.check()?).await?;
    let location = format!("/api/v1/contacts/{contact}");
    let contact_id = contact.to_string();
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(OutboundCall { contact_id }),
    ))
}

/// Takes a call back that was not answered yet.
#[utoipa::path(
    delete,
    path = "/outbound-calls/{contact_id}",
    operation_id = "cancelOutboundCall",
    tag = "outbound-calls",
    params(("contact_id" = String, Path)),
    responses((status = 204, description = "The call is over, and nobody has answered it."))
)]
pub(crate) async fn cancel(
    State(state): State<ApiState>,
    admin: Admin,
    Id(contact): Id<ContactId>,
) -> Result<StatusCode, Error> {
    let record = state.store.contact_record(admin.tenant, contact).await?;
    record
        .filter(|record| record.direction == Direction::Outbound)
        .ok_or(Error::NotFound)?;
    state.backend.cancel_call(admin.tenant, contact).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl OutboundCallStart {
    /// What can be seen without knowing the tenant's numbers.
    fn check(self) -> Result<CallOrder, Error> {
        let mut faults = Faults::default();
        let from = self.from.map(|from| from.parse().ok());
        faults.demand(from != Some(None), "from", NOT_CLAIMED);
        let is_short = self.to.chars().count() <= limits::DIALED_CHARS_MAX;
        faults.demand(is_short, "to", NOT_UNDERSTOOD);
        let bounds = limits::RING_TIMEOUT_S_MIN..=limits::RING_TIMEOUT_S_MAX;
        let ring_timeout_s = self.ring_timeout_s;
        let ring_timeout_s = ring_timeout_s.map(|seconds| faults.seconds("ring_timeout_s", seconds, bounds));
        faults.finish()?;
        Ok(CallOrder {
            from: from.flatten(),
            to: self.to,
            flow: self.flow_id,
            ring_timeout: ring_timeout_s.map(|seconds| Duration::from_secs(seconds.into())),
        })
    }
}
