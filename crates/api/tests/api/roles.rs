//! Who may do what: admins, users who are only agents, and API keys.

use serde_json::json;

use crate::support::story::Story;
use crate::support::{TestApp, colleague};

#[tokio::test]
async fn an_agent_works_but_does_not_configure() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let bo = colleague(&app, &maya, true).await;
    for path in [
        "/agent",
        "/me",
        "/queues",
        "/agent-statuses",
        "/dispositions",
        "/contacts",
        "/live/snapshot",
    ] {
        assert_eq!(bo.get(&format!("/api/v1{path}")).await.status, 200, "{path}");
    }
    for path in [
        "/tenant",
        "/users",
        "/usage",
        "/usage.csv",
        "/api-keys",
        "/mail-settings",
        "/phone-numbers",
        "/flows",
        "/prompts",
        "/routing-profiles",
        "/hours-of-operation",
    ] {
        assert_eq!(
            bo.get(&format!("/api/v1{path}")).await.code(),
            (403, "forbidden"),
            "{path}"
        );
    }
    let answer = bo.patch("/api/v1/tenant", &json!({"name": "Bo's"})).await;
    assert_eq!(answer.code(), (403, "forbidden"));
}

#[tokio::test]
async fn an_agent_sees_the_contacts_they_took_part_in() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let tenant = app.tenant_of(&maya).await;
    let taken = Story::of(&app, tenant, 1).await;
    taken.told().await;
    let waiting = Story::of(&app, tenant, 2).await;
    waiting.waiting().await;
    let bo = colleague(&app, &maya, true).await;
    let contacts = bo.get("/api/v1/contacts").await.body;
    assert_eq!(contacts["items"].as_array().unwrap().len(), 1);
    assert_eq!(contacts["items"][0]["id"], taken.contact.to_string());
    assert_eq!(
        bo.get(&format!("/api/v1/contacts/{}", taken.contact))
            .await
            .status,
        200
    );
    for path in ["", "/events"] {
        let answer = bo
            .get(&format!("/api/v1/contacts/{}{path}", waiting.contact))
            .await;
        assert_eq!(answer.code(), (404, "not_found"));
    }
    let live = bo.get("/api/v1/live/snapshot").await.body;
    assert_eq!((&live["contacts"], &live["agents"]), (&json!([]), &json!([])));
    assert_eq!(
        maya.get("/api/v1/live/snapshot").await.body["contacts"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn an_agent_acts_on_their_own_contacts_and_others_do_not_exist() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let tenant = app.tenant_of(&maya).await;
    let done = Story::of(&app, tenant, 1).await;
    done.told().await;
    let waiting = Story::of(&app, tenant, 2).await;
    waiting.waiting().await;
    let completion = json!({"disposition_id": null, "notes": null});
    for (action, body) in [
        ("end", json!(null)),
        ("complete", completion),
        ("extend-acw", json!(null)),
    ] {
        let act = |contact: String| format!("/api/v1/agent/contacts/{contact}/{action}");
        let own = maya.post(&act(done.contact.to_string()), &body).await;
        assert_eq!(own.code(), (409, "contact_moved_on"), "{action}");
        let other = maya.post(&act(waiting.contact.to_string()), &body).await;
        assert_eq!(other.code(), (404, "not_found"), "{action}");
    }
}

#[tokio::test]
async fn whoever_is_no_agent_has_no_softphone() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let bo = colleague(&app, &maya, false).await;
    assert_eq!(bo.get("/api/v1/agent").await.code(), (404, "no_agent"));
    assert_eq!(
        bo.post("/api/v1/agent/line", &json!({"sdp": "v=0"})).await.code(),
        (404, "no_agent")
    );
    assert_eq!(bo.get("/api/v1/contacts").await.code(), (403, "forbidden"));
}

#[tokio::test]
async fn a_program_does_with_a_key_what_an_admin_does() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let created = maya
        .post("/api/v1/api-keys", &json!({"name": "Reporting"}))
        .await
        .body;
    let secret = created["secret"].as_str().unwrap();
    assert!(secret.starts_with(created["prefix"].as_str().unwrap()) && secret.len() > 40);
    let program = app.client().with("authorization", &format!("Bearer {secret}"));
    // A key is sent by no browser: it needs no CSRF token.
    let changed = program
        .patch("/api/v1/tenant", &json!({"name": "Acme Outdoor"}))
        .await;
    assert_eq!(changed.body["name"], "Acme Outdoor");
    assert_eq!(program.get("/api/v1/agent").await.code(), (404, "no_agent"));
    assert_eq!(program.get("/api/v1/me").await.code(), (403, "forbidden"));

    let listed = maya.get("/api/v1/api-keys").await;
    assert_eq!(
        listed.body["items"][0]["last_used_at"],
        "2026-11-23T09:00:00.000Z"
    );
    assert!(!listed.text.contains(secret));
    let refused = program.get("/api/v1/me").await;
    assert_eq!(refused.code(), (403, "forbidden"));
    assert!(refused.text.contains("an API key is none"), "{}", refused.text);
    let path = format!("/api/v1/api-keys/{}", created["id"].as_str().unwrap());
    assert_eq!(maya.delete(&path).await.status, 204);
    let refused = program.get("/api/v1/tenant").await;
    assert_eq!(refused.code(), (401, "not_signed_in"));
    assert_eq!(refused.body["detail"], "This API key is not known.");
    for wrong in [
        "Bearer ohk_guess",
        "Bearer",
        "Basic bWF5YTpzZWNyZXQ=",
        "ohk_guess",
    ] {
        let answer = app
            .client()
            .with("authorization", wrong)
            .get("/api/v1/tenant")
            .await;
        assert_eq!(answer.code(), (401, "not_signed_in"), "{wrong}");
    }
}
