//! What the live view shows of queues, agents and contacts.

use std::collections::BTreeMap;

use model::config::Queue;
use model::{Activity, AgentState, ContactRecord, LiveView, QueueId, TenantConfig};
use serde::Serialize;
use utoipa::ToSchema;

use super::agent::{Agent, AgentActivity, Callers, since};
use super::today::{QueueDay, Today};
use crate::agent_status::AgentStatus;
use crate::contact::{ContactState, Direction, Ends};
use crate::first_call::FirstCall;
use crate::reference::Ref;
use crate::time::Time;

/// Everything the live view shows at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct LiveSnapshot {
    /// The number of the last frame before this moment; the next has the next number.
    pub(crate) seq: u64,
    /// The server's clock, by which all times are meant.
    pub(crate) server_time: Time,
    /// The signed-in agent's own state; null for a user who is none.
    #[schema(required = true)]
    pub(crate) agent: Option<Agent>,
    /// All queues.
    pub(crate) queues: Vec<LiveQueue>,
    /// All agents; empty for callers who are only agents themselves.
    pub(crate) agents: Vec<LiveAgent>,
    /// All contacts that are not completed; empty for callers who are only agents themselves.
    pub(crate) contacts: Vec<LiveContact>,
    /// How many simulated callers are there.
    pub(crate) simulated_contact_count: u64,
    /// How long it took from sign-up to the first answered call.
    pub(crate) first_call: FirstCall,
}

/// One queue now and today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LiveQueue {
    /// The queue.
    pub(crate) queue: Ref,
    /// Contacts that wait, or ring at an agent.
    pub(crate) waiting_count: u64,
    /// Since when the longest of them waits.
    #[schema(required = true)]
    pub(crate) oldest_waiting_since: Option<Time>,
    /// Agents who could take a contact of this queue at once.
    pub(crate) available_count: u64,
    /// Agents with a contact of this queue.
    pub(crate) on_contact_count: u64,
    /// Agents in after-contact work for this queue.
    pub(crate) acw_count: u64,
    /// Answered within so many seconds counts as in time.
    pub(crate) service_level_threshold_s: u32,
    /// Since midnight in the tenant's zone.
    pub(crate) today: QueueDay,
}

/// One agent, as supervisors see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LiveAgent {
    /// The agent.
    pub(crate) agent: Ref,
    /// The status in force.
    pub(crate) status: AgentStatus,
    /// What the agent is doing.
    pub(crate) activity: AgentActivity,
    /// Since when, or since when the status holds when idle.
    pub(crate) since: Time,
    /// The queue of the contact in hand.
    #[schema(required = true)]
    pub(crate) queue: Option<Ref>,
    /// The contact in hand, or offered.
    #[schema(required = true)]
    pub(crate) contact_id: Option<String>,
}

/// One contact that is not completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LiveContact {
    /// Its id.
    pub(crate) id: String,
    /// Where in its life it is.
    pub(crate) state: ContactState,
    /// Since when.
    pub(crate) since: Time,
    /// When it began.
    pub(crate) initiated_at: Time,
    /// Who began it.
    pub(crate) direction: Direction,
    /// The number that called; null for an anonymous caller.
    #[schema(required = true)]
    pub(crate) from: Option<String>,
    /// The number that was called; null of an emergency call.
    #[schema(required = true)]
    pub(crate) to: Option<String>,
    /// The queue it was in last.
    #[schema(required = true)]
    pub(crate) queue: Option<Ref>,
    /// The agent who has it, or to whom it is offered.
    #[schema(required = true)]
    pub(crate) agent: Option<Ref>,
    /// A test call or a simulated caller.
    pub(crate) test: bool,
}

impl LiveAgent {
    pub(super) fn of(state: &AgentState, view: &LiveView, config: &TenantConfig) -> Self {
        let contact = state.activity.contact();
        let queue = contact.and_then(|contact| view.contacts.get(&contact)?.queue);
        let activity = AgentActivity::of(state, config);
        Self {
            agent: Ref::agent(config, state.id),
            status: AgentStatus::in_force(state, config),
            activity,
            since: since(state, activity).into(),
            queue: queue.map(|queue| Ref::queue(config, queue)),
            contact_id: contact.map(|contact| contact.to_string()),
        }
    }
}

impl LiveContact {
    pub(super) fn of(
        record: &ContactRecord,
        view: &LiveView,
        config: &TenantConfig,
        callers: &Callers,
    ) -> Self {
        let agent = view.agents.holder(record.id).or(record.agent);
        let since = record.phase.map(|(_, since)| since).or(record.disconnected_at);
        let Ends { from, to } = Ends::of(record, callers.get(&record.party).cloned());
        Self {
            id: record.id.to_string(),
            state: ContactState::of(record),
            since: since.unwrap_or(record.initiated_at).into(),
            initiated_at: record.initiated_at.into(),
            direction: record.direction.into(),
            from,
            to,
            queue: record.queue.map(|queue| Ref::queue(config, queue)),
            agent: agent.map(|agent| Ref::agent(config, agent)),
            test: record.test,
        }
    }
}

/// Counts all queues in one pass over agents and contacts.
pub(super) fn live_queues(
    view: &LiveView,
    config: &TenantConfig,
    today: &Today,
) -> BTreeMap<QueueId, LiveQueue> {
    let mut queues: BTreeMap<_, _> = config
        .queues
        .values()
        .map(|queue| (queue.id, LiveQueue::empty(queue)))
        .collect();
    for record in view.contacts.values() {
        let Some(queue) = record.queue.and_then(|queue| queues.get_mut(&queue)) else {
            continue;
        };
        if matches!(
            ContactState::of(record),
            ContactState::Waiting | ContactState::Ringing
        ) {
            queue.waiting_count += 1;
            let since = record.enqueued_at.unwrap_or(record.initiated_at);
            let oldest = queue
                .oldest_waiting_since
                .map_or(since, |Time(oldest)| oldest.min(since));
            queue.oldest_waiting_since = Some(oldest.into());
        }
    }
    for state in view.agents.iter() {
        count_agent(state, view, config, &mut queues);
    }
    for (id, queue) in &mut queues {
        queue.today = today.of(*id);
    }
    queues
}

impl LiveQueue {
    fn empty(queue: &Queue) -> Self {
        Self {
            queue: Ref {
                id: queue.id.to_string(),
                name: queue.name.clone(),
            },
            waiting_count: 0,
            oldest_waiting_since: None,
            available_count: 0,
            on_contact_count: 0,
            acw_count: 0,
            service_level_threshold_s: queue.service_level_s,
            today: QueueDay::default(),
        }
    }
}

fn count_agent(
    state: &AgentState,
    view: &LiveView,
    config: &TenantConfig,
    queues: &mut BTreeMap<QueueId, LiveQueue>,
) {
    let is_ready = AgentActivity::of(state, config) == AgentActivity::Idle
        && AgentStatus::in_force(state, config).is_available();
    if is_ready {
        let profile = config.agents.get(&state.id).map(|agent| agent.routing_profile);
        let served = profile.and_then(|profile| config.routing_profiles.get(&profile));
        for entry in served.into_iter().flat_map(|profile| &profile.queues) {
            if let Some(queue) = queues.get_mut(&entry.queue) {
                queue.available_count += 1;
            }
        }
    }
    let queue = state
        .activity
        .contact()
        .and_then(|contact| view.contacts.get(&contact)?.queue);
    let Some(queue) = queue.and_then(|queue| queues.get_mut(&queue)) else {
        return;
    };
    match state.activity {
        Activity::AfterContactWork { .. } => queue.acw_count += 1,
        Activity::Connecting { .. } | Activity::OnContact { .. } => queue.on_contact_count += 1,
        Activity::Idle | Activity::Missed { .. } | Activity::Reserved { .. } => {}
    }
}
