//! Calls to customers: placed, refused, taken back, and what their contacts show.

use std::time::Duration;

use api::backend::CallOrder;
use model::FlowId;
use serde_json::{Value, json};

use crate::support::story::{CALLER, Story};
use crate::support::{Called, Client, TestApp};

const PATH: &str = "/api/v1/outbound-calls";

async fn call(client: &Client, to: &str) -> crate::support::Answer {
    client.post(PATH, &json!({ "to": to })).await
}

#[tokio::test]
async fn a_call_is_placed_as_asked_for_and_once_under_an_idempotency_key() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let tenant = app.tenant_of(&maya).await;
    let flow = FlowId::from_bits(5);
    let body = json!({
        "from": "+12125550107", "to": "(030) 90-18-20", "flow_id": flow.to_string(), "ring_timeout_s": 15,
    });
    app.backend.take_calls();
    let maya = maya.with("idempotency-key", "once");
    let first = maya.post(PATH, &body).await;
    let contact = first.body["contact_id"].as_str().unwrap();
    assert_eq!(first.status, 201);
    assert_eq!(first.header("location"), format!("/api/v1/contacts/{contact}"));
    let again = maya.post(PATH, &body).await;
    assert_eq!(again.body, first.body);
    let order = CallOrder {
        from: Some("+12125550107".parse().unwrap()),
        to: "(030) 90-18-20".to_owned(),
        flow: Some(flow),
        ring_timeout: Some(Duration::from_secs(15)),
    };
    assert_eq!(app.backend.take_calls(), [Called::PlaceCall(tenant, order)]);
}

#[tokio::test]
async fn what_cannot_be_called_is_refused_with_what_to_do() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    for (to, code, word) in [
        ("110", (503, "unavailable"), "another phone"),
        ("112", (409, "no_emergency_trunk"), "another phone"),
        ("no flow", (422, "validation_failed"), "Choose a flow"),
        ("no number", (409, "no_phone_number"), "claim one"),
        ("no trunk", (409, "no_trunk"), "another number"),
        (
            "not claimed",
            (422, "validation_failed"),
            "one of your phone numbers",
        ),
        ("not carried", (409, "not_carried"), "a carrier's number"),
        (
            "own number",
            (422, "validation_failed"),
            "one of your own numbers",
        ),
        ("nonsense", (422, "validation_failed"), "country code"),
        ("too many", (409, "limit_reached"), "call again"),
        ("unavailable", (503, "unavailable"), "try again"),
    ] {
        let answer = call(&maya, to).await;
        assert_eq!(answer.code(), code, "{to}");
        assert!(answer.text.contains(word), "{to}: {}", answer.text);
    }
    app.backend.take_calls();
    for (field, value) in [
        ("from", json!("112")),
        ("to", json!("1".repeat(65))),
        ("ring_timeout_s", json!(14)),
        ("ring_timeout_s", json!(61)),
        ("flow_id", json!("Welcome")),
    ] {
        let mut body = json!({ "to": "+49 30 901820" });
        body[field] = value;
        let answer = maya.post(PATH, &body).await;
        assert_eq!(answer.code(), (422, "validation_failed"), "{body}");
        assert!(answer.body["errors"][field].is_string(), "{:?}", answer.body);
    }
    assert_eq!(app.backend.take_calls(), []);
}

#[tokio::test]
async fn a_call_is_taken_back_until_it_is_answered() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let tenant = app.tenant_of(&maya).await;
    let arrived = Story::of(&app, tenant, 1).await;
    arrived.waiting().await;
    let outbound = Story::of(&app, tenant, 2).await;
    outbound.dialing(Some(CALLER)).await;
    let path = |story: &Story<'_>| format!("{PATH}/{}", story.contact);
    assert_eq!(maya.delete(&path(&arrived)).await.code(), (404, "not_found"));
    assert_eq!(maya.delete(&path(&outbound)).await.status, 204);
    outbound.answered().await;
    let late = maya.delete(&path(&outbound)).await;
    assert_eq!(late.code(), (409, "contact_moved_on"));
}

#[tokio::test]
async fn a_contact_that_we_began_shows_our_number_as_the_one_that_calls() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let tenant = app.tenant_of(&maya).await;
    let story = Story::of(&app, tenant, 1).await;
    story.dialing(Some(CALLER)).await;
    let emergency = Story::of(&app, tenant, 2).await;
    emergency.dialing(None).await;
    let ours = json!(
        story
            .config
            .phone_numbers
            .values()
            .next()
            .unwrap()
            .number
            .to_string()
    );

    let page = maya.get("/api/v1/contacts").await.body;
    let ends = |one: &Value| (one["direction"].clone(), one["from"].clone(), one["to"].clone());
    let outbound = json!("outbound");
    let expected = (outbound.clone(), ours.clone(), json!(CALLER));
    assert_eq!(ends(&page["items"][1]), expected);
    assert_eq!(ends(&page["items"][0]), (outbound, ours, Value::Null));
    let contact = maya
        .get(&format!("/api/v1/contacts/{}", story.contact))
        .await
        .body;
    assert_eq!(contact["state"], "dialing");
    assert_eq!(contact["intervals"]["dialing_ms"], 14_000);
    let live = maya.get("/api/v1/live/snapshot").await.body;
    assert_eq!(ends(&live["contacts"][0]), expected);
    assert_eq!(live["contacts"][0]["state"], "dialing");

    story.answered().await;
    let events = maya
        .get(&format!("/api/v1/contacts/{}/events", story.contact))
        .await
        .body;
    let lines = events["items"].as_array().unwrap().iter();
    let lines: Vec<&str> = lines.map(|event| event["summary"].as_str().unwrap()).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    Called from +12125550107; the flow Welcome takes over when answered.
    The customer's side of the call starts, over a trunk.
    The customer's phone rings.
    The customer's side of the call carries audio.
    ");
}
