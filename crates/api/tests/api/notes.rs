//! What agents note of the people they talk to: personal data.

use api::Backend as _;
use model::AgentRequest;
use serde_json::{Value, json};
use store::RevealedNotes;

use crate::support::story::{NOTES, Story};
use crate::support::{Called, TestApp, colleague};

#[tokio::test]
async fn the_agent_and_admins_read_notes_until_the_person_is_erased() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let agent = colleague(&app, &maya, true).await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    story.told().await;
    let path = format!("/api/v1/contacts/{}", story.contact);
    for client in [&maya, &agent] {
        let contact = client.get(&path).await.body;
        assert_eq!(contact["notes"], NOTES);
        assert_eq!(contact["notes_erased"], false);
    }

    let record = app.store.contact_record(story.tenant, story.contact).await;
    let party = record.unwrap().unwrap().party;
    let erased = app
        .store
        .erase_party(story.tenant, party, app.backend.now())
        .await;
    assert!(erased.unwrap());
    for client in [&maya, &agent] {
        let contact = client.get(&path).await.body;
        assert_eq!(contact["notes"], Value::Null);
        assert_eq!(contact["notes_erased"], true);
        assert_eq!(contact["from"], Value::Null);
    }
}

#[tokio::test]
async fn the_contact_center_is_given_notes_that_it_cannot_read() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    story.waiting().await;
    let path = format!("/api/v1/agent/contacts/{}/complete", story.contact);
    app.backend.take_calls();
    for (notes, shown) in [
        (json!(NOTES), Some(NOTES)),
        (json!(""), None),
        (json!(null), None),
    ] {
        // Nobody works on the contact: what counts is what was asked.
        maya.post(&path, &json!({"disposition_id": null, "notes": notes}))
            .await;
        let sealed = match app.backend.take_calls().pop() {
            Some(Called::Request(_, _, AgentRequest::CompleteContact { notes_sealed, .. })) => notes_sealed,
            other => panic!("{other:?} was asked"),
        };
        let told = sealed.as_ref().map_or("", |sealed| sealed.ciphertext());
        assert!(!told.contains(NOTES));
        let mut record = app.store.contact_record(story.tenant, story.contact).await;
        let record = record.as_mut().unwrap().as_mut().unwrap();
        record.notes_sealed = sealed;
        let revealed = app.store.reveal_notes(story.tenant, record).await.unwrap();
        assert!(revealed == shown.map(|text| RevealedNotes::Text(text.to_owned())));
    }
}

#[tokio::test]
async fn notes_on_a_contact_of_another_company_are_refused() {
    let app = TestApp::new().await;
    let (maya, zoe) = (app.sign_up("Acme").await, app.sign_up("Zenith").await);
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    story.waiting().await;
    let body = json!({"disposition_id": null, "notes": NOTES});
    let path = format!("/api/v1/agent/contacts/{}/complete", story.contact);
    assert_eq!(zoe.post(&path, &body).await.code(), (404, "not_found"));
    let asked = app.backend.take_calls();
    assert!(!asked.iter().any(|call| matches!(call, Called::Request(..))));
}
