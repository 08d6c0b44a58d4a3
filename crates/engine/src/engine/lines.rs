//! Whether agents can be reached: heartbeats and lines.

use model::{Activity, AgentEvent, AgentId, DisconnectReason, LineId, OfferOutcome};

use super::Engine;
use crate::contact::{Contact, Stage};

impl Engine {
    pub(super) fn hear(&mut self, agent: AgentId) {
        if !self.config.agents.contains_key(&agent) {
            return;
        }
        self.heartbeats.hear(agent, self.now);
        if !self.agent(agent).reachable {
            self.record_agent(agent, AgentEvent::Reached);
        }
    }

    /// Nothing was heard of the agent's browser. A contact goes on as long as its audio does.
    pub(super) fn lose_agent(&mut self, agent: AgentId) {
        self.record_agent(agent, AgentEvent::Unreached);
        self.withdraw_offer(agent);
    }

    pub(super) fn open_line(&mut self, agent: AgentId, line: LineId) {
        let known = self.agent(agent).line;
        if !self.config.agents.contains_key(&agent) || known == Some(line) {
            return;
        }
        if let Some(former) = known {
            self.lose_line(agent, former, AgentEvent::LineClosed { line: former });
        }
        self.record_agent(agent, AgentEvent::LineOpened { line });
        let Some(contact) = self.contact_held_by(agent) else {
            return;
        };
        let wants_leg = matches!(contact.stage, Stage::Connecting { .. } | Stage::Detached { .. });
        if wants_leg && contact.agent_leg.is_none() {
            self.start_agent_leg(contact.id, agent, line);
        }
    }

    pub(super) fn lose_line(&mut self, agent: AgentId, line: LineId, event: AgentEvent) {
        if self.agent(agent).line != Some(line) {
            return;
        }
        self.record_agent(agent, event);
        self.withdraw_offer(agent);
        let Some(contact) = self.contact_held_by(agent) else {
            return;
        };
        if let Some(leg) = contact.agent_leg {
            self.end_agent_leg(&contact, leg, DisconnectReason::AgentLost);
        }
    }

    /// Takes an open offer back without counting it as missed: the agent had no chance.
    fn withdraw_offer(&mut self, agent: AgentId) {
        if let Activity::Reserved { contact, offer, .. } = self.agent(agent).activity {
            self.end_offer(contact, agent, offer, OfferOutcome::Withdrawn);
        }
    }

    fn contact_held_by(&self, agent: AgentId) -> Option<Contact> {
        let contact = self.agent(agent).activity.contact()?;
        self.contacts.get(&contact).cloned()
    }
}
