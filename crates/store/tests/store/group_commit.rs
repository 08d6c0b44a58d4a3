use std::time::Duration;

use model::TenantId;
use store::{AppendError, DatabaseAddress, GroupCommit, OutboxMessage, StoreConfig};

use crate::fixture::{OTHER_TENANT, TENANT, append, at, lease, on_every_database};

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
fn one_refusal_does_not_commit_the_rest_of_a_group_apart() {
    on_every_database(async |database| {
        let store = database.open().await;
        let mut group = Vec::new();
        for number in 1..=50 {
            let lease = lease(&store, TenantId::from_bits(number)).await;
            group.push(append(lease, 1, 2));
        }
        // The first two go wrong in the two ways there are: no head is moved, or an event is there already.
        lease(&store, TenantId::from_bits(1)).await;
        assert!(store.append(&group[1..2]).await[0].is_ok());
        let before = commits(&database.config).await;
        let results = store.append(&group).await;
        assert!(matches!(
            results[0],
            Err(AppendError::StaleLease { epoch: 1, current: 2 })
        ));
        assert!(matches!(
            results[1],
            Err(AppendError::SeqMismatch { last_seq: 2 })
        ));
        assert!(results[2..].iter().all(Result::is_ok), "{results:?}");
        for number in 3..=50 {
            let head = store.log_head(TenantId::from_bits(number)).await.unwrap();
            assert_eq!(head.last_seq, 2, "{number}");
        }
        assert_eq!(commits(&database.config).await - before, 1);
    });
}

/// How many transactions were committed that events are left of (PostgreSQL), or that changed anything since the log was
/// begun anew (SQLite).
async fn commits(config: &StoreConfig) -> usize {
    use sqlx::{Connection, PgConnection};
    match &config.address {
        DatabaseAddress::Postgres { url } => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let count: i64 = sqlx::query_scalar("SELECT COUNT(DISTINCT xmin::text) FROM events")
                .fetch_one(&mut connection)
                .await
                .unwrap();
            count as usize
        }
        DatabaseAddress::Sqlite { path } => {
            // Frames of a header of 24 bytes and a page; in that of a commit, the size of the database is not zero.
            let log = std::fs::read(path.with_extension("db-wal")).unwrap();
            let frames = log[32..].chunks_exact(24 + 4096);
            frames.filter(|frame| frame[4..8] != [0; 4]).count()
        }
    }
}

#[test]
fn an_append_that_nobody_waits_for_is_stored_whole_or_not_at_all() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        for polls_count in 0..12 {
            let from = store.log_head(TENANT).await.unwrap().last_seq + 1;
            let group = [append(lease, from, from + 1)];
            let mut appending = Box::pin(store.append(&group));
            for _ in 0..polls_count {
                let is_done = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(appending.as_mut().poll(context).is_ready())
                });
                if is_done.await {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(appending);
            // Waits for what the database still does of it.
            let renewed = store.renew_leases(&[lease], at(1), Duration::from_secs(10)).await;
            assert_eq!(renewed.unwrap(), []);
            let last_seq = store.log_head(TENANT).await.unwrap().last_seq;
            let events = store.events_after(TENANT, from - 1, 10).await.unwrap();
            assert_eq!(
                events.len() as u64,
                last_seq + 1 - from,
                "after {polls_count} polls"
            );
            assert!(events.is_empty() || events.len() == 2);
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
