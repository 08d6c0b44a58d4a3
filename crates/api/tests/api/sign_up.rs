//! Sign-up: three things in, a working contact center out.

use serde_json::json;

use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn signing_up_makes_everything_a_first_call_needs() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let me = maya.get("/api/v1/me").await;
    assert_eq!(me.body["user"]["name"], "maya");
    assert_eq!(me.body["user"]["roles"], json!(["admin", "agent"]));
    assert_eq!(me.body["tenant"]["name"], "Acme");
    assert_eq!(
        me.body["first_call"],
        json!({"signed_up_at": "2026-11-23T09:00:00.000Z", "first_call_at": null, "time_to_first_call_ms": null})
    );

    let numbers = maya.get("/api/v1/phone-numbers").await.body;
    assert_eq!(numbers["items"][0]["country"], "US");
    assert_eq!(numbers["items"][0]["flow"]["name"], "Welcome");
    let queues = maya.get("/api/v1/queues").await.body;
    assert_eq!(queues["items"][0]["name"], "Support");
    assert_eq!(queues["items"][0]["agent_count"], 1);
    assert_eq!(queues["items"][0]["hours_of_operation"]["name"], "Business hours");
    let hours = maya.get("/api/v1/hours-of-operation").await.body;
    assert_eq!(hours["items"][0]["time_zone"], "America/New_York");
    assert_eq!(hours["items"][0]["open_now"], true);
    let profiles = maya.get("/api/v1/routing-profiles").await.body;
    assert_eq!(profiles["items"][0]["queues"][0]["queue"]["name"], "Support");
    let names = |body: &serde_json::Value| -> Vec<String> {
        let items = body["items"].as_array().unwrap().iter();
        items
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let statuses = maya.get("/api/v1/agent-statuses").await.body;
    assert_eq!(names(&statuses), ["Available", "Break", "Lunch", "Offline"]);
    let dispositions = maya.get("/api/v1/dispositions").await.body;
    assert_eq!(
        names(&dispositions),
        ["Resolved", "Follow-up", "Wrong number", "Spam"]
    );
    let flows = maya.get("/api/v1/flows").await.body;
    assert_eq!(
        flows["items"][0]["greeting"],
        json!({"id": "prm_welcome", "name": "Welcome"})
    );
    let agent = maya.get("/api/v1/agent").await.body;
    assert_eq!(agent["status"]["name"], "Offline");
    assert_eq!(agent["activity"], "idle");
}

#[tokio::test]
async fn an_address_signs_up_once_in_whatever_case() {
    let app = TestApp::new().await;
    app.sign_up("Acme").await;
    let body = json!({
        "company": "Acme again",
        "email": "Maya@ACME.example",
        "password": PASSWORD,
        "time_zone": "Europe/Berlin",
    });
    let answer = app.client().post("/api/v1/signup", &body).await;
    assert_eq!(answer.code(), (409, "email_taken"));
}

#[tokio::test]
async fn every_fault_of_the_form_is_told_at_its_field() {
    let app = TestApp::new().await;
    let body = json!({"company": " ", "email": "maya", "password": "short", "time_zone": "Nowhere"});
    let answer = app.client().post("/api/v1/signup", &body).await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let errors = json!({
        "company": "Enter a name.",
        "email": "Enter an e-mail address.",
        "password": "Use at least 8 characters.",
        "time_zone": "Enter a time zone, for example Europe/Berlin.",
    });
    assert_eq!(
        (answer.code(), &answer.body["errors"]),
        ((422, "validation_failed"), &errors)
    );
    assert_eq!(answer.body["detail"], "Enter a name.");
}

#[tokio::test]
async fn without_a_free_number_sign_up_works_and_claims_none() {
    let app = TestApp::new().await;
    for company in 0..21 {
        app.sign_up(&format!("Company{company}")).await;
    }
    let last = app.sign_up("Last").await;
    assert_eq!(last.get("/api/v1/phone-numbers").await.body, json!({"items": []}));
}
