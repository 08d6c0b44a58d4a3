//! What an agent is doing and may do next.
//!
//! The state is a fold of the log ([`model::AgentStates`]); this crate decides about it: whether an agent is
//! routable, which status changes hold at once and which wait, and when silence means that the browser is gone.
#![warn(missing_docs)]

mod heartbeat;
mod status;

#[cfg(test)]
mod tests;

pub use heartbeat::{HEARTBEAT_TIMEOUT, Heartbeats};
pub use status::{choose_status, routable_since, status_when_free};
