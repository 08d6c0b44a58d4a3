//! What Offhook keeps: logs and their projections, configuration, accounts, telephony and personal data, in
//! SQLite or PostgreSQL through one portable SQL. It takes and returns `model` types.
//!
//! Invariants: nothing is appended without a lease whose epoch is the log's; a method returns after its commit;
//! stored forms are written by hand, carry a version and stay readable for ever; time and randomness are
//! arguments; no secret is stored in the clear.
#![warn(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

pub mod accounts;
pub mod configuration;
pub mod idempotency;
pub mod limits;
pub mod log;
pub mod mail_settings;
pub mod notes;
pub mod outbox;
pub mod parties;
pub mod records;
pub mod secret;
pub mod stored;
pub mod telephony;
pub mod usage;

mod database;
mod error;
mod names;
mod open;
mod row;
mod sql;

pub use accounts::{
    ApiKey, CreateOperatorError, CreateUserError, NewApiKey, NewPasswordReset, NewSession, NewTenant,
    Operator, ResetPasswordError, Role, Session, SignUpError, Tenant, User,
};
pub use configuration::CommitRevisionError;
pub use database::DatabaseKind;
pub use error::StoreError;
pub use idempotency::{Idempotency, StoredResponse};
pub use log::{Append, AppendError, GroupCommit, Lease, LogHead, Snapshot, TakeLeaseError};
pub use mail_settings::{MailSecurity, MailSettings};
pub use notes::RevealedNotes;
pub use open::{BackupError, DatabaseAddress, Durability, OpenError, Store, StoreConfig};
pub use outbox::{OutboxItem, OutboxMessage};
pub use parties::Revealed;
pub use records::{ContactCursor, ContactPage, ContactQuery, ParseContactCursorError, QueueCounts};
pub use secret::{Entropy, MasterKey, Secret, Sha256Hash};
pub use telephony::{
    AddNumbersError, Claim, DeleteTrunkError, DigestCredentials, ExpandRangeError, InventoryNumber,
    NewNumber, NumberCounts, NumberOwner, NumberSearch, ParseSourceRangeError, Registration, SourceRange,
    Trunk, TrunkKind, UsableTrunk, expand_range,
};
pub use usage::{UsageCursor, UsageTotal};
