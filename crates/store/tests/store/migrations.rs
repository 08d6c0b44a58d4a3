use std::collections::BTreeMap;

use expect_test::expect_file;
use sqlx::{AnyPool, Row};
use store::DatabaseAddress;

use crate::fixture::{TENANT, append, lease, on_every_database};

#[test]
fn migrating_again_changes_nothing() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        assert!(store.append(&[append(lease, 1, 1)]).await[0].is_ok());
        let (first, second) = tokio::join!(database.open(), database.open());
        assert_eq!(first.log_head(TENANT).await.unwrap().last_seq, 1);
        assert_eq!(second.log_head(TENANT).await.unwrap().last_seq, 1);
    });
}

/// Both databases have the same tables, columns, types and constraints: the ones in this file.
#[test]
fn the_schema_is_the_same_on_every_database() {
    on_every_database(async |database| {
        database.open().await.close().await;
        let url = match &database.config.address {
            DatabaseAddress::Postgres { url } => url.clone(),
            DatabaseAddress::Sqlite { path } => format!("sqlite://{}", path.display()),
        };
        let pool = AnyPool::connect(&url).await.unwrap();
        let columns = match &database.config.address {
            DatabaseAddress::Postgres { .. } => columns(&pool, POSTGRES_COLUMNS).await,
            DatabaseAddress::Sqlite { .. } => columns(&pool, SQLITE_COLUMNS).await,
        };
        let indexes = match &database.config.address {
            DatabaseAddress::Postgres { .. } => names(&pool, POSTGRES_INDEXES).await,
            DatabaseAddress::Sqlite { .. } => names(&pool, SQLITE_INDEXES).await,
        };
        pool.close().await;
        let found = format!("{}\n{}\n", columns.join("\n"), indexes.join("\n"));
        expect_file!["../golden/schema.txt"].assert_eq(&found);
    });
}

/// `table.column type [not null]`, a line each.
async fn columns(pool: &AnyPool, statement: &'static str) -> Vec<String> {
    let rows = sqlx::query(statement).fetch_all(pool).await.unwrap();
    let columns: BTreeMap<String, String> = rows
        .iter()
        .map(|row| {
            let not_null = if row.get::<i64, _>("not_null") == 1 {
                " not null"
            } else {
                ""
            };
            let kind = row.get::<String, _>("kind").to_lowercase();
            (row.get("name"), format!("{kind}{not_null}"))
        })
        .collect();
    columns
        .iter()
        .map(|(name, kind)| format!("{name} {kind}"))
        .collect()
}

async fn names(pool: &AnyPool, statement: &'static str) -> Vec<String> {
    let rows = sqlx::query(statement).fetch_all(pool).await.unwrap();
    let mut names: Vec<String> = rows
        .iter()
        .map(|row| format!("index {}", row.get::<String, _>("name")))
        .collect();
    names.sort();
    names
}

/// A column of a primary key is not null on PostgreSQL without saying so; SQLite only says that it is in
/// the key.
const SQLITE_COLUMNS: &str = "SELECT tables.name || '.' || columns.name AS name, columns.type AS kind, \
    CASE WHEN columns.\"notnull\" = 1 OR columns.pk > 0 THEN 1 ELSE 0 END AS not_null \
    FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns \
    WHERE tables.type = 'table' AND tables.name NOT LIKE '\\_sqlx%' ESCAPE '\\' \
     AND tables.name NOT LIKE 'sqlite%'";

const POSTGRES_COLUMNS: &str = "SELECT CAST(table_name || '.' || column_name AS TEXT) AS name, \
    CAST(data_type AS TEXT) AS kind, \
     CAST(CASE WHEN is_nullable = 'NO' THEN 1 ELSE 0 END AS BIGINT) AS not_null \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";

const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";

const POSTGRES_INDEXES: &str = "SELECT CAST(indexname AS TEXT) AS name FROM pg_indexes \
    WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey'";
