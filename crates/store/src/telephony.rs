//! Trunks, and the inventory of phone numbers that are reached over them.

/// A query of the inventory, each number with the kind of its trunk; what follows chooses and orders.
macro_rules! inventory {
    ($rest:literal) => {
        concat!(
            "SELECT phone_numbers.*, trunks.kind AS trunk_kind \
             FROM phone_numbers JOIN trunks ON trunks.id = phone_numbers.trunk_id ",
            $rest
        )
    };
}

mod numbers;
mod search;
mod source_range;
mod trunks;

pub use numbers::{
    AddNumbersError, Claim, ExpandRangeError, InventoryNumber, NewNumber, NumberCounts, NumberOwner,
    expand_range,
};
pub use search::NumberSearch;
pub use source_range::{ParseSourceRangeError, SourceRange};
pub use trunks::{DeleteTrunkError, DigestCredentials, Registration, Trunk, TrunkKind, UsableTrunk};

pub(crate) use numbers::{claim_number, release_number};
