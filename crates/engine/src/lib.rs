//! One tenant's contact center: composes presence, flow and routing with the contact lifecycle.
//!
//! [`Engine`] takes an [`Input`] and the time, and yields events and commands. Events are appended before commands
//! are carried out. Its state changes only in `apply`, so that recovery is a fold of the log.
#![warn(missing_docs)]

mod contact;
mod deadline;
mod engine;
mod input;
pub mod limits;

pub use deadline::Deadline;
pub use engine::{Engine, Head};
pub use input::{
    Arrival, Audio, Command, CommandBody, CommandNumber, Input, Placement, PlayId, RefuseReason, RequestId,
};
