//! The matcher.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::config::{RoutingProfile, RoutingProfileQueue};
use model::decision::{Candidate, CandidateVerdict, Decision};
use model::{AgentId, ContactId, QueueId, RoutingProfileId, TenantConfig, Timestamp};

use crate::waiting::{Place, Waiting};

/// A contact and the agent who should have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The contact's place in the queue.
    pub place: Place,
    /// The queue.
    pub queue: QueueId,
    /// The agent.
    pub agent: AgentId,
    /// Why.
    pub decision: Decision,
}

/// Who waits and who is idle at one tenant.
///
/// Invariant: after its matches were carried out, no contact waits for which an eligible agent is idle.
#[derive(Debug, Default)]
pub struct Matcher {
    waiting: Waiting,
    idle: BTreeMap<RoutingProfileId, BTreeSet<(Timestamp, AgentId)>>,
    idle_agents: BTreeMap<AgentId, (RoutingProfileId, Timestamp)>,
}

impl Matcher {
    /// A contact waits.
    pub fn enqueue(&mut self, queue: QueueId, place: Place) {
        self.waiting.enqueue(queue, place);
    }

    /// A contact waits no more.
    pub fn dequeue(&mut self, contact: ContactId) {
        self.waiting.dequeue(contact);
    }

    /// An agent is idle since then.
    pub fn set_idle(&mut self, agent: AgentId, profile: RoutingProfileId, since: Timestamp) {
        self.set_busy(agent);
        self.idle.entry(profile).or_default().insert((since, agent));
        self.idle_agents.insert(agent, (profile, since));
    }

    /// An agent takes no contact for now.
    pub fn set_busy(&mut self, agent: AgentId) {
        let Some((profile, since)) = self.idle_agents.remove(&agent) else {
            return;
        };
        if let Some(agents) = self.idle.get_mut(&profile) {
            agents.remove(&(since, agent));
            if agents.is_empty() {
                self.idle.remove(&profile);
            }
        }
    }

    /// How many contacts wait in a queue.
    #[must_use]
    pub fn waiting_count(&self, queue: QueueId) -> usize {
        self.waiting.count(queue)
    }

    /// A contact's position in its queue; 1 is the head.
    #[must_use]
    pub fn position(&self, contact: ContactId) -> Option<u32> {
        self.waiting.position(contact)
    }

    /// The next contact and agent that belong together. The caller makes the offer, which takes both out, and asks
    /// again.
    #[must_use]
    pub fn next_match(&self, config: &TenantConfig, now: Timestamp) -> Option<Match> {
        if self.waiting.is_empty() {
            return None;
        }
        let longest_idle_first = self.idle.iter().filter_map(|(profile, agents)| {
            let (since, agent) = *agents.first()?;
            Some((since, agent, config.routing_profiles.get(profile)?))
        });
        let (_, agent, queue, place) = longest_idle_first
            .filter_map(|(since, agent, profile)| {
                let (queue, place) = self.best_contact(profile, now)?;
                Some((since, agent, queue, place))
            })
            .min_by_key(|(since, agent, ..)| (*since, *agent))?;
        let decision = self.explain(queue, place, agent, config, now);
        Some(Match {
            place,
            queue,
            agent,
            decision,
        })
    }

    /// When a contact will have waited long enough for a routing profile that has an idle agent.
    #[must_use]
    pub fn next_delay_end(&self, config: &TenantConfig, now: Timestamp) -> Option<Timestamp> {
        let delayed = self
            .idle
            .keys()
            .filter_map(|profile| config.routing_profiles.get(profile))
            .flat_map(|profile| profile.queues.iter().filter(|entry| entry.delay_s > 0));
        delayed
            .flat_map(|entry| {
                self.waiting
                    .in_queue(entry.queue)
                    .map(|place| place.since + delay(entry))
            })
            .filter(|end| *end > now)
            .min()
    }

    fn best_contact(&self, profile: &RoutingProfile, now: Timestamp) -> Option<(QueueId, Place)> {
        let eligible = profile.queues.iter().filter_map(|entry| {
            let place = self
                .waiting
                .in_queue(entry.queue)
                .find(|place| place.since + delay(entry) <= now)?;
            Some((entry.priority, *place, entry.queue))
        });
        eligible.min().map(|(_, place, queue)| (queue, place))
    }

    fn explain(
        &self,
        queue: QueueId,
        place: Place,
        chosen: AgentId,
        config: &TenantConfig,
        now: Timestamp,
    ) -> Decision {
        let serving = self.idle.iter().filter(|(profile, _)| {
            let profile = config.routing_profiles.get(profile);
            profile.is_some_and(|profile| profile.queues.iter().any(|entry| entry.queue == queue))
        });
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut total: usize = 0;
        for (profile, agents) in serving {
            total += agents.len();
            candidates.extend(
                agents
                    .iter()
                    .take(Decision::CANDIDATES_MAX)
                    .map(|(since, agent)| Candidate {
                        agent: *agent,
                        routing_profile: *profile,
                        idle_since: *since,
                        verdict: if *agent == chosen {
                            CandidateVerdict::Chosen
                        } else {
                            CandidateVerdict::IdleLessLong
                        },
                    }),
            );
        }
        candidates.sort_by_key(|candidate| {
            (
                candidate.verdict != CandidateVerdict::Chosen,
                candidate.idle_since,
                candidate.agent,
            )
        });
        candidates.truncate(Decision::CANDIDATES_MAX);
        Decision {
            waited_ms: now.millis_since(place.since),
            position: self.waiting.position(place.contact).unwrap_or(1),
            waiting_count: u32::try_from(self.waiting.count(queue)).unwrap_or(u32::MAX),
            candidates_left_out_count: u32::try_from(total - candidates.len()).unwrap_or(u32::MAX),
            candidates,
        }
    }
}

fn delay(entry: &RoutingProfileQueue) -> Duration {
    Duration::from_secs(entry.delay_s.into())
}
