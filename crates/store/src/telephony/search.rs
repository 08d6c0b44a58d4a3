//! Searching the inventory for free numbers.

use model::TenantId;

use super::numbers::inventory_number;
use crate::limits::PAGE_ROWS_MAX;
use crate::names::Named;
use crate::row::Columns;
use crate::telephony::{InventoryNumber, TrunkKind};
use crate::{Store, StoreError};

/// What free numbers are searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberSearch {
    /// Two letters as in ISO 3166-1; none for any.
    pub country: Option<String>,
    /// Digits that occur in the number; what is not a digit is ignored.
    pub contains: Option<String>,
}

impl Store {
    /// Free numbers that a tenant (none: whoever signs up next) may claim, in order, at most `limit` and
    /// [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn available_numbers(
        &self,
        tenant: Option<TenantId>,
        search: &NumberSearch,
        limit: u32,
    ) -> Result<Vec<InventoryNumber>, StoreError> {
        let digits: String = search
            .contains
            .iter()
            .flat_map(|text| text.chars())
            .filter(char::is_ascii_digit)
            .collect();
        sqlx::query(inventory!(
            "WHERE phone_numbers.tenant_id IS NULL AND (trunks.tenant_id IS NULL OR trunks.tenant_id = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR phone_numbers.country = $2) AND phone_numbers.e164 LIKE $3 \
             ORDER BY phone_numbers.country, phone_numbers.e164 LIMIT $4"
        ))
        .bind(tenant.map(|tenant| tenant.to_string()))
        .bind(search.country.as_ref().map(|country| country.to_uppercase()))
        .bind(format!("%{digits}%"))
        .bind(i64::from(limit.min(PAGE_ROWS_MAX)))
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(inventory_number)
        .collect()
    }

    /// Free numbers for whoever signs up next, in order, at most `limit` and [`PAGE_ROWS_MAX`]: those of lab trunks
    /// while there are any, for a carrier's cost money and are wanted by those who know which.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_up_numbers(&self, limit: u32) -> Result<Vec<InventoryNumber>, StoreError> {
        for kind in [TrunkKind::Lab, TrunkKind::Carrier] {
            let free: Result<Vec<_>, _> = sqlx::query(inventory!(
                "WHERE phone_numbers.tenant_id IS NULL AND trunks.tenant_id IS NULL AND trunks.kind = $1 \
                 ORDER BY phone_numbers.country, phone_numbers.e164 LIMIT $2"
            ))
            .bind(kind.name())
            .bind(i64::from(limit.min(PAGE_ROWS_MAX)))
            .fetch_all(&mut *self.db().reader().await?)
            .await?
            .iter()
            .map(inventory_number)
            .collect();
            let free = free?;
            if !free.is_empty() {
                return Ok(free);
            }
        }
        Ok(Vec::new())
    }

    /// The countries in which the tenant may claim a number, sorted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn available_countries(&self, tenant: Option<TenantId>) -> Result<Vec<String>, StoreError> {
        sqlx::query(
            "SELECT DISTINCT phone_numbers.country FROM phone_numbers \
             JOIN trunks ON trunks.id = phone_numbers.trunk_id \
             WHERE phone_numbers.tenant_id IS NULL AND (trunks.tenant_id IS NULL OR trunks.tenant_id = $1) \
             ORDER BY phone_numbers.country",
        )
        .bind(tenant.map(|tenant| tenant.to_string()))
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(|row| row.text("country"))
        .collect()
    }
}
