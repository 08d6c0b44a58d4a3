use store::{BackupError, DatabaseAddress, DatabaseKind, Durability, Store, StoreConfig, StoreError};

use crate::fixture::{KEY, TENANT, append, lease, on_every_database};

#[test]
fn a_backup_is_a_store_of_its_own() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        assert!(store.append(&[append(lease, 1, 3)]).await[0].is_ok());
        let path = database.dir.join("it's a backup.db");
        let backup = store.backup_to(&path).await;
        if store.database_kind() == DatabaseKind::Postgres {
            assert!(matches!(backup, Err(BackupError::UsePgDump)));
            return;
        }
        backup.unwrap();
        assert!(store.append(&[append(lease, 4, 4)]).await[0].is_ok());
        // A backup never overwrites.
        let again = store.backup_to(&path).await.unwrap_err().to_string();
        assert!(again.ends_with("exists: choose another file"), "{again}");
        let nowhere = store.backup_to(&database.dir.join("nowhere/backup.db")).await;
        assert!(matches!(nowhere, Err(BackupError::NoFolder(_))));
        let config = StoreConfig {
            address: DatabaseAddress::Sqlite { path },
            ..database.config
        };
        let copy = Store::open(&config, KEY).await.unwrap();
        assert_eq!(copy.log_head(TENANT).await.unwrap().last_seq, 3);
        copy.close().await;
    });
}

#[test]
fn health_says_whether_the_database_is_there() {
    on_every_database(async |mut database| {
        database.config.durability = Durability::Full;
        let store = database.open().await;
        store.health().await.unwrap();
        store.close().await;
        assert!(matches!(store.health().await, Err(StoreError::Unavailable(_))));
    });
}
