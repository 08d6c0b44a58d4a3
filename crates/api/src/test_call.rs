//! Test calls: a browser of the tenant as the caller.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::ContactId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::line::SdpOffer;
use crate::state::ApiState;

/// A test call that is being connected.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TestCall {
    /// The contact it is.
    pub(crate) contact_id: String,
    /// The answer, with all candidates.
    pub(crate) sdp: String,
}

/// Calls the tenant's first flow from this browser.
#[utoipa::path(
    post,
    path = "/test-calls",
    operation_id = "startTestCall",
    tag = "test-calls",
    request_body = SdpOffer,
    responses((status = 201, body = TestCall))
)]
pub(crate) async fn start(
    State(state): State<ApiState>,
    admin: Admin,
    Body(offer): Body<SdpOffer>,
) -> Result<(StatusCode, Json<TestCall>), Error> {
    let started = state
        .backend
        .start_test_call(admin.tenant, offer.check()?)
        .await?;
    let test_call = TestCall {
        contact_id: started.contact.to_string(),
        sdp: started.sdp,
    };
    Ok((StatusCode::CREATED, Json(test_call)))
}

/// Hangs the caller of a test call up.
#[utoipa::path(
    delete,
    path = "/test-calls/{contact_id}",
    operation_id = "endTestCall",
    tag = "test-calls",
    params(("contact_id" = String, Path)),
    responses((status = 204, description = "The call has ended."))
)]
pub(crate) async fn end(
    State(state): State<ApiState>,
    admin: Admin,
    Id(contact): Id<ContactId>,
) -> Result<StatusCode, Error> {
    state
        .store
        .contact_record(admin.tenant, contact)
        .await?
        .filter(|record| record.test)
        .ok_or(Error::NotFound)?;
    state.backend.end_test_call(admin.tenant, contact).await?;
    Ok(StatusCode::NO_CONTENT)
}
