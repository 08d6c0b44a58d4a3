//! The live view: a WebSocket of numbered frames, and the same as one document.
//!
//! One fold per tenant, however many sockets look at it. Every viewer has a stream of their own, numbered without
//! gaps: frames for everyone, those for admins, and those about the agent the viewer is.

pub(crate) mod agent;
mod fold;
mod hub;
mod message;
mod socket;
mod state;
mod today;

use axum::Json;
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::{Credential, Member, origin};
use crate::error::Error;
use crate::extract::Params;
use crate::limits;
use crate::state::ApiState;

pub(crate) use hub::Hubs;

use message::LiveMessage;
use state::LiveSnapshot;

/// Where a stream goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LiveQuery {
    /// The number of the last frame that was received.
    resume: Option<u64>,
}

/// Gets the live view at this moment.
#[utoipa::path(
    get,
    path = "/live/snapshot",
    operation_id = "getLiveSnapshot",
    tag = "live",
    responses((status = 200, body = LiveSnapshot))
)]
pub(crate) async fn snapshot(
    State(state): State<ApiState>,
    member: Member,
) -> Result<Json<LiveSnapshot>, Error> {
    let viewer = hub::Viewer::of(&member);
    let snapshot = state
        .hubs
        .snapshot(member.tenant, viewer, state.backend.now())
        .await?;
    Ok(Json(snapshot))
}

/// Opens the live socket. Frames are `LiveMessage`s as text; the client sends `{"type":"heartbeat"}` every 3 s.
#[utoipa::path(
    get,
    path = "/live",
    operation_id = "openLive",
    tag = "live",
    params(LiveQuery),
    responses(
        (status = 101, description = "The socket is open."),
        (status = 200, description = "A frame of the socket.", body = LiveMessage)
    )
)]
pub(crate) async fn open(
    State(state): State<ApiState>,
    member: Member,
    Params(query): Params<LiveQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    // Browsers send cookies with sockets of any page: only the origin tells whose page it is.
    let is_session = matches!(member.credential, Credential::Session { .. });
    if is_session && !origin::is_ours(&headers, state.backend.base_url()) {
        return Err(Error::CsrfFailed);
    }
    let upgrade = upgrade.map_err(|_| Error::Malformed("This resource is a WebSocket.".to_owned()))?;
    let seat = state.hubs.seat(member.tenant, &member.name()).await?;
    let viewer = hub::Viewer::of(&member);
    let caller = (*member).clone();
    Ok(upgrade
        .max_message_size(limits::LIVE_CLIENT_MESSAGE_BYTES_MAX)
        .read_buffer_size(limits::LIVE_READ_BUFFER_BYTES)
        .max_write_buffer_size(limits::LIVE_UNSENT_BYTES_MAX)
        .on_upgrade(move |socket| socket::serve(socket, state, caller, viewer, seat, query.resume)))
}
