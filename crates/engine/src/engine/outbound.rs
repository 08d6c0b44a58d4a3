//! Calls that the contact center makes.

use model::event::{ContactEvent, Direction, EmergencyRefusal};
use model::{ContactId, Dialed, DisconnectReason, LegId, LegKind, Refusal, TenantEvent};

use super::Engine;
use super::ending::Gone;
use super::flow_run::Run;
use crate::contact::Stage;
use crate::deadline::Deadline;
use crate::input::{CommandBody, Placement, RefuseReason};
use crate::limits;

impl Engine {
    pub(super) fn place_call(&mut self, placement: Placement) {
        let leg = placement.leg;
        if self.legs.contains_key(&leg) {
            return;
        }
        let (from, to) = (placement.from.clone(), placement.to.clone());
        if let Err(reason) = self.dial(placement) {
            if let Dialed::Emergency(to) = to {
                let reason = refusal(reason);
                self.record_tenant(TenantEvent::EmergencyCallRefused { from, to, reason });
            }
            self.command(CommandBody::Refuse { leg, reason });
        }
    }

    fn dial(&mut self, placement: Placement) -> Result<(), RefuseReason> {
        let claimed = self.config.claimed_number(&placement.from);
        let claimed = claimed.ok_or(RefuseReason::NotClaimed)?;
        let flow = placement.flow.unwrap_or(claimed.flow);
        let trunk = placement.trunk.map_err(RefuseReason::NoTrunk)?;
        let kept = match placement.to {
            Dialed::Emergency(_) => limits::EMERGENCY_CONTACTS,
            Dialed::Number(_) => 0,
        };
        if self.is_full_but(kept) {
            return Err(RefuseReason::Busy);
        }
        let document = self.document(flow).ok_or(RefuseReason::NoFlow)?;
        let leg = placement.leg;
        let initiated = ContactEvent::Initiated {
            leg,
            direction: Direction::Outbound,
            party: placement.party,
            number: placement.from.clone(),
            trunk: Some(trunk),
            flow,
            test: placement.test,
        };
        let contact = self.initiate(initiated, leg, LegKind::CustomerTrunk, Run::new(flow, document));
        let ring_timeout = placement.ring_timeout.unwrap_or(limits::RING_TIMEOUT);
        let ring_timeout = ring_timeout.clamp(limits::RING_TIMEOUT_MIN, limits::RING_TIMEOUT_MAX);
        self.deadlines
            .set(Deadline::RingExpires(contact), self.now + ring_timeout);
        self.command(CommandBody::Dial {
            leg,
            trunk,
            from: placement.from,
            to: placement.to,
            ring_timeout,
            contact,
        });
        Ok(())
    }

    /// Notes the first ring; a carrier may tell it again and again.
    pub(super) fn ring(&mut self, leg: LegId) {
        let Some(contact) = self.contact_of(leg) else {
            return;
        };
        if contact.leg == leg && contact.stage == (Stage::Dialing { is_ringing: false }) {
            self.record_contact(contact.id, ContactEvent::LegRinging { leg });
        }
    }

    pub(super) fn cancel_call(&mut self, contact: ContactId) -> Result<(), Refusal> {
        if self.stop_dialing(contact, DisconnectReason::Cancelled) {
            Ok(())
        } else {
            Err(Refusal::ContactMovedOn)
        }
    }

    pub(super) fn give_up_dialing(&mut self, contact: ContactId) {
        self.stop_dialing(contact, DisconnectReason::NoAnswer);
    }

    /// Ends a contact that was not answered; tells whether it was one.
    fn stop_dialing(&mut self, contact: ContactId, reason: DisconnectReason) -> bool {
        let contact = self.in_stage(contact, |stage| matches!(stage, Stage::Dialing { .. }));
        if let Some(contact) = &contact {
            self.disconnect(contact, reason, Gone::Nothing);
        }
        contact.is_some()
    }
}

/// Why an emergency call was refused, as it is kept.
const fn refusal(reason: RefuseReason) -> Option<EmergencyRefusal> {
    match reason {
        RefuseReason::Busy => Some(EmergencyRefusal::LimitReached),
        RefuseReason::NoFlow => Some(EmergencyRefusal::NoFlow),
        RefuseReason::NoTrunk(_) => Some(EmergencyRefusal::NoTrunk),
        RefuseReason::NotClaimed => Some(EmergencyRefusal::NotClaimed),
        RefuseReason::Unavailable => None,
    }
}
