//! SIPp as a carrier, against a running Offhook: what the wire sees, and what the contact record says of it.
#![cfg(feature = "real-parts")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "sip_carrier/answered.rs"]
mod answered;
#[path = "sip_carrier/called.rs"]
mod called;
#[path = "sip_carrier/configured.rs"]
mod configured;
#[path = "sip_carrier/ending.rs"]
mod ending;
#[path = "sip_carrier/full_disk.rs"]
mod full_disk;
#[path = "sip_carrier/postgres.rs"]
mod postgres;
#[path = "sip_carrier/proved.rs"]
mod proved;
#[path = "sip_carrier/refused.rs"]
mod refused;
#[path = "sip_carrier/registered.rs"]
mod registered;
#[path = "sip_carrier/simulated.rs"]
mod simulated;
#[path = "sip_carrier/sipp.rs"]
mod sipp;
