//! What happens when a deadline is met.

use model::event::ContactEvent;
use model::{ContactId, DisconnectReason, OfferOutcome, TenantEvent};

use super::Engine;
use super::ending::Gone;
use crate::contact::{Contact, Stage};
use crate::deadline::Deadline;
use crate::input::CommandBody;
use crate::limits;

impl Engine {
    /// Does what a deadline was set for. One whose contact moved on meanwhile has nothing to do.
    pub(super) fn meet(&mut self, deadline: Deadline) {
        match deadline {
            Deadline::AfterContactWorkEnds(contact) => {
                if let Some(agent) = self.agents.holder(contact) {
                    self.end_after_contact_work(agent, contact, None, None);
                }
            }
            Deadline::AgentConnectExpires(contact) => self.give_up_connecting(contact),
            Deadline::AnnouncePosition(contact) => self.announce_position(contact),
            // Silence and delays are looked for at each wake-up, whatever woke.
            Deadline::AgentUnreachable | Deadline::RoutingDelay => {}
            Deadline::Checkpoint => self.checkpoint(),
            Deadline::CustomerConnectExpires(contact) => {
                if let Some(contact) = self.in_stage(contact, |stage| *stage == Stage::Arriving) {
                    self.disconnect(&contact, DisconnectReason::CarrierError, Gone::Nothing);
                }
            }
            Deadline::DigitTimeout(contact) => self.miss_digit(contact),
            Deadline::OfferExpires(contact) => self.miss_offer(contact),
            Deadline::PlaybackOverdue(contact) => self.give_up_playing(contact),
            Deadline::ReattachEnds(contact) => self.give_up_reattaching(contact),
            Deadline::RingExpires(contact) => self.give_up_dialing(contact),
            Deadline::WaitMax(contact) => self.end_wait(contact),
        }
    }

    fn miss_offer(&mut self, contact: ContactId) {
        let stage = self.contacts.get(&contact).map(|contact| &contact.stage);
        if let Some(&Stage::Offered { agent, offer }) = stage {
            self.end_offer(contact, agent, offer, OfferOutcome::Missed);
        }
    }

    fn give_up_connecting(&mut self, contact: ContactId) {
        let Some(contact) = self.contacts.get(&contact).cloned() else {
            return;
        };
        if let Stage::Connecting { agent, offer } = contact.stage {
            self.drop_agent_leg(&contact);
            self.end_offer(contact.id, agent, offer, OfferOutcome::Failed);
        }
    }

    fn give_up_reattaching(&mut self, contact: ContactId) {
        let Some(contact) = self.in_stage(contact, |stage| matches!(stage, Stage::Detached { .. })) else {
            return;
        };
        self.drop_agent_leg(&contact);
        let Some((queue, place)) = contact.place else {
            self.disconnect(&contact, DisconnectReason::AgentLost, Gone::Nothing);
            return;
        };
        self.enqueue(contact.id, queue, limits::PRIORITY_AFTER_LOSS, place.since);
    }

    fn drop_agent_leg(&mut self, contact: &Contact) {
        let Some(leg) = contact.agent_leg else {
            return;
        };
        let reason = DisconnectReason::AgentLost;
        let ended = ContactEvent::LegEnded {
            leg,
            reason,
            ended_at: self.now,
        };
        self.record_contact(contact.id, ended);
        self.command(CommandBody::HangUp { leg, reason });
    }

    fn end_wait(&mut self, contact: ContactId) {
        let Some(contact) = self.contacts.get(&contact).cloned() else {
            return;
        };
        match contact.stage {
            Stage::Waiting => self.disconnect(&contact, DisconnectReason::TimeLimit, Gone::Nothing),
            // The agent who has it in hand just now may still take it.
            Stage::Offered { .. } | Stage::Connecting { .. } => {
                let retry_at = self.now + limits::WAIT_MAX_RETRY;
                self.deadlines.set(Deadline::WaitMax(contact.id), retry_at);
            }
            Stage::Arriving
            | Stage::Detached { .. }
            | Stage::Dialing { .. }
            | Stage::Disconnected
            | Stage::InFlow { .. }
            | Stage::Talking { .. } => {}
        }
    }

    fn checkpoint(&mut self) {
        if self.contacts.values().any(Contact::is_live) {
            self.record_tenant(TenantEvent::Checkpointed);
            self.deadlines
                .set(Deadline::Checkpoint, self.now + limits::CHECKPOINT_EVERY);
        }
    }

    pub(super) fn in_stage(&self, contact: ContactId, is_right: impl Fn(&Stage) -> bool) -> Option<Contact> {
        self.contacts
            .get(&contact)
            .filter(|contact| is_right(&contact.stage))
            .cloned()
    }
}
