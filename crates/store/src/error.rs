//! What can go wrong with a database, whatever was asked of it.

/// The database did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A stored value cannot be read: it was changed from outside, or sealed under another key.
    #[error("{what} cannot be read from the database")]
    Corrupt {
        /// The value.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database refused the statement.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
    /// There is no room left on the database's disk.
    #[error("the disk of the database is full")]
    DiskFull(#[source] sqlx::Error),
    /// The database cannot be reached at the moment; trying again later may help.
    #[error("the database cannot be reached")]
    Unavailable(#[source] sqlx::Error),
    /// The value was written by a later version of Offhook.
    #[error("{what} has version {version}, which this version of Offhook does not know")]
    UnknownVersion {
        /// The value.
        what: &'static str,
        /// Its version.
        version: i64,
    },
}

impl StoreError {
    pub(crate) fn corrupt(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt {
            what,
            source: source.into(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(refusal) = &error {
            return match refusal.code().as_deref().map(condition) {
                Some(Condition::DiskFull) => Self::DiskFull(error),
                Some(Condition::Away) => Self::Unavailable(error),
                Some(Condition::Refusal) | None => Self::Database(error),
            };
        }
        if matches!(
            error,
            sqlx::Error::Configuration(_)
                | sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
        ) {
            return Self::Unavailable(error);
        }
        Self::Database(error)
    }
}

/// What a database's code says of it.
#[derive(Debug, PartialEq, Eq)]
enum Condition {
    Away,
    DiskFull,
    Refusal,
}

/// Codes of PostgreSQL have five characters, the first two of which are their class; those of SQLite have fewer, and
/// their lowest byte is the code that they detail.
fn condition(code: &str) -> Condition {
    if code.len() == 5 {
        return match (code, code.get(..2).unwrap_or_default()) {
            ("53100", _) => Condition::DiskFull,
            // Connection exceptions, too few resources, shutting down.
            (_, "08" | "53" | "57") => Condition::Away,
            _ => Condition::Refusal,
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(13) => Condition::DiskFull,
        // SQLITE_BUSY; SQLITE_IOERR, as a full disk shows itself when the index of the write-ahead log cannot grow;
        // SQLITE_CANTOPEN.
        Ok(5 | 10 | 14) => Condition::Away,
        Ok(_) | Err(_) => Condition::Refusal,
    }
}

#[cfg(test)]
mod tests {
    use model::{AgentId, AgentState, LiveView, TenantId, Timestamp};

    use super::*;
    use crate::{MasterKey, Snapshot, Store, StoreConfig};

    #[test]
    fn codes_say_whether_to_try_again() {
        for (code, expected) in [
            ("13", Condition::DiskFull),
            ("53100", Condition::DiskFull),
            ("5", Condition::Away),
            ("517", Condition::Away),
            ("778", Condition::Away),
            ("4874", Condition::Away),
            ("14", Condition::Away),
            ("57P01", Condition::Away),
            ("08006", Condition::Away),
            ("1555", Condition::Refusal),
            ("23505", Condition::Refusal),
        ] {
            assert_eq!(condition(code), expected, "{code}");
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_told_from_other_failures() {
        let dir = std::env::temp_dir().join(format!("offhook_store_full_{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let store = Store::open(&StoreConfig::new(&dir, None), MasterKey::new([7; 32]))
            .await
            .unwrap();
        // The nearest thing to a small disk: SQLite answers to both with the same code.
        sqlx::raw_sql("PRAGMA max_page_count = 100")
            .execute(&mut *store.db().writer().await.unwrap())
            .await
            .unwrap();
        let agent = |number| AgentState::new(AgentId::from_bits(number), Timestamp::EPOCH);
        let snapshot = Snapshot {
            view: LiveView {
                agents: (0..10_000).map(agent).collect(),
                ..LiveView::default()
            },
            ..Snapshot::default()
        };
        let tenant = TenantId::from_bits(1);
        let refused = store.put_snapshot(tenant, &snapshot).await;
        assert!(matches!(refused, Err(StoreError::DiskFull(_))), "{refused:?}");
        // What needs no more room still works, and so does everything once there is room.
        store.delete_expired(Timestamp::EPOCH).await.unwrap();
        sqlx::raw_sql("PRAGMA max_page_count = 100000")
            .execute(&mut *store.db().writer().await.unwrap())
            .await
            .unwrap();
        store.put_snapshot(tenant, &snapshot).await.unwrap();
        store.close().await;
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
