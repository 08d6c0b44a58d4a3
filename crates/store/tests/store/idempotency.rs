use std::time::Duration;

use store::{Idempotency, Sha256Hash, StoredResponse};

use crate::fixture::{OTHER_TENANT, TENANT, at, on_every_database, sign_up};

#[test]
fn a_request_that_is_sent_again_gets_its_first_response() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        sign_up(&store, OTHER_TENANT, "bo@other.example").await;
        let body = Sha256Hash::of(b"{}");
        let begin = async |tenant, body, second| {
            store
                .begin_idempotent(tenant, "k", body, at(second))
                .await
                .unwrap()
        };
        assert_eq!(begin(TENANT, body, 0).await, Idempotency::Begin);
        assert_eq!(begin(TENANT, body, 1).await, Idempotency::InProgress);
        assert_eq!(begin(OTHER_TENANT, body, 1).await, Idempotency::Begin);
        let response = StoredResponse {
            status: 201,
            body: r#"{"id":"num_1"}"#.to_owned(),
        };
        store.finish_idempotent(TENANT, "k", &response).await.unwrap();
        // What is finished is not abandoned.
        store.abandon_idempotent(TENANT, "k").await.unwrap();
        assert_eq!(
            begin(TENANT, body, 2).await,
            Idempotency::Replay(response.clone())
        );
        assert_eq!(
            begin(TENANT, Sha256Hash::of(b"[]"), 2).await,
            Idempotency::BodyDiffers
        );

        let week = 7 * 24 * 3600;
        assert_eq!(begin(TENANT, body, week - 1).await, Idempotency::Replay(response));
        assert_eq!(begin(TENANT, body, week).await, Idempotency::Begin);
    });
}

#[test]
fn a_request_without_an_outcome_may_be_tried_again() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let body = Sha256Hash::of(b"{}");
        let begin = async |now| store.begin_idempotent(TENANT, "k", body, now).await.unwrap();
        assert_eq!(begin(at(0)).await, Idempotency::Begin);
        store.abandon_idempotent(TENANT, "k").await.unwrap();
        assert_eq!(begin(at(1)).await, Idempotency::Begin);
        // The process died: after a minute the key is free again.
        assert_eq!(begin(at(60)).await, Idempotency::InProgress);
        assert_eq!(begin(at(61)).await, Idempotency::Begin);
        store
            .delete_expired(at(61) + Duration::from_secs(7 * 24 * 3600))
            .await
            .unwrap();
        assert_eq!(begin(at(62)).await, Idempotency::Begin);
    });
}

#[test]
fn of_two_at_the_same_time_one_begins() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let begin = || store.begin_idempotent(TENANT, "k", Sha256Hash::of(b"{}"), at(0));
        let (first, second) = tokio::join!(begin(), begin());
        let mut verdicts = [first.unwrap(), second.unwrap()];
        verdicts.sort_by_key(|verdict| *verdict == Idempotency::InProgress);
        assert_eq!(verdicts, [Idempotency::Begin, Idempotency::InProgress]);
    });
}
