//! The API of Offhook: REST, live updates, authentication and roles, and the specification of it all.
//!
//! Invariants: a handler says whom it serves by an extractor of `auth`, else it is public; nothing of another tenant
//! exists for a caller; time and randomness come from the [`Backend`]; the console has no private door.
#![warn(missing_docs)]
#![expect(
    unused_qualifications,
    reason = "utoipa's macro qualifies the types of query parameters"
)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

pub mod backend;
pub mod default_set;
pub mod limits;

mod agent;
mod agent_status;
mod api_key;
mod attempts;
mod auth;
mod check;
mod contact;
mod contact_in_hand;
mod disposition;
mod docs;
mod echo_test;
mod error;
mod extract;
mod first_call;
mod flow;
mod health;
mod hours;
mod idempotency;
mod line;
mod live;
mod mail_settings;
mod me;
mod offer;
mod outbound_call;
mod page;
mod password_reset;
mod peer;
mod phone_number;
mod prompt;
mod queue;
mod reference;
mod router;
mod routing_profile;
mod session;
mod signup;
mod simulation;
mod specification;
mod state;
mod tenant;
mod test_call;
mod time;
mod usage;
mod user;

pub use auth::password::{hash_password, is_password};
pub use backend::Backend;
pub use check::has_invisible;
pub use password_reset::make_reset_link;
pub use peer::address_block;
pub use router::{openapi, router};
pub use state::ApiState;
