//! The API on a real store, with the running contact center replaced by a log that tests write.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "api/bad_requests.rs"]
mod bad_requests;
#[path = "api/contacts.rs"]
mod contacts;
#[path = "api/idempotency.rs"]
mod idempotency;
#[path = "api/live.rs"]
mod live;
#[path = "api/notes.rs"]
mod notes;
#[path = "api/outbound_calls.rs"]
mod outbound_calls;
#[path = "api/roles.rs"]
mod roles;
#[path = "api/session.rs"]
mod session;
#[path = "api/settings.rs"]
mod settings;
#[path = "api/sign_up.rs"]
mod sign_up;
#[path = "api/specification.rs"]
mod specification;
#[path = "api/support.rs"]
mod support;
#[path = "api/walk.rs"]
mod walk;
