//! Echo tests: a browser hears itself, before the first call.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Member;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::line::SdpOffer;
use crate::state::ApiState;

const ID_PREFIX: &str = "ech_";

/// An echo test that is being connected.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EchoTest {
    /// Its id.
    pub(crate) id: String,
    /// The answer, with all candidates.
    pub(crate) sdp: String,
}

/// Sends back what the browser says; ends by itself after 15 s.
#[utoipa::path(
    post,
    path = "/echo-tests",
    operation_id = "startEchoTest",
    tag = "echo-tests",
    request_body = SdpOffer,
    responses((status = 201, body = EchoTest))
)]
pub(crate) async fn start(
    State(state): State<ApiState>,
    member: Member,
    Body(offer): Body<SdpOffer>,
) -> Result<(StatusCode, Json<EchoTest>), Error> {
    let started = state
        .backend
        .start_echo_test(member.tenant, offer.check()?)
        .await?;
    let id = format!("{ID_PREFIX}{:032x}", started.echo_test);
    Ok((StatusCode::CREATED, Json(EchoTest { id, sdp: started.sdp })))
}

/// Ends an echo test.
#[utoipa::path(
    delete,
    path = "/echo-tests/{id}",
    operation_id = "endEchoTest",
    tag = "echo-tests",
    params(("id" = String, Path)),
    responses((status = 204, description = "The test has ended."))
)]
pub(crate) async fn end(
    State(state): State<ApiState>,
    member: Member,
    Id(id): Id<String>,
) -> Result<StatusCode, Error> {
    let digits = id.strip_prefix(ID_PREFIX).filter(|digits| digits.len() == 32);
    let echo_test = digits
        .and_then(|digits| u128::from_str_radix(digits, 16).ok())
        .ok_or(Error::NotFound)?;
    state.backend.end_echo_test(member.tenant, echo_test).await?;
    Ok(StatusCode::NO_CONTENT)
}
