//! The console: what `web/` builds, embedded into the binary and served with the headers that it needs.
//!
//! Cargo builds this with and without `web/dist`. Without it every page is a placeholder that says how to build the
//! console.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

mod answer;
mod files;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;

use crate::answer::answer;
use crate::files::Console;

/// Answers what no other route does: the console's files, and its page for every address that may be one of its own.
/// Addresses under `/api/` are never the console's.
pub fn router() -> Router {
    Router::new().fallback(serve)
}

async fn serve(request: Request) -> Response {
    let (parts, _) = request.into_parts();
    answer(&Console, &parts.method, parts.uri.path(), &parts.headers).map(Body::from)
}
