//! Statements that are put together: over many rows, and many at once.

use futures_util::TryStreamExt;
use sqlx::any::AnyArguments;
use sqlx::{AnyConnection, Arguments, AssertSqlSafe, Database, Either, Executor, Postgres};

use crate::StoreError;
use crate::limits::{BULK_ROWS_MAX, PREPARED_TOGETHER_MAX};

/// A statement with what it is run with. Placeholders are written `?`.
#[derive(Debug)]
pub(crate) struct Statement {
    text: String,
    values: Vec<Value>,
}

/// What stands for a placeholder.
#[derive(Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl Value {
    /// Null, of the same type: PostgreSQL knows no other.
    const fn null(&self) -> Self {
        match self {
            Self::Int(_) => Self::Int(None),
            Self::Text(_) => Self::Text(None),
        }
    }
}

impl Statement {
    pub(crate) fn new(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self {
            text: text.into(),
            values: values.into_iter().collect(),
        }
    }
}

/// A statement over rows of `COLUMNS` values, whose first is never null. It has a text for each power of two of rows:
/// what is missing up to it is filled with nulls. So the texts are few, and a connection keeps them prepared.
pub(crate) struct Bulk<const COLUMNS: usize> {
    /// What stands before the rows.
    pub(crate) before: &'static str,
    /// What follows the rows, whose values are `column1`, `column2` … of `v`. It must pass over rows of nulls.
    pub(crate) after: &'static str,
}

impl<const COLUMNS: usize> Bulk<COLUMNS> {
    /// The statements over these rows.
    pub(crate) fn of<T>(&self, rows: &[T], values: impl Fn(&T) -> [Value; COLUMNS]) -> Vec<Statement> {
        self.of_at_most(BULK_ROWS_MAX, rows, values)
    }

    /// The statements over these rows, so many at once.
    pub(crate) fn of_at_most<T>(
        &self,
        rows_max: usize,
        rows: &[T],
        values: impl Fn(&T) -> [Value; COLUMNS],
    ) -> Vec<Statement> {
        rows.chunks(rows_max)
            .map(|some| {
                let rows_count = some.len().next_power_of_two();
                let mut all: Vec<Value> = Vec::with_capacity(rows_count * COLUMNS);
                all.extend(some.iter().flat_map(&values));
                for index in all.len()..rows_count * COLUMNS {
                    all.push(all[index - COLUMNS].null());
                }
                Statement::new(self.text(rows_count), all)
            })
            .collect()
    }

    fn text(&self, rows_count: usize) -> String {
        let row = format!("({})", vec!["?"; COLUMNS].join(", "));
        let rows = vec![row; rows_count].join(", ");
        format!("{} (VALUES {rows}) AS v {}", self.before, self.after)
    }
}

/// Runs statements one after the other and says how many rows each of them touched.
pub(crate) async fn run(
    connection: &mut AnyConnection,
    statements: Vec<Statement>,
) -> Result<Vec<u64>, StoreError> {
    let mut touched = Vec::with_capacity(statements.len());
    for statement in statements {
        touched.extend(run_at_once(connection, vec![statement]).await?);
    }
    Ok(touched)
}

/// Sends statements as one, up to the first that fails, and says how many rows each of them touched. Several at once
/// can be sent to SQLite only.
pub(crate) async fn run_at_once(
    connection: &mut AnyConnection,
    statements: Vec<Statement>,
) -> Result<Vec<u64>, StoreError> {
    // Each combination is a text of its own: the long ones are seldom seen again.
    let is_prepared = statements.len() <= PREPARED_TOGETHER_MAX;
    let statements_count = statements.len();
    let texts: Vec<&str> = statements
        .iter()
        .map(|statement| statement.text.as_str())
        .collect();
    let mut text = texts.join("; ");
    if connection.backend_name() == Postgres::NAME {
        text = numbered(&text);
    }
    let mut arguments = AnyArguments::default();
    for value in statements.into_iter().flat_map(|statement| statement.values) {
        let added = match value {
            Value::Int(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    let query = sqlx::query_with(AssertSqlSafe(text), arguments).persistent(is_prepared);
    let mut results = connection.fetch_many(query);
    let mut touched = Vec::new();
    while let Some(result) = results.try_next().await? {
        if let Either::Left(done) = result {
            touched.push(done.rows_affected());
        }
    }
    if touched.len() < statements_count {
        // The thread of a connection to SQLite ended meanwhile; sqlx takes that for the end of the results.
        return Err(sqlx::Error::WorkerCrashed.into());
    }
    Ok(touched)
}

/// Numbers the placeholders, which PostgreSQL demands. SQLite takes numbers for names, and looks each of them up in a list
/// of all.
fn numbered(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len() * 2);
    for (part, number) in text.split('?').zip(0_u32..) {
        if number > 0 {
            numbered += &format!("${number}");
        }
        numbered += part;
    }
    numbered
}

/// `($first, …)` with `count` placeholders.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    let each: Vec<String> = (first..first + count)
        .map(|number| format!("${number}"))
        .collect();
    format!("({})", each.join(", "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn statements_over_rows_have_few_texts() {
        let insert = Bulk {
            before: "INSERT INTO t (a, b) SELECT * FROM",
            after: "WHERE column1 IS NOT NULL",
        };
        let of = |rows_count: i64| {
            let rows: Vec<i64> = (0..rows_count).collect();
            insert.of(&rows, |row| [Value::from(*row), Value::from(row.to_string())])
        };
        let texts: Vec<String> = of(3).iter().map(|statement| numbered(&statement.text)).collect();
        assert_eq!(
            texts,
            [
                "INSERT INTO t (a, b) SELECT * FROM (VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8)) AS v \
              WHERE column1 IS NOT NULL"
            ]
        );
        let different: BTreeSet<String> = (1..=200).flat_map(of).map(|statement| statement.text).collect();
        assert_eq!(different.len(), 7);
    }

    #[test]
    fn what_is_missing_up_to_a_power_of_two_is_null() {
        let insert = Bulk {
            before: "",
            after: "",
        };
        for (rows_count, expected) in [(1, vec![1]), (3, vec![4]), (64, vec![64]), (67, vec![64, 4])] {
            let statements = insert.of(&vec![1; rows_count], |row| [Value::from(*row)]);
            let values = statements.iter().flat_map(|statement| &statement.values);
            let filled_count = values
                .filter(|value| matches!(value, Value::Int(Some(1))))
                .count();
            assert_eq!(filled_count, rows_count);
            let sizes: Vec<usize> = statements
                .iter()
                .map(|statement| statement.values.len())
                .collect();
            assert_eq!(sizes, expected, "{rows_count}");
        }
    }
}
