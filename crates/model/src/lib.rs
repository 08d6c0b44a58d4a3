//! The vocabulary of Offhook: typed ids, phone numbers, time, the types of events, configuration,
//! decisions and usage, and the folds that are pure bookkeeping.
//!
//! Invariant: nothing here decides anything, reads a clock, or serialises itself (ids excepted).
//! Stored and transmitted forms are written by hand where they cross a boundary.
#![warn(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

pub mod agent;
pub mod config;
pub mod contact;
pub mod decision;
pub mod emergency;
pub mod event;
pub mod hours;
pub mod id;
pub mod live;
pub mod notes;
pub mod phone;
pub mod request;
pub mod time;
pub mod usage;

pub use agent::{Activity, AgentState, AgentStates};
pub use config::{ConfigChange, Revision, TenantConfig};
pub use contact::{ContactRecord, Phase};
pub use decision::{CandidateVerdict, Decision};
pub use emergency::{Dialed, EmergencyNumber, ParseEmergencyNumberError};
pub use event::{
    AgentEvent, ContactEvent, DisconnectReason, Event, EventBody, LegKind, OfferOutcome, ReasonClass,
    TenantEvent,
};
pub use id::{
    AgentId, ContactId, DispositionId, FlowId, HoursId, LegId, LineId, OfferId, ParseIdError, PartyId,
    PhoneNumberId, QueueId, RoutingProfileId, StatusId, TenantId, TrunkId, UserId,
};
pub use live::LiveView;
pub use notes::SealedNotes;
pub use phone::{ParsePhoneNumberError, PhoneNumber};
pub use request::{AgentRequest, Refusal};
pub use time::Timestamp;
pub use usage::{Meter, UsageRecord};
