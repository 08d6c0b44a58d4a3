//! Trunks, and the inventory of phone numbers that are reached over them.

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
