//! Connections to a file.
//!
//! The pool of sqlx asks a connection, in a task of its own, whether it is still there each time it is given back. Over
//! a network that finds what broke; for a file, which does not go away, it doubles the thread switches of each statement.

use std::fmt::{Debug, Formatter};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::FutureExt;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Durability;
use crate::limits::{ACQUIRE_TIMEOUT, BUSY_TIMEOUT, CHECKPOINT_PAGES, CONNECTION_ASKED_EVERY};

/// Connections that are lent one at a time, opened when first needed.
pub(crate) struct Connections {
    url: String,
    pragmas: String,
    connections_max: u32,
    free: Arc<Semaphore>,
    idle: Mutex<Idle>,
}

/// Connections that nobody has.
#[derive(Default)]
struct Idle {
    /// The last given back is lent first: its cache is warm.
    connections: Vec<AnyConnection>,
    /// When one of them was asked last whether its thread runs.
    asked_at: Option<Instant>,
}

impl Connections {
    /// What is deleted is overwritten: an erased person's key must not be left in a free page. What a statement of many
    /// rows notes for its undoing stays in memory: in a file it is written with every commit.
    pub(super) fn new(path: &Path, durability: Durability, connections_max: u32) -> Arc<Self> {
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Normal => "NORMAL",
        };
        Arc::new(Self {
            url: url(path),
            pragmas: format!(
                "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; \
                 PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; PRAGMA secure_delete = ON; \
                 PRAGMA temp_store = MEMORY",
                BUSY_TIMEOUT.as_millis()
            ),
            connections_max,
            free: Arc::new(Semaphore::new(connections_max as usize)),
            idle: Mutex::default(),
        })
    }

    /// Lends a connection, in the order of asking.
    pub(super) async fn lend(self: &Arc<Self>) -> Result<Loan, sqlx::Error> {
        let turn = Arc::clone(&self.free).acquire_owned();
        let Ok(turn) = tokio::time::timeout(ACQUIRE_TIMEOUT, turn).await else {
            return Err(sqlx::Error::PoolTimedOut);
        };
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = match self.take_idle() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(Loan {
            connection: Some(connection),
            home: Arc::clone(self),
            _turn: turn,
        })
    }

    /// The connection that was given back last. Now and then it is asked whether its thread runs: one that ended does not
    /// come back.
    fn take_idle(&self) -> Option<AnyConnection> {
        loop {
            let (mut connection, is_asked) = {
                let (mut idle, now) = (self.lock(), Instant::now());
                let connection = idle.connections.pop()?;
                let is_asked = idle.asked_at.is_none_or(|at| now - at >= CONNECTION_ASKED_EVERY);
                if is_asked {
                    idle.asked_at = Some(now);
                }
                (connection, is_asked)
            };
            if !is_asked {
                return Some(connection);
            }
            // A thread that runs answers later, and nobody waits for it; one that ended is known at once.
            let Some(Err(error)) = connection.ping().now_or_never() else {
                return Some(connection);
            };
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a connection to the database has ended and is replaced");
            // Where one ended, others may have.
            self.lock().asked_at = None;
        }
    }

    async fn connect(&self) -> Result<AnyConnection, sqlx::Error> {
        let mut connection = AnyConnection::connect(&self.url).await?;
        sqlx::raw_sql(AssertSqlSafe(self.pragmas.clone()))
            .execute(&mut connection)
            .await?;
        Ok(connection)
    }

    pub(super) async fn close(&self) {
        // Fails only where it was closed before.
        let all = self.free.acquire_many(self.connections_max).await;
        self.free.close();
        drop(all);
        let idle = std::mem::take(&mut self.lock().connections);
        for connection in idle {
            if let Err(error) = connection.close().await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "a connection to the database was not closed in order");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Debug for Connections {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// A connection, until it is dropped.
pub(crate) struct Loan {
    connection: Option<AnyConnection>,
    home: Arc<Connections>,
    _turn: OwnedSemaphorePermit,
}

impl Loan {
    /// Closes the connection; the next to ask gets a new one.
    pub(super) fn discard(mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.home.lock().connections.push(connection);
        }
    }
}

const LENT: &str = "a connection is taken out only when the loan ends";

impl Deref for Loan {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.connection.as_ref().expect(LENT)
    }
}

impl DerefMut for Loan {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.connection.as_mut().expect(LENT)
    }
}

/// `mode=rwc` creates the file. A path may hold characters that mean something in a URL.
fn url(path: &Path) -> String {
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
