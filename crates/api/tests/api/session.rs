//! Signing in and out, the CSRF token, and password resets.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;

use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn a_user_signs_in_with_the_right_password_only() {
    let app = TestApp::new().await;
    app.sign_up("Acme").await;
    let mut client = app.client();
    let wrong = json!({"email": "maya@acme.example", "password": "wrong horse battery"});
    let unknown = json!({"email": "nobody@acme.example", "password": PASSWORD});
    for body in [wrong, unknown] {
        let answer = client.post("/api/v1/session", &body).await;
        assert_eq!(answer.code(), (401, "wrong_credentials"));
        assert_eq!(answer.header("set-cookie"), "");
    }
    let right = json!({"email": " MAYA@acme.example", "password": PASSWORD});
    let answer = client.post("/api/v1/session", &right).await;
    assert_eq!(answer.status, 200);
    client.keep_session(&answer);
    assert_eq!(
        client.get("/api/v1/me").await.body["user"]["email"],
        "maya@acme.example"
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let answer = maya.delete("/api/v1/session").await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(maya.get("/api/v1/me").await.code(), (401, "not_signed_in"));
}

#[tokio::test]
async fn a_session_ends_after_two_weeks_without_use() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let day = Duration::from_secs(24 * 3600);
    for _ in 0..3 {
        app.backend.advance(13 * day);
        assert_eq!(maya.get("/api/v1/me").await.status, 200);
    }
    app.backend.advance(14 * day);
    assert_eq!(maya.get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn a_change_by_cookie_needs_the_csrf_token() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let change = json!({"name": "Evil"});
    for forged in [
        maya.without("x-csrf-token"),
        maya.without("x-csrf-token").with("x-csrf-token", "guessed"),
    ] {
        let answer = forged.send(Method::PATCH, "/api/v1/tenant", Some(&change)).await;
        assert_eq!(answer.code(), (403, "csrf_failed"));
    }
    assert_eq!(maya.get("/api/v1/tenant").await.body["name"], "Acme");
    assert_eq!(maya.patch("/api/v1/tenant", &change).await.body["name"], "Evil");
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_in() {
    let app = TestApp::new().await;
    app.sign_up("Acme").await;
    let body = json!({"email": "maya@acme.example", "password": PASSWORD});
    let evil = app
        .client()
        .with("origin", "https://evil.example")
        .with("host", "localhost:8080");
    assert_eq!(
        evil.post("/api/v1/session", &body).await.code(),
        (403, "csrf_failed")
    );
    let ours = app.client().with("origin", "http://localhost:8080");
    assert_eq!(ours.post("/api/v1/session", &body).await.status, 200);
    // What a form of another site can send without a preflight is refused.
    let client = app.client();
    let form = client.send_text(
        Method::POST,
        "/api/v1/session",
        Some("text/plain"),
        body.to_string(),
    );
    assert_eq!(form.await.code(), (415, "unsupported_media_type"));
}

#[tokio::test]
async fn a_name_that_was_made_to_lead_here_opens_nothing() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let rebound = maya.with("host", "evil.example:8080");
    assert_eq!(rebound.get("/api/v1/me").await.code(), (421, "host_unknown"));
    let body = json!({"email": "maya@acme.example", "password": PASSWORD});
    let guest = app
        .client()
        .with("host", "evil.example:8080")
        .with("origin", "http://evil.example:8080");
    let answer = guest.post("/api/v1/session", &body).await;
    assert_eq!(answer.code(), (421, "host_unknown"));
    for host in [
        "localhost:evil",
        "localhost:99999",
        "localhost:21080@evil.example",
        "[::1]evil",
    ] {
        let answer = app
            .client()
            .with("host", host)
            .post("/api/v1/session", &body)
            .await;
        assert_eq!(answer.code(), (421, "host_unknown"), "{host}");
    }
    for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
        assert_eq!(
            maya.with("host", host).get("/api/v1/me").await.status,
            200,
            "{host}"
        );
    }
}

#[tokio::test]
async fn guessing_a_password_is_stopped() {
    let app = TestApp::new().await;
    app.sign_up("Acme").await;
    let body = json!({"email": "maya@acme.example", "password": "guess"});
    let guesser = app.client().at("192.0.2.66".parse().unwrap());
    for _ in 0..api::limits::ATTEMPTS_PER_USER_AND_ADDRESS_MAX {
        assert_eq!(guesser.post("/api/v1/session", &body).await.status, 401);
    }
    let answer = guesser.post("/api/v1/session", &body).await;
    assert_eq!(answer.code(), (429, "too_many_requests"));
    assert_eq!(answer.header("retry-after"), "300");
}

#[tokio::test]
async fn a_password_is_reset_once_by_the_link_in_the_mail() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let request = json!({"email": "maya@acme.example"});
    assert_eq!(
        app.client()
            .post("/api/v1/password-resets", &request)
            .await
            .status,
        202
    );
    let unknown = json!({"email": "nobody@acme.example"});
    assert_eq!(
        app.client()
            .post("/api/v1/password-resets", &unknown)
            .await
            .status,
        202
    );
    let sent = app.backend.mail().await;
    assert_eq!(sent.to, "maya@acme.example");
    let link = sent
        .text
        .lines()
        .find(|line| line.starts_with("http://localhost:8080/reset/"))
        .unwrap();
    let path = format!("/api/v1/password-resets/{}", link.rsplit('/').next().unwrap());

    let reset = json!({"password": "a new password"});
    assert_eq!(app.client().post(&path, &reset).await.status, 204);
    assert_eq!(
        app.client().post(&path, &reset).await.code(),
        (404, "reset_expired")
    );
    assert_eq!(
        maya.get("/api/v1/me").await.status,
        401,
        "all sessions have ended"
    );
    let old = json!({"email": "maya@acme.example", "password": PASSWORD});
    assert_eq!(app.client().post("/api/v1/session", &old).await.status, 401);
    let new = json!({"email": "maya@acme.example", "password": "a new password"});
    assert_eq!(app.client().post("/api/v1/session", &new).await.status, 200);
}
