//! One agent's own view: what the softphone shows.

use std::collections::BTreeMap;

use model::config::StatusKind;
use model::event::LegKind;
use model::{
    Activity, AgentId, AgentState, ContactRecord, LiveView, PartyId, QueueId, TenantConfig, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::agent_status::AgentStatus;
use crate::contact::{Direction, Ends};
use crate::reference::Ref;
use crate::time::Time;

/// The numbers of the people on the other side; those who are anonymous or erased have none.
pub(crate) type Callers = BTreeMap<PartyId, String>;

/// The signed-in agent's own state.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Agent {
    /// Its id.
    pub(crate) id: String,
    /// What colleagues call them.
    pub(crate) name: String,
    /// The status in force.
    pub(crate) status: AgentStatus,
    /// The status to come when the work in hand is done.
    #[schema(required = true)]
    pub(crate) next_status: Option<AgentStatus>,
    /// What the agent is doing.
    pub(crate) activity: AgentActivity,
    /// Since when, or since when the status holds when idle.
    pub(crate) since: Time,
    /// The contact that is offered.
    #[schema(required = true)]
    pub(crate) offer: Option<Offer>,
    /// The contact in hand.
    #[schema(required = true)]
    pub(crate) contact: Option<AgentContact>,
    /// The open line.
    #[schema(required = true)]
    pub(crate) line: Option<Line>,
    /// The server's clock, by which all times are meant.
    pub(crate) server_time: Time,
}

/// What an agent is doing; derived, never chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AgentActivity {
    /// Nothing in hand.
    Idle,
    /// An offer stands.
    Reserved,
    /// An offer was accepted, the leg is being set up.
    Connecting,
    /// Talks, or is away for a moment while the customer hears music.
    OnContact,
    /// Works on a contact that has ended.
    AfterContactWork,
    /// Did not take an offer; not routable until a status is chosen.
    Missed,
    /// Available, but the browser was not heard for too long.
    Unreachable,
    /// Available, but without a line.
    Faulted,
}

/// What an agent is told of a contact, offered or in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct QueuedCall {
    /// The queue it comes from.
    pub(crate) queue: Ref,
    /// Who began it.
    pub(crate) direction: Direction,
    /// The number that called; null for an anonymous caller.
    #[schema(required = true)]
    pub(crate) caller: Option<String>,
    /// The number that was called; null of an emergency call.
    #[schema(required = true)]
    pub(crate) called: Option<String>,
    /// A test call or a simulated caller.
    pub(crate) test: bool,
}

/// A contact that is proposed to the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Offer {
    /// Its id.
    pub(crate) id: String,
    /// The contact.
    pub(crate) contact_id: String,
    /// Who calls, and over which queue.
    #[serde(flatten)]
    pub(crate) call: QueuedCall,
    /// How long the contact had waited when it was offered.
    pub(crate) waited_ms: u64,
    /// When it was offered.
    pub(crate) offered_at: Time,
    /// When the offer ends by itself.
    pub(crate) expires_at: Time,
}

/// The contact in the agent's hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AgentContact {
    /// Its id.
    pub(crate) id: String,
    /// Who calls, and over which queue.
    #[serde(flatten)]
    pub(crate) call: QueuedCall,
    /// When the agent took it.
    pub(crate) accepted_at: Time,
    /// When customer and agent first heard each other.
    #[schema(required = true)]
    pub(crate) connected_at: Option<Time>,
    /// When the customer's side was over.
    #[schema(required = true)]
    pub(crate) disconnected_at: Option<Time>,
    /// When after-contact work ends by itself.
    #[schema(required = true)]
    pub(crate) acw_expires_at: Option<Time>,
    /// How long they talked; null until disconnected.
    #[schema(required = true)]
    pub(crate) talk_ms: Option<u64>,
}

/// The agent's standing connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Line {
    /// Its id.
    pub(crate) id: String,
    /// How far it is.
    pub(crate) state: LineState,
}

/// How far a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LineState {
    /// Legs start on it at once.
    Connected,
}

impl Agent {
    /// The agent as the live view has them; none if the configuration has no such agent.
    pub(crate) fn of(
        id: AgentId,
        view: &LiveView,
        config: &TenantConfig,
        callers: &Callers,
        now: Timestamp,
    ) -> Option<Self> {
        let agent = config.agents.get(&id)?;
        let unheard = AgentState::new(id, now);
        let state = view.agents.get(id).unwrap_or(&unheard);
        let record = state
            .activity
            .contact()
            .and_then(|contact| view.contacts.get(&contact));
        let customer = record.and_then(|record| callers.get(&record.party)).cloned();
        let activity = AgentActivity::of(state, config);
        Some(Self {
            id: id.to_string(),
            name: agent.name.clone(),
            status: AgentStatus::in_force(state, config),
            next_status: state.next_status.and_then(|next| AgentStatus::of(next, config)),
            activity,
            since: since(state, activity).into(),
            offer: record.and_then(|record| Offer::of(state, record, config, customer.clone())),
            contact: record.and_then(|record| AgentContact::of(state, record, config, customer)),
            line: state.line.map(|line| Line {
                id: line.to_string(),
                state: LineState::Connected,
            }),
            server_time: now.into(),
        })
    }
}

impl AgentActivity {
    /// What the agent is doing, told to people.
    pub(crate) fn of(state: &AgentState, config: &TenantConfig) -> Self {
        match state.activity {
            Activity::AfterContactWork { .. } => Self::AfterContactWork,
            Activity::Connecting { .. } => Self::Connecting,
            Activity::Idle if !is_available(state, config) => Self::Idle,
            Activity::Idle if !state.reachable => Self::Unreachable,
            Activity::Idle if state.line.is_none() => Self::Faulted,
            Activity::Idle => Self::Idle,
            Activity::Missed { .. } => Self::Missed,
            Activity::OnContact { .. } => Self::OnContact,
            Activity::Reserved { .. } => Self::Reserved,
        }
    }
}

fn is_available(state: &AgentState, config: &TenantConfig) -> bool {
    let status = state.status.and_then(|status| config.statuses.get(&status));
    status.is_some_and(|status| status.kind == StatusKind::Available)
}

/// Since when the activity lasts; an idle agent's since the later of activity and status.
pub(crate) fn since(state: &AgentState, activity: AgentActivity) -> Timestamp {
    match activity {
        AgentActivity::Idle | AgentActivity::Unreachable | AgentActivity::Faulted => {
            state.activity_since.max(state.status_since)
        }
        AgentActivity::Reserved
        | AgentActivity::Connecting
        | AgentActivity::OnContact
        | AgentActivity::AfterContactWork
        | AgentActivity::Missed => state.activity_since,
    }
}

impl QueuedCall {
    fn of(record: &ContactRecord, queue: QueueId, config: &TenantConfig, customer: Option<String>) -> Self {
        let Ends { from, to } = Ends::of(record, customer);
        Self {
            queue: Ref::queue(config, queue),
            direction: record.direction.into(),
            caller: from,
            called: to,
            test: record.test,
        }
    }
}

impl Offer {
    fn of(
        state: &AgentState,
        record: &ContactRecord,
        config: &TenantConfig,
        customer: Option<String>,
    ) -> Option<Self> {
        let Activity::Reserved {
            contact,
            offer,
            queue,
            expires_at,
        } = state.activity
        else {
            return None;
        };
        let offered_at = state.activity_since;
        Some(Self {
            id: offer.to_string(),
            contact_id: contact.to_string(),
            call: QueuedCall::of(record, queue, config, customer),
            waited_ms: record
                .enqueued_at
                .map_or(0, |since| offered_at.millis_since(since)),
            offered_at: offered_at.into(),
            expires_at: expires_at.into(),
        })
    }
}

impl AgentContact {
    fn of(
        state: &AgentState,
        record: &ContactRecord,
        config: &TenantConfig,
        customer: Option<String>,
    ) -> Option<Self> {
        let acw_expires_at = match state.activity {
            Activity::AfterContactWork { until, .. } => Some(until),
            Activity::Connecting { .. } | Activity::OnContact { .. } => None,
            Activity::Idle | Activity::Missed { .. } | Activity::Reserved { .. } => return None,
        };
        // Accepting starts a leg on the agent's line in the same instant.
        let leg = record
            .legs
            .iter()
            .find(|leg| leg.kind == LegKind::Agent(state.id));
        Some(Self {
            id: record.id.to_string(),
            call: QueuedCall::of(record, record.queue?, config, customer),
            accepted_at: leg.map_or(state.activity_since, |leg| leg.started_at).into(),
            connected_at: record.connected_at.map(Time),
            disconnected_at: record.disconnected_at.map(Time),
            acw_expires_at: acw_expires_at.map(Time),
            talk_ms: record.disconnected_at.map(|_| record.intervals.talk_ms),
        })
    }
}
