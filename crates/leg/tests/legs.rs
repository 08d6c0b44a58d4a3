//! Legs in virtual time: a node with a SIP peer beside it; what its media workers are told is looked at.
#![expect(clippy::disallowed_methods, reason = "virtual time has to start somewhere")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a story looks for one thing among many"
)]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "legs/arriving.rs"]
mod arriving;
#[path = "legs/browser_callers.rs"]
mod browser_callers;
#[path = "legs/changing.rs"]
mod changing;
#[path = "legs/dialing.rs"]
mod dialing;
#[path = "legs/ending.rs"]
mod ending;
#[path = "legs/lines.rs"]
mod lines;
#[path = "legs/world.rs"]
mod world;
