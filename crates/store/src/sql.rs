//! Statements that are put together: over many rows, and many at once.

use futures_util::TryStreamExt;
use sqlx::any::AnyArguments;
use sqlx::{AnyConnection, Arguments, AssertSqlSafe, Either, Executor};

use crate::StoreError;
use crate::limits::{INSERT_ROWS_MAX, PREPARED_TOGETHER_MAX};

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

impl Statement {
    pub(crate) fn new(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self {
            text: text.into(),
            values: values.into_iter().collect(),
        }
    }
}

/// An `INSERT` of rows with `COLUMNS` values that takes many with few statements.
pub(crate) struct Insert<const COLUMNS: usize> {
    /// `INSERT INTO table (columns) VALUES`.
    pub(crate) head: &'static str,
    /// What follows the values: nothing, or `ON CONFLICT …`.
    pub(crate) tail: &'static str,
}

impl<const COLUMNS: usize> Insert<COLUMNS> {
    /// The statements that insert the rows.
    pub(crate) fn of<T>(&self, mut rows: &[T], values: impl Fn(&T) -> [Value; COLUMNS]) -> Vec<Statement> {
        let mut statements = Vec::new();
        while !rows.is_empty() {
            let (now, later) = rows.split_at(step(rows.len()));
            statements.push(Statement::new(self.text(now.len()), now.iter().flat_map(&values)));
            rows = later;
        }
        statements
    }

    fn text(&self, rows_count: usize) -> String {
        let row = format!("({})", vec!["?"; COLUMNS].join(", "));
        let rows = vec![row; rows_count].join(", ");
        format!("{} {rows} {}", self.head, self.tail)
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
    let texts: Vec<&str> = statements
        .iter()
        .map(|statement| statement.text.as_str())
        .collect();
    let text = numbered(&texts.join("; "));
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
    Ok(touched)
}

/// Numbers the placeholders, which PostgreSQL demands.
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

/// The largest power of two that fits: few different texts are worth keeping prepared.
fn step(rows_count: usize) -> usize {
    let largest = rows_count.min(INSERT_ROWS_MAX);
    1 << largest.ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_by_powers_of_two() {
        for (rows_count, expected) in [(1, 1), (2, 2), (3, 2), (7, 4), (64, 64), (200, 64)] {
            assert_eq!(step(rows_count), expected, "{rows_count}");
        }
        let insert = Insert {
            head: "INSERT INTO t (a, b) VALUES",
            tail: "ON CONFLICT DO NOTHING",
        };
        let statements = insert.of(&[1, 2, 3], |row| {
            [Value::from(*row), Value::from(row.to_string())]
        });
        let texts: Vec<String> = statements
            .iter()
            .map(|statement| numbered(&statement.text))
            .collect();
        assert_eq!(
            texts,
            [
                "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING",
                "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            ]
        );
    }
}
