//! A second opinion: what telephones and people know, kept without the engine and without the folds.
//!
//! Legs and the time people talk are told from inputs and commands alone; who is routable from what agents chose and
//! from whom a contact was offered to.

mod compare;

use std::collections::{BTreeMap, BTreeSet};

use engine::{CommandBody, Input, RequestId};
use model::config::StatusKind;
use model::event::{AgentEvent, ContactEvent, Event, EventBody, OfferOutcome};
use model::{
    AgentId, AgentRequest, ContactId, LegId, LineId, LiveView, StatusId, TenantConfig, TenantEvent, Timestamp,
};
use presence::HEARTBEAT_TIMEOUT;

/// The world as its telephones and people know it.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    legs: BTreeMap<LegId, Leg>,
    /// Those that have not ended.
    up: BTreeSet<LegId>,
    agents: BTreeMap<AgentId, Agent>,
    /// Who wanted which status, and had empty hands then, until it is answered.
    asked: BTreeMap<RequestId, (AgentId, StatusId, bool)>,
    completed: Vec<ContactId>,
    /// The last that is in force.
    revision: u64,
    faults: Vec<String>,
}

#[derive(Debug, Default)]
struct Leg {
    agent: Option<AgentId>,
    begun_at: Timestamp,
    connected_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    /// Of one that was dialed, when it has rung for too long.
    rings_until: Option<Timestamp>,
    /// Whom it hears since when.
    bridged: Option<(LegId, Timestamp)>,
    talk_ms: u64,
}

#[derive(Debug, Default)]
struct Agent {
    line: Option<LineId>,
    heard_at: Option<Timestamp>,
    status: Option<StatusId>,
    /// Takes effect with empty hands.
    wanted: Option<StatusId>,
    hands: Option<ContactId>,
    has_missed: bool,
}

impl Reference {
    pub(crate) fn is_up(&self, leg: LegId) -> bool {
        self.up.contains(&leg)
    }

    /// Whether it was dialed and is not answered.
    pub(crate) fn is_dialing(&self, leg: LegId) -> bool {
        self.is_up(leg) && self.legs[&leg].is_dialing()
    }

    /// Whether it hears another leg.
    pub(crate) fn is_bridged(&self, leg: LegId) -> bool {
        self.legs.get(&leg).is_some_and(|leg| leg.bridged.is_some())
    }

    /// The leg an agent has at the moment.
    pub(crate) fn leg_of(&self, agent: AgentId) -> Option<LegId> {
        let is_agents = |leg: &LegId| self.legs[leg].agent == Some(agent);
        self.up.iter().copied().find(is_agents)
    }

    pub(crate) fn see_input(&mut self, input: &Input, now: Timestamp) {
        match input {
            Input::AgentHeard(agent) => self.agent(*agent).heard_at = Some(now),
            Input::AgentRequested {
                agent,
                request: AgentRequest::SetStatus(status),
                id,
            } => {
                let is_free = self.agent(*agent).hands.is_none();
                self.asked.insert(*id, (*agent, *status, is_free));
            }
            Input::LegArrived(arrival) => self.begin_leg(arrival.leg, None, now),
            Input::LegConnected { leg } => {
                if let Some(leg) = self.legs.get_mut(leg).filter(|leg| leg.ended_at.is_none()) {
                    leg.connected_at.get_or_insert(now);
                }
            }
            Input::LegEnded { leg, .. } => self.end_leg(*leg, now),
            Input::LineClosed { agent, line } | Input::LineLost { agent, line } => {
                if self.agent(*agent).line == Some(*line) {
                    self.change_line(*agent, None, now);
                }
            }
            Input::LineOpened { agent, line } => self.change_line(*agent, Some(*line), now),
            Input::AgentRequested { .. }
            | Input::CallCancelled { .. }
            | Input::CallPlaced(_)
            | Input::ConfigChanged(_)
            | Input::DigitPressed { .. }
            | Input::LegRinging { .. }
            | Input::PlayFinished { .. } => {}
        }
    }

    pub(crate) fn see_command(&mut self, command: &CommandBody, now: Timestamp) {
        match command {
            CommandBody::Answer { leg }
            | CommandBody::Play { leg, .. }
            | CommandBody::StopPlay { leg, .. } => self.expect_up(*leg, command),
            CommandBody::Bridge { a, b } => {
                self.expect_up(*a, command);
                self.expect_up(*b, command);
                self.bridge(*a, *b, now);
            }
            CommandBody::Dial {
                leg, ring_timeout, ..
            } => {
                self.begin_leg(*leg, None, now);
                if let Some(leg) = self.legs.get_mut(leg) {
                    leg.rings_until = Some(now + *ring_timeout);
                }
            }
            CommandBody::HangUp { leg, .. } => {
                self.expect_up(*leg, command);
                self.end_leg(*leg, now);
            }
            CommandBody::Refuse { leg, .. } => {
                self.legs.remove(leg);
                self.up.remove(leg);
            }
            CommandBody::Reply { id, outcome } => {
                let asked = self.asked.remove(id);
                if let (Some((agent, status, was_free)), Ok(())) = (asked, outcome) {
                    self.agent(agent).choose(status, was_free);
                }
            }
            CommandBody::StartAgentLeg { leg, agent, line, .. } => {
                if self.agent(*agent).line != Some(*line) {
                    self.faults
                        .push(format!("{leg} starts on a line that is not open"));
                }
                self.begin_leg(*leg, Some(*agent), now);
            }
        }
    }

    /// Takes from the log only in whose hands contacts are, and which of them are done with.
    pub(crate) fn see_event(&mut self, event: &Event) {
        match &event.body {
            EventBody::Agent(agent, AgentEvent::AfterContactWorkEnded { .. }) => {
                self.agent(*agent).let_go(false)
            }
            EventBody::Contact(contact, ContactEvent::Offered { agent, .. }) => {
                let contact = *contact;
                let offered = self.agent(*agent);
                if let Some(other) = offered.hands.replace(contact) {
                    self.faults
                        .push(format!("{agent} is offered {contact} and has {other}"));
                }
            }
            EventBody::Contact(_, ContactEvent::OfferEnded { agent, outcome, .. }) => match outcome {
                OfferOutcome::Accepted => {}
                OfferOutcome::Declined | OfferOutcome::Failed | OfferOutcome::Missed => {
                    self.agent(*agent).let_go(true);
                }
                OfferOutcome::Withdrawn => self.agent(*agent).let_go(false),
            },
            EventBody::Contact(contact, ContactEvent::Completed { .. }) => {
                self.let_go_of(*contact);
                self.completed.push(*contact);
            }
            EventBody::Contact(contact, ContactEvent::Enqueued { .. }) => self.let_go_of(*contact),
            EventBody::Tenant(TenantEvent::ConfigApplied { revision }) => {
                if *revision <= self.revision {
                    self.faults.push(format!("revision {revision} is applied again"));
                }
                self.revision = *revision;
            }
            EventBody::Agent(..) | EventBody::Contact(..) | EventBody::Tenant(_) => {}
        }
    }

    /// A process ended; nothing is known of it after `since`.
    pub(crate) fn see_crash(&mut self, since: Timestamp, view: &LiveView) {
        for leg in self.up.clone() {
            self.end_leg(leg, since);
        }
        for agent in self.agents.values_mut() {
            agent.line = None;
            agent.heard_at = None;
        }
        // Whoever was not answered looks what became of it.
        for (agent, ..) in std::mem::take(&mut self.asked).into_values() {
            if let Some(state) = view.agents.get(agent) {
                let chosen = state.next_status.or(state.status);
                let agent = self.agent(agent);
                agent.status = state.status;
                agent.wanted = chosen;
                agent.has_missed = matches!(state.activity, model::Activity::Missed { .. });
            }
        }
    }

    pub(crate) fn take_completed(&mut self) -> Vec<ContactId> {
        std::mem::take(&mut self.completed)
    }

    fn agent(&mut self, agent: AgentId) -> &mut Agent {
        self.agents.entry(agent).or_default()
    }

    fn let_go_of(&mut self, contact: ContactId) {
        for agent in self.agents.values_mut() {
            if agent.hands == Some(contact) {
                agent.let_go(false);
            }
        }
    }

    fn begin_leg(&mut self, id: LegId, agent: Option<AgentId>, now: Timestamp) {
        let leg = Leg {
            agent,
            begun_at: now,
            ..Leg::default()
        };
        self.up.insert(id);
        if self.legs.insert(id, leg).is_some() {
            self.faults.push(format!("{id} began twice"));
        }
    }

    fn bridge(&mut self, a: LegId, b: LegId, now: Timestamp) {
        for (leg, other) in [(a, b), (b, a)] {
            if let Some(leg) = self.legs.get_mut(&leg) {
                leg.part(now);
                leg.bridged = Some((other, now));
            }
        }
    }

    fn end_leg(&mut self, id: LegId, at: Timestamp) {
        let Some(leg) = self.legs.get_mut(&id).filter(|_| self.up.remove(&id)) else {
            return;
        };
        leg.ended_at = Some(at);
        let other = leg.part(at);
        if let Some(other) = other.and_then(|other| self.legs.get_mut(&other)) {
            other.part(at);
        }
    }

    fn change_line(&mut self, agent: AgentId, line: Option<LineId>, now: Timestamp) {
        let former = std::mem::replace(&mut self.agent(agent).line, line);
        if former.is_some()
            && let Some(leg) = self.leg_of(agent)
        {
            self.end_leg(leg, now);
        }
    }

    fn expect_up(&mut self, leg: LegId, command: &CommandBody) {
        if !self.is_up(leg) {
            self.faults.push(format!("{leg} is gone, but {command:?}"));
        }
    }
}

impl Leg {
    /// Hears nobody any more; names whom it heard.
    fn part(&mut self, at: Timestamp) -> Option<LegId> {
        let (other, since) = self.bridged.take()?;
        self.talk_ms += at.millis_since(since);
        Some(other)
    }

    fn is_dialing(&self) -> bool {
        self.rings_until.is_some() && self.connected_at.is_none()
    }

    fn total_ms(&self) -> u64 {
        self.ended_at.map_or(0, |at| at.millis_since(self.begun_at))
    }

    fn connected_ms(&self) -> u64 {
        let ended = self.connected_at.zip(self.ended_at);
        ended.map_or(0, |(from, at)| at.millis_since(from))
    }

    fn before_answer_ms(&self) -> u64 {
        self.total_ms() - self.connected_ms()
    }
}

impl Agent {
    fn choose(&mut self, status: StatusId, was_free: bool) {
        self.wanted = Some(status);
        if was_free {
            self.status = Some(status);
            self.has_missed = false;
        }
    }

    fn let_go(&mut self, has_missed: bool) {
        self.hands = None;
        self.has_missed = has_missed;
        if self.wanted != self.status {
            self.status = self.wanted;
            self.has_missed = false;
        }
    }

    /// Whether contacts may be offered; none in the instant in which the silence of the browser is noticed.
    fn is_routable(&self, config: &TenantConfig, now: Timestamp) -> Option<bool> {
        let silent_at = self.heard_at.map(|at| at + HEARTBEAT_TIMEOUT);
        if silent_at == Some(now) {
            return None;
        }
        let status = self.status.and_then(|status| config.statuses.get(&status));
        let is_available = status.is_some_and(|status| status.kind == StatusKind::Available);
        let is_reachable = silent_at.is_some_and(|at| now < at);
        Some(is_available && is_reachable && self.line.is_some() && self.hands.is_none() && !self.has_missed)
    }
}
