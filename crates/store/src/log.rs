//! The log: one per tenant, numbered without gaps, appended to under a lease.

mod append;
mod group_commit;
mod lease;
mod read;

pub use append::{Append, AppendError};
pub use group_commit::GroupCommit;
pub use lease::{Lease, RenewLeaseError, TakeLeaseError};
pub use read::{LogHead, Snapshot};
