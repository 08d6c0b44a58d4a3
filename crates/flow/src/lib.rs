//! The contact-flow language: the document a customer designs, its validation, and its interpreter.
//!
//! The interpreter is a pure function: from a block and the exit that was taken it walks to the next block that has
//! to wait for the outside world, and says which blocks it went through.
#![warn(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

mod document;
pub mod limits;
mod step;
mod validate;

#[cfg(test)]
mod tests;

pub use document::{Block, Document, DocumentError, Exit};
pub use step::{Action, Facts, Halt, Step, begin, take_exit};
pub use validate::{Problem, References, validate};
