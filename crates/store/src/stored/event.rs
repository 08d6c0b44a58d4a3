//! Events as they are stored.

use model::{AgentEvent, AgentId, ContactEvent, ContactId, Event, EventBody, TenantEvent, Timestamp};
use serde::{Deserialize, Serialize};

use super::agent_event::{AgentEventV1, TenantEventV1};
use super::contact_event::ContactEventV1;
use crate::StoreError;

/// The version that is written.
pub(crate) const VERSION: i64 = 1;

/// The event's body, as version [`VERSION`].
pub(crate) fn encode(event: &Event) -> String {
    let body = match &event.body {
        EventBody::Agent(id, event) => BodyRef::Agent { id: *id, event },
        EventBody::Contact(id, event) => BodyRef::Contact { id: *id, event },
        EventBody::Tenant(event) => BodyRef::Tenant { event },
    };
    serde_json::to_string(&body).expect("an event has a JSON form")
}

/// The event whose body was stored as that version.
pub(crate) fn decode(seq: u64, at: Timestamp, version: i64, body: &str) -> Result<Event, StoreError> {
    let body = match version {
        1 => serde_json::from_str::<BodyV1>(body)
            .map_err(|source| StoreError::corrupt("an event", source))?
            .into(),
        version => {
            return Err(StoreError::UnknownVersion {
                what: "an event",
                version,
            });
        }
    };
    Ok(Event { seq, at, body })
}

/// The contact in whose story the event belongs.
pub(crate) const fn contact(body: &EventBody) -> Option<ContactId> {
    match body {
        EventBody::Agent(
            _,
            AgentEvent::AfterContactWorkEnded { contact }
            | AgentEvent::AfterContactWorkExtended { contact, .. }
            | AgentEvent::AfterContactWorkStarted { contact, .. },
        )
        | EventBody::Contact(contact, _) => Some(*contact),
        EventBody::Agent(
            _,
            AgentEvent::LineClosed { .. }
            | AgentEvent::LineLost { .. }
            | AgentEvent::LineOpened { .. }
            | AgentEvent::NextStatusChosen { .. }
            | AgentEvent::Reached
            | AgentEvent::StatusChanged { .. }
            | AgentEvent::Unreached,
        )
        | EventBody::Tenant(_) => None,
    }
}

#[derive(Serialize)]
#[serde(tag = "about", rename_all = "snake_case")]
enum BodyRef<'a> {
    Agent {
        id: AgentId,
        #[serde(with = "AgentEventV1")]
        event: &'a AgentEvent,
    },
    Contact {
        id: ContactId,
        #[serde(with = "ContactEventV1")]
        event: &'a ContactEvent,
    },
    Tenant {
        #[serde(with = "TenantEventV1")]
        event: &'a TenantEvent,
    },
}

#[derive(Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
enum BodyV1 {
    Agent {
        id: AgentId,
        #[serde(with = "AgentEventV1")]
        event: AgentEvent,
    },
    Contact {
        id: ContactId,
        #[serde(with = "ContactEventV1")]
        event: ContactEvent,
    },
    Tenant {
        #[serde(with = "TenantEventV1")]
        event: TenantEvent,
    },
}

impl From<BodyV1> for EventBody {
    fn from(stored: BodyV1) -> Self {
        match stored {
            BodyV1::Agent { id, event } => Self::Agent(id, event),
            BodyV1::Contact { id, event } => Self::Contact(id, event),
            BodyV1::Tenant { event } => Self::Tenant(event),
        }
    }
}
