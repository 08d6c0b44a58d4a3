//! Opening, migrating, checking and backing up the store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{TenantId, Timestamp};
use sqlx::migrate::{MigrateError, Migrator};

use crate::StoreError;
use crate::database::{Database, DatabaseKind};
use crate::limits::{IDEMPOTENCY_KEPT, OUTBOX_DONE_KEPT};
use crate::row::Columns;
use crate::secret::{Key, MasterKey};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Where the database is and how it is used.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Where it is.
    pub address: DatabaseAddress,
    /// How hard SQLite makes sure; PostgreSQL has its own settings.
    pub durability: Durability,
    /// At most so many connections (SQLite: for reading; one more writes).
    pub connections_max: u32,
}

impl StoreConfig {
    /// PostgreSQL where a URL is given, otherwise SQLite in `offhook.db` of the data folder; normal
    /// durability, eight connections.
    #[must_use]
    pub fn new(data_dir: &Path, database_url: Option<&str>) -> Self {
        let address = database_url.map_or_else(
            || DatabaseAddress::Sqlite {
                path: data_dir.join("offhook.db"),
            },
            |url| DatabaseAddress::Postgres { url: url.to_owned() },
        );
        Self {
            address,
            durability: Durability::Normal,
            connections_max: 8,
        }
    }
}

/// Where a database is.
#[derive(Clone)]
pub enum DatabaseAddress {
    /// PostgreSQL.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
    },
    /// SQLite.
    Sqlite {
        /// The file; it is created if it is not there.
        path: PathBuf,
    },
}

/// Leaves the password in the URL out.
impl std::fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Postgres { .. } => f.write_str("Postgres"),
            Self::Sqlite { path } => f.debug_struct("Sqlite").field("path", path).finish(),
        }
    }
}

/// What a power cut may take from a SQLite database. The end of the process takes nothing in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Nothing: each commit is synced to the disk.
    Full,
    /// The last commits.
    #[default]
    Normal,
}

/// What Offhook keeps. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) database: Database,
    /// What parties are found by, of tenants that were called lately; a key is never replaced.
    lookup_keys: Mutex<BTreeMap<TenantId, Key>>,
    master_key: MasterKey,
}

/// The store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database cannot be reached or opened.
    #[error("the database cannot be opened")]
    Connect(#[source] StoreError),
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated")]
    Migrate(#[source] MigrateError),
    /// The database holds values that were sealed under another master key.
    #[error(
        "the master key is not the one this database was created with: \
         restore the key file that belongs to it"
    )]
    WrongMasterKey,
}

/// No backup was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL brings its own tool.
    #[error("back a PostgreSQL database up with pg_dump")]
    UsePgDump,
    /// A backup never overwrites.
    #[error("{} exists: choose another file", .0.display())]
    Exists(PathBuf),
    /// The folder of the file is not there.
    #[error("there is no folder {}: make it, or choose another file", .0.display())]
    NoFolder(PathBuf),
    /// The file could not be written.
    #[error("the backup could not be written")]
    Write(#[source] StoreError),
}

impl Store {
    /// Opens the database and brings its schema up to date. `master_key` must be the one it was first
    /// opened with.
    ///
    /// # Errors
    /// When it cannot be reached, migrated, or was created under another master key.
    pub async fn open(config: &StoreConfig, master_key: MasterKey) -> Result<Self, OpenError> {
        let database = Database::connect(config)
            .await
            .map_err(|error| OpenError::Connect(error.into()))?;
        let mut writer = database.writer().await.map_err(OpenError::Connect)?;
        MIGRATIONS
            .run_direct(None, &mut *writer, false)
            .await
            .map_err(OpenError::Migrate)?;
        drop(writer);
        let store = Self {
            inner: Arc::new(Inner {
                database,
                lookup_keys: Mutex::default(),
                master_key,
            }),
        };
        store.check_master_key().await?;
        Ok(store)
    }

    /// Which database it is.
    #[must_use]
    pub fn database_kind(&self) -> DatabaseKind {
        self.inner.database.kind()
    }

    /// Asks the database whether it is there and takes a transaction.
    ///
    /// # Errors
    /// When it is not.
    pub async fn health(&self) -> Result<(), StoreError> {
        let transaction = self.db().begin().await?;
        transaction.commit().await
    }

    /// Writes a copy of a SQLite database, consistent as of one moment, while it is in use. `path` must not
    /// exist.
    ///
    /// # Errors
    /// When the file exists or cannot be written, or the database is PostgreSQL.
    pub async fn backup_to(&self, path: &Path) -> Result<(), BackupError> {
        match self.database_kind() {
            DatabaseKind::Postgres => Err(BackupError::UsePgDump),
            DatabaseKind::Sqlite => {
                demand_new_file(path)?;
                let mut reader = self.db().reader().await.map_err(BackupError::Write)?;
                sqlx::query("VACUUM INTO $1")
                    .bind(path.to_string_lossy().into_owned())
                    .execute(&mut *reader)
                    .await
                    .map_err(|error| BackupError::Write(error.into()))?;
                Ok(())
            }
        }
    }

    /// Deletes what has had its time: sessions, password resets, idempotency keys, outbox rows that are done.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn delete_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        for (statement, before) in [
            ("DELETE FROM sessions WHERE expires_at <= $1", now),
            ("DELETE FROM password_resets WHERE expires_at <= $1", now),
            (
                "DELETE FROM idempotency_keys WHERE began_at <= $1",
                now - IDEMPOTENCY_KEPT,
            ),
            ("DELETE FROM outbox WHERE done_at <= $1", now - OUTBOX_DONE_KEPT),
        ] {
            sqlx::query(statement)
                .bind(before.as_millis())
                .execute(&mut *self.db().writer().await?)
                .await?;
        }
        Ok(())
    }

    /// Waits for what is under way and closes all connections.
    pub async fn close(&self) {
        self.db().close().await;
    }

    pub(crate) fn db(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn master_key(&self) -> &Key {
        &self.inner.master_key.0
    }

    pub(crate) fn lookup_keys(&self) -> MutexGuard<'_, BTreeMap<TenantId, Key>> {
        self.inner
            .lookup_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn check_master_key(&self) -> Result<(), OpenError> {
        let check = self.master_key().keyed_hash(b"offhook master key check");
        let kept = self
            .keep_master_key_check(&check)
            .await
            .map_err(OpenError::Connect)?;
        if kept == check {
            Ok(())
        } else {
            Err(OpenError::WrongMasterKey)
        }
    }

    async fn keep_master_key_check(&self, check: &str) -> Result<String, StoreError> {
        sqlx::query(
            "INSERT INTO installation (name, value) VALUES ('master_key_check', $1) \
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(check)
        .execute(&mut *self.db().writer().await?)
        .await?;
        sqlx::query("SELECT value FROM installation WHERE name = 'master_key_check'")
            .fetch_one(&mut *self.db().writer().await?)
            .await?
            .text("value")
    }
}

fn demand_new_file(path: &Path) -> Result<(), BackupError> {
    if path.exists() {
        return Err(BackupError::Exists(path.to_owned()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(BackupError::NoFolder(folder.to_owned())),
        Some(_) | None => Ok(()),
    }
}
