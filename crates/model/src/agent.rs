//! What agents are doing, folded from the log.

use std::collections::BTreeMap;

use crate::event::{AgentEvent, ContactEvent, Event, EventBody, OfferOutcome};
use crate::{AgentId, ContactId, LegId, LineId, OfferId, QueueId, StatusId, Timestamp};

/// What an agent is doing; derived, never chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Works on a contact that has ended.
    AfterContactWork {
        /// The contact.
        contact: ContactId,
        /// When it ends by itself.
        until: Timestamp,
    },
    /// Took an offer; the leg is not up yet.
    Connecting {
        /// The contact.
        contact: ContactId,
        /// The offer.
        offer: OfferId,
    },
    /// Nothing in hand.
    Idle,
    /// Did not take an offer; not routable until a status is chosen.
    Missed {
        /// The contact that was offered.
        contact: ContactId,
    },
    /// Talks.
    OnContact {
        /// The contact.
        contact: ContactId,
        /// The agent's leg; none while the agent's side is away.
        leg: Option<LegId>,
    },
    /// An offer is out.
    Reserved {
        /// The contact.
        contact: ContactId,
        /// The offer.
        offer: OfferId,
        /// The queue it comes from.
        queue: QueueId,
        /// When the offer ends by itself.
        expires_at: Timestamp,
    },
}

impl Activity {
    /// The contact in hand.
    #[must_use]
    pub const fn contact(&self) -> Option<ContactId> {
        match self {
            Self::AfterContactWork { contact, .. }
            | Self::Connecting { contact, .. }
            | Self::OnContact { contact, .. }
            | Self::Reserved { contact, .. } => Some(*contact),
            Self::Idle | Self::Missed { .. } => None,
        }
    }
}

/// All agents of a tenant of whom anything was heard, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentStates {
    agents: BTreeMap<AgentId, AgentState>,
    holders: BTreeMap<ContactId, AgentId>,
}

impl AgentStates {
    /// One agent.
    #[must_use]
    pub fn get(&self, agent: AgentId) -> Option<&AgentState> {
        self.agents.get(&agent)
    }

    /// The agent in whose hands a contact is.
    #[must_use]
    pub fn holder(&self, contact: ContactId) -> Option<AgentId> {
        self.holders.get(&contact).copied()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &AgentState> {
        self.agents.values()
    }

    /// Takes an event in and names the agent it concerned.
    pub fn apply(&mut self, event: &Event) -> Option<AgentId> {
        let id = match &event.body {
            EventBody::Agent(agent, _) => *agent,
            EventBody::Contact(contact, contact_event) => {
                contact_event.agent().or_else(|| self.holder(*contact))?
            }
            EventBody::Tenant(_) => return None,
        };
        let agent = self
            .agents
            .entry(id)
            .or_insert_with(|| AgentState::new(id, event.at));
        let held = agent.activity.contact();
        agent.apply(event);
        let holds = agent.activity.contact();
        if held != holds {
            if let Some(contact) = held {
                self.holders.remove(&contact);
            }
            if let Some(contact) = holds {
                self.holders.insert(contact, id);
            }
        }
        Some(id)
    }
}

/// States, each of another agent, as [`AgentStates::iter`] gives them.
impl FromIterator<AgentState> for AgentStates {
    fn from_iter<I: IntoIterator<Item = AgentState>>(states: I) -> Self {
        let agents: BTreeMap<AgentId, AgentState> =
            states.into_iter().map(|state| (state.id, state)).collect();
        let held = |state: &AgentState| Some((state.activity.contact()?, state.id));
        let holders = agents.values().filter_map(held).collect();
        Self { agents, holders }
    }
}

/// One agent's state as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentState {
    /// The agent.
    pub id: AgentId,
    /// The status the agent chose last; none before the first choice.
    pub status: Option<StatusId>,
    /// The status to come when the work in hand is done.
    pub next_status: Option<StatusId>,
    /// Since when the status holds.
    pub status_since: Timestamp,
    /// What the agent is doing.
    pub activity: Activity,
    /// Since when.
    pub activity_since: Timestamp,
    /// The open line.
    pub line: Option<LineId>,
    /// Whether the agent's browser is heard.
    pub reachable: bool,
}

impl AgentState {
    /// An agent of whom nothing was heard yet.
    #[must_use]
    pub const fn new(id: AgentId, at: Timestamp) -> Self {
        Self {
            id,
            status: None,
            next_status: None,
            status_since: at,
            activity: Activity::Idle,
            activity_since: at,
            line: None,
            reachable: false,
        }
    }

    /// Whether an offer or a contact is in the agent's hands.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.activity.contact().is_some()
    }

    /// Takes an event of the tenant's log in; events about other agents change nothing.
    pub fn apply(&mut self, event: &Event) {
        match &event.body {
            EventBody::Agent(agent, agent_event) if *agent == self.id => {
                self.apply_agent_event(agent_event, event.at);
            }
            EventBody::Contact(contact, contact_event) => {
                self.apply_contact_event(*contact, contact_event, event.at);
            }
            EventBody::Agent(..) | EventBody::Tenant(_) => {}
        }
    }

    fn apply_agent_event(&mut self, event: &AgentEvent, at: Timestamp) {
        match event {
            AgentEvent::AfterContactWorkStarted { contact, until } => {
                self.enter(
                    Activity::AfterContactWork {
                        contact: *contact,
                        until: *until,
                    },
                    at,
                );
            }
            AgentEvent::AfterContactWorkExtended { contact, until } => {
                self.activity = Activity::AfterContactWork {
                    contact: *contact,
                    until: *until,
                };
            }
            AgentEvent::AfterContactWorkEnded { .. } => self.enter(Activity::Idle, at),
            AgentEvent::LineOpened { line } => self.line = Some(*line),
            AgentEvent::LineClosed { line } | AgentEvent::LineLost { line } => {
                if self.line == Some(*line) {
                    self.line = None;
                }
            }
            AgentEvent::NextStatusChosen { status } => self.next_status = *status,
            AgentEvent::Reached => self.reachable = true,
            AgentEvent::Unreached => self.reachable = false,
            AgentEvent::StatusChanged { status } => {
                self.status = Some(*status);
                self.next_status = None;
                self.status_since = at;
                if matches!(self.activity, Activity::Missed { .. } | Activity::Idle) {
                    self.enter(Activity::Idle, at);
                }
            }
        }
    }

    fn apply_contact_event(&mut self, contact: ContactId, event: &ContactEvent, at: Timestamp) {
        match event {
            ContactEvent::Offered {
                offer,
                agent,
                queue,
                expires_at,
                ..
            } if *agent == self.id => {
                let (offer, queue, expires_at) = (*offer, *queue, *expires_at);
                self.enter(
                    Activity::Reserved {
                        contact,
                        offer,
                        queue,
                        expires_at,
                    },
                    at,
                );
            }
            ContactEvent::OfferEnded {
                offer,
                agent,
                outcome,
            } if *agent == self.id => {
                self.enter(after_offer(contact, *offer, *outcome), at);
            }
            ContactEvent::ConnectedToAgent { agent, leg } if *agent == self.id => {
                self.enter(
                    Activity::OnContact {
                        contact,
                        leg: Some(*leg),
                    },
                    at,
                );
            }
            ContactEvent::AgentDetached { agent, .. } if *agent == self.id => {
                self.activity = Activity::OnContact { contact, leg: None };
            }
            ContactEvent::AgentReattached { agent, leg } if *agent == self.id => {
                self.activity = Activity::OnContact {
                    contact,
                    leg: Some(*leg),
                };
            }
            // The contact went back to its queue, or ended without work after it: the agent is free.
            ContactEvent::Enqueued { .. } | ContactEvent::Completed { .. }
                if self.activity.contact() == Some(contact) =>
            {
                self.enter(Activity::Idle, at);
            }
            ContactEvent::AgentDetached { .. }
            | ContactEvent::AgentReattached { .. }
            | ContactEvent::BlockEntered { .. }
            | ContactEvent::Completed { .. }
            | ContactEvent::ConnectedToAgent { .. }
            | ContactEvent::Dequeued { .. }
            | ContactEvent::DigitPressed { .. }
            | ContactEvent::Disconnected { .. }
            | ContactEvent::Enqueued { .. }
            | ContactEvent::FlowEnded { .. }
            | ContactEvent::Initiated { .. }
            | ContactEvent::LegConnected { .. }
            | ContactEvent::LegEnded { .. }
            | ContactEvent::LegRinging { .. }
            | ContactEvent::LegStarted { .. }
            | ContactEvent::OfferEnded { .. }
            | ContactEvent::Offered { .. } => {}
        }
    }

    fn enter(&mut self, activity: Activity, at: Timestamp) {
        self.activity = activity;
        self.activity_since = at;
    }
}

const fn after_offer(contact: ContactId, offer: OfferId, outcome: OfferOutcome) -> Activity {
    match outcome {
        OfferOutcome::Accepted => Activity::Connecting { contact, offer },
        OfferOutcome::Declined | OfferOutcome::Failed | OfferOutcome::Missed => Activity::Missed { contact },
        OfferOutcome::Withdrawn => Activity::Idle,
    }
}
