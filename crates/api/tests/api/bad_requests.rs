//! What does not fit is refused with a problem document, and harms nothing.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;
use tower::ServiceExt;

use crate::support::TestApp;

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let app = TestApp::new().await;
    let request = Request::post("/api/v1/session")
        .header("host", "localhost:8080")
        .header("content-type", "application/json")
        .body(Body::from_stream(futures_util::stream::pending::<
            Result<Vec<u8>, std::io::Error>,
        >()))
        .unwrap();
    tokio::time::pause();
    let response = app.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 408);
}

#[tokio::test]
async fn every_problem_has_its_document() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let missing = maya.get("/api/v1/nothing").await;
    let request_id = missing.body["request_id"].clone();
    let document = json!({
        "type": "urn:offhook:problem:not_found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "There is no such thing here.",
        "request_id": request_id,
    });
    assert_eq!(missing.body, document);
    assert_eq!(missing.header("content-type"), "application/problem+json");
    assert_eq!(missing.header("x-request-id"), missing.body["request_id"]);

    let json = Some("application/json");
    for (method, path, kind, text, expected) in [
        (Method::PUT, "/api/v1/me", json, "{}", (405, "method_not_allowed")),
        (Method::PATCH, "/api/v1/tenant", json, "{", (400, "malformed")),
        (Method::PATCH, "/api/v1/tenant", json, "{} {}", (400, "malformed")),
        (Method::PATCH, "/api/v1/tenant", json, "\u{0}", (400, "malformed")),
        (
            Method::PATCH,
            "/api/v1/tenant",
            json,
            r#"{"nam": "x"}"#,
            (422, "validation_failed"),
        ),
        (
            Method::PATCH,
            "/api/v1/tenant",
            json,
            r#"{"name": 5}"#,
            (422, "validation_failed"),
        ),
        (
            Method::PATCH,
            "/api/v1/tenant",
            None,
            r#"{"name": "x"}"#,
            (415, "unsupported_media_type"),
        ),
        (
            Method::DELETE,
            "/api/v1/phone-numbers/num_0",
            None,
            "",
            (404, "not_found"),
        ),
        (Method::GET, "/api/v1/contacts/%00", None, "", (404, "not_found")),
        (Method::GET, "/api/v1/live", None, "", (403, "csrf_failed")),
    ] {
        let answer = maya.send_text(method.clone(), path, kind, text.to_owned()).await;
        assert_eq!(answer.code(), expected, "{method} {path} {text:?}");
    }
}

#[tokio::test]
async fn the_field_at_fault_is_named() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    for (path, field) in [
        ("/api/v1/contacts?limit=abc", "limit"),
        ("/api/v1/contacts?limit=0", "limit"),
        ("/api/v1/contacts?limit=-1", "limit"),
        ("/api/v1/contacts?limit=1&limit=2", "limit"),
        ("/api/v1/contacts?Limit=1", "Limit"),
        ("/api/v1/contacts?queue=Support", "queue"),
        ("/api/v1/phone-numbers/available?county=US", "county"),
        ("/api/v1/usage?since=2026-11-01", "since"),
        ("/api/v1/usage.csv?test=maybe", "test"),
    ] {
        let answer = maya.get(path).await;
        assert_eq!(answer.code(), (422, "validation_failed"), "{path}");
        assert!(
            answer.body["errors"][field].is_string(),
            "{path}: {}",
            answer.text
        );
    }
    let period = json!({"day": "monday", "opens": "08:00"});
    let hours = maya.get("/api/v1/hours-of-operation").await.body;
    let hours = format!(
        "/api/v1/hours-of-operation/{}",
        hours["items"][0]["id"].as_str().unwrap()
    );
    for (method, path, body, field) in [
        (Method::POST, "/api/v1/outbound-calls", json!({}), "to"),
        (Method::POST, "/api/v1/outbound-calls", json!({"to": 5}), "to"),
        (Method::PATCH, "/api/v1/tenant", json!({"nam": "x"}), "nam"),
        (
            Method::PATCH,
            hours.as_str(),
            json!({"periods": [period]}),
            "periods[0].closes",
        ),
    ] {
        let answer = maya.send(method, path, Some(&body)).await;
        assert_eq!(answer.code(), (422, "validation_failed"), "{path} {body}");
        assert!(
            answer.body["errors"][field].is_string(),
            "{body}: {}",
            answer.text
        );
    }
    let twice = r#"{"to": "112", "to": "112"}"#.to_owned();
    let json = Some("application/json");
    let answer = maya
        .send_text(Method::POST, "/api/v1/outbound-calls", json, twice)
        .await;
    assert_eq!(answer.body["errors"], json!({"to": "This field is there twice."}));
    let list = maya.post("/api/v1/outbound-calls", &json!([])).await;
    assert_eq!(list.code(), (400, "malformed"), "no field is at fault");
}

#[tokio::test]
async fn a_body_is_bounded() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let large = json!({"name": "x".repeat(300 * 1024)});
    let answer = maya.patch("/api/v1/tenant", &large).await;
    assert_eq!(answer.code(), (413, "payload_too_large"));
    let once = maya.with("idempotency-key", "large");
    assert_eq!(
        once.post("/api/v1/agent/line", &large).await.code(),
        (413, "payload_too_large")
    );
    let deep = format!("{{\"name\": {}", "[".repeat(100_000));
    let answer = maya
        .send_text(Method::PATCH, "/api/v1/tenant", Some("application/json"), deep)
        .await;
    assert_eq!(answer.code(), (422, "validation_failed"));
}

#[tokio::test]
async fn names_carry_no_control_characters() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    for name in ["bell\u{7}", "two\r\nlines", "\u{1b}[31m", ""] {
        let answer = maya.patch("/api/v1/tenant", &json!({"name": name})).await;
        assert_eq!(answer.code(), (422, "validation_failed"), "{name:?}");
    }
    let long = "ü".repeat(100);
    assert_eq!(
        maya.patch("/api/v1/tenant", &json!({"name": long})).await.status,
        200
    );
    assert_eq!(
        maya.patch("/api/v1/tenant", &json!({"name": long + "ü"}))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn responses_are_neither_cached_nor_framed_nor_shared() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    for path in ["/api/v1/me", "/api/v1/nothing", "/docs", "/openapi.json"] {
        let answer = maya.with("origin", "https://evil.example").get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    let preflight = maya.with("access-control-request-method", "DELETE");
    let answer = preflight.send(Method::OPTIONS, "/api/v1/session", None).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn the_specification_has_a_reader_without_scripts() {
    let app = TestApp::new().await;
    let page = app.client().get("/docs").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("startTestCall") && page.text.contains("schema-ContactSummary"));
    assert!(page.text.contains("Bearer $OFFHOOK_API_KEY") && page.text.contains("<code>host_unknown</code>"));
    assert!(!page.text.contains("<script") && !page.text.contains("https://"));
    let specification = app.client().get("/api/v1/openapi.json").await.body;
    assert_eq!(specification["openapi"], "3.1.0");
    assert_eq!(app.client().get("/openapi.json").await.body, specification);
}

#[tokio::test]
async fn health_says_that_calls_are_turned_away_without_asking_for_a_restart() {
    let app = TestApp::new().await;
    assert_eq!(app.client().get("/healthz").await.body, json!({"status": "ok"}));
    app.backend.set_takes_calls(false);
    let answer = app.client().get("/healthz").await;
    assert_eq!(
        (answer.status, answer.body),
        (200, json!({"status": "refusing_calls"}))
    );
}
