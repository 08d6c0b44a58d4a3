//! Bringing contacts and agents together.

use std::time::Duration;

use model::event::ContactEvent;
use model::{AgentId, ContactId, OfferId, OfferOutcome};
use presence::{routable_since, status_when_free};
use routing::Match;

use super::Engine;
use crate::deadline::Deadline;

impl Engine {
    /// Draws the consequences: statuses that waited take effect, agents become or cease to be routable, offers are
    /// made as long as a contact and an agent belong together.
    pub(super) fn settle(&mut self) {
        loop {
            while let Some(agent) = self.touched.pop_first() {
                self.settle_agent(agent);
            }
            let Some(matched) = self.matcher.next_match(&self.config, self.now) else {
                break;
            };
            self.offer(matched);
        }
        match self.matcher.next_delay_end(&self.config, self.now) {
            Some(at) => self.deadlines.set(Deadline::RoutingDelay, at),
            None => self.deadlines.cancel(Deadline::RoutingDelay),
        }
    }

    fn settle_agent(&mut self, agent: AgentId) {
        let state = self.agent(agent);
        if let Some(event) = status_when_free(&state) {
            self.record_agent(agent, event);
            return;
        }
        let configured = self.config.agents.get(&agent);
        let profile = configured.map(|agent| agent.routing_profile);
        match (routable_since(&state, &self.config), profile) {
            (Some(since), Some(profile)) => self.matcher.set_idle(agent, profile, since),
            (None, _) | (_, None) => self.matcher.set_busy(agent),
        }
    }

    fn offer(&mut self, matched: Match) {
        let Match {
            place,
            queue,
            agent,
            decision,
        } = matched;
        let timeout = self.config.queues.get(&queue).map(|queue| queue.offer_timeout_s);
        let expires_at = self.now + Duration::from_secs(timeout.unwrap_or(0).into());
        let offer = OfferId::new(self.now, self.random_bits());
        let offered = ContactEvent::Offered {
            offer,
            agent,
            queue,
            expires_at,
            decision,
        };
        self.record_contact(place.contact, offered);
        self.deadlines
            .set(Deadline::OfferExpires(place.contact), expires_at);
    }

    /// Ends an offer. Unless it was accepted, the contact is back at its place.
    pub(super) fn end_offer(
        &mut self,
        contact: ContactId,
        agent: AgentId,
        offer: OfferId,
        outcome: OfferOutcome,
    ) {
        let ended = ContactEvent::OfferEnded {
            offer,
            agent,
            outcome,
        };
        self.record_contact(contact, ended);
        self.deadlines.cancel(Deadline::OfferExpires(contact));
        self.deadlines.cancel(Deadline::AgentConnectExpires(contact));
    }
}
