//! Contact records, their events, their pages, and usage.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::story::{CALLER, NOTES, Story};

#[tokio::test]
async fn a_completed_contact_tells_its_story() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    story.available().await;
    story.told().await;

    let page = maya.get("/api/v1/contacts").await.body;
    assert_eq!(page["next_cursor"], Value::Null);
    let summary = &page["items"][0];
    assert_eq!(summary["from"], CALLER);
    assert_eq!(summary["state"], "completed");
    assert_eq!(summary["duration_ms"], 62_000);
    assert_eq!(
        summary["disconnect_reason"],
        json!({"code": "customer_hung_up", "class": "customer"})
    );
    assert_eq!(summary["agent"]["name"], "maya");
    assert_eq!(summary["disposition"]["name"], "Resolved");

    let contact = maya
        .get(&format!("/api/v1/contacts/{}", story.contact))
        .await
        .body;
    assert_eq!(contact["notes"], NOTES);
    assert_eq!(
        contact["intervals"],
        json!({"dialing_ms": 0, "flow_ms": 4000, "wait_ms": 6000, "ring_ms": 3000, "talk_ms": 49_000, "hold_ms": 0,
            "acw_ms": 12_000})
    );
    let kinds: Vec<_> = contact["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].clone())
        .collect();
    assert_eq!(kinds, ["flow", "queue", "agent"]);
    let legs: Vec<_> = contact["legs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["connected_ms"].clone())
        .collect();
    assert_eq!(legs, [62_000, 49_000]);
    let usage: Vec<_> = contact["usage"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["meter"].as_str().unwrap(), one["quantity"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        usage,
        [("inbound_trunk_seconds", 62), ("agent_browser_seconds", 49)]
    );
}

#[tokio::test]
async fn the_timeline_says_in_words_what_happened_and_why() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    story.available().await;
    story.told().await;
    let events = maya
        .get(&format!("/api/v1/contacts/{}/events", story.contact))
        .await
        .body;
    let lines: Vec<String> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            format!(
                "{}: {}",
                event["type"].as_str().unwrap(),
                event["summary"].as_str().unwrap()
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    initiated: Called +12125550107; the flow Welcome answers.
    leg_started: The customer's side of the call starts, over a trunk.
    leg_connected: The customer's side of the call carries audio.
    enqueued: Waits in Support.
    offered: Offered to maya after 6 s of waiting, idle for 44 s, the longest of 1.
    offer_ended: maya accepted.
    leg_started: maya's side of the call starts.
    leg_connected: maya's side of the call carries audio.
    connected_to_agent: Connected to maya.
    leg_ended: The customer's side of the call ended: the customer hung up.
    leg_ended: maya's side of the call ended: the other side ended.
    disconnected: Disconnected: the customer hung up.
    completed: Completed as Resolved.
    ");
    let offered = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["type"] == "offered")
        .unwrap();
    let agent = json!({"id": story.agent.to_string(), "name": "maya"});
    assert_eq!(offered["decision"]["chosen"], agent);
    let candidate = json!({"agent": agent, "eligible": true, "reason": "chosen: idle for 44 s, the longest"});
    assert_eq!(offered["decision"]["candidates"], json!([candidate]));
    assert_eq!(offered["data"]["event"]["type"], "offered");
}

#[tokio::test]
async fn pages_are_stable_while_contacts_arrive() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let tenant = app.tenant_of(&maya).await;
    for number in 1..=5 {
        Story::of(&app, tenant, number).await.told().await;
    }
    let first = maya.get("/api/v1/contacts?limit=2").await.body;
    Story::of(&app, tenant, 6).await.told().await;
    let mut seen: Vec<Value> = Vec::new();
    let mut page = first;
    loop {
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|contact| contact["id"].clone()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        page = maya
            .get(&format!("/api/v1/contacts?limit=2&cursor={cursor}"))
            .await
            .body;
    }
    let mut expected = Vec::new();
    for number in (1..=5).rev() {
        expected.push(json!(Story::of(&app, tenant, number).await.contact.to_string()));
    }
    assert_eq!(seen, expected);
    for bad in ["limit=0", "limit=101", "limit=many", "cursor=nonsense"] {
        let answer = maya.get(&format!("/api/v1/contacts?{bad}")).await;
        assert_eq!(answer.code(), (422, "validation_failed"), "{bad}");
    }
}

#[tokio::test]
async fn usage_is_summed_by_days_in_the_tenants_zone_and_exported() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    story.told().await;
    let month = maya.get("/api/v1/usage").await.body;
    assert_eq!(
        (month["from"].as_str(), month["to"].as_str()),
        (Some("2026-11-01"), Some("2026-11-30"))
    );
    assert_eq!(
        month["totals"],
        json!([
            {"meter": "agent_browser_seconds", "unit": "s", "quantity": 49, "record_count": 1},
            {"meter": "inbound_trunk_seconds", "unit": "s", "quantity": 62, "record_count": 1},
        ])
    );
    assert_eq!(month["test_totals"], json!([]));
    // 09:01 in UTC is 04:01 in New York: the 23rd there too, and not the 22nd.
    let day = |day: &str| format!("/api/v1/usage?from=2026-11-{day}&to=2026-11-{day}");
    assert_eq!(
        maya.get(&day("23")).await.body["totals"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(maya.get(&day("22")).await.body["totals"], json!([]));

    let csv = maya.get("/api/v1/usage.csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"usage-2026-11-01-2026-11-30.csv\""
    );
    let lines: Vec<&str> = csv.text.lines().collect();
    assert_eq!(
        lines[0],
        "contact_id,leg_id,meter,unit,quantity,quantity_ms,started_at,ended_at,test"
    );
    assert_eq!(lines.len(), 3);
    let line = format!("{},", story.contact);
    assert!(lines[1].starts_with(&line));
    assert!(lines[1].ends_with(",62,62000,2026-11-23T09:00:00.000Z,2026-11-23T09:01:02.000Z,false"));

    for (test, lines_count) in [("false", 3), ("true", 1)] {
        let csv = maya.get(&format!("/api/v1/usage.csv?test={test}")).await;
        assert_eq!(csv.text.lines().count(), lines_count, "{}", csv.text);
    }

    for bad in [
        "from=2026-11-31",
        "from=2026-12-01&to=2026-11-01",
        "from=2020-01-01&to=2026-01-01",
        "from=x",
    ] {
        let answer = maya.get(&format!("/api/v1/usage?{bad}")).await;
        assert_eq!(answer.code(), (422, "validation_failed"), "{bad}");
    }
}
