//! An inbound call until it is answered or refused.

use std::time::Instant;

use crate::core::{Core, body_of, push_retry_after, set_body};
use crate::dialog::Dialog;
use crate::endpoint::{Body, Event, FailureCause, Warning};
use crate::peers::BoundTo;
use crate::session_timer::{Agreement, IntervalTooSmall};
use crate::transaction::TransactionId;
use crate::transport::Flow;
use crate::{HeaderName, MinSe, Request, Response, StatusCode};

use super::provisional::Provisionals;
use super::refresh::Refresh;
use super::success::SuccessKind;
use super::{DialogId, Fork, Peer, Phase, Ringing, Session};

impl Session {
    /// Makes the session an admitted INVITE asks for; the error is the refusal to send.
    pub(crate) fn called(
        core: &Core,
        id: DialogId,
        local_tag: String,
        invite: &Request,
        transaction: TransactionId,
        (flow, bound_to): (Flow, BoundTo),
    ) -> Result<Self, Response> {
        let dialog = Dialog::called(invite, &local_tag, flow)
            .map_err(|_| Response::for_request(invite, StatusCode::BAD_REQUEST))?;
        let agreement = Agreement::answering(&invite.headers, &core.config.session_timer)
            .map_err(|IntervalTooSmall| interval_too_small(core, invite))?;
        let invite_seq = invite.headers.cseq().ok().flatten().map_or(0, |cseq| cseq.number);
        let is_required = invite
            .headers
            .require()
            .is_ok_and(|tags| tags.iter().any(|tag| tag == "100rel"));
        let mut session = Self {
            auth: None,
            bound_to,
            forks: vec![Fork {
                dialog,
                last_rseq: None,
                unanswered: None,
            }],
            chosen: 0,
            id,
            inbound_offer: None,
            is_caller: false,
            last_ack: None,
            late_rack: None,
            local_body: None,
            local_tag,
            outbound_offer: None,
            peer: Peer::default(),
            pending_ack: None,
            phase: Phase::Ringing(Ringing {
                has_offer: !invite.body.is_empty(),
                invite_seq,
                provisionals: Provisionals::new(is_required),
                agreement,
                transaction,
            }),
            refresh: Refresh::default(),
            unacked: None,
            waiting_offer: None,
        };
        session.note_peer(&invite.headers);
        Ok(session)
    }

    /// Answers the call with 200.
    pub(crate) fn answer(&mut self, core: &mut Core, body: Option<Body>, now: Instant) {
        let Phase::Ringing(ringing) = &mut self.phase else {
            return;
        };
        if ringing.provisionals.holds_back_success() {
            // RFC 3262 section 5: no 2xx before a reliable body is acknowledged.
            ringing.provisionals.answer_when_acknowledged(body);
            return;
        }
        let (transaction, number, agreement) = (ringing.transaction, ringing.invite_seq, ringing.agreement);
        let kind = SuccessKind {
            carries_offer: !ringing.has_offer && body.is_some(),
            is_initial: true,
        };
        let Some(mut response) = core.servers.response(transaction, StatusCode::OK) else {
            return;
        };
        self.late_rack = ringing
            .provisionals
            .unacknowledged_rseq()
            .map(|rseq| (rseq, number));
        ringing.provisionals.clear(core);
        self.push_contact(core, &mut response.headers);
        core.advertise(&mut response.headers);
        if let Some(agreement) = agreement {
            agreement.write_answer(&mut response.headers);
        }
        set_body(&mut response.headers, &mut response.body, body.as_ref());
        self.local_body = body.or_else(|| self.local_body.take());
        let response = core.with_server_header(response);
        self.phase = Phase::Established { hang_up: None };
        self.restart_session_timer(core, agreement, now);
        self.send_success(core, transaction, response, number, kind, now);
    }

    /// Refuses the call.
    pub(crate) fn reject(
        &mut self,
        core: &mut Core,
        status: StatusCode,
        details: RefusalDetails<'_>,
        now: Instant,
    ) {
        let Phase::Ringing(ringing) = &self.phase else {
            return;
        };
        if status.code() < 300 {
            return;
        }
        let transaction = ringing.transaction;
        if let Some(mut response) = core.servers.response(transaction, status) {
            push_retry_after(&mut response, details.retry_after_s);
            if let Some(reason) = details.reason {
                response.headers.push(HeaderName::Reason, reason.to_owned());
            }
            core.push_warning(&mut response, details.warning);
            core.respond(transaction, core.with_server_header(response), now);
        }
        self.fail(core, FailureCause::Rejected(status), now);
    }

    /// Takes a CANCEL of the INVITE; too late once it is answered.
    pub(crate) fn handle_cancel(&mut self, core: &mut Core, cancel: &Request, now: Instant) {
        let Phase::Ringing(ringing) = &self.phase else {
            return;
        };
        core.respond_plainly(ringing.transaction, StatusCode::REQUEST_TERMINATED, now);
        let reason = cancel.headers.get_str(&HeaderName::Reason).map(str::to_owned);
        core.emit(Event::Cancelled {
            dialog: self.id,
            reason,
        });
        self.give_back(core, now);
    }
}

/// What a refusal says besides its status.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RefusalDetails<'a> {
    /// Value of a Reason header.
    pub(crate) reason: Option<&'a str>,
    pub(crate) retry_after_s: Option<u32>,
    pub(crate) warning: Option<Warning>,
}

/// Makes the refusal of a session interval (RFC 4028 section 6).
pub(super) fn interval_too_small(core: &Core, request: &Request) -> Response {
    let mut response = Response::for_request(request, StatusCode::SESSION_INTERVAL_TOO_SMALL);
    let secs = core.config.session_timer.interval_s_min.max(90);
    response.headers.push_value(HeaderName::MinSe, &MinSe { secs });
    response
}

/// Returns the event for a new inbound call.
pub(crate) fn invited(
    admission: crate::admission::AdmissionId,
    dialog: DialogId,
    request: Box<Request>,
    source: Flow,
) -> Event {
    let body = body_of(&request.headers, &request.body);
    Event::Invited {
        admission,
        dialog,
        body,
        request,
        source,
    }
}
