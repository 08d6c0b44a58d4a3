//! The live view: who waits, who talks, who is free, folded from the log.

use std::collections::BTreeMap;

use crate::agent::AgentStates;
use crate::event::{ContactEvent, Event, EventBody};
use crate::{ContactId, ContactRecord};

/// What is going on at one tenant right now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LiveView {
    /// The position in the log this is the result of.
    pub seq: u64,
    /// The agents of whom anything was heard.
    pub agents: AgentStates,
    /// The contacts that are not completed.
    pub contacts: BTreeMap<ContactId, ContactRecord>,
}

impl LiveView {
    /// Takes the next event in and gives back the record of a contact that it completed.
    pub fn apply(&mut self, event: &Event) -> Option<ContactRecord> {
        self.seq = event.seq;
        self.agents.apply(event);
        match &event.body {
            EventBody::Contact(contact, contact_event) => {
                self.apply_contact_event(*contact, contact_event, event)
            }
            EventBody::Agent(..) | EventBody::Tenant(_) => None,
        }
    }

    fn apply_contact_event(
        &mut self,
        id: ContactId,
        contact_event: &ContactEvent,
        event: &Event,
    ) -> Option<ContactRecord> {
        if let Some(record) = ContactRecord::begin(id, contact_event, event.at) {
            self.contacts.insert(id, record);
            return None;
        }
        let record = self.contacts.get_mut(&id)?;
        record.apply(contact_event, event.at);
        if matches!(contact_event, ContactEvent::Completed { .. }) {
            return self.contacts.remove(&id);
        }
        None
    }
}
