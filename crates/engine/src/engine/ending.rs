//! The end of a contact.

use model::event::{ContactEvent, DequeueReason};
use model::{
    AgentEvent, AgentId, ContactId, DisconnectReason, DispositionId, LegId, OfferOutcome, SealedNotes,
    Timestamp,
};

use super::Engine;
use crate::contact::{Contact, Stage};
use crate::deadline::Deadline;
use crate::input::CommandBody;

/// Which of a contact's legs are over already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// All, with the process that carried them, since then.
    All { since: Timestamp },
    /// One, by itself.
    Leg(LegId),
    /// None.
    Nothing,
}

impl Gone {
    /// Why a leg ends with a contact that ends for `reason`.
    fn leg_reason(self, leg: LegId, reason: DisconnectReason) -> DisconnectReason {
        match self {
            Self::Leg(gone) if gone != leg => DisconnectReason::OtherPartyEnded,
            Self::All { .. } | Self::Leg(_) | Self::Nothing => reason,
        }
    }

    fn includes(self, leg: LegId) -> bool {
        match self {
            Self::All { .. } => true,
            Self::Leg(gone) => gone == leg,
            Self::Nothing => false,
        }
    }
}

impl Engine {
    /// Ends a contact's legs and the customer's side of it; whoever talked gets to write it up.
    pub(super) fn disconnect(&mut self, contact: &Contact, reason: DisconnectReason, gone: Gone) {
        let id = contact.id;
        let ended_at = match gone {
            Gone::All { since } => since,
            Gone::Leg(_) | Gone::Nothing => self.now,
        };
        for leg in contact.legs() {
            let reason = gone.leg_reason(leg, reason);
            let ended = ContactEvent::LegEnded {
                leg,
                reason,
                ended_at,
            };
            self.record_contact(id, ended);
            if !gone.includes(leg) {
                self.command(CommandBody::HangUp { leg, reason });
            }
        }
        self.record_contact(id, ContactEvent::Disconnected { reason, ended_at });
        // Only now, when the contact's phases have ended at `ended_at`: this may happen later than that.
        self.leave_queue(contact, dequeue_reason(reason));
        self.runs.remove(&id);
        self.deadlines.forget(id);
        match contact.stage {
            Stage::Talking { agent } | Stage::Detached { agent } => self.start_after_contact_work(id, agent),
            Stage::Arriving
            | Stage::Connecting { .. }
            | Stage::Dialing { .. }
            | Stage::Disconnected
            | Stage::InFlow { .. }
            | Stage::Offered { .. }
            | Stage::Waiting => self.complete(id, None, None),
        }
    }

    /// Takes a contact out of its queue, or back from an agent who has not talked yet.
    fn leave_queue(&mut self, contact: &Contact, reason: DequeueReason) {
        match contact.stage {
            Stage::Offered { agent, offer } | Stage::Connecting { agent, offer } => {
                self.end_offer(contact.id, agent, offer, OfferOutcome::Withdrawn);
            }
            Stage::Waiting => {}
            Stage::Arriving
            | Stage::Detached { .. }
            | Stage::Dialing { .. }
            | Stage::Disconnected
            | Stage::InFlow { .. }
            | Stage::Talking { .. } => return,
        }
        if let Some((queue, _)) = contact.place {
            self.record_contact(contact.id, ContactEvent::Dequeued { queue, reason });
        }
    }

    fn start_after_contact_work(&mut self, contact: ContactId, agent: AgentId) {
        let until = self.now + self.config.settings.after_contact_work();
        self.record_agent(agent, AgentEvent::AfterContactWorkStarted { contact, until });
        self.deadlines.set(Deadline::AfterContactWorkEnds(contact), until);
    }

    pub(super) fn complete(
        &mut self,
        id: ContactId,
        disposition: Option<DispositionId>,
        notes_sealed: Option<SealedNotes>,
    ) {
        self.record_contact(
            id,
            ContactEvent::Completed {
                disposition,
                notes_sealed,
            },
        );
        self.deadlines.forget(id);
    }
}

const fn dequeue_reason(reason: DisconnectReason) -> DequeueReason {
    match reason {
        DisconnectReason::CustomerHangup => DequeueReason::Abandoned,
        DisconnectReason::AgentHangup
        | DisconnectReason::AgentLost
        | DisconnectReason::Busy
        | DisconnectReason::Cancelled
        | DisconnectReason::CarrierError
        | DisconnectReason::FlowEnded
        | DisconnectReason::FlowFailed
        | DisconnectReason::LimitReached
        | DisconnectReason::MediaTimeout
        | DisconnectReason::NoAnswer
        | DisconnectReason::OtherPartyEnded
        | DisconnectReason::Rejected
        | DisconnectReason::SessionExpired
        | DisconnectReason::SystemRestarted
        | DisconnectReason::TimeLimit
        | DisconnectReason::UnassignedNumber => DequeueReason::Ended,
    }
}
