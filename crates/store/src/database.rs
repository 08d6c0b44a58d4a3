//! The connections: one writer and many readers, whatever the database.

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, AssertSqlSafe, Transaction};

use crate::limits::{ACQUIRE_TIMEOUT, BUSY_TIMEOUT};
use crate::{DatabaseAddress, Durability, StoreConfig, StoreError};

/// Which database is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// PostgreSQL, reached over the network.
    Postgres,
    /// SQLite, embedded.
    Sqlite,
}

/// The connections to one database.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) kind: DatabaseKind,
    /// SQLite has one writer at a time: a single connection queues writers fairly, where the file lock would
    /// make them poll. On PostgreSQL the same pool as the readers'.
    pub(crate) writer: AnyPool,
    pub(crate) readers: AnyPool,
}

impl Database {
    pub(crate) async fn connect(config: &StoreConfig) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        match &config.address {
            DatabaseAddress::Postgres { url } => {
                let readers = pool(config.connections_max).connect(url).await?;
                Ok(Self {
                    kind: DatabaseKind::Postgres,
                    writer: readers.clone(),
                    readers,
                })
            }
            DatabaseAddress::Sqlite { path } => {
                let url = sqlite_url(path);
                let durability = config.durability;
                Ok(Self {
                    kind: DatabaseKind::Sqlite,
                    writer: sqlite_pool(1, durability).connect(&url).await?,
                    readers: sqlite_pool(config.connections_max, durability)
                        .connect(&url)
                        .await?,
                })
            }
        }
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let transaction = match self.kind {
            DatabaseKind::Postgres => self.writer.begin().await,
            // A transaction that reads first and writes later could not be upgraded while another process
            // writes.
            DatabaseKind::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await,
        };
        Ok(transaction?)
    }
}

fn pool(connections_max: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections_max.max(1))
        .acquire_timeout(ACQUIRE_TIMEOUT)
}

/// Connections to a file do not go away, so they are neither tested before use nor replaced after a while.
fn sqlite_pool(connections_max: u32, durability: Durability) -> AnyPoolOptions {
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    let pragmas = format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}",
        BUSY_TIMEOUT.as_millis()
    );
    pool(connections_max)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            let pragmas = AssertSqlSafe(pragmas.clone());
            Box::pin(async move { sqlx::raw_sql(pragmas).execute(connection).await.map(drop) })
        })
}

/// `mode=rwc` creates the file. A path may hold characters that mean something in a URL.
fn sqlite_url(path: &std::path::Path) -> String {
    let escaped: String = path
        .to_string_lossy()
        .chars()
        .flat_map(|c| match c {
            '%' => vec!['%', '2', '5'],
            '?' => vec!['%', '3', 'F'],
            '#' => vec!['%', '2', '3'],
            other => vec![other],
        })
        .collect();
    format!("sqlite://{escaped}?mode=rwc")
}
