//! Why a contact was offered to an agent.

use crate::{AgentId, RoutingProfileId, Timestamp};

/// The record of one routing decision: enough to explain it later without the state it was made in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// How long the contact had waited, in milliseconds.
    pub waited_ms: u64,
    /// The contact's place in the queue when it was picked, 1 is the head.
    pub position: u32,
    /// How many contacts waited in that queue.
    pub waiting_count: u32,
    /// The agents looked at, best first, at most [`Decision::CANDIDATES_MAX`].
    pub candidates: Vec<Candidate>,
    /// How many more agents were looked at.
    pub candidates_left_out_count: u32,
}

impl Decision {
    /// A decision names at most so many agents, so that an event stays small with thousands of agents.
    pub const CANDIDATES_MAX: usize = 8;
}

/// One agent looked at in a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The agent.
    pub agent: AgentId,
    /// The routing profile that made the agent eligible.
    pub routing_profile: RoutingProfileId,
    /// Since when the agent was idle.
    pub idle_since: Timestamp,
    /// What was decided about the agent.
    pub verdict: CandidateVerdict,
}

/// What a decision says of one agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateVerdict {
    /// Chosen: idle for longest among those with the best profile entry.
    Chosen,
    /// Eligible, but idle for less long.
    IdleLessLong,
}
