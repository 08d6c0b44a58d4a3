//! Reads typed values out of rows.

use std::error::Error;
use std::str::FromStr;

use model::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::StoreError;
use crate::names::Named;

/// Typed values of a row's columns.
pub(crate) trait Columns {
    fn text(&self, column: &'static str) -> Result<String, StoreError>;
    fn text_or_none(&self, column: &'static str) -> Result<Option<String>, StoreError>;
    fn int(&self, column: &'static str) -> Result<i64, StoreError>;
    fn int_or_none(&self, column: &'static str) -> Result<Option<i64>, StoreError>;

    fn at(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.int(column).map(Timestamp::from_millis)
    }

    fn at_or_none(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.int_or_none(column)?.map(Timestamp::from_millis))
    }

    fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        self.int(column).map(|number| number != 0)
    }

    fn unsigned<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: TryFrom<i64>,
        T::Error: Error + Send + Sync + 'static,
    {
        T::try_from(self.int(column)?).map_err(|source| StoreError::corrupt(column, source))
    }

    fn named<T: Named>(&self, column: &'static str) -> Result<T, StoreError> {
        T::from_name(&self.text(column)?).map_err(|source| StoreError::corrupt(column, source))
    }

    fn parsed<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static,
    {
        self.text(column)?
            .parse()
            .map_err(|source| StoreError::corrupt(column, source))
    }

    fn parsed_or_none<T>(&self, column: &'static str) -> Result<Option<T>, StoreError>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static,
    {
        self.text_or_none(column)?
            .map(|text| text.parse().map_err(|source| StoreError::corrupt(column, source)))
            .transpose()
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &'static str) -> Result<String, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn text_or_none(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn int(&self, column: &'static str) -> Result<i64, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn int_or_none(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(column)?)
    }
}

/// A count, position or duration as the database keeps it; beyond its range the largest number stands in,
/// which no log or lifetime reaches.
pub(crate) fn to_int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
