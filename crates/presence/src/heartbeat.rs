//! The lease that keeps an agent routable: a browser that says nothing for too long is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::{AgentId, Timestamp};

/// A browser sends a heartbeat every three seconds; after so long without one it is not routable.
pub const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(10);

/// When each agent's browser was heard last. Not part of the log: a restart starts with nobody heard.
#[derive(Debug, Default)]
pub struct Heartbeats {
    heard_at: BTreeMap<AgentId, Timestamp>,
    by_time: BTreeSet<(Timestamp, AgentId)>,
}

impl Heartbeats {
    /// Notes that an agent's browser was heard.
    pub fn hear(&mut self, agent: AgentId, now: Timestamp) {
        self.forget(agent);
        self.heard_at.insert(agent, now);
        self.by_time.insert((now, agent));
    }

    /// Forgets an agent.
    pub fn forget(&mut self, agent: AgentId) {
        if let Some(heard_at) = self.heard_at.remove(&agent) {
            self.by_time.remove(&(heard_at, agent));
        }
    }

    /// Takes out the next agent who was silent for too long.
    pub fn take_silent(&mut self, now: Timestamp) -> Option<AgentId> {
        let (heard_at, agent) = *self.by_time.first()?;
        if heard_at + HEARTBEAT_TIMEOUT > now {
            return None;
        }
        self.forget(agent);
        Some(agent)
    }

    /// When to look for silent agents next.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        self.by_time
            .first()
            .map(|(heard_at, _)| *heard_at + HEARTBEAT_TIMEOUT)
    }
}
