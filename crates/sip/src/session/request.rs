//! Requests that come in within a dialog (RFC 3261 section 12.2.2).

use std::time::Instant;

use crate::core::{Core, body_of, set_body};
use crate::endpoint::{Body, EndReason, Event};
use crate::transaction::TransactionId;
use crate::transaction::client::ClientOwner;
use crate::{HeaderName, Method, Request, StatusCode};

use super::{Phase, Session};

impl Session {
    /// Takes a request that belongs to this session, for which a transaction stands ready.
    pub(crate) fn handle_request(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        request: &Request,
        now: Instant,
    ) {
        if !self.take_number(request) {
            core.respond_plainly(transaction, StatusCode::SERVER_INTERNAL_ERROR, now);
            return;
        }
        match request.method {
            Method::Bye => self.handle_bye(core, transaction, request, now),
            Method::Prack => self.handle_prack(core, transaction, request, now),
            Method::Info => {
                core.respond_plainly(transaction, StatusCode::OK, now);
                let body = body_of(&request.headers, &request.body);
                core.emit(Event::Informed {
                    dialog: self.id,
                    body,
                });
            }
            Method::Options => core.answer_options(transaction, now),
            Method::Invite | Method::Update => match self.phase {
                Phase::Established { .. } => self.handle_inbound_offer(core, transaction, request, now),
                Phase::Ringing(_) | Phase::Calling(_) if self.may_update_early(request) => {
                    self.handle_inbound_offer(core, transaction, request, now);
                }
                // RFC 3261 section 14.2, RFC 3311 section 5.2: no second offer while the first is open.
                Phase::Ringing(_) | Phase::Calling(_) => {
                    core.respond_plainly(transaction, StatusCode::REQUEST_PENDING, now);
                }
                Phase::Leaving | Phase::Over => {
                    core.respond_plainly(transaction, StatusCode::CALL_DOES_NOT_EXIST, now);
                }
            },
            Method::Ack
            | Method::Cancel
            | Method::Message
            | Method::Notify
            | Method::Publish
            | Method::Refer
            | Method::Register
            | Method::Subscribe
            | Method::Other(_) => {
                core.respond_plainly(transaction, StatusCode::METHOD_NOT_ALLOWED, now);
            }
        }
    }

    /// Whether an UPDATE may come before the call is answered: without an offer always, with one
    /// once a reliable provisional response has settled the first (RFC 3311 section 5.2).
    fn may_update_early(&self, request: &Request) -> bool {
        let is_settled = match &self.phase {
            Phase::Ringing(ringing) => ringing.has_offer && ringing.provisionals.is_body_acknowledged(),
            Phase::Calling(_) => match self.forks.as_slice() {
                [fork] => fork.last_rseq.is_some() && fork.unanswered.is_none(),
                _ => false,
            },
            Phase::Established { .. } | Phase::Leaving | Phase::Over => false,
        };
        request.method == Method::Update && (request.body.is_empty() || is_settled)
    }

    /// Takes the number of a request in; false when it is out of order.
    fn take_number(&mut self, request: &Request) -> bool {
        let Ok(Some(cseq)) = request.headers.cseq() else {
            return false;
        };
        let Ok(Some(from)) = request.headers.from() else {
            return false;
        };
        let Ok(Some(call_id)) = request.headers.call_id() else {
            return false;
        };
        let tag = from.tag().unwrap_or_default();
        let fork = self
            .forks
            .iter_mut()
            .find(|fork| fork.dialog.matches(call_id, tag));
        fork.is_some_and(|fork| fork.dialog.take_remote_seq(cseq.number))
    }

    fn handle_bye(&mut self, core: &mut Core, transaction: TransactionId, bye: &Request, now: Instant) {
        let reason = bye.headers.get_str(&HeaderName::Reason).map(str::to_owned);
        let dialog = self.id;
        match &self.phase {
            Phase::Established { .. } => {
                core.respond_plainly(transaction, StatusCode::OK, now);
                core.emit(Event::Ended {
                    dialog,
                    reason: EndReason::Bye(reason),
                });
                self.give_back(core, now);
            }
            Phase::Ringing(ringing) => {
                let invite = ringing.transaction;
                core.respond_plainly(transaction, StatusCode::OK, now);
                core.respond_plainly(invite, StatusCode::REQUEST_TERMINATED, now);
                core.emit(Event::Cancelled { dialog, reason });
                self.give_back(core, now);
            }
            // Both sides hung up at once: their BYE is fine, and ours will be answered as well.
            Phase::Leaving => core.respond_plainly(transaction, StatusCode::OK, now),
            Phase::Calling(_) | Phase::Over => {
                core.respond_plainly(transaction, StatusCode::CALL_DOES_NOT_EXIST, now);
            }
        }
    }

    /// Sends INFO.
    pub(crate) fn inform(&mut self, core: &mut Core, body: &Body, now: Instant) {
        if !matches!(self.phase, Phase::Established { .. }) {
            return;
        }
        let Some(dialog) = self.dialog() else { return };
        let mut info = dialog.request(Method::Info);
        set_body(&mut info.headers, &mut info.body, Some(body));
        self.send_request(core, info, ClientOwner::Nobody, now);
    }
}
