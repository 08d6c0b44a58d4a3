//! The agent's line: the standing connection over which legs start at once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{Activity, LineId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::AgentCaller;
use crate::backend::LineOffer;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::Body;
use crate::state::ApiState;

/// A browser's SDP offer with one audio line. It need not wait for its candidates.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SdpOffer {
    /// The offer.
    pub(crate) sdp: String,
}

impl SdpOffer {
    /// The offer's text, if it is of bounded size.
    pub(crate) fn check(self) -> Result<String, Error> {
        let mut faults = Faults::default();
        faults.sdp("sdp", &self.sdp);
        faults.finish().map(|()| self.sdp)
    }
}

/// A browser's wish for a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineRequest {
    /// An SDP offer with one audio line. It need not wait for its candidates.
    pub(crate) sdp: String,
    /// The line that this browser opened last: it may be replaced without being asked for.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) previous_line_id: Option<LineId>,
    /// Whether the line of another browser may be replaced: only if a person has asked for it, else two open pages take
    /// the line from one another.
    #[serde(default)]
    pub(crate) take_over: bool,
}

/// A line that is being connected.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineAnswer {
    /// The line.
    pub(crate) line_id: String,
    /// The answer, with all candidates.
    pub(crate) sdp: String,
}

/// Opens the agent's line. It takes the place of the one that `previous_line_id` names, with a contact in hand too.
///
/// 409 `line_elsewhere` says that another line of the agent is open, another browser's for instance: with `take_over` it is
/// replaced too.
#[utoipa::path(
    post,
    path = "/agent/line",
    operation_id = "openLine",
    tag = "agent",
    request_body = LineRequest,
    responses((status = 201, body = LineAnswer))
)]
pub(crate) async fn open(
    State(state): State<ApiState>,
    caller: AgentCaller,
    Body(request): Body<LineRequest>,
) -> Result<(StatusCode, Json<LineAnswer>), Error> {
    let offer = LineOffer {
        sdp: SdpOffer { sdp: request.sdp }.check()?,
        previous: request.previous_line_id,
        takes_over: request.take_over,
    };
    let opened = state
        .backend
        .open_line(caller.tenant, caller.agent, offer)
        .await?;
    let answer = LineAnswer {
        line_id: opened.line.to_string(),
        sdp: opened.sdp,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Closes the agent's line.
#[utoipa::path(
    delete,
    path = "/agent/line",
    operation_id = "closeLine",
    tag = "agent",
    responses((status = 204, description = "No line is open."))
)]
pub(crate) async fn close(State(state): State<ApiState>, caller: AgentCaller) -> Result<StatusCode, Error> {
    let live = state.backend.live(caller.tenant).await?;
    let agent = live.view.agents.get(caller.agent);
    let needs_line = agent.is_some_and(|agent| {
        matches!(
            agent.activity,
            Activity::Connecting { .. } | Activity::OnContact { .. }
        )
    });
    if needs_line {
        return Err(Error::OnContact);
    }
    state.backend.close_line(caller.tenant, caller.agent).await?;
    Ok(StatusCode::NO_CONTENT)
}
