//! The stored forms of events, contact records and configuration: JSON, written by hand, versioned.
//!
//! Version 1 mirrors the model's types field by field (`serde(remote)`), so that the compiler notices when the model
//! moves away from it. Then the mirror is frozen as structs of its own with a conversion, and version 2 mirrors the
//! model; `docs/add-a-migration.md` has the steps. What was written is never rewritten.

pub(crate) mod config;
pub(crate) mod event;
pub(crate) mod record;
pub(crate) mod snapshot;

mod agent_event;
mod contact_event;
mod decision;
mod with;

use model::Event;

/// The event's body as it is stored, to be shown to a person: `{"about": …, "id": …, "event": {"type": …}}`.
#[must_use]
pub fn event_json(event: &Event) -> serde_json::Value {
    serde_json::from_str(&event::encode(event)).expect("what was written as JSON reads as JSON")
}

#[cfg(test)]
mod tests;
