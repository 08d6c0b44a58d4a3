//! Idempotency keys: a creating request that is sent again gets its first response and has no second effect.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use model::TenantId;
use store::{Idempotency, Sha256Hash, StoredResponse};

use crate::auth::{Authentication, Caller};
use crate::check::Faults;
use crate::error::Error;
use crate::extract::read_body;
use crate::limits;
use crate::state::ApiState;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Marks a response that holds a secret: it is not kept, and the request may have a second effect.
#[derive(Clone, Copy)]
pub(crate) struct NotKept;

impl IntoResponseParts for NotKept {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}

/// Answers a repeated request with its first response. Whoever is not signed in has no keys.
pub(crate) async fn layer(state: &ApiState, request: Request, next: Next) -> Response {
    let caller = match request.extensions().get() {
        Some(Authentication::Caller(caller)) => caller.clone(),
        Some(Authentication::None | Authentication::Unproven) | None => return next.run(request).await,
    };
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    run_once(state, &caller, request, next)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn run_once(
    state: &ApiState,
    caller: &Caller,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let key = read_key(request.headers())?;
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let bytes = read_body(whole, &()).await?;
    // Who asks for what belongs to the request: a key does not hand one user's response to another.
    let fingerprint = [
        caller.name().as_bytes(),
        b"\0",
        parts.uri.path().as_bytes(),
        b"\0",
        &bytes,
    ]
    .concat();
    let fingerprint = Sha256Hash::of(&fingerprint);
    match state
        .store
        .begin_idempotent(caller.tenant, &key, fingerprint, state.backend.now())
        .await?
    {
        Idempotency::BodyDiffers => Err(Error::IdempotencyKeyReused),
        Idempotency::InProgress => Err(Error::IdempotencyKeyInUse),
        Idempotency::Replay(first) => replay(first),
        Idempotency::Begin => {
            let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
            keep(state, caller.tenant, &key, response).await
        }
    }
}

fn read_key(headers: &HeaderMap) -> Result<String, Error> {
    let text = headers
        .get(KEY)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let fits = (1..=limits::IDEMPOTENCY_KEY_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|c| c.is_ascii_graphic());
    if fits {
        Ok(text.to_owned())
    } else {
        let sentence = "Use 1 to 64 visible ASCII characters.";
        Err(Error::ValidationFailed(Faults::one("Idempotency-Key", sentence)))
    }
}

/// Keeps a success for the next time; what had no effect may be tried again under the same key.
async fn keep(state: &ApiState, tenant: TenantId, key: &str, response: Response) -> Result<Response, Error> {
    if !response.status().is_success() || response.extensions().get::<NotKept>().is_some() {
        state.store.abandon_idempotent(tenant, key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, limits::IDEMPOTENCY_RESPONSE_BYTES_MAX)
        .await
        .map_err(|error| Error::Internal(Box::new(error)))?;
    let first = StoredResponse {
        status: parts.status.as_u16(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    if let Err(error) = state.store.finish_idempotent(tenant, key, &first).await {
        // The effect stands: the client is told so, though a repetition will be refused for a while.
        tracing::warn!(error = %error, "a response was not kept under its idempotency key");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replay(first: StoredResponse) -> Result<Response, Error> {
    let status = StatusCode::from_u16(first.status).map_err(|error| Error::Internal(Box::new(error)))?;
    let mut response = (status, first.body).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
