//! Legs that arrive, connect and end.

use model::event::{ContactEvent, Direction};
use model::{ContactId, DisconnectReason, FlowId, LegId, LegKind};

use super::Engine;
use super::ending::Gone;
use super::flow_run::Run;
use crate::contact::{Contact, Stage};
use crate::deadline::Deadline;
use crate::input::{Arrival, CommandBody, RefuseReason};
use crate::limits;

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
        if self.is_full() {
            return Err(RefuseReason::Busy);
        }
        let flow = self.flow_for(&arrival).ok_or(RefuseReason::NoFlow)?;
        let document = self.document(flow).ok_or(RefuseReason::NoFlow)?;
        let Arrival { leg, kind, .. } = arrival;
        let initiated = ContactEvent::Initiated {
            leg,
            direction: Direction::Inbound,
            party: arrival.party,
            number: arrival.to,
            trunk: arrival.trunk,
            flow,
            test: arrival.test,
        };
        let id = self.initiate(initiated, leg, kind, Run::new(flow, document));
        self.deadlines.set(
            Deadline::CustomerConnectExpires(id),
            self.now + limits::CUSTOMER_CONNECT_TIMEOUT,
        );
        self.command(CommandBody::Answer { leg });
        Ok(())
    }

    /// Whether the tenant has as many contacts as it may have.
    pub(super) fn is_full(&self) -> bool {
        self.is_full_but(0)
    }

    /// Whether so many contacts more than the tenant's limit are open.
    pub(super) fn is_full_but(&self, kept: usize) -> bool {
        let live_count = self.contacts.values().filter(|contact| contact.is_live()).count();
        live_count >= self.config.settings.contacts_max as usize + kept
    }

    /// Begins a contact with its customer's leg.
    pub(super) fn initiate(
        &mut self,
        initiated: ContactEvent,
        leg: LegId,
        kind: LegKind,
        run: Run,
    ) -> ContactId {
        let id = ContactId::new(self.now, self.random_bits());
        self.record_contact(id, initiated);
        self.record_contact(id, ContactEvent::LegStarted { leg, kind });
        self.runs.insert(id, run);
        self.deadlines
            .set_if_absent(Deadline::Checkpoint, self.now + limits::CHECKPOINT_EVERY);
        id
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
            Stage::Dialing { .. } if is_customers => {
                self.record_contact(id, ContactEvent::LegConnected { leg });
                self.deadlines.cancel(Deadline::RingExpires(id));
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
            | Stage::Dialing { .. }
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
            self.disconnect(&contact, reason, Gone::Leg(leg));
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

    pub(super) fn contact_of(&self, leg: LegId) -> Option<Contact> {
        self.contacts.get(self.legs.get(&leg)?).cloned()
    }
}
