use std::time::Duration;

use store::OutboxMessage;

use crate::fixture::{TENANT, append, at, lease, on_every_database, sign_up};

#[test]
fn messages_wait_in_order_until_they_are_told() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let mut append = append(lease(&store, TENANT).await, 1, 2);
        let message = |kind: &str| OutboxMessage {
            kind: kind.to_owned(),
            body: "{}".to_owned(),
        };
        append.outbox = vec![message("first"), message("second")];
        assert!(store.append(&[append]).await[0].is_ok());
        let pending = store.pending_outbox(10).await.unwrap();
        let kinds: Vec<&str> = pending.iter().map(|item| item.message.kind.as_str()).collect();
        assert_eq!(kinds, ["config_revision", "first", "second"]);
        assert_eq!(pending[0].message.body, r#"{"revision":1}"#);
        assert_eq!(pending[1].id, format!("{TENANT}:e0000000000000002:0000"));

        let told = [pending[0].id.clone(), pending[1].id.clone()];
        store.complete_outbox(&told, at(10)).await.unwrap();
        store
            .delete_expired(at(10) + Duration::from_secs(8 * 24 * 3600))
            .await
            .unwrap();
        assert_eq!(store.pending_outbox(10).await.unwrap(), pending[2..]);
    });
}

#[test]
fn a_refused_append_tells_nothing() {
    on_every_database(async |database| {
        let store = database.open().await;
        let mut append = append(lease(&store, TENANT).await, 7, 7);
        append.outbox = vec![OutboxMessage {
            kind: "never".to_owned(),
            body: String::new(),
        }];
        assert!(store.append(&[append]).await[0].is_err());
        assert_eq!(store.pending_outbox(10).await.unwrap(), []);
    });
}
