//! Transactions, and how they end when nobody ends them.

use std::ops::{Deref, DerefMut};

use sqlx::AnyConnection;
use tokio::runtime::Handle;

use super::{Database, DatabaseKind, Lent};
use crate::StoreError;
use crate::sql::{self, Statement};

/// A transaction that writes. One that is dropped is rolled back.
pub(crate) struct Transaction {
    /// None once it has ended.
    lent: Option<Lent>,
}

impl Transaction {
    /// Begins one with its first statements, and says how many rows each of them touched. To SQLite, which runs on a
    /// thread of its own, they all go at once.
    pub(super) async fn begin(
        database: &Database,
        statements: Vec<Statement>,
    ) -> Result<(Self, Vec<u64>), StoreError> {
        let mut transaction = Self {
            lent: Some(database.writer().await?),
        };
        match transaction.open(database.kind(), statements).await {
            Ok(touched) => Ok((transaction, touched)),
            Err(error) => {
                if !matches!(error, StoreError::Database(_)) {
                    // What does not work may not work the next time either.
                    transaction.end().discard();
                }
                Err(error)
            }
        }
    }

    async fn open(
        &mut self,
        database: DatabaseKind,
        statements: Vec<Statement>,
    ) -> Result<Vec<u64>, StoreError> {
        let begin = match database {
            DatabaseKind::Postgres => "BEGIN",
            // One that reads first and writes later could not be upgraded while another process writes.
            DatabaseKind::Sqlite => "BEGIN IMMEDIATE",
        };
        let all = [Statement::new(begin, [])]
            .into_iter()
            .chain(statements)
            .collect();
        let mut touched = match database {
            DatabaseKind::Postgres => sql::run(self, all).await?,
            DatabaseKind::Sqlite => sql::run_at_once(self, all).await?,
        };
        touched.drain(..1);
        Ok(touched)
    }

    fn end(&mut self) -> Lent {
        self.lent.take().expect(OPEN)
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let commit = vec![Statement::new("COMMIT", [])];
        let result = sql::run(&mut self, commit).await;
        let lent = self.end();
        if let Err(error) = result {
            // A full disk, for one, leaves open whether the transaction still is.
            lent.discard();
            return Err(error);
        }
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut lent) = self.lent.take() else {
            return;
        };
        let Ok(runtime) = Handle::try_current() else {
            lent.discard();
            return;
        };
        runtime.spawn(async move {
            // A statement that nobody waits for any more is behind it: the connection takes one at a time.
            if sqlx::query("ROLLBACK").execute(&mut *lent).await.is_err() {
                lent.discard();
            }
        });
    }
}

const OPEN: &str = "a transaction has its connection until it ends";

impl Deref for Transaction {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.lent.as_ref().expect(OPEN)
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.lent.as_mut().expect(OPEN)
    }
}
