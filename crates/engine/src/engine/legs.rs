//! Legs that arrive, connect and end, and the end of a contact.

use model::event::{ContactEvent, DequeueReason, Direction};
use model::{
    AgentEvent, AgentId, ContactId, DisconnectReason, DispositionId, FlowId, LegId, LegKind, PartyId,
    PhoneNumber, TrunkId,
};

use super::Engine;
use super::flow_run::Run;
use crate::contact::{Contact, Stage};
use crate::deadline::Deadline;
use crate::input::{CommandBody, RefuseReason};
use crate::limits;

/// A customer's leg that wants to be answered.
pub(super) struct Arrival {
    pub(super) leg: LegId,
    pub(super) kind: LegKind,
    pub(super) party: PartyId,
    pub(super) to: PhoneNumber,
    pub(super) trunk: Option<TrunkId>,
    pub(super) test: bool,
}

impl Engine {
    pub(super) fn arrive(&mut self, arrival: Arrival) {
        let leg = arrival.leg;
        if self.legs.contains_key(&leg) {
            return;
        }
        if let Err(reason) = self.begin_contact(arrival) {
            self.command(CommandBody::Refuse { leg, reason });
        }
    }

    fn begin_contact(&mut self, arrival: Arrival) -> Result<(), RefuseReason> {
        let live_count = self.contacts.values().filter(|contact| contact.is_live()).count();
        if live_count >= self.config.settings.contacts_max as usize {
            return Err(RefuseReason::Busy);
        }
        let flow = self.flow_for(&arrival).ok_or(RefuseReason::NoFlow)?;
        let document = self.document(flow).ok_or(RefuseReason::NoFlow)?;
        let Arrival {
            leg,
            kind,
            party,
            to,
            trunk,
            test,
        } = arrival;
        let id = ContactId::new(self.now, self.random_bits());
        let initiated = ContactEvent::Initiated {
            leg,
            direction: Direction::Inbound,
            party,
            to,
            trunk,
            flow,
            test,
        };
        self.record_contact(id, initiated);
        self.record_contact(id, ContactEvent::LegStarted { leg, kind });
        self.runs.insert(id, Run::new(flow, document));
        self.deadlines.set(
            Deadline::CustomerConnectExpires(id),
            self.now + limits::CUSTOMER_CONNECT_TIMEOUT,
        );
        self.deadlines
            .set_if_absent(Deadline::Checkpoint, self.now + limits::CHECKPOINT_EVERY);
        self.command(CommandBody::Answer { leg });
        Ok(())
    }

    fn flow_for(&self, arrival: &Arrival) -> Option<FlowId> {
        let claimed = self.config.claimed_number(&arrival.to)?;
        let is_reached_over = |trunk| claimed.trunk == trunk;
        arrival.trunk.is_none_or(is_reached_over).then_some(claimed.flow)
    }

    pub(super) fn connect_leg(&mut self, leg: LegId) {
        let Some(contact) = self.contact_of(leg) else {
            return;
        };
        let id = contact.id;
        let is_customers = leg == contact.leg;
        match contact.stage {
            Stage::Arriving if is_customers => {
                self.record_contact(id, ContactEvent::LegConnected { leg });
                self.deadlines.cancel(Deadline::CustomerConnectExpires(id));
                self.begin_flow(id);
            }
            Stage::Connecting { agent, .. } if !is_customers => {
                self.record_contact(id, ContactEvent::LegConnected { leg });
                self.record_contact(id, ContactEvent::ConnectedToAgent { agent, leg });
                self.deadlines.cancel(Deadline::AgentConnectExpires(id));
                self.deadlines.cancel(Deadline::WaitMax(id));
                self.deadlines.cancel(Deadline::AnnouncePosition(id));
                self.join(&contact, leg);
            }
            Stage::Detached { agent } if !is_customers => {
                self.record_contact(id, ContactEvent::LegConnected { leg });
                self.record_contact(id, ContactEvent::AgentReattached { agent, leg });
                self.deadlines.cancel(Deadline::ReattachEnds(id));
                self.join(&contact, leg);
            }
            Stage::Arriving
            | Stage::Connecting { .. }
            | Stage::Detached { .. }
            | Stage::Disconnected
            | Stage::InFlow { .. }
            | Stage::Offered { .. }
            | Stage::Talking { .. }
            | Stage::Waiting => {}
        }
    }

    fn join(&mut self, contact: &Contact, agent_leg: LegId) {
        self.stop_play(contact);
        self.command(CommandBody::Bridge {
            a: contact.leg,
            b: agent_leg,
        });
    }

    pub(super) fn end_leg(&mut self, leg: LegId, reason: DisconnectReason) {
        let Some(contact) = self.contact_of(leg) else {
            return;
        };
        if leg == contact.leg {
            self.disconnect(&contact, reason, Some(leg));
        } else {
            self.end_agent_leg(&contact, leg, reason);
        }
    }

    /// The agent's audio is gone without the agent having asked for it: the customer is kept.
    pub(super) fn end_agent_leg(&mut self, contact: &Contact, leg: LegId, reason: DisconnectReason) {
        let id = contact.id;
        let ended = ContactEvent::LegEnded {
            leg,
            reason,
            ended_at: self.now,
        };
        self.record_contact(id, ended);
        if let Stage::Talking { agent } = contact.stage {
            let until = self.now + self.config.settings.reattach_timeout();
            self.record_contact(id, ContactEvent::AgentDetached { agent, until });
            self.deadlines.set(Deadline::ReattachEnds(id), until);
            self.play_music(id);
        }
    }

    /// Ends a contact's legs and the customer's side of it. `gone` is the leg that ended by itself, if one did.
    pub(super) fn disconnect(&mut self, contact: &Contact, reason: DisconnectReason, gone: Option<LegId>) {
        let id = contact.id;
        let ended_at = self.now;
        self.leave_queue(contact, dequeue_reason(reason));
        for leg in contact.legs() {
            let is_other = gone.is_some_and(|gone| gone != leg);
            let reason = if is_other {
                DisconnectReason::OtherPartyEnded
            } else {
                reason
            };
            let ended = ContactEvent::LegEnded {
                leg,
                reason,
                ended_at,
            };
            self.record_contact(id, ended);
            if gone != Some(leg) {
                self.command(CommandBody::HangUp { leg, reason });
            }
        }
        self.record_contact(id, ContactEvent::Disconnected { reason, ended_at });
        self.runs.remove(&id);
        self.deadlines.forget(id);
        match contact.stage {
            Stage::Talking { agent } | Stage::Detached { agent } => self.start_after_contact_work(id, agent),
            Stage::Arriving
            | Stage::Connecting { .. }
            | Stage::Disconnected
            | Stage::InFlow { .. }
            | Stage::Offered { .. }
            | Stage::Waiting => self.complete(id, None, None),
        }
    }

    pub(super) fn start_after_contact_work(&mut self, contact: ContactId, agent: AgentId) {
        let until = self.now + self.config.settings.after_contact_work();
        self.record_agent(agent, AgentEvent::AfterContactWorkStarted { contact, until });
        self.deadlines.set(Deadline::AfterContactWorkEnds(contact), until);
    }

    pub(super) fn complete(
        &mut self,
        id: ContactId,
        disposition: Option<DispositionId>,
        notes: Option<String>,
    ) {
        self.record_contact(id, ContactEvent::Completed { disposition, notes });
        self.deadlines.forget(id);
    }

    pub(super) fn contact_of(&self, leg: LegId) -> Option<Contact> {
        self.contacts.get(self.legs.get(&leg)?).cloned()
    }
}

const fn dequeue_reason(reason: DisconnectReason) -> DequeueReason {
    match reason {
        DisconnectReason::CustomerHangup => DequeueReason::Abandoned,
        DisconnectReason::AgentHangup
        | DisconnectReason::AgentLost
        | DisconnectReason::CarrierError
        | DisconnectReason::FlowEnded
        | DisconnectReason::FlowFailed
        | DisconnectReason::LimitReached
        | DisconnectReason::MediaTimeout
        | DisconnectReason::OtherPartyEnded
        | DisconnectReason::SessionExpired
        | DisconnectReason::SystemRestarted
        | DisconnectReason::TimeLimit => DequeueReason::Ended,
    }
}
