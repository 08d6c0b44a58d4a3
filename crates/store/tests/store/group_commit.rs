use model::TenantId;
use store::{AppendError, GroupCommit, OutboxMessage};

use crate::fixture::{OTHER_TENANT, TENANT, append, lease, on_every_database};

#[test]
fn many_tenants_append_at_once_and_each_keeps_its_order() {
    on_every_database(async |database| {
        let store = database.open().await;
        let group_commit = GroupCommit::start(store.clone());
        let mut writers = Vec::new();
        for number in 1..=20 {
            let tenant = TenantId::from_bits(number);
            let lease = lease(&store, tenant).await;
            let group_commit = group_commit.clone();
            writers.push(tokio::spawn(async move {
                for seq in 1..=25 {
                    group_commit.append(append(lease, seq, seq)).await.unwrap();
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        for number in 1..=20 {
            let tenant = TenantId::from_bits(number);
            let events = store.events_after(tenant, 0, 1000).await.unwrap();
            let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
            assert_eq!(seqs, (1..=25).collect::<Vec<_>>());
        }
    });
}

#[test]
fn one_tenant_appends_ahead_of_its_commits() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let group_commit = GroupCommit::start(store.clone());
        let appends = (1..=100).map(|seq| group_commit.append(append(lease, seq, seq)));
        // Polled in order, so they stand in the queue in order.
        let mut pending: Vec<_> = appends.map(Box::pin).collect();
        std::future::poll_fn(|context| {
            pending.retain_mut(|append| match append.as_mut().poll(context) {
                std::task::Poll::Ready(result) => {
                    result.unwrap();
                    false
                }
                std::task::Poll::Pending => true,
            });
            if pending.is_empty() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        assert_eq!(store.log_head(TENANT).await.unwrap().last_seq, 100);
    });
}

#[test]
fn one_tenants_unstorable_data_does_not_fail_the_others() {
    on_every_database(async |database| {
        let store = database.open().await;
        let good = append(lease(&store, OTHER_TENANT).await, 1, 1);
        let mut bad = append(lease(&store, TENANT).await, 1, 2);
        // PostgreSQL stores no NUL in a text, SQLite does.
        bad.outbox.push(OutboxMessage {
            kind: "NUL \0".to_owned(),
            body: String::new(),
        });
        let results = store.append(&[bad, good]).await;
        assert!(results[1].is_ok(), "{results:?}");
        assert_eq!(store.log_head(OTHER_TENANT).await.unwrap().last_seq, 1);
        if let Err(error) = &results[0] {
            assert!(matches!(error, AppendError::Database(_)), "{error:?}");
            assert_eq!(store.log_head(TENANT).await.unwrap().last_seq, 0);
        }
    });
}

#[test]
fn a_closed_store_answers_with_an_error() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let group_commit = GroupCommit::start(store.clone());
        store.close().await;
        let result = group_commit.append(append(lease, 1, 1)).await;
        assert!(matches!(result, Err(AppendError::Database(_))), "{result:?}");
    });
}
