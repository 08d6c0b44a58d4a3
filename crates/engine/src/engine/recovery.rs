//! Taking a tenant over from its log. What a crash cut short is ended here: audio does not survive a process.

use model::event::{ContactEvent, DequeueReason};
use model::{
    Activity, AgentEvent, AgentId, ContactId, DisconnectReason, LiveView, OfferOutcome, TenantConfig,
    TenantEvent, Timestamp,
};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use super::Engine;
use crate::contact::{Contact, Stage};
use crate::deadline::Deadline;

/// The end of a tenant's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last event; 0 of an empty log.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
}

impl Engine {
    /// Takes a tenant over. `view` is the fold of the whole log and `head` its end; `epoch` is the fencing number of
    /// the lease. Contacts that were open end at the time of the last event, since nothing is known of them after it.
    #[must_use]
    pub fn recover(
        view: &LiveView,
        config: TenantConfig,
        head: Head,
        epoch: u64,
        seed: [u8; 32],
        now: Timestamp,
    ) -> Self {
        let mut engine = Self {
            epoch,
            now: now.max(head.at),
            seq: head.seq,
            random: ChaCha12Rng::from_seed(seed),
            config,
            documents: Default::default(),
            agents: view.agents.clone(),
            contacts: Default::default(),
            legs: Default::default(),
            matcher: Default::default(),
            heartbeats: Default::default(),
            runs: Default::default(),
            deadlines: Default::default(),
            touched: view.agents.iter().map(|agent| agent.id).collect(),
            events: Default::default(),
            commands: Default::default(),
            commands_count: 0,
            plays_count: 0,
        };
        engine.find_contacts(view);
        engine.record_tenant(TenantEvent::Recovered { epoch });
        let contacts: Vec<ContactId> = view.contacts.keys().copied().collect();
        for contact in contacts {
            engine.end_interrupted(contact, head.at);
        }
        engine.part_from_agents();
        engine.settle();
        engine
    }

    fn find_contacts(&mut self, view: &LiveView) {
        for record in view.contacts.values() {
            let holder = self.agents.holder(record.id);
            let holder = holder.and_then(|agent| self.agents.get(agent));
            let Some(contact) = Contact::found(record, holder) else {
                continue;
            };
            self.legs.extend(contact.legs().map(|leg| (leg, record.id)));
            self.contacts.insert(record.id, contact);
        }
    }

    fn end_interrupted(&mut self, id: ContactId, ended_at: Timestamp) {
        let Some(contact) = self.contacts.get(&id).cloned() else {
            return;
        };
        if contact.is_live() {
            let reason = DisconnectReason::SystemRestarted;
            for leg in contact.legs() {
                let ended = ContactEvent::LegEnded {
                    leg,
                    reason,
                    ended_at,
                };
                self.record_contact(id, ended);
            }
            self.record_contact(id, ContactEvent::Disconnected { reason, ended_at });
            // Only now, when the contact's phases have ended at `ended_at`: this happens later than that.
            self.leave_queue(&contact, DequeueReason::Ended);
        }
        match self.agents.holder(id) {
            Some(agent) => self.resume_after_contact_work(id, agent),
            None => self.complete(id, None, None),
        }
    }

    /// An agent who was talking gets to write it up; one who was writing goes on.
    fn resume_after_contact_work(&mut self, contact: ContactId, agent: AgentId) {
        match self.agent(agent).activity {
            Activity::AfterContactWork { until, .. } => {
                self.deadlines.set(Deadline::AfterContactWorkEnds(contact), until);
            }
            Activity::Connecting { .. }
            | Activity::Idle
            | Activity::Missed { .. }
            | Activity::OnContact { .. }
            | Activity::Reserved { .. } => self.start_after_contact_work(contact, agent),
        }
    }

    /// Nobody is heard and no line stands until it says so anew.
    fn part_from_agents(&mut self) {
        let agents: Vec<_> = self
            .agents
            .iter()
            .map(|agent| (agent.id, agent.line, agent.reachable))
            .collect();
        for (agent, line, reachable) in agents {
            if let Some(line) = line {
                self.record_agent(agent, AgentEvent::LineLost { line });
            }
            if reachable {
                self.record_agent(agent, AgentEvent::Unreached);
            }
        }
    }

    /// Takes a contact out of its queue, or back from an agent who has not talked yet.
    pub(super) fn leave_queue(&mut self, contact: &Contact, reason: DequeueReason) {
        match contact.stage {
            Stage::Offered { agent, offer } | Stage::Connecting { agent, offer } => {
                self.end_offer(contact.id, agent, offer, OfferOutcome::Withdrawn);
            }
            Stage::Waiting => {}
            Stage::Arriving
            | Stage::Detached { .. }
            | Stage::Disconnected
            | Stage::InFlow { .. }
            | Stage::Talking { .. } => return,
        }
        if let Some((queue, _)) = contact.place {
            self.record_contact(contact.id, ContactEvent::Dequeued { queue, reason });
        }
    }
}
