//! The engine: state, verbs, and the one place where events are recorded.

mod agents;
mod config;
mod ending;
mod flow_run;
mod legs;
mod lines;
mod offers;
mod outbound;
mod recovery;
mod timeouts;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use flow::Document;
use model::event::{ContactEvent, Event, EventBody};
use model::{
    AgentEvent, AgentId, AgentStates, ContactId, FlowId, LegId, Revision, TenantConfig, TenantEvent,
    Timestamp,
};
use presence::Heartbeats;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::Rng;
use routing::Matcher;

use self::flow_run::Run;
pub use self::recovery::Head;
use crate::contact::{Contact, Stage};
use crate::deadline::{Deadline, Deadlines};
use crate::input::{Command, CommandBody, CommandNumber, Input};

/// One tenant's contact center.
///
/// Invariants: events are numbered without gaps; `apply` alone changes what the log tells; a contact that a command
/// concerns is in the log before the command is given.
pub struct Engine {
    epoch: u64,
    now: Timestamp,
    seq: u64,
    random: ChaCha12Rng,
    config: TenantConfig,
    /// The revision that is about to be in force: its event names it by number alone.
    next_revision: Option<Revision>,
    /// The flows in use, parsed once per revision.
    documents: BTreeMap<FlowId, Arc<Document>>,

    agents: AgentStates,
    contacts: BTreeMap<ContactId, Contact>,
    /// The legs that have not ended, by whose contact they are.
    legs: BTreeMap<LegId, ContactId>,
    matcher: Matcher,

    heartbeats: Heartbeats,
    /// What each live contact hears and waits for. A crash ends contacts, so it need not be in the log.
    runs: BTreeMap<ContactId, Run>,
    deadlines: Deadlines,
    /// The agents whose routability may have changed.
    touched: BTreeSet<AgentId>,

    events: VecDeque<Event>,
    commands: VecDeque<CommandBody>,
    commands_count: u64,
    plays_count: u64,
}

impl Engine {
    /// Takes something that happened.
    pub fn handle_input(&mut self, input: Input, now: Timestamp) {
        self.advance(now);
        match input {
            Input::AgentHeard(agent) => self.hear(agent),
            Input::AgentRequested { agent, request, id } => {
                let outcome = self.request(agent, request);
                self.command(CommandBody::Reply { id, outcome });
            }
            Input::CallCancelled { contact, id } => {
                let outcome = self.cancel_call(contact);
                self.command(CommandBody::Reply { id, outcome });
            }
            Input::CallPlaced(placement) => self.place_call(placement),
            Input::ConfigChanged(revision) => self.change_config(revision),
            Input::DigitPressed { leg, digit } => self.press_digit(leg, digit),
            Input::LegArrived(arrival) => self.arrive(arrival),
            Input::LegConnected { leg } => self.connect_leg(leg),
            Input::LegEnded { leg, reason } => self.end_leg(leg, reason),
            Input::LegRinging { leg } => self.ring(leg),
            Input::LineClosed { agent, line } => self.lose_line(agent, line, AgentEvent::LineClosed { line }),
            Input::LineLost { agent, line } => self.lose_line(agent, line, AgentEvent::LineLost { line }),
            Input::LineOpened { agent, line } => self.open_line(agent, line),
            Input::PlayFinished { leg, play } => self.finish_play(leg, play),
        }
        self.settle();
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.advance(now);
        while let Some(agent) = self.heartbeats.take_silent(self.now) {
            self.lose_agent(agent);
        }
        while let Some(deadline) = self.deadlines.take_due(self.now) {
            self.meet(deadline);
        }
        self.settle();
    }

    /// The next event: to be stored before any command is carried out.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The next command.
    pub fn poll_command(&mut self) -> Option<Command> {
        let body = self.commands.pop_front()?;
        self.commands_count += 1;
        Some(Command {
            number: CommandNumber {
                epoch: self.epoch,
                count: self.commands_count,
            },
            body,
        })
    }

    /// The next time to call [`Self::handle_timeout`], and why.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Timestamp, Deadline)> {
        let silent = self.heartbeats.next_timeout();
        let silent = silent.map(|at| (at, Deadline::AgentUnreachable));
        self.deadlines.next().into_iter().chain(silent).min()
    }

    /// The configuration in force.
    #[must_use]
    pub const fn config(&self) -> &TenantConfig {
        &self.config
    }

    /// Time never goes back for a tenant, whatever the clocks of its nodes say.
    fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    fn command(&mut self, body: CommandBody) {
        self.commands.push_back(body);
    }

    fn record_agent(&mut self, agent: AgentId, event: AgentEvent) {
        self.record(EventBody::Agent(agent, event));
    }

    fn record_contact(&mut self, contact: ContactId, event: ContactEvent) {
        self.record(EventBody::Contact(contact, event));
    }

    fn record_tenant(&mut self, event: TenantEvent) {
        self.record(EventBody::Tenant(event));
    }

    fn record(&mut self, body: EventBody) {
        let event = Event {
            seq: self.seq + 1,
            at: self.now,
            body,
        };
        self.apply(&event);
        self.events.push_back(event);
    }

    fn apply(&mut self, event: &Event) {
        self.seq = event.seq;
        self.touched.extend(self.agents.apply(event));
        match &event.body {
            EventBody::Contact(id, contact_event) => self.apply_contact_event(*id, contact_event),
            EventBody::Tenant(TenantEvent::ConfigApplied { revision }) => self.apply_config(*revision),
            EventBody::Agent(..)
            | EventBody::Tenant(
                TenantEvent::Checkpointed
                | TenantEvent::EmergencyCallRefused { .. }
                | TenantEvent::Recovered { .. },
            ) => {}
        }
    }

    fn apply_contact_event(&mut self, id: ContactId, event: &ContactEvent) {
        if let Some(contact) = Contact::begin(id, event) {
            self.contacts.insert(id, contact);
            return;
        }
        let Some(contact) = self.contacts.get_mut(&id) else {
            debug_assert!(false, "an event of no contact: {event:?}");
            tracing::error!(contact.id = %id, "an event of no contact was recorded");
            return;
        };
        let was_waiting = contact.stage == Stage::Waiting;
        contact.apply(event);
        let waits = contact.stage == Stage::Waiting;
        let place = contact.place;
        match (was_waiting, waits, place) {
            (_, true, Some((queue, place))) => self.matcher.enqueue(queue, place),
            (true, false, _) => self.matcher.dequeue(id),
            (false, false, _) | (_, true, None) => {}
        }
        match event {
            ContactEvent::LegStarted { leg, .. } => drop(self.legs.insert(*leg, id)),
            ContactEvent::LegEnded { leg, .. } => drop(self.legs.remove(leg)),
            ContactEvent::Completed { .. } => drop(self.contacts.remove(&id)),
            ContactEvent::AgentDetached { .. }
            | ContactEvent::AgentReattached { .. }
            | ContactEvent::BlockEntered { .. }
            | ContactEvent::ConnectedToAgent { .. }
            | ContactEvent::Dequeued { .. }
            | ContactEvent::DigitPressed { .. }
            | ContactEvent::Disconnected { .. }
            | ContactEvent::Enqueued { .. }
            | ContactEvent::FlowEnded { .. }
            | ContactEvent::Initiated { .. }
            | ContactEvent::LegConnected { .. }
            | ContactEvent::LegRinging { .. }
            | ContactEvent::OfferEnded { .. }
            | ContactEvent::Offered { .. } => {}
        }
    }

    fn random_bits(&mut self) -> u128 {
        (u128::from(self.random.next_u64()) << 64) | u128::from(self.random.next_u64())
    }
}
