//! The world for tests and what-if, without sockets: a clock that jumps, callers and agents around a real engine.
//!
//! - [`World`] carries out what the engine commands, folds its log, and checks the invariants after each step;
//! - [`scenario::play`] tells a story written in the domain's words and gives back the transcript;
//! - [`random::run`] lets callers and agents do as they please, from a seed.
#![warn(missing_docs)]

mod building;
mod invariants;
pub mod random;
mod reference;
pub mod scenario;
mod transcript;
mod world;

pub use building::{Building, ParseBuildingError};
pub use world::{Loss, World};
