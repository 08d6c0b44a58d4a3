//! The problem document of RFC 9457, and the layer that writes it with the request's id.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::ApiState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Why a request had no success (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `urn:offhook:problem:` and the code.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The same for every problem with this status.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// Stable: programs decide by it.
    #[schema(example = "validation_failed")]
    pub(crate) code: String,
    /// A sentence for a person.
    pub(crate) detail: String,
    /// Names this request in the server's log.
    pub(crate) request_id: String,
    /// Fields at fault: path to a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) errors: Option<BTreeMap<String, String>>,
}

/// What an error leaves in its response for [`render`].
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) detail: String,
    pub(super) errors: Option<BTreeMap<String, String>>,
}

/// Gives every request an id, and every error its document.
pub(crate) async fn render(state: &ApiState, request: Request, next: Next) -> Response {
    let request_id = format!("req_{:016x}", state.backend.random() as u64);
    let mut response = next.run(request).await;
    if let Some(draft) = response.extensions_mut().remove::<Draft>() {
        tracing::debug!(
            request.id = request_id,
            code = draft.code,
            "a request was refused"
        );
        let document = Json(Problem {
            kind: format!("urn:offhook:problem:{}", draft.code),
            title: title(draft.status).to_owned(),
            status: draft.status.as_u16(),
            code: draft.code.to_owned(),
            detail: draft.detail,
            request_id: request_id.clone(),
            errors: draft.errors,
        });
        let (parts, _) = response.into_parts();
        response = (draft.status, document).into_response();
        for (name, value) in &parts.headers {
            if *name != header::CONTENT_LENGTH {
                response.headers_mut().insert(name, value.clone());
            }
        }
        let problem_json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem_json);
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "The request is malformed",
        StatusCode::UNAUTHORIZED => "Not signed in",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::CONFLICT => "In conflict with the present state",
        StatusCode::UNPROCESSABLE_ENTITY => "The request is not valid",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        StatusCode::SERVICE_UNAVAILABLE => "Unavailable at the moment",
        _ => status.canonical_reason().unwrap_or("Error"),
    }
}
