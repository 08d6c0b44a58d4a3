//! Cursor pages of lists that grow without bound.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::check::Faults;
use crate::error::Error;
use crate::limits;

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// At most so many items.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub(crate) limit: Option<u32>,
    /// Where the page begins: `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

impl PageQuery {
    /// How many items are asked for.
    pub(crate) fn limit(&self) -> Result<u32, Error> {
        let limit = self.limit.unwrap_or(limits::PAGE_ITEMS_DEFAULT);
        if !(1..=limits::PAGE_ITEMS_MAX).contains(&limit) {
            return Err(Error::ValidationFailed(Faults::one(
                "limit",
                "Ask for 1 to 100 items.",
            )));
        }
        Ok(limit)
    }
}
