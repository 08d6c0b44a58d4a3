//! Statuses: what the agent chooses, and what it means for routing.

use model::config::StatusKind;
use model::{Activity, AgentEvent, AgentState, Refusal, StatusId, TenantConfig, Timestamp};

/// Since when the agent could take a contact; none while they cannot.
#[must_use]
pub fn routable_since(agent: &AgentState, config: &TenantConfig) -> Option<Timestamp> {
    let status = config.statuses.get(&agent.status?)?;
    let ready = status.kind == StatusKind::Available
        && agent.activity == Activity::Idle
        && agent.line.is_some()
        && agent.reachable
        && config.agents.contains_key(&agent.id);
    ready.then_some(agent.activity_since)
}

/// Decides what choosing a status does: at once, or when the work in hand is done.
///
/// # Errors
/// When there is no such status.
pub fn choose_status(
    agent: &AgentState,
    status: StatusId,
    config: &TenantConfig,
) -> Result<AgentEvent, Refusal> {
    if !config.statuses.contains_key(&status) {
        return Err(Refusal::UnknownStatus);
    }
    if agent.is_busy() {
        // Choosing what holds already takes an earlier choice back.
        let next = (agent.status != Some(status)).then_some(status);
        return Ok(AgentEvent::NextStatusChosen { status: next });
    }
    Ok(AgentEvent::StatusChanged { status })
}

/// The status that takes effect now that the agent is free.
#[must_use]
pub fn status_when_free(agent: &AgentState) -> Option<AgentEvent> {
    let free = matches!(agent.activity, Activity::Idle | Activity::Missed { .. });
    agent
        .next_status
        .filter(|_| free)
        .map(|status| AgentEvent::StatusChanged { status })
}
