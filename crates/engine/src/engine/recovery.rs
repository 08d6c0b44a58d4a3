//! Taking a tenant over from its log. What a crash cut short is ended here: audio does not survive a process.

use model::{
    Activity, AgentEvent, ContactId, DisconnectReason, LiveView, TenantConfig, TenantEvent, Timestamp,
};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use super::Engine;
use super::ending::Gone;
use crate::contact::Contact;
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
            next_revision: None,
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

    fn end_interrupted(&mut self, id: ContactId, since: Timestamp) {
        let Some(contact) = self.contacts.get(&id).cloned() else {
            return;
        };
        if contact.is_live() {
            let gone = Gone::All { since };
            return self.disconnect(&contact, DisconnectReason::SystemRestarted, gone);
        }
        let holder = self.agents.holder(id).map(|agent| self.agent(agent).activity);
        match holder {
            Some(Activity::AfterContactWork { until, .. }) => {
                self.deadlines.set(Deadline::AfterContactWorkEnds(id), until);
            }
            // Disconnected, and nobody has work with it.
            Some(_) | None => self.complete(id, None, None),
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
}
