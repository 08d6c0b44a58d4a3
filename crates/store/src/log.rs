//! The log: one per tenant, numbered without gaps, appended to under a lease.

mod append;
mod group_commit;
mod lease;
mod read;
mod snapshot;

pub use append::{Append, AppendError};
pub use group_commit::GroupCommit;
pub use lease::{Lease, TakeLeaseError};
pub use read::LogHead;
pub use snapshot::Snapshot;
