//! Queues, routing profiles, and the matcher that turns waiting contacts and routable agents into offers, with the
//! record of why.
//!
//! The order within a queue is priority (1 first), then age. An agent takes from the queues of the routing profile
//! in the profile's order; a contact goes to the agent who has been idle for longest.
#![warn(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

mod matcher;
mod outbound;
mod waiting;

#[cfg(test)]
mod tests;

pub use matcher::{Match, Matcher};
pub use outbound::{NoTrunk, OutboundTrunk, OwnNumber, UnclearCall, choose_trunk, read_call};
pub use waiting::Place;
