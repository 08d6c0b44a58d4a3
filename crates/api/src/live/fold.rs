//! The fold of one tenant's live view, and what each batch of events changes in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{
    AgentId, AgentState, ContactEvent, ContactId, Event, EventBody, LiveView, PartyId, QueueId, TenantConfig,
    TenantEvent, Timestamp,
};

use super::agent::{Agent, Callers};
use super::hub::Viewer;
use super::message::LiveChange;
use super::state::{LiveAgent, LiveContact, LiveQueue, LiveSnapshot, live_queues};
use super::today::Today;
use crate::first_call::FirstCall;

/// Who is told of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// Those with the role admin.
    Admins,
    /// One agent.
    Agent(AgentId),
    /// All.
    Everyone,
}

/// One tenant's live view.
pub(super) struct Fold {
    view: LiveView,
    config: Arc<TenantConfig>,
    callers: Callers,
    today: Today,
    first_call: FirstCall,
    queues: BTreeMap<QueueId, LiveQueue>,
    simulated_contact_count: u64,
    /// What those who look at the whole were not told of yet.
    untold: Untold,
}

/// What has changed.
#[derive(Default)]
struct Untold {
    agents: BTreeSet<AgentId>,
    contacts: BTreeSet<ContactId>,
}

impl Fold {
    /// Begins with what is going on.
    pub(super) fn new(
        view: LiveView,
        config: Arc<TenantConfig>,
        callers: Callers,
        today: Today,
        first_call: FirstCall,
    ) -> Self {
        let mut fold = Self {
            view,
            config,
            callers,
            today,
            first_call,
            queues: BTreeMap::new(),
            simulated_contact_count: 0,
            untold: Untold::default(),
        };
        // Nobody is there yet to be told.
        fold.recount(&mut Vec::new());
        fold
    }

    /// The parties of whom the callers' numbers are needed to take the events in.
    pub(super) fn new_parties(events: &[Event]) -> Vec<PartyId> {
        let party = |event: &Event| {
            if let EventBody::Contact(_, ContactEvent::Initiated { party, .. }) = &event.body {
                Some(*party)
            } else {
                None
            }
        };
        events.iter().filter_map(party).collect()
    }

    /// Whether the events say that another configuration is in force.
    pub(super) fn is_reconfigured(events: &[Event]) -> bool {
        events
            .iter()
            .any(|event| matches!(event.body, EventBody::Tenant(TenantEvent::ConfigApplied { .. })))
    }

    /// Whether events are missing between those that were taken in and these.
    pub(super) fn misses(&self, events: &[Event]) -> bool {
        let new = events
            .iter()
            .map(|event| event.seq)
            .filter(|seq| *seq > self.view.seq);
        new.zip(self.view.seq + 1..).any(|(seq, next)| seq != next)
    }

    /// Takes events in, with the numbers of the callers they introduce, and says what agents are to learn at once of
    /// themselves.
    pub(super) fn apply(
        &mut self,
        events: &[Event],
        callers: Callers,
        now: Timestamp,
    ) -> Vec<(Audience, LiveChange)> {
        self.callers.extend(callers);
        let mut agents = BTreeSet::new();
        let mut contacts = BTreeSet::new();
        let first_call = self.first_call;
        // What the view has seen before, it was folded from.
        let seen = self.view.seq;
        for event in events.iter().filter(|event| event.seq > seen) {
            match &event.body {
                EventBody::Agent(agent, _) => drop(agents.insert(*agent)),
                EventBody::Contact(contact, happened) => {
                    contacts.insert(*contact);
                    agents.extend(happened.agent().or_else(|| self.view.agents.holder(*contact)));
                    if matches!(happened, ContactEvent::ConnectedToAgent { .. }) {
                        self.first_call = self.first_call.answered(event.at);
                    }
                }
                EventBody::Tenant(_) => {}
            }
            self.take_in(event);
        }
        agents.extend(
            contacts
                .iter()
                .filter_map(|contact| self.view.agents.holder(*contact)),
        );
        let mut changes = self.own_states(&agents, now);
        self.untold.agents.extend(agents);
        self.untold.contacts.extend(contacts);
        if self.first_call != first_call {
            changes.push((
                Audience::Everyone,
                LiveChange::FirstCall {
                    first_call: self.first_call,
                },
            ));
        }
        changes
    }

    /// What has changed for those who look at the whole, since they were told last.
    pub(super) fn board(&mut self) -> Vec<(Audience, LiveChange)> {
        let untold = std::mem::take(&mut self.untold);
        let mut changes = Vec::new();
        self.tell_contacts(untold.contacts, &mut changes);
        for id in self.configured(&untold.agents) {
            let agent = self.live_agent(id);
            changes.push((Audience::Admins, LiveChange::LiveAgent { agent }));
        }
        self.recount(&mut changes);
        changes
    }

    /// Takes another configuration into force, with the counts of the day by it.
    pub(super) fn reconfigure(
        &mut self,
        config: Arc<TenantConfig>,
        today: Today,
        now: Timestamp,
    ) -> Vec<(Audience, LiveChange)> {
        self.config = config;
        self.today = today;
        let agents = self.config.agents.keys().copied().collect();
        let changes = self.own_states(&agents, now);
        self.untold.agents.extend(agents);
        changes
    }

    /// Takes new counts of the day.
    pub(super) fn set_today(&mut self, today: Today) -> Vec<(Audience, LiveChange)> {
        self.today = today;
        let mut changes = Vec::new();
        self.recount(&mut changes);
        changes
    }

    /// The counts of the day and the configuration they belong to.
    pub(super) fn today(&self) -> (&Today, &Arc<TenantConfig>) {
        (&self.today, &self.config)
    }

    /// Everything a viewer may see.
    pub(super) fn snapshot(&self, viewer: Viewer, seq: u64, now: Timestamp) -> LiveSnapshot {
        let agent = viewer.agent.and_then(|agent| self.agent(agent, now));
        let mut snapshot = LiveSnapshot {
            seq,
            server_time: now.into(),
            agent,
            queues: self.queues.values().cloned().collect(),
            agents: Vec::new(),
            contacts: Vec::new(),
            simulated_contact_count: self.simulated_contact_count,
            first_call: self.first_call,
        };
        if viewer.is_admin {
            let contacts = self.view.contacts.values();
            snapshot.agents = self
                .config
                .agents
                .keys()
                .map(|agent| self.live_agent(*agent))
                .collect();
            snapshot.contacts = contacts
                .map(|record| LiveContact::of(record, &self.view, &self.config, &self.callers))
                .collect();
        }
        snapshot
    }

    fn tell_contacts(&mut self, contacts: BTreeSet<ContactId>, changes: &mut Vec<(Audience, LiveChange)>) {
        let mut has_ended = false;
        for id in contacts {
            let change = if let Some(record) = self.view.contacts.get(&id) {
                let contact = LiveContact::of(record, &self.view, &self.config, &self.callers);
                LiveChange::LiveContact { contact }
            } else {
                has_ended = true;
                LiveChange::LiveContactEnded {
                    contact_id: id.to_string(),
                }
            };
            changes.push((Audience::Admins, change));
        }
        if has_ended {
            let open: BTreeSet<_> = self.view.contacts.values().map(|record| record.party).collect();
            self.callers.retain(|party, _| open.contains(party));
        }
    }

    fn take_in(&mut self, event: &Event) {
        let EventBody::Contact(contact, _) = &event.body else {
            self.view.apply(event);
            return;
        };
        let before = self.view.contacts.get(contact).cloned();
        let completed = self.view.apply(event);
        let after = completed.as_ref().or_else(|| self.view.contacts.get(contact));
        self.today
            .take_in(event.seq, before.as_ref(), after, &self.config);
    }

    /// What these agents see of themselves.
    fn own_states(&self, agents: &BTreeSet<AgentId>, now: Timestamp) -> Vec<(Audience, LiveChange)> {
        let of = |id| Some((id, Box::new(self.agent(id, now)?)));
        self.configured(agents)
            .filter_map(of)
            .map(|(id, agent)| (Audience::Agent(id), LiveChange::Agent { agent }))
            .collect()
    }

    fn configured(&self, agents: &BTreeSet<AgentId>) -> impl Iterator<Item = AgentId> {
        let is_configured = |agent: &&AgentId| self.config.agents.contains_key(agent);
        agents.iter().filter(is_configured).copied()
    }

    fn recount(&mut self, changes: &mut Vec<(Audience, LiveChange)>) {
        let queues = live_queues(&self.view, &self.config, &self.today);
        for (id, queue) in &queues {
            if self.queues.get(id) != Some(queue) {
                changes.push((Audience::Everyone, LiveChange::LiveQueue { queue: queue.clone() }));
            }
        }
        self.queues = queues;
        // Simulated callers come over the lab trunk; the wizard's test caller is a browser.
        let is_simulated = |record: &&model::ContactRecord| {
            record.test && record.trunk.is_some() && record.disconnected_at.is_none()
        };
        let simulated_contact_count = self.view.contacts.values().filter(is_simulated).count() as u64;
        if simulated_contact_count != self.simulated_contact_count {
            self.simulated_contact_count = simulated_contact_count;
            changes.push((
                Audience::Everyone,
                LiveChange::SimulatedCallers {
                    simulated_contact_count,
                },
            ));
        }
    }

    fn agent(&self, id: AgentId, now: Timestamp) -> Option<Agent> {
        Agent::of(id, &self.view, &self.config, &self.callers, now)
    }

    fn live_agent(&self, id: AgentId) -> LiveAgent {
        let unheard = AgentState::new(id, self.first_call.signed_up_at.0);
        let state = self.view.agents.get(id).unwrap_or(&unheard);
        LiveAgent::of(state, &self.view, &self.config)
    }
}
