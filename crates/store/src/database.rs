//! The connections: one writer and many readers, whatever the database.

mod connections;
#[cfg(test)]
mod tests;
mod transaction;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool};

use self::connections::{Connections, Loan};
pub(crate) use self::transaction::Transaction;
use crate::limits::ACQUIRE_TIMEOUT;
use crate::sql::Statement;
use crate::{DatabaseAddress, StoreConfig, StoreError};

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
pub(crate) enum Database {
    /// A server keeps order among those who write.
    Postgres(AnyPool),
    /// A file has one writer at a time: a single connection queues writers fairly, where the file's lock would make
    /// them poll.
    Sqlite {
        writer: Arc<Connections>,
        readers: Arc<Connections>,
    },
}

impl Database {
    pub(crate) async fn connect(config: &StoreConfig) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        match &config.address {
            DatabaseAddress::Postgres { url } => {
                let pool = AnyPoolOptions::new()
                    .max_connections(config.connections_max.max(1))
                    .acquire_timeout(ACQUIRE_TIMEOUT);
                Ok(Self::Postgres(pool.connect(url).await?))
            }
            DatabaseAddress::Sqlite { path } => {
                let writer = Connections::new(path, config.durability, 1);
                // Creates the file, and says now what keeps it from being opened.
                drop(writer.lend().await?);
                Ok(Self::Sqlite {
                    writer,
                    readers: Connections::new(path, config.durability, config.connections_max.max(1)),
                })
            }
        }
    }

    pub(crate) fn kind(&self) -> DatabaseKind {
        match self {
            Self::Postgres(_) => DatabaseKind::Postgres,
            Self::Sqlite { .. } => DatabaseKind::Sqlite,
        }
    }

    /// A connection to read with.
    pub(crate) async fn reader(&self) -> Result<Lent, StoreError> {
        Ok(match self {
            Self::Postgres(pool) => Lent::Pooled(pool.acquire().await?),
            Self::Sqlite { readers, .. } => Lent::Own(readers.lend().await?),
        })
    }

    /// A connection to write with.
    pub(crate) async fn writer(&self) -> Result<Lent, StoreError> {
        Ok(match self {
            Self::Postgres(pool) => Lent::Pooled(pool.acquire().await?),
            Self::Sqlite { writer, .. } => Lent::Own(writer.lend().await?),
        })
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(self.begin_with(Vec::new()).await?.0)
    }

    /// Begins a transaction with its first statements, and says how many rows each of them touched.
    pub(crate) async fn begin_with(
        &self,
        statements: Vec<Statement>,
    ) -> Result<(Transaction, Vec<u64>), StoreError> {
        Transaction::begin(self, statements).await
    }

    /// Waits for what is under way and closes all connections.
    pub(crate) async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite { writer, readers } => {
                writer.close().await;
                readers.close().await;
            }
        }
    }
}

/// A connection, until it is dropped.
pub(crate) enum Lent {
    Own(Loan),
    Pooled(PoolConnection<Any>),
}

impl Lent {
    /// Closes the connection instead of lending it to the next.
    fn discard(self) {
        match self {
            Self::Own(loan) => loan.discard(),
            Self::Pooled(mut connection) => connection.close_on_drop(),
        }
    }
}

impl Deref for Lent {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match self {
            Self::Own(loan) => loan,
            Self::Pooled(connection) => connection,
        }
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match self {
            Self::Own(loan) => loan,
            Self::Pooled(connection) => connection,
        }
    }
}
