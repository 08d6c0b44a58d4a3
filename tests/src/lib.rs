//! What tests of the whole need: a running Offhook, a client of its API, an agent's line without a browser.
//!
//! The tests themselves stand in `tests/`.

pub mod disk;
pub mod line;
pub mod logged_errors;
pub mod network;
pub mod offhook;
pub mod tenant;
