//! Routing decisions, version 1.

use model::decision::Candidate;
use model::{AgentId, CandidateVerdict, Decision, RoutingProfileId, Timestamp};
use serde::{Deserialize, Serialize};

use super::with::{list, millis, named};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Decision")]
pub(super) struct DecisionV1 {
    waited_ms: u64,
    position: u32,
    waiting_count: u32,
    #[serde(with = "candidates")]
    candidates: Vec<Candidate>,
    candidates_left_out_count: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Candidate")]
pub(super) struct CandidateV1 {
    agent: AgentId,
    routing_profile: RoutingProfileId,
    #[serde(with = "millis")]
    idle_since: Timestamp,
    #[serde(with = "named")]
    verdict: CandidateVerdict,
}

list!(candidates, CandidateV1, "CandidateV1", Candidate);
