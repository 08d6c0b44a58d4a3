//! Changes of a running session by re-INVITE and UPDATE, in both directions, one at a time.

use std::time::{Duration, Instant};

use rand::RngExt;

use crate::core::{Core, body_of, push_retry_after, set_body};
use crate::endpoint::{Body, EndReason, Event, Warning};
use crate::schedule::{Deadline, TimerKey};
use crate::session_timer::{self, Agreement};
use crate::transaction::TransactionId;
use crate::transaction::client::{ClientOwner, Delivery};
use crate::{Method, Request, Response, StatusCode};

use super::called::interval_too_small;
use super::success::SuccessKind;
use super::{Phase, Session};

/// Longest wait a busy side asks for, in seconds (RFC 3261 section 14.2).
const RETRY_AFTER_S_MAX: u32 = 10;

/// A re-INVITE or UPDATE of the far side that waits for the embedder.
#[derive(Debug)]
pub(super) struct InboundOffer {
    agreement: Option<Agreement>,
    /// Whether the request carries an offer, or asks for ours.
    has_body: bool,
    method: Method,
    number: u32,
    transaction: TransactionId,
}

/// A re-INVITE or UPDATE of ours that is under way, or waits after a glare.
#[derive(Debug)]
pub(super) struct OutboundOffer {
    body: Option<Body>,
    is_refresh: bool,
    method: Method,
    min_se_s: u32,
    retry: Option<TimerKey>,
    transaction: Option<TransactionId>,
    /// Whether it was put off once because the far side was busy.
    was_put_off: bool,
}

impl Session {
    /// Sends the embedder's re-INVITE, at once or when its turn comes.
    pub(crate) fn reinvite(&mut self, core: &mut Core, body: Option<Body>, now: Instant) {
        self.reoffer(core, Method::Invite, body, now);
    }

    /// Sends the embedder's UPDATE, at once or when its turn comes.
    pub(crate) fn update(&mut self, core: &mut Core, body: Option<Body>, now: Instant) {
        self.reoffer(core, Method::Update, body, now);
    }

    fn reoffer(&mut self, core: &mut Core, method: Method, body: Option<Body>, now: Instant) {
        if !matches!(self.phase, Phase::Established { .. }) {
            return;
        }
        if self.is_free_to_offer() {
            self.start_offer(core, method, body, false, now);
        } else {
            self.waiting_offer = Some((method, body));
        }
    }

    /// Whether no offer is under way in either direction (RFC 3261 section 14.1).
    pub(super) fn is_free_to_offer(&self) -> bool {
        self.unacked.is_none()
            && self.pending_ack.is_none()
            && self.inbound_offer.is_none()
            && self.outbound_offer.is_none()
    }

    /// Sends what waited for the end of another offer.
    pub(super) fn start_waiting_offer(&mut self, core: &mut Core, now: Instant) {
        if matches!(self.phase, Phase::Established { .. })
            && self.is_free_to_offer()
            && let Some((method, body)) = self.waiting_offer.take()
        {
            self.start_offer(core, method, body, false, now);
        }
    }

    pub(super) fn start_offer(
        &mut self,
        core: &mut Core,
        method: Method,
        body: Option<Body>,
        is_refresh: bool,
        now: Instant,
    ) {
        let offer = OutboundOffer {
            body,
            is_refresh,
            method,
            min_se_s: 0,
            retry: None,
            transaction: None,
            was_put_off: false,
        };
        self.outbound_offer = Some(offer);
        self.send_offer(core, now);
    }

    fn send_offer(&mut self, core: &mut Core, now: Instant) {
        let Some(offer) = &self.outbound_offer else { return };
        let (method, body, min_se_s) = (offer.method.clone(), offer.body.clone(), offer.min_se_s);
        let agreement = self.refresh.agreement;
        let Some(dialog) = self.dialog() else { return };
        let mut request = dialog.request(method);
        self.push_contact(core, &mut request.headers);
        core.advertise(&mut request.headers);
        session_timer::write_request(
            &mut request.headers,
            &core.config.session_timer,
            min_se_s,
            agreement,
        );
        set_body(&mut request.headers, &mut request.body, body.as_ref());
        let transaction = self.send_request(core, request, ClientOwner::Reoffer(self.id), now);
        if let Some(offer) = &mut self.outbound_offer {
            offer.transaction = transaction;
        }
    }

    /// Tries again after a glare.
    pub(crate) fn handle_glare_retry(&mut self, core: &mut Core, now: Instant) {
        let Some(offer) = &mut self.outbound_offer else {
            return;
        };
        offer.retry = None;
        if self.inbound_offer.is_some() || self.unacked.is_some() {
            // The far side's offer won and is still under way: ours follows it.
            if let Some(offer) = self.outbound_offer.take()
                && !offer.is_refresh
            {
                self.waiting_offer.get_or_insert((offer.method, offer.body));
            }
            return;
        }
        self.send_offer(core, now);
    }

    /// Takes what became of our re-INVITE or UPDATE.
    pub(crate) fn handle_reoffer_answered(&mut self, core: &mut Core, mut delivery: Delivery, now: Instant) {
        let Some(response) = delivery.response.take() else {
            if self.is_current(&delivery) {
                self.leave(core, EndReason::Unreachable, None, now);
            }
            return;
        };
        if response.status.is_provisional() {
            return;
        }
        if !self.is_current(&delivery) {
            if response.status.is_success() {
                self.repeat_ack(core, &response, now);
            }
            return;
        }
        if response.status.is_success() {
            self.handle_offer_accepted(core, &response, &delivery, now);
        } else {
            delivery.response = Some(response);
            self.handle_offer_refused(core, delivery, now);
        }
    }

    fn is_current(&self, delivery: &Delivery) -> bool {
        self.outbound_offer
            .as_ref()
            .is_some_and(|offer| offer.transaction == Some(delivery.id))
    }

    fn handle_offer_accepted(
        &mut self,
        core: &mut Core,
        response: &Response,
        delivery: &Delivery,
        now: Instant,
    ) {
        let Some(offer) = self.outbound_offer.take() else {
            return;
        };
        if let Some(dialog) = self.dialog() {
            dialog.refresh_target(&response.headers);
        }
        let body = body_of(&response.headers, &response.body);
        let mut wants_answer = false;
        if offer.method == Method::Invite {
            let number = response
                .headers
                .cseq()
                .ok()
                .flatten()
                .map_or(0, |cseq| cseq.number);
            self.prepare_ack(core, number, delivery);
            wants_answer = offer.body.is_none() && body.is_some();
            if !wants_answer {
                self.send_ack(core, None, now);
            }
        }
        self.local_body = offer.body.or_else(|| self.local_body.take());
        self.restart_session_timer(core, Agreement::answered(&response.headers), now);
        let dialog = self.id;
        if !offer.is_refresh {
            core.emit(Event::ReinviteAnswered {
                dialog,
                body,
                wants_answer,
            });
        } else if let Some(body) = body {
            core.emit(Event::Refreshed { dialog, body });
        }
        self.start_waiting_offer(core, now);
    }

    fn handle_offer_refused(&mut self, core: &mut Core, mut delivery: Delivery, now: Instant) {
        let Some(response) = &delivery.response else {
            return;
        };
        let status = response.status;
        if status == StatusCode::REQUEST_PENDING {
            let wait_ms = self.glare_wait_ms(core);
            self.put_off(core, wait_ms, now);
            return;
        }
        let retry_after = response
            .headers
            .retry_after()
            .ok()
            .flatten()
            .map(|after| after.secs);
        if let (StatusCode::SERVER_INTERNAL_ERROR, Some(secs @ 0..=RETRY_AFTER_S_MAX)) = (status, retry_after)
            && self
                .outbound_offer
                .as_ref()
                .is_some_and(|offer| !offer.was_put_off)
        {
            self.put_off(core, u64::from(secs) * 1_000, now);
            return;
        }
        if status == StatusCode::CALL_DOES_NOT_EXIST || status == StatusCode::REQUEST_TIMEOUT {
            // RFC 3261 section 12.2.1.2: the far side no longer knows the dialog.
            self.leave(core, EndReason::Unreachable, None, now);
            return;
        }
        let transaction = if status == StatusCode::SESSION_INTERVAL_TOO_SMALL {
            let min_se_s = response
                .headers
                .min_se()
                .ok()
                .flatten()
                .map_or(0, |min_se| min_se.secs);
            let (config, agreement) = (core.config.session_timer, self.refresh.agreement);
            self.send_anew(core, &mut delivery, now, |request| {
                session_timer::write_request(&mut request.headers, &config, min_se_s, agreement);
            })
        } else {
            self.answer_challenge(core, &mut delivery, now)
        };
        let Some(offer) = &mut self.outbound_offer else {
            return;
        };
        if transaction.is_some() {
            offer.transaction = transaction;
            return;
        }
        let is_refresh = offer.is_refresh;
        self.outbound_offer = None;
        if !is_refresh {
            core.emit(Event::ReinviteRefused {
                dialog: self.id,
                status,
            });
        }
        self.start_waiting_offer(core, now);
    }

    /// Returns how long to wait after a 491 (RFC 3261 section 14.1): the caller longer than the called.
    fn glare_wait_ms(&self, core: &mut Core) -> u64 {
        let steps = if self.is_caller { 210..=400 } else { 0..=200 };
        core.rng.random_range(steps) * 10
    }

    /// Sends the offer again after a while.
    fn put_off(&mut self, core: &mut Core, wait_ms: u64, now: Instant) {
        let Some(offer) = &mut self.outbound_offer else {
            return;
        };
        offer.transaction = None;
        offer.was_put_off = true;
        let at = now + Duration::from_millis(wait_ms);
        core.schedule
            .reset(&mut offer.retry, at, Deadline::GlareRetry(self.id));
    }

    /// Takes a re-INVITE or UPDATE of the far side.
    pub(super) fn handle_inbound_offer(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        request: &Request,
        now: Instant,
    ) {
        let body = body_of(&request.headers, &request.body);
        let is_offering = request.method == Method::Invite || body.is_some();
        if is_offering && self.is_offering() {
            core.respond_plainly(transaction, StatusCode::REQUEST_PENDING, now);
            return;
        }
        if is_offering && self.inbound_offer.is_some() {
            // RFC 3261 section 14.2: one at a time; the wait is random so that peers do not march in step.
            if let Some(mut response) = core
                .servers
                .response(transaction, StatusCode::SERVER_INTERNAL_ERROR)
            {
                let secs = core.rng.random_range(0..=RETRY_AFTER_S_MAX);
                push_retry_after(&mut response, Some(secs));
                core.respond(transaction, core.with_server_header(response), now);
            }
            return;
        }
        if request.method == Method::Invite && self.unacked.is_some() {
            // Whoever sends the next INVITE has seen the 2xx to the last: only its ACK was lost.
            self.take_ack(core, None, now);
            if !matches!(self.phase, Phase::Established { .. }) {
                core.respond_plainly(transaction, StatusCode::CALL_DOES_NOT_EXIST, now);
                return;
            }
        }
        let Ok(agreement) = Agreement::answering(&request.headers, &core.config.session_timer) else {
            let refusal = interval_too_small(core, request);
            core.respond(transaction, core.with_server_header(refusal), now);
            return;
        };
        if let Some(dialog) = self.dialog() {
            dialog.refresh_target(&request.headers);
        }
        self.note_peer(&request.headers);
        let number = request
            .headers
            .cseq()
            .ok()
            .flatten()
            .map_or(0, |cseq| cseq.number);
        let has_body = body.is_some();
        let offer = InboundOffer {
            agreement,
            has_body,
            method: request.method.clone(),
            number,
            transaction,
        };
        let dialog = self.id;
        match (&request.method, body) {
            (Method::Invite, body) => {
                self.inbound_offer = Some(offer);
                core.emit(Event::Reinvited { dialog, body });
            }
            (_, Some(body)) => {
                self.inbound_offer = Some(offer);
                core.emit(Event::Updated { dialog, body });
            }
            (_, None) => self.accept_offer(core, offer, None, now),
        }
    }

    /// Whether an offer of ours waits for its answer, in a response or in an ACK.
    fn is_offering(&self) -> bool {
        self.outbound_offer
            .as_ref()
            .is_some_and(|offer| offer.transaction.is_some())
            || self.pending_ack.is_some()
            || self.unacked.as_ref().is_some_and(|unacked| unacked.carries_offer)
    }

    /// Accepts the pending re-INVITE or UPDATE.
    pub(crate) fn agree(&mut self, core: &mut Core, body: Option<Body>, now: Instant) {
        if let Some(offer) = self.inbound_offer.take() {
            self.accept_offer(core, offer, body, now);
        }
    }

    fn accept_offer(&mut self, core: &mut Core, offer: InboundOffer, body: Option<Body>, now: Instant) {
        let Some(mut response) = core.servers.response(offer.transaction, StatusCode::OK) else {
            return;
        };
        self.push_contact(core, &mut response.headers);
        core.advertise(&mut response.headers);
        if let Some(agreement) = offer.agreement {
            agreement.write_answer(&mut response.headers);
        }
        set_body(&mut response.headers, &mut response.body, body.as_ref());
        self.local_body = body.or_else(|| self.local_body.take());
        let response = core.with_server_header(response);
        if matches!(self.phase, Phase::Established { .. }) {
            self.restart_session_timer(core, offer.agreement, now);
        }
        if offer.method == Method::Invite {
            let kind = SuccessKind {
                carries_offer: !offer.has_body,
                is_initial: false,
            };
            self.send_success(core, offer.transaction, response, offer.number, kind, now);
        } else {
            core.respond(offer.transaction, response, now);
            self.start_waiting_offer(core, now);
        }
    }

    /// Refuses the pending re-INVITE or UPDATE.
    pub(crate) fn disagree(
        &mut self,
        core: &mut Core,
        status: StatusCode,
        warning: Option<Warning>,
        now: Instant,
    ) {
        if status.code() < 300 {
            return;
        }
        if let Some(offer) = self.inbound_offer.take() {
            if let Some(mut response) = core.servers.response(offer.transaction, status) {
                core.push_warning(&mut response, warning);
                core.respond(offer.transaction, core.with_server_header(response), now);
            }
            self.start_waiting_offer(core, now);
        }
    }

    /// Lets go of all offers; the far side's is answered.
    pub(super) fn withdraw_offers(&mut self, core: &mut Core, now: Instant) {
        self.waiting_offer = None;
        if let Some(mut offer) = self.outbound_offer.take() {
            core.schedule.clear(&mut offer.retry);
        }
        if let Some(offer) = self.inbound_offer.take() {
            core.respond_plainly(offer.transaction, StatusCode::REQUEST_TERMINATED, now);
        }
    }
}
