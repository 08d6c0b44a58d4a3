//! Walks the specification: every operation refuses strangers, and shows nothing of one tenant to another.
//!
//! A new operation fails here until it has its case.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::story::Story;
use crate::support::{Client, PASSWORD, TestApp};

/// What an operation does when another tenant's admin asks for Acme's things.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Other {
    /// It says that there is no such thing.
    NotFound,
    /// It has no way to name another tenant's things, or lets them be: it may succeed, and says nothing of them.
    Own,
    /// It is for those who are not signed in.
    Public,
}

struct Case {
    operation: &'static str,
    other: Other,
    /// What stands for `{…}` in the path.
    id: String,
    body: Value,
}

/// Acme's things, by their ids.
struct Acme {
    contact: String,
    outbound: String,
    offer: String,
    number: String,
    hours: String,
    flow: String,
    key: String,
}

fn cases(acme: &Acme) -> Vec<Case> {
    let sdp = || json!({"sdp": "v=0"});
    let none = || (String::new(), Value::Null);
    let body = |body: Value| (String::new(), body);
    let id = |id: &str| (id.to_owned(), Value::Null);
    let both = |id: &str, body: Value| (id.to_owned(), body);
    let email = "maya@acme.example";
    let sign_up = json!({"company": "Acme", "email": email, "password": PASSWORD, "time_zone": "UTC"});
    let mail_settings = json!({"host": "smtp.example.net", "port": 25, "security": "none", "username": null,
        "from_address": "calls@bolt.example"});
    [
        ("signUp", Other::Public, body(sign_up)),
        (
            "signIn",
            Other::Public,
            body(json!({"email": email, "password": "wrong password"})),
        ),
        (
            "requestPasswordReset",
            Other::Public,
            body(json!({"email": "nobody@bolt.example"})),
        ),
        (
            "resetPassword",
            Other::Public,
            both("guess", json!({"password": PASSWORD})),
        ),
        ("getMe", Other::Own, none()),
        ("getTenant", Other::Own, none()),
        ("updateTenant", Other::Own, body(json!({"name": "Bolt & Co"}))),
        ("listPhoneNumbers", Other::Own, none()),
        ("listAvailablePhoneNumbers", Other::Own, none()),
        (
            "claimPhoneNumber",
            Other::NotFound,
            body(json!({"e164": "+12125550119", "flow_id": acme.flow})),
        ),
        ("releasePhoneNumber", Other::NotFound, id(&acme.number)),
        ("listQueues", Other::Own, none()),
        ("listHoursOfOperation", Other::Own, none()),
        (
            "updateHoursOfOperation",
            Other::NotFound,
            both(&acme.hours, json!({"always_open": false})),
        ),
        ("listRoutingProfiles", Other::Own, none()),
        ("listAgentStatuses", Other::Own, none()),
        ("listDispositions", Other::Own, none()),
        ("listUsers", Other::Own, none()),
        ("listPrompts", Other::Own, none()),
        ("getPromptAudio", Other::Own, id("prm_welcome")),
        ("listFlows", Other::Own, none()),
        (
            "updateFlowGreeting",
            Other::NotFound,
            both(&acme.flow, json!({"prompt_id": "prm_closed"})),
        ),
        ("listContacts", Other::Own, none()),
        ("getContact", Other::NotFound, id(&acme.contact)),
        ("listContactEvents", Other::NotFound, id(&acme.contact)),
        ("getUsage", Other::Own, none()),
        ("getUsageCsv", Other::Own, none()),
        ("getMailSettings", Other::Own, none()),
        ("putMailSettings", Other::Own, body(mail_settings)),
        (
            "testMailSettings",
            Other::Own,
            body(json!({"to": "bo@bolt.example"})),
        ),
        ("listApiKeys", Other::Own, none()),
        ("createApiKey", Other::Own, body(json!({"name": "Reporting"}))),
        ("deleteApiKey", Other::NotFound, id(&acme.key)),
        ("getAgent", Other::Own, none()),
        (
            "putAgentStatus",
            Other::Own,
            body(json!({"status_id": "sts_00000000000000000000000001"})),
        ),
        ("openLine", Other::Own, body(sdp())),
        ("closeLine", Other::Own, none()),
        ("acceptOffer", Other::NotFound, id(&acme.offer)),
        ("declineOffer", Other::NotFound, id(&acme.offer)),
        ("endContact", Other::NotFound, id(&acme.contact)),
        (
            "completeContact",
            Other::NotFound,
            both(&acme.contact, json!({"disposition_id": null, "notes": null})),
        ),
        ("extendAcw", Other::NotFound, id(&acme.contact)),
        ("startTestCall", Other::Own, body(sdp())),
        ("endTestCall", Other::NotFound, id(&acme.contact)),
        (
            "startOutboundCall",
            Other::Own,
            body(json!({"to": "+49 30 901820"})),
        ),
        ("cancelOutboundCall", Other::NotFound, id(&acme.outbound)),
        ("startSimulatedCallers", Other::Own, body(json!({"count": 1}))),
        ("endSimulatedCallers", Other::Own, none()),
        ("startEchoTest", Other::Own, body(sdp())),
        (
            "endEchoTest",
            Other::Own,
            id("ech_00000000000000000000000000000009"),
        ),
        ("getLiveSnapshot", Other::Own, none()),
        ("openLive", Other::Own, none()),
        // Last: it ends the session that walks.
        ("signOut", Other::Own, none()),
    ]
    .map(|(operation, other, (id, body))| Case {
        operation,
        other,
        id,
        body,
    })
    .into()
}

/// One operation of the specification.
struct Operation {
    id: String,
    method: Method,
    path: String,
    is_public: bool,
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                is_public: operation["security"] == json!([{}]),
            });
        }
    }
    operations
}

impl Operation {
    async fn send(&self, client: &Client, case: &Case) -> crate::support::Answer {
        let path = match (self.path.find('{'), self.path.find('}')) {
            (Some(from), Some(to)) => format!("{}{}{}", &self.path[..from], case.id, &self.path[to + 1..]),
            (None, _) | (_, None) => self.path.clone(),
        };
        let body = (!case.body.is_null()).then_some(&case.body);
        client.send(self.method.clone(), &path, body).await
    }
}

#[tokio::test]
async fn every_operation_refuses_strangers_and_keeps_tenants_apart() {
    let app = TestApp::new().await;
    let (owner, acme, secrets) = acme(&app).await;
    let bolt = app.sign_up("Bolt").await.with("origin", "http://localhost:8080");
    let acme_tenant = app.tenant_of(&owner).await;
    let before = app.store.load_config(acme_tenant).await.unwrap();
    app.backend.take_calls();

    let operations = operations();
    let mut walked = BTreeSet::new();
    for case in cases(&acme) {
        let name = case.operation;
        let operation = operations.iter().find(|operation| operation.id == name);
        let operation = operation.unwrap_or_else(|| panic!("{name} is no operation (any more)"));
        assert!(walked.insert(name), "{name} has two cases");
        assert_eq!(operation.is_public, case.other == Other::Public, "{name}");

        check_strangers(&app, operation, &case).await;
        let answer = operation.send(&bolt, &case).await;
        match case.other {
            Other::NotFound if name == "claimPhoneNumber" => {
                assert_eq!(
                    answer.body["errors"],
                    json!({"flow_id": "Choose a flow from the list."})
                );
            }
            Other::NotFound => assert_eq!(answer.code(), (404, "not_found"), "{name}"),
            Other::Own => assert!(answer.status < 500, "{name}: {:?}", answer.text),
            Other::Public => assert!((200..500).contains(&answer.status), "{name}: {:?}", answer.text),
        }
        for secret in &secrets {
            assert!(
                !answer.text.contains(secret),
                "{name} tells another tenant {secret}"
            );
        }
        let calls = format!("{:?}", app.backend.take_calls());
        assert!(
            !calls.contains(&acme_tenant.to_string()),
            "{name} acts on another tenant: {calls}"
        );
    }
    for operation in &operations {
        assert!(
            walked.contains(operation.id.as_str()),
            "{} has no case: add one to `cases`",
            operation.id
        );
    }
    assert_eq!(app.store.load_config(acme_tenant).await.unwrap(), before);
    let keys = owner.get("/api/v1/api-keys").await.body;
    assert_eq!(keys["items"][0]["id"], acme.key);
}

/// Nobody without credentials, or with wrong ones, gets anything done.
async fn check_strangers(app: &TestApp, operation: &Operation, case: &Case) {
    let name = case.operation;
    let guessed = app
        .client()
        .with("cookie", "offhook_session=guessed")
        .with("x-csrf-token", "guessed");
    for stranger in [app.client(), guessed] {
        let answer = operation.send(&stranger, case).await;
        let is_refused = answer.code() == (401, "not_signed_in");
        assert_eq!(
            is_refused,
            case.other != Other::Public,
            "{name}: {:?}",
            answer.text
        );
    }
    assert_eq!(
        app.backend.take_calls(),
        [],
        "{name} did something for a stranger"
    );
}

/// A company with a contact, an API key, and whatever else it has; and texts that only it may see.
async fn acme(app: &TestApp) -> (Client, Acme, Vec<String>) {
    let owner = app.sign_up("Acme").await;
    let tenant = app.tenant_of(&owner).await;
    let story = Story::of(app, tenant, 1).await;
    story.available().await;
    story.told().await;
    let outbound = Story::of(app, tenant, 2).await;
    outbound.dialing(None).await;
    let key = owner
        .post("/api/v1/api-keys", &json!({"name": "Acme's key"}))
        .await
        .body;
    let config = &story.config;
    let number = config.phone_numbers.values().next().unwrap();
    let acme = Acme {
        contact: story.contact.to_string(),
        outbound: outbound.contact.to_string(),
        offer: story.offer.to_string(),
        number: number.id.to_string(),
        hours: config.hours.keys().next().unwrap().to_string(),
        flow: config.flows.keys().next().unwrap().to_string(),
        key: key["id"].as_str().unwrap().to_owned(),
    };
    let mut secrets = vec![
        tenant.to_string(),
        "Acme".to_owned(),
        "maya@acme.example".to_owned(),
        crate::support::story::CALLER.to_owned(),
        number.number.to_string(),
        story.agent.to_string(),
        acme.contact.clone(),
        acme.outbound.clone(),
        acme.number.clone(),
        acme.hours.clone(),
        acme.flow.clone(),
        acme.key.clone(),
    ];
    secrets.extend(config.queues.keys().map(ToString::to_string));
    secrets.extend(config.statuses.keys().map(ToString::to_string));
    secrets.extend(config.dispositions.keys().map(ToString::to_string));
    (owner, acme, secrets)
}
