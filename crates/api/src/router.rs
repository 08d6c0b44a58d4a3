//! All routes in one place, and the specification that is generated from them.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Error;
use crate::state::ApiState;
use crate::{
    agent, agent_status, api_key, auth, contact, contact_in_hand, disposition, docs, echo_test, error,
    extract, flow, health, hours, idempotency, limits, line, live, mail_settings, me, offer, outbound_call,
    password_reset, phone_number, prompt, queue, routing_profile, session, signup, simulation, specification,
    tenant, test_call, usage, user,
};

/// Where the API is.
const API: &str = "/api/v1";

/// The API with its specification at `/openapi.json` and a reader of it at `/docs`. What is not under `/api`, `/docs`,
/// `/openapi.json` and `/healthz` is left to whoever merges this router.
///
/// The server must hand over the peer's address (`into_make_service_with_connect_info::<SocketAddr>()`), else the
/// attempts of all clients but loopback count as those of nobody.
pub fn router(state: ApiState) -> Router {
    let (entering, rendering) = (state.clone(), state.clone());
    let headers = security_headers(state.backend.base_url().starts_with("https://"));
    let document = Arc::new(openapi());
    let api = routes()
        .split_for_parts()
        .0
        .route("/openapi.json", get(docs::specification(&document)))
        .fallback(extract::no_resource)
        .method_not_allowed_fallback(extract::no_method)
        .layer(from_fn(move |request: Request, next: Next| {
            enter(entering.clone(), request, next)
        }));
    // One layer for all: each is a box around every route, cloned for every request.
    let around = (
        from_fn(move |request: Request, next: Next| {
            leave(rendering.clone(), Arc::clone(&headers), request, next)
        }),
        CatchPanicLayer::custom(after_panic),
        DefaultBodyLimit::max(limits::BODY_BYTES_MAX),
    );
    Router::new()
        .nest(API, api)
        .route("/openapi.json", get(docs::specification(&document)))
        .route("/docs", get(docs::reader(&document)))
        .route("/docs/reader.css", get(docs::style))
        .route("/healthz", get(health::get))
        .layer(around)
        .with_state(state)
}

/// What every request of the API goes through before its handler.
async fn enter(state: ApiState, mut request: Request, next: Next) -> Response {
    match auth::authenticate(&state, &mut request).await {
        Ok(()) => idempotency::layer(&state, request, next).await,
        Err(error) => error.into_response(),
    }
}

/// What every response goes through, those to requests that match no route included.
async fn leave(state: ApiState, headers: SecurityHeaders, request: Request, next: Next) -> Response {
    let mut response = error::render(&state, request, next).await;
    for (name, value) in &*headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

type SecurityHeaders = Arc<[(HeaderName, HeaderValue)]>;

fn security_headers(is_https: bool) -> SecurityHeaders {
    let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let always = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    let on_https = (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    let headers = always.into_iter().chain(is_https.then_some(on_https));
    headers
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect()
}

/// The specification of the API.
#[must_use]
pub fn openapi() -> OpenApi {
    let nested = OpenApiRouter::with_openapi(specification::base()).nest(API, routes());
    specification::complete(nested.into_openapi())
}

// WHEN CHANGING THE API: docs/add-an-endpoint.md has the steps. A new operation is one line here.
fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(signup::sign_up))
        .routes(routes!(session::sign_in, session::sign_out))
        .routes(routes!(me::get))
        .routes(routes!(password_reset::request))
        .routes(routes!(password_reset::reset))
        .routes(routes!(tenant::get, tenant::update))
        .routes(routes!(phone_number::list, phone_number::claim))
        .routes(routes!(phone_number::available))
        .routes(routes!(phone_number::release))
        .routes(routes!(queue::list))
        .routes(routes!(hours::list))
        .routes(routes!(hours::update))
        .routes(routes!(routing_profile::list))
        .routes(routes!(agent_status::list))
        .routes(routes!(disposition::list))
        .routes(routes!(user::list))
        .routes(routes!(prompt::list))
        .routes(routes!(prompt::audio))
        .routes(routes!(flow::list))
        .routes(routes!(flow::update_greeting))
        .routes(routes!(contact::list))
        .routes(routes!(contact::get))
        .routes(routes!(contact::events))
        .routes(routes!(usage::get))
        .routes(routes!(usage::get_csv))
        .routes(routes!(mail_settings::get, mail_settings::put))
        .routes(routes!(mail_settings::test))
        .routes(routes!(api_key::list, api_key::create))
        .routes(routes!(api_key::delete))
        .routes(routes!(agent::get))
        .routes(routes!(agent::put_status))
        .routes(routes!(line::open, line::close))
        .routes(routes!(offer::accept))
        .routes(routes!(offer::decline))
        .routes(routes!(contact_in_hand::end))
        .routes(routes!(contact_in_hand::complete))
        .routes(routes!(contact_in_hand::extend_acw))
        .routes(routes!(test_call::start))
        .routes(routes!(test_call::end))
        .routes(routes!(outbound_call::start))
        .routes(routes!(outbound_call::cancel))
        .routes(routes!(simulation::start, simulation::end))
        .routes(routes!(echo_test::start))
        .routes(routes!(echo_test::end))
        .routes(routes!(live::snapshot))
        .routes(routes!(live::open))
}

/// A panic is a bug: the client is told as much, and the server goes on.
fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let what = panic.downcast_ref::<String>().map(String::as_str);
    let what = what
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic");
    Error::Internal(what.into()).into_response()
}
