//! Ends sessions: BYE in both directions, and everything that is given back afterwards.

use std::time::Instant;

use crate::core::Core;
use crate::endpoint::{EndReason, Event, FailureCause};
use crate::transaction::client::{ClientOwner, Delivery};
use crate::{HeaderName, Method, StatusCode};

use super::{Phase, RefusalDetails, Session};

impl Session {
    /// Ends the session as its state asks for: CANCEL, a refusal or BYE.
    pub(crate) fn hang_up(&mut self, core: &mut Core, reason: Option<String>, now: Instant) {
        match &mut self.phase {
            Phase::Calling(_) => self.cancel(core, FailureCause::Cancelled, reason.as_deref(), now),
            Phase::Ringing(_) => {
                let details = RefusalDetails {
                    reason: reason.as_deref(),
                    ..RefusalDetails::default()
                };
                self.reject(core, StatusCode::TEMPORARILY_UNAVAILABLE, details, now);
            }
            // RFC 3261 section 15: no BYE from the called side before the ACK.
            Phase::Established { hang_up }
                if self.unacked.as_ref().is_some_and(|unacked| unacked.is_initial) =>
            {
                *hang_up = Some(reason);
            }
            Phase::Established { .. } => self.leave(core, EndReason::HungUp, reason.as_deref(), now),
            Phase::Leaving | Phase::Over => {}
        }
    }

    /// Sends BYE and reports the end.
    pub(super) fn leave(&mut self, core: &mut Core, why: EndReason, reason: Option<&str>, now: Instant) {
        if !matches!(self.phase, Phase::Established { .. }) {
            return;
        }
        core.emit(Event::Ended {
            dialog: self.id,
            reason: why,
        });
        self.send_bye(core, reason, now);
    }

    /// Sends BYE; the session is kept until it is answered.
    pub(super) fn send_bye(&mut self, core: &mut Core, reason: Option<&str>, now: Instant) {
        self.give_back(core, now);
        let Some(dialog) = self.dialog() else { return };
        let mut bye = dialog.request(Method::Bye);
        if let Some(reason) = reason {
            bye.headers.push(HeaderName::Reason, reason.to_owned());
        }
        let owner = ClientOwner::Bye(self.id);
        if self.send_request(core, bye, owner, now).is_some() {
            self.phase = Phase::Leaving;
        }
    }

    /// Takes the answer to our BYE.
    pub(crate) fn handle_bye_answered(&mut self, core: &mut Core, mut delivery: Delivery, now: Instant) {
        let status = delivery.response.as_ref().map(|response| response.status);
        if status.is_some_and(StatusCode::is_provisional)
            || self.answer_challenge(core, &mut delivery, now).is_some()
        {
            return;
        }
        self.phase = Phase::Over;
    }

    /// Reports that the session came to nothing, and forgets it.
    pub(super) fn fail(&mut self, core: &mut Core, cause: FailureCause, now: Instant) {
        core.emit(Event::Failed {
            dialog: self.id,
            cause,
        });
        self.give_back(core, now);
    }

    /// Stops all timers and answers what is still open; the session is over.
    pub(super) fn give_back(&mut self, core: &mut Core, now: Instant) {
        self.stop_session_timer(core);
        self.forget_unacked(core);
        self.withdraw_offers(core, now);
        match &mut self.phase {
            Phase::Calling(calling) => core.schedule.clear(&mut calling.no_answer),
            Phase::Ringing(ringing) => ringing.provisionals.clear(core),
            Phase::Established { .. } | Phase::Leaving | Phase::Over => {}
        }
        self.phase = Phase::Over;
    }
}
