//! A creating request that is sent again has no second effect.

use std::time::Duration;

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn the_same_request_with_the_same_key_gets_the_first_response() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await.with("idempotency-key", "claim-1");
    let free = maya.get("/api/v1/phone-numbers/available").await.body["items"][0]["e164"].clone();
    let claim = json!({"e164": free});
    let first = maya.post("/api/v1/phone-numbers", &claim).await;
    assert_eq!(first.status, 201);
    let second = maya.post("/api/v1/phone-numbers", &claim).await;
    assert_eq!((second.status, &second.body), (201, &first.body));
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(second.header("content-type"), "application/json");
    assert_eq!(
        maya.get("/api/v1/phone-numbers").await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    let other = json!({"e164": "+12125550119"});
    let answer = maya.post("/api/v1/phone-numbers", &other).await;
    assert_eq!(answer.code(), (409, "idempotency_key_reused"));
    // The same body to another resource is another request too.
    let answer = maya.post("/api/v1/simulated-callers", &claim).await;
    assert_eq!(answer.code(), (409, "idempotency_key_reused"));

    app.backend.advance(Duration::from_secs(7 * 24 * 3600));
    let answer = maya.post("/api/v1/phone-numbers", &claim).await;
    assert_eq!(
        answer.code(),
        (409, "number_taken"),
        "the key is forgotten, the request is new"
    );
}

#[tokio::test]
async fn a_request_without_effect_may_be_tried_again_under_its_key() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await.with("idempotency-key", "key-1");
    let bad = json!({"name": ""});
    assert_eq!(maya.post("/api/v1/api-keys", &bad).await.status, 422);
    let good = json!({"name": "Reporting"});
    assert_eq!(maya.post("/api/v1/api-keys", &good).await.status, 201);
}

#[tokio::test]
async fn a_key_does_not_hand_a_response_to_another_tenant() {
    let app = TestApp::new().await;
    let acme = app.sign_up("Acme").await.with("idempotency-key", "same");
    let bolt = app.sign_up("Bolt").await.with("idempotency-key", "same");
    let offer = json!({"sdp": "v=0"});
    assert_eq!(acme.post("/api/v1/agent/line", &offer).await.status, 201);
    let answer = bolt.post("/api/v1/agent/line", &offer).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("idempotency-replayed"), "");
}

#[tokio::test]
async fn secrets_are_not_kept_for_repetition() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await.with("idempotency-key", "key-1");
    let body = json!({"name": "Reporting"});
    let first = maya.post("/api/v1/api-keys", &body).await;
    let second = maya.post("/api/v1/api-keys", &body).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_ne!(first.body["secret"], second.body["secret"]);
}

#[tokio::test]
async fn a_key_is_short_and_visible() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    for key in ["", "two words", &"x".repeat(65)] {
        let answer = maya
            .with("idempotency-key", key)
            .post("/api/v1/simulated-callers", &json!({"count": 1}))
            .await;
        assert_eq!(answer.code(), (422, "validation_failed"), "{key:?}");
    }
}
