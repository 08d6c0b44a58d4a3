//! One party of a contact: joins a SIP dialog or a browser's line to its media leg.
//!
//! [`Legs`] is all legs of a node. Feed it with `handle_*`, then drain `poll_*` and sleep until
//! `poll_timeout`. It knows no contact and no flow: who calls whom, and what is heard, is said by
//! [`Command`]s; what becomes of it, by [`Event`]s. Each leg that was announced or started ends with
//! exactly one [`Event::LegEnded`].
#![warn(missing_docs)]

mod command;
mod config;
mod event;
mod legs;
pub mod limits;
mod port;
mod teardown;

pub use self::command::{Command, Dial};
pub use self::config::LegsConfig;
pub use self::event::{Arrival, Event};
pub use self::legs::{Deadline, Legs, OfferError};
pub use self::port::{EchoTestId, MediaPort};
pub use self::teardown::Rejection;
