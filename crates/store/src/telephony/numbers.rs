//! Phone numbers in the inventory: added by the operator, claimed and released by tenants.
//!
//! A number is claimed and released by committing a revision of the configuration with `PutPhoneNumber` or
//! `ReleasePhoneNumber`, so that inventory and configuration never differ.

use model::config::ClaimedNumber;
use model::{PhoneNumber, PhoneNumberId, TenantId, Timestamp, TrunkId};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::limits::RANGE_NUMBERS_MAX;
use crate::row::Columns;
use crate::sql::Bulk;
use crate::telephony::TrunkKind;
use crate::{Store, StoreError};

/// A number of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryNumber {
    /// Its id.
    pub id: PhoneNumberId,
    /// The trunk it is reached over.
    pub trunk: TrunkId,
    /// What is on the other side of that trunk.
    pub trunk_kind: TrunkKind,
    /// The number.
    pub number: PhoneNumber,
    /// The country, two letters as in ISO 3166-1.
    pub country: String,
    /// Who has it; none while it is free.
    pub claim: Option<Claim>,
}

/// Who has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The tenant.
    pub tenant: TenantId,
    /// Since when.
    pub claimed_at: Timestamp,
}

/// How many numbers a trunk has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberCounts {
    /// Those that tenants have.
    pub claimed_count: u64,
    /// Those that can be claimed.
    pub free_count: u64,
}

/// A number to be added to the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNumber {
    /// Its id.
    pub id: PhoneNumberId,
    /// The number.
    pub number: PhoneNumber,
    /// The country, two letters as in ISO 3166-1.
    pub country: String,
}

/// Where a call to a number goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberOwner {
    /// The tenant.
    pub tenant: TenantId,
    /// The number's id, as in the tenant's configuration.
    pub number: PhoneNumberId,
}

/// No numbers were added.
#[derive(Debug, thiserror::Error)]
pub enum AddNumbersError {
    /// More than [`RANGE_NUMBERS_MAX`] at once.
    #[error("at most {RANGE_NUMBERS_MAX} numbers can be added at once")]
    TooMany,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The two numbers are no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpandRangeError {
    /// The first is greater than the last, or they differ in length.
    #[error("a range runs from its first number up to its last, both with the same number of digits")]
    NotARange,
    /// More than [`RANGE_NUMBERS_MAX`].
    #[error("a range has at most {RANGE_NUMBERS_MAX} numbers")]
    TooMany,
}

/// All numbers from `first` to `last`, both included.
///
/// # Errors
/// When they are no range, or one of more than [`RANGE_NUMBERS_MAX`] numbers.
pub fn expand_range(first: &PhoneNumber, last: &PhoneNumber) -> Result<Vec<PhoneNumber>, ExpandRangeError> {
    let (from, to) = (digits(first), digits(last));
    if first.as_str().len() != last.as_str().len() || from > to {
        return Err(ExpandRangeError::NotARange);
    }
    if to - from >= RANGE_NUMBERS_MAX {
        return Err(ExpandRangeError::TooMany);
    }
    (from..=to)
        .map(|number| {
            format!("+{number}")
                .parse()
                .map_err(|_| ExpandRangeError::NotARange)
        })
        .collect()
}

impl Store {
    /// Adds numbers to a trunk and says how many are new; those it has already stay as they are.
    ///
    /// # Errors
    /// When they are too many at once.
    pub async fn add_numbers(&self, trunk: TrunkId, numbers: &[NewNumber]) -> Result<u64, AddNumbersError> {
        if numbers.len() as u64 > RANGE_NUMBERS_MAX {
            return Err(AddNumbersError::TooMany);
        }
        let inserts = INSERT.of(numbers, |number| {
            [
                number.id.to_string().into(),
                trunk.to_string().into(),
                number.number.to_string().into(),
                number.country.to_uppercase().into(),
            ]
        });
        let (transaction, added_counts) = self.db().begin_with(inserts).await?;
        transaction.commit().await?;
        Ok(added_counts.iter().sum())
    }

    /// Who is called by a number that arrives over a trunk; none when nobody has claimed it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn number_owner(
        &self,
        trunk: TrunkId,
        number: &PhoneNumber,
    ) -> Result<Option<NumberOwner>, StoreError> {
        sqlx::query(
            "SELECT id, tenant_id FROM phone_numbers \
             WHERE trunk_id = $1 AND e164 = $2 AND tenant_id IS NOT NULL",
        )
        .bind(trunk.to_string())
        .bind(number.to_string())
        .fetch_optional(&mut *self.db().reader().await?)
        .await?
        .map(|row| {
            Ok(NumberOwner {
                tenant: row.parsed("tenant_id")?,
                number: row.parsed("id")?,
            })
        })
        .transpose()
    }

    /// Whether a number is one of a trunk's, claimed or free.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_number(&self, trunk: TrunkId, number: &PhoneNumber) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT id FROM phone_numbers WHERE trunk_id = $1 AND e164 = $2")
            .bind(trunk.to_string())
            .bind(number.to_string())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?;
        Ok(row.is_some())
    }

    /// How many numbers a trunk has.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn number_counts(&self, trunk: TrunkId) -> Result<NumberCounts, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(tenant_id) AS claimed, COUNT(*) - COUNT(tenant_id) AS free \
             FROM phone_numbers WHERE trunk_id = $1",
        )
        .bind(trunk.to_string())
        .fetch_one(&mut *self.db().reader().await?)
        .await?;
        Ok(NumberCounts {
            claimed_count: row.unsigned("claimed")?,
            free_count: row.unsigned("free")?,
        })
    }

    /// The numbers a tenant has claimed, the first claimed first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claimed_numbers(&self, tenant: TenantId) -> Result<Vec<InventoryNumber>, StoreError> {
        sqlx::query(inventory!(
            "WHERE phone_numbers.tenant_id = $1 ORDER BY phone_numbers.claimed_at, phone_numbers.id"
        ))
        .bind(tenant.to_string())
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(inventory_number)
        .collect()
    }
}

const INSERT: Bulk<4> = Bulk {
    before: "INSERT INTO phone_numbers (id, trunk_id, e164, country) SELECT * FROM",
    after: "WHERE column1 IS NOT NULL ON CONFLICT (trunk_id, e164) DO NOTHING",
};

/// Claims a number for the tenant, or keeps it claimed; false when another has it, or there is none such on a
/// trunk the tenant may use.
pub(crate) async fn claim_number(
    connection: &mut AnyConnection,
    tenant: TenantId,
    claimed: &ClaimedNumber,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE phone_numbers SET tenant_id = $1, claimed_at = COALESCE(claimed_at, $2) \
         WHERE id = $3 AND trunk_id = $4 AND e164 = $5 AND (tenant_id IS NULL OR tenant_id = $1) \
         AND EXISTS (SELECT 1 FROM trunks WHERE trunks.id = phone_numbers.trunk_id \
                     AND (trunks.tenant_id IS NULL OR trunks.tenant_id = $1))",
    )
    .bind(tenant.to_string())
    .bind(now.as_millis())
    .bind(claimed.id.to_string())
    .bind(claimed.trunk.to_string())
    .bind(claimed.number.to_string())
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Gives a number back to the inventory; nothing happens if it is not the tenant's.
pub(crate) async fn release_number(
    connection: &mut AnyConnection,
    tenant: TenantId,
    id: PhoneNumberId,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE phone_numbers SET tenant_id = NULL, claimed_at = NULL WHERE id = $1 AND tenant_id = $2",
    )
    .bind(id.to_string())
    .bind(tenant.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) fn inventory_number(row: &AnyRow) -> Result<InventoryNumber, StoreError> {
    let claim = match (row.parsed_or_none("tenant_id")?, row.at_or_none("claimed_at")?) {
        (Some(tenant), Some(claimed_at)) => Some(Claim { tenant, claimed_at }),
        (None, _) | (_, None) => None,
    };
    Ok(InventoryNumber {
        id: row.parsed("id")?,
        trunk: row.parsed("trunk_id")?,
        trunk_kind: row.named("trunk_kind")?,
        number: row.parsed("e164")?,
        country: row.text("country")?,
        claim,
    })
}

/// The digits as a number: at most 15, so that they fit.
fn digits(number: &PhoneNumber) -> u64 {
    number
        .as_str()
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> PhoneNumber {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_expands_to_its_numbers() {
        assert_eq!(
            expand_range(&number("+4930901898"), &number("+4930901901")),
            Ok(vec![
                number("+4930901898"),
                number("+4930901899"),
                number("+4930901900"),
                number("+4930901901")
            ])
        );
        for (first, last, expected) in [
            ("+4930901900", "+4930901899", ExpandRangeError::NotARange),
            ("+493090190", "+4930901900", ExpandRangeError::NotARange),
            ("+4930900000", "+4930910000", ExpandRangeError::TooMany),
        ] {
            assert_eq!(
                expand_range(&number(first), &number(last)),
                Err(expected),
                "{first} {last}"
            );
        }
    }
}
