//! What admins change, and what becomes of it.

use serde_json::{Value, json};

use crate::support::{Called, TestApp};

#[tokio::test]
async fn hours_are_changed_by_weekly_periods() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let id = maya.get("/api/v1/hours-of-operation").await.body["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/hours-of-operation/{id}");
    let monday = json!({"day": "monday", "opens": "08:00", "closes": "18:00"});
    let answer = maya.patch(&path, &json!({"periods": [monday]})).await;
    // It is 04:00 on Monday in New York.
    assert_eq!(answer.body["periods"], json!([monday]));
    assert_eq!(
        (&answer.body["always_open"], &answer.body["open_now"]),
        (&json!(false), &json!(false))
    );
    let answer = maya.patch(&path, &json!({"time_zone": "Europe/Berlin"})).await;
    assert_eq!(answer.body["open_now"], true);
    let answer = maya.patch(&path, &json!({"always_open": true})).await;
    assert_eq!(
        (&answer.body["always_open"], &answer.body["periods"]),
        (&json!(true), &json!([]))
    );
    let upside_down = json!({"day": "monday", "opens": "18:00", "closes": "08:00"});
    let answer = maya.patch(&path, &json!({"periods": [upside_down]})).await;
    assert_eq!(
        answer.body["errors"],
        json!({"periods[0].closes": "Close later than you open."})
    );
    let tenant = app.tenant_of(&maya).await;
    let told: Vec<Called> = (2..=4)
        .map(|revision| Called::ConfigChanged(tenant, revision))
        .collect();
    assert_eq!(app.backend.take_calls(), told);
}

#[tokio::test]
async fn a_flow_greets_with_another_prompt() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let id = maya.get("/api/v1/flows").await.body["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/flows/{id}/greeting");
    let answer = maya.patch(&path, &json!({"prompt_id": "prm_closed"})).await;
    assert_eq!(
        answer.body["greeting"],
        json!({"id": "prm_closed", "name": "Closed"})
    );
    for unknown in ["prm_nothing", "closed", ""] {
        let answer = maya.patch(&path, &json!({"prompt_id": unknown})).await;
        assert_eq!(answer.code(), (422, "validation_failed"));
    }
    let prompts = maya.get("/api/v1/prompts").await.body;
    assert_eq!(prompts["items"][0]["text"], "Thank you for calling.");
    let audio = maya.get("/api/v1/prompts/prm_welcome/audio").await;
    assert_eq!(
        (audio.header("content-type"), audio.text.as_str()),
        ("audio/wav", "RIFF")
    );
    assert_eq!(
        maya.get("/api/v1/prompts/prm_nothing/audio").await.code(),
        (404, "not_found")
    );
}

#[tokio::test]
async fn phone_numbers_are_found_claimed_and_released() {
    let app = TestApp::new().await;
    let acme = app.sign_up("Acme").await;
    let bolt = app.sign_up("Bolt").await;
    let found = acme
        .get("/api/v1/phone-numbers/available?country=us&contains=555-01")
        .await
        .body;
    assert_eq!(found["countries"], json!(["US"]));
    assert_eq!(found["items"].as_array().unwrap().len(), 10);
    assert_eq!(
        acme.get("/api/v1/phone-numbers/available?country=DE").await.body["items"],
        json!([])
    );
    assert_eq!(found["items"][3]["fictitious"], true, "it is of the lab trunk");
    let claim = json!({"e164": found["items"][3]["e164"]});
    let claimed = acme.post("/api/v1/phone-numbers", &claim).await;
    assert_eq!(
        (claimed.status, &claimed.body["flow"]["name"]),
        (201, &json!("Welcome"))
    );
    assert_eq!(claimed.body["fictitious"], true);
    assert_eq!(
        bolt.post("/api/v1/phone-numbers", &claim).await.code(),
        (409, "number_taken")
    );
    let path = format!("/api/v1/phone-numbers/{}", claimed.body["id"].as_str().unwrap());
    assert_eq!(bolt.delete(&path).await.code(), (404, "not_found"));
    assert_eq!(acme.delete(&path).await.status, 204);
    assert_eq!(bolt.post("/api/v1/phone-numbers", &claim).await.status, 201);
    let nonsense = json!({"e164": "0123"});
    assert_eq!(
        acme.post("/api/v1/phone-numbers", &nonsense).await.code(),
        (422, "validation_failed")
    );
}

#[tokio::test]
async fn a_carriers_number_is_not_fictitious() {
    let app = TestApp::new().await;
    let acme = app.sign_up("Acme").await;
    app.add_carrier_number("+4930901820").await;
    let found = acme.get("/api/v1/phone-numbers/available?country=DE").await.body;
    assert_eq!(found["items"][0]["fictitious"], false);
    let claim = json!({"e164": "+4930901820"});
    assert_eq!(acme.post("/api/v1/phone-numbers", &claim).await.status, 201);
    let claimed = acme.get("/api/v1/phone-numbers").await.body;
    let items = claimed["items"].as_array().unwrap().iter();
    let fictitious: Vec<_> = items
        .map(|number| (&number["country"], &number["fictitious"]))
        .collect();
    assert_eq!(
        fictitious,
        [(&json!("US"), &json!(true)), (&json!("DE"), &json!(false))]
    );
}

#[tokio::test]
async fn the_mail_password_is_kept_and_never_told() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let before = maya.get("/api/v1/mail-settings").await.body;
    assert_eq!(
        (&before["host"], &before["port"], &before["password_set"]),
        (&Value::Null, &json!(587), &json!(false))
    );
    let mut update = json!({
        "host": "smtp.example.net",
        "port": 587,
        "security": "starttls",
        "username": "offhook",
        "from_address": "calls@acme.example",
        "password": "s3cret",
    });
    assert_eq!(
        maya.put("/api/v1/mail-settings", &update).await.body["password_set"],
        true
    );
    update["password"] = Value::Null;
    update["port"] = json!(465);
    let after = maya.put("/api/v1/mail-settings", &update).await;
    assert_eq!(
        (&after.body["port"], &after.body["password_set"]),
        (&json!(465), &json!(true))
    );
    assert!(!after.text.contains("s3cret"));
    update["host"] = json!("smtp.example.net\r\nEHLO");
    assert_eq!(
        maya.put("/api/v1/mail-settings", &update).await.code(),
        (422, "validation_failed")
    );

    let test = maya
        .post("/api/v1/mail-settings/test", &json!({"to": "maya@acme.example"}))
        .await;
    assert_eq!(test.status, 204);
    let test = maya
        .post(
            "/api/v1/mail-settings/test",
            &json!({"to": "maya@refused.example"}),
        )
        .await;
    assert_eq!(test.code(), (422, "mail_failed"));
    assert!(test.body["detail"].as_str().unwrap().contains("550 no such user"));
}

#[tokio::test]
async fn two_who_save_at_once_do_not_undo_each_other() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let (name, zone) = (
        json!({"name": "Acme Outdoor"}),
        json!({"time_zone": "Europe/Berlin"}),
    );
    let (one, other) = tokio::join!(
        maya.patch("/api/v1/tenant", &name),
        maya.patch("/api/v1/tenant", &zone)
    );
    let tenant = maya.get("/api/v1/tenant").await.body;
    for (answer, field, value) in [
        (one, "name", "Acme Outdoor"),
        (other, "time_zone", "Europe/Berlin"),
    ] {
        match answer.code() {
            (200, _) => assert_eq!(tenant[field], value),
            refused => {
                assert_eq!(refused, (409, "config_changed"));
                assert_ne!(tenant[field], value);
            }
        }
    }
}

#[tokio::test]
async fn how_calls_are_handled_is_set_within_bounds() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let tenant = maya.get("/api/v1/tenant").await.body;
    let of = |body: &Value| {
        ["after_contact_work_s", "reattach_timeout_s", "contacts_max"].map(|field| body[field].clone())
    };
    assert_eq!(of(&tenant), [json!(120), json!(30), json!(1000)]);
    app.backend.take_calls();

    let change = json!({"after_contact_work_s": 300, "reattach_timeout_s": 60});
    let changed = maya.patch("/api/v1/tenant", &change).await.body;
    assert_eq!(of(&changed), [json!(300), json!(60), json!(1000)]);
    assert_eq!(changed["name"], "Acme", "what is missing stays");
    let id = app.tenant_of(&maya).await;
    let calls = app.backend.take_calls();
    assert!(
        matches!(calls[..], [Called::ConfigChanged(told, _)] if told == id),
        "{calls:?}"
    );

    for (field, value) in [
        ("after_contact_work_s", json!(9)),
        ("after_contact_work_s", json!(1801)),
        ("reattach_timeout_s", json!(4)),
        ("reattach_timeout_s", json!(301)),
        ("reattach_timeout_s", json!(-1)),
        ("contacts_max", json!(100_000)),
    ] {
        let answer = maya.patch("/api/v1/tenant", &json!({ field: value })).await;
        assert_eq!(answer.code(), (422, "validation_failed"), "{field} {value}");
        assert!(answer.body["errors"][field].is_string(), "{:?}", answer.body);
    }
    assert_eq!(of(&maya.get("/api/v1/tenant").await.body), of(&changed));
}
