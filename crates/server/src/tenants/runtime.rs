//! One tenant's engine with the folds of its log: what inputs lead to, before any of it is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engine::{Command, CommandBody, Engine, Head, Input, RefuseReason, RequestId};
use model::{
    ContactEvent, ContactId, ContactRecord, Event, EventBody, LegId, LiveView, Refusal, TenantConfig,
    TenantId, Timestamp, UsageRecord,
};
use store::Snapshot;

/// An engine and what is folded from its events.
pub(super) struct Runtime {
    tenant: TenantId,
    engine: Engine,
    view: Arc<LiveView>,
    config: Arc<TenantConfig>,
    /// When the last event that was drained was decided.
    head_at: Timestamp,
    /// When an agent first answered a contact.
    answered_at: Option<Timestamp>,
}

/// What a tenant is recovered from: what its log and its configuration tell.
pub(super) struct Recovery {
    pub(super) tenant: TenantId,
    /// What its whole log comes to.
    pub(super) log: Snapshot,
    /// The configuration that the log says is in force.
    pub(super) config: TenantConfig,
    /// The epoch of the lease.
    pub(super) epoch: u64,
}

/// What inputs led to: events and what is folded from them are stored first, then the rest is told and carried out.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) events: Vec<Event>,
    /// The records that changed, as they are after the last event.
    pub(super) records: Vec<ContactRecord>,
    pub(super) usage: Vec<UsageRecord>,
    /// When the first of the contacts that an agent answered was answered.
    pub(super) answered_at: Option<Timestamp>,
    /// The customers' legs that began a contact, or were turned away.
    pub(super) arrivals: Vec<(LegId, Result<ContactId, RefuseReason>)>,
    pub(super) replies: Vec<(RequestId, Result<(), Refusal>)>,
    /// What is left to carry out.
    pub(super) commands: Vec<Command>,
}

impl Runtime {
    /// Recovers the engine. What it records of that is in the first [`Self::drain`].
    pub(super) fn recover(recovery: Recovery, seed: [u8; 32], now: Timestamp) -> Self {
        let Recovery {
            tenant,
            log,
            config,
            epoch,
        } = recovery;
        let head = Head {
            seq: log.view.seq,
            at: log.head_at,
        };
        Self {
            tenant,
            engine: Engine::recover(&log.view, config.clone(), head, epoch, seed, now),
            view: Arc::new(log.view),
            config: Arc::new(config),
            head_at: log.head_at,
            answered_at: log.answered_at,
        }
    }

    pub(super) fn handle_input(&mut self, input: Input, now: Timestamp) {
        self.engine.handle_input(input, now);
    }

    /// Does what is due until now, each at the moment at which it was due.
    pub(super) fn handle_timeouts(&mut self, now: Timestamp) {
        while let Some(due) = self.poll_timeout().filter(|due| *due <= now) {
            self.engine.handle_timeout(due);
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.engine.poll_timeout().map(|(due, _)| due)
    }

    /// The live view after all events that were drained.
    pub(super) const fn view(&self) -> &Arc<LiveView> {
        &self.view
    }

    /// The configuration in force.
    pub(super) const fn config(&self) -> &Arc<TenantConfig> {
        &self.config
    }

    /// What the log comes to with all events that were drained.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            view: LiveView::clone(&self.view),
            head_at: self.head_at,
            revision: self.config.revision,
            answered_at: self.answered_at,
        }
    }

    /// The number of the configuration's revision that the engine has taken in last.
    pub(super) const fn revision(&self) -> u64 {
        self.engine.config().revision
    }

    /// Whether nothing would be missed if the tenant were not loaded.
    pub(super) fn is_idle(&self) -> bool {
        self.view.contacts.is_empty() && self.view.agents.iter().all(|agent| agent.line.is_none())
    }

    /// Takes out everything that was decided and folds it.
    pub(super) fn drain(&mut self) -> Outcome {
        let mut outcome = Outcome::default();
        let mut changed = BTreeSet::new();
        let mut completed = BTreeMap::new();
        while let Some(event) = self.engine.poll_event() {
            if let EventBody::Contact(contact, contact_event) = &event.body {
                self.fold_contact_event(*contact, contact_event, &event, &mut outcome);
                if changes_record(contact_event) {
                    changed.insert(*contact);
                }
            }
            if let Some(record) = Arc::make_mut(&mut self.view).apply(&event) {
                completed.insert(record.id, record);
            }
            self.head_at = event.at;
            outcome.events.push(event);
        }
        self.answered_at = self.answered_at.or(outcome.answered_at);
        let record = |contact| completed.get(contact).or_else(|| self.view.contacts.get(contact));
        outcome.records = changed.iter().filter_map(record).cloned().collect();
        if self.config.revision != self.engine.config().revision {
            self.config = Arc::new(self.engine.config().clone());
        }
        while let Some(command) = self.engine.poll_command() {
            outcome.take_command(command);
        }
        outcome
    }

    fn fold_contact_event(
        &self,
        contact: ContactId,
        contact_event: &ContactEvent,
        event: &Event,
        outcome: &mut Outcome,
    ) {
        if let Some(before) = self.view.contacts.get(&contact) {
            outcome.usage.extend(metering::meter(self.tenant, before, event));
        }
        if let ContactEvent::Initiated { leg, .. } = contact_event {
            outcome.arrivals.push((*leg, Ok(contact)));
        }
        if matches!(contact_event, ContactEvent::ConnectedToAgent { .. }) {
            outcome.answered_at.get_or_insert(event.at);
        }
    }
}

impl Outcome {
    /// Whether there is anything to be stored.
    pub(super) const fn is_stored(&self) -> bool {
        !self.events.is_empty()
    }

    fn take_command(&mut self, command: Command) {
        if let CommandBody::Reply { id, outcome } = command.body {
            self.replies.push((id, outcome));
            return;
        }
        if let CommandBody::Refuse { leg, reason } = command.body {
            self.arrivals.push((leg, Err(reason)));
        }
        self.commands.push(command);
    }
}

/// Whether the contact's record is another one after the event.
const fn changes_record(event: &ContactEvent) -> bool {
    match event {
        ContactEvent::AgentDetached { .. }
        | ContactEvent::AgentReattached { .. }
        | ContactEvent::Completed { .. }
        | ContactEvent::ConnectedToAgent { .. }
        | ContactEvent::Disconnected { .. }
        | ContactEvent::Enqueued { .. }
        | ContactEvent::Initiated { .. }
        | ContactEvent::LegConnected { .. }
        | ContactEvent::LegEnded { .. }
        | ContactEvent::LegStarted { .. }
        | ContactEvent::OfferEnded { .. }
        | ContactEvent::Offered { .. } => true,
        ContactEvent::BlockEntered { .. }
        | ContactEvent::Dequeued { .. }
        | ContactEvent::DigitPressed { .. }
        | ContactEvent::FlowEnded { .. }
        | ContactEvent::LegRinging { .. } => false,
    }
}
