//! Connections to SQLite are lent, given back and replaced by code of our own.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use sqlx::{AnyConnection, Connection};
use tracing::span::Id;
use tracing::{Instrument, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use super::*;
use crate::{Durability, sql};

#[tokio::test]
async fn borrowers_wait_in_turn() {
    let file = File::new("turns");
    let connections = file.connections(1);
    let loan = connections.lend().await.unwrap();
    let (mut second, mut third) = (Box::pin(connections.lend()), Box::pin(connections.lend()));
    assert!(second.as_mut().now_or_never().is_none());
    assert!(third.as_mut().now_or_never().is_none());
    drop(loan);
    assert!(third.as_mut().now_or_never().is_none(), "it asked later");
    let loan = second.await.unwrap();
    assert!(third.as_mut().now_or_never().is_none());
    drop(loan);
    third.await.unwrap();
}

#[tokio::test]
async fn who_stops_waiting_keeps_nobody_waiting() {
    let file = File::new("stops_waiting");
    let connections = file.connections(1);
    let loan = connections.lend().await.unwrap();
    let mut impatient = Box::pin(connections.lend());
    assert!(impatient.as_mut().now_or_never().is_none());
    drop(impatient);
    drop(loan);
    connections.lend().await.unwrap();
}

#[tokio::test]
async fn closing_waits_for_what_is_lent() {
    let file = File::new("closing");
    let connections = file.connections(2);
    let (loan, other) = (
        connections.lend().await.unwrap(),
        connections.lend().await.unwrap(),
    );
    drop(other);
    let mut closing = Box::pin(connections.close());
    assert!(closing.as_mut().now_or_never().is_none());
    drop(loan);
    closing.await;
    let refused = connections.lend().await.err();
    assert!(matches!(refused, Some(sqlx::Error::PoolClosed)), "{refused:?}");
    connections.close().await;
}

#[tokio::test]
async fn a_connection_whose_thread_ended_is_replaced() {
    let file = File::new("replaced");
    let connections = file.connections(1);
    let mut loan = connections.lend().await.unwrap();
    end_thread(&mut loan).await;
    drop(loan);
    let mut loan = connections.lend().await.unwrap();
    assert!(run(&mut loan, "SELECT 1").await.is_ok());
}

#[tokio::test]
async fn a_discarded_connection_is_replaced() {
    let file = File::new("discarded");
    let connections = file.connections(1);
    let mut loan = connections.lend().await.unwrap();
    run(&mut loan, "CREATE TEMPORARY TABLE mine (a TEXT)")
        .await
        .unwrap();
    loan.discard();
    let mut loan = connections.lend().await.unwrap();
    assert!(run(&mut loan, "SELECT * FROM mine").await.is_err());
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing_open() {
    let file = File::new("dropped");
    let database = file.database().await;
    let mut dropped = database.begin().await.unwrap();
    run(&mut dropped, "INSERT INTO t VALUES (1)").await.unwrap();
    drop(dropped);
    database.begin().await.unwrap().commit().await.unwrap();
    assert_eq!(rows_count(&database).await, 0);
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_leaves_nothing_open() {
    let file = File::new("cancelled");
    let database = file.database().await;
    for polls_count in 0..8 {
        let insert = vec![Statement::new("INSERT INTO t VALUES (1)", [])];
        let mut request = Box::pin(async {
            let (transaction, _) = database.begin_with(insert).await?;
            transaction.commit().await
        });
        for _ in 0..polls_count {
            if request.as_mut().now_or_never().is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(request);
        let before = rows_count(&database).await;
        let insert = vec![Statement::new("INSERT INTO t VALUES (2)", [])];
        let (transaction, touched) = database.begin_with(insert).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(touched, [1]);
        assert_eq!(
            rows_count(&database).await,
            before + 1,
            "after {polls_count} polls"
        );
    }
}

#[tokio::test]
async fn what_a_thread_did_not_finish_is_an_error() {
    let file = File::new("unfinished");
    let database = file.database().await;
    let insert = vec![Statement::new("INSERT INTO t VALUES (1)", [])];
    let (mut transaction, _) = database.begin_with(insert).await.unwrap();
    end_thread(&mut transaction).await;
    let refused = transaction.commit().await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(rows_count(&database).await, 0);
    database.begin().await.unwrap().commit().await.unwrap();
}

async fn run(connection: &mut AnyConnection, text: &str) -> Result<Vec<u64>, StoreError> {
    sql::run(connection, vec![Statement::new(text, [])]).await
}

async fn rows_count(database: &Database) -> i64 {
    let mut writer = database.writer().await.unwrap();
    sqlx::query_scalar("SELECT COUNT(*) FROM t")
        .fetch_one(&mut *writer)
        .await
        .unwrap()
}

/// Ends a connection's thread as a bug there would, by a panic: it enters the span of whoever sends it a statement.
async fn end_thread(connection: &mut AnyConnection) {
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(Trap));
    let ended = run(connection, "SELECT 1")
        .instrument(tracing::info_span!("trap"))
        .await;
    assert!(matches!(ended, Err(StoreError::Unavailable(_))), "{ended:?}");
    while !matches!(connection.ping().now_or_never(), Some(Err(_))) {
        tokio::task::yield_now().await;
    }
}

struct Trap;

impl<S: Subscriber> Layer<S> for Trap {
    fn on_enter(&self, _: &Id, _: Context<'_, S>) {
        let thread = std::thread::current();
        let is_connection = thread.name().is_some_and(|name| name.starts_with("sqlx-sqlite"));
        assert!(!is_connection, "ends the thread of a connection");
    }
}

/// The folder of a database, as long as a test runs.
struct File(PathBuf);

impl File {
    fn new(test: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("offhook_connections_{test}_{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        sqlx::any::install_default_drivers();
        Self(dir)
    }

    fn connections(&self, connections_max: u32) -> Arc<Connections> {
        Connections::new(&self.0.join("offhook.db"), Durability::Normal, connections_max)
    }

    /// With an empty table `t`.
    async fn database(&self) -> Database {
        let database = Database::connect(&StoreConfig::new(&self.0, None)).await.unwrap();
        let mut writer = database.writer().await.unwrap();
        run(&mut writer, "CREATE TABLE t (a BIGINT)").await.unwrap();
        drop(writer);
        database
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}
