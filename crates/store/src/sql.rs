//! Statements over many rows.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe};

use crate::StoreError;
use crate::limits::INSERT_ROWS_MAX;

/// An `INSERT` that takes many rows with few statements.
pub(crate) struct Insert {
    /// `INSERT INTO table (columns) VALUES`.
    pub(crate) head: &'static str,
    pub(crate) columns_count: usize,
    /// What follows the values: nothing, or `ON CONFLICT …`.
    pub(crate) tail: &'static str,
}

impl Insert {
    /// Inserts the rows and says how many are new; `bind` binds the columns of one row in their order.
    pub(crate) async fn run<T: Sync>(
        &self,
        connection: &mut AnyConnection,
        mut rows: &[T],
        bind: impl for<'q> Fn(Query<'q, Any, AnyArguments>, &T) -> Query<'q, Any, AnyArguments>,
    ) -> Result<u64, StoreError> {
        let mut inserted_count = 0;
        while !rows.is_empty() {
            let (now, later) = rows.split_at(step(rows.len()));
            let statement = self.statement(now.len());
            let query = now
                .iter()
                .fold(sqlx::query(AssertSqlSafe(statement)), |query, row| {
                    bind(query, row)
                });
            inserted_count += query.execute(&mut *connection).await?.rows_affected();
            rows = later;
        }
        Ok(inserted_count)
    }

    fn statement(&self, rows_count: usize) -> String {
        let rows: Vec<String> = (0..rows_count)
            .map(|row| placeholders(row * self.columns_count + 1, self.columns_count))
            .collect();
        format!("{} {} {}", self.head, rows.join(", "), self.tail)
    }
}

/// `($first, …)` with `count` placeholders.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    let each: Vec<String> = (first..first + count)
        .map(|number| format!("${number}"))
        .collect();
    format!("({})", each.join(", "))
}

/// The largest power of two that fits.
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
            columns_count: 2,
            tail: "ON CONFLICT DO NOTHING",
        };
        assert_eq!(
            insert.statement(2),
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
    }
}
