//! An outbound call until it is answered, refused or cancelled, forks included.

use std::time::Instant;

use crate::core::{Core, body_of, set_body};
use crate::dialog::Dialog;
use crate::digest::DigestClient;
use crate::endpoint::{Body, Event, FailureCause, OutboundCall};
use crate::limits::FORK_COUNT_MAX;
use crate::schedule::{Deadline, TimerKey};
use crate::session_timer::{self, Agreement};
use crate::transaction::TransactionId;
use crate::transaction::client::{ClientOwner, Delivery};
use crate::transport::Flow;
use crate::{CSeq, HeaderName, Headers, Method, Request, Response, StatusCode};

use super::refresh::Refresh;
use super::{Fork, ForkId, Peer, Phase, SentAck, Session, push_contact};

/// An outbound call that is not answered.
#[derive(Debug)]
pub(super) struct Calling {
    /// Why it was cancelled, if it was.
    cancelled: Option<FailureCause>,
    cancel_reason: Option<String>,
    /// Whether the INVITE carried the offer.
    has_offer: bool,
    has_provisional: bool,
    /// The INVITE's own fields, from which dialogs are made.
    identity: Headers,
    is_cancel_sent: bool,
    min_se_s: u32,
    pub(super) no_answer: Option<TimerKey>,
    transaction: TransactionId,
}

impl Session {
    /// Starts an outbound call; `None` when its socket does not exist.
    pub(crate) fn calling(core: &mut Core, call: OutboundCall, now: Instant) -> Option<Self> {
        let id = call.dialog;
        let local_tag = core.token();
        let ring_timeout = call.ring_timeout;
        let request = invite(core, &call, &local_tag);
        let mut identity = Headers::new();
        for name in [HeaderName::From, HeaderName::CallId] {
            identity.copy(&name, &request.headers);
        }
        let flow = call.destination.into();
        let transaction = core.start_client(request, flow, ClientOwner::Invite(id), 0, now)?;
        let no_answer = Some(core.schedule.set(now + ring_timeout, Deadline::NoAnswer(id)));
        let calling = Calling {
            cancelled: None,
            cancel_reason: None,
            has_offer: call.body.is_some(),
            has_provisional: false,
            identity,
            is_cancel_sent: false,
            min_se_s: 0,
            no_answer,
            transaction,
        };
        Some(Self {
            auth: call.credentials.map(DigestClient::new),
            bound_to: call.bound_to,
            forks: Vec::new(),
            chosen: 0,
            id,
            inbound_offer: None,
            is_caller: true,
            last_ack: None,
            late_rack: None,
            local_body: call.body,
            local_tag,
            outbound_offer: None,
            peer: Peer::default(),
            pending_ack: None,
            phase: Phase::Calling(calling),
            refresh: Refresh::default(),
            unacked: None,
            waiting_offer: None,
        })
    }

    /// Stops an outbound call; CANCEL waits for the first provisional response (RFC 3261 section 9.1).
    pub(super) fn cancel(&mut self, core: &mut Core, why: FailureCause, reason: Option<&str>, now: Instant) {
        if matches!(self.phase, Phase::Established { .. }) {
            self.hang_up(core, reason.map(str::to_owned), now);
            return;
        }
        let Phase::Calling(calling) = &mut self.phase else {
            return;
        };
        if calling.cancelled.is_none() {
            core.schedule.clear(&mut calling.no_answer);
            calling.cancelled = Some(why);
            calling.cancel_reason = reason.map(str::to_owned);
            calling.send_cancel(core, now);
        }
    }

    /// Stops an outbound call because the embedder wants so.
    pub(crate) fn give_up(&mut self, core: &mut Core, now: Instant) {
        self.cancel(core, FailureCause::Cancelled, None, now);
    }

    /// Gives up a call that rang too long.
    pub(crate) fn handle_no_answer(&mut self, core: &mut Core, now: Instant) {
        self.cancel(core, FailureCause::NoAnswer, None, now);
    }

    /// Takes what became of the INVITE.
    pub(crate) fn handle_invite_answered(&mut self, core: &mut Core, mut delivery: Delivery, now: Instant) {
        let Some(response) = delivery.response.take() else {
            let Phase::Calling(calling) = &mut self.phase else {
                return;
            };
            let cause = calling.cancelled.take().unwrap_or(FailureCause::Unreachable);
            self.fail(core, cause, now);
            return;
        };
        if response.status.is_provisional() {
            self.handle_progress(core, &response, &delivery, now);
        } else if response.status.is_success() {
            self.handle_accepted(core, &response, &delivery, now);
        } else {
            delivery.response = Some(response);
            self.handle_refused(core, delivery, now);
        }
    }

    fn handle_progress(&mut self, core: &mut Core, response: &Response, delivery: &Delivery, now: Instant) {
        let Phase::Calling(calling) = &mut self.phase else {
            return;
        };
        calling.has_provisional = true;
        if calling.cancelled.is_some() {
            calling.send_cancel(core, now);
            return;
        }
        if response.status == StatusCode::TRYING {
            return;
        }
        let has_offer = calling.has_offer;
        let Some(index) = self.fork_for(&response.headers, delivery) else {
            return;
        };
        self.note_peer(&response.headers);
        let body = body_of(&response.headers, &response.body);
        let wants_answer = body.is_some() && !has_offer;
        match reliability(&response.headers) {
            Reliability::Unreliable => {}
            Reliability::Malformed => return,
            Reliability::Reliable { rseq, cseq } => {
                let fork = &mut self.forks[index];
                // RFC 3262 section 4: in order and once; a repeated one has been acknowledged already.
                if fork.last_rseq.is_some_and(|last| rseq != last + 1) {
                    return;
                }
                fork.last_rseq = Some(rseq);
                if wants_answer {
                    fork.unanswered = Some((rseq, cseq));
                } else {
                    self.send_prack(core, index, rseq, cseq, None, now);
                }
            }
        }
        let is_reliable = self.forks[index].unanswered.is_some();
        core.emit(Event::Progress {
            dialog: self.id,
            fork: fork_id(index),
            body,
            status: response.status,
            wants_answer: wants_answer && is_reliable,
        });
    }

    fn handle_accepted(&mut self, core: &mut Core, response: &Response, delivery: &Delivery, now: Instant) {
        let Phase::Calling(calling) = &mut self.phase else {
            self.handle_further_success(core, response, delivery, now);
            return;
        };
        core.schedule.clear(&mut calling.no_answer);
        let cancelled = calling.cancelled.take();
        let has_offer = calling.has_offer;
        let Some(index) = self.fork_for(&response.headers, delivery) else {
            // Nothing can be built on such a 2xx, yet its sender must hear that it arrived.
            core.refuse_success(response, delivery.flow, now);
            self.fail(core, FailureCause::Unreachable, now);
            return;
        };
        self.chosen = index;
        self.note_peer(&response.headers);
        self.forks[index].dialog.confirm(&response.headers);
        let offer_was_answered = has_offer || self.forks[index].last_rseq.is_some();
        self.phase = Phase::Established { hang_up: None };
        let number = response
            .headers
            .cseq()
            .ok()
            .flatten()
            .map_or(0, |cseq| cseq.number);
        self.prepare_ack(core, number, delivery);
        if let Some(cause) = cancelled {
            // RFC 3261 section 15: the CANCEL came too late, so BYE ends what has just begun.
            self.send_ack(core, None, now);
            core.emit(Event::Failed {
                dialog: self.id,
                cause,
            });
            self.send_bye(core, None, now);
            return;
        }
        let body = body_of(&response.headers, &response.body);
        let wants_answer = body.is_some() && !offer_was_answered;
        if !wants_answer {
            self.send_ack(core, None, now);
        }
        self.restart_session_timer(core, Agreement::answered(&response.headers), now);
        core.emit(Event::Answered {
            dialog: self.id,
            fork: fork_id(index),
            body,
            wants_answer,
        });
    }

    /// Takes a 2xx that came again, or from a fork that was too late (RFC 3261 section 13.2.2.4).
    fn handle_further_success(
        &mut self,
        core: &mut Core,
        response: &Response,
        delivery: &Delivery,
        now: Instant,
    ) {
        let to_tag = response
            .headers
            .to()
            .ok()
            .flatten()
            .and_then(|to| to.tag().map(str::to_owned));
        let is_chosen = self
            .forks
            .get(self.chosen)
            .is_some_and(|fork| fork.dialog.remote_tag() == to_tag.as_deref().unwrap_or_default());
        if is_chosen {
            self.repeat_ack(core, response, now);
        } else {
            core.refuse_success(response, delivery.flow, now);
        }
    }

    fn handle_refused(&mut self, core: &mut Core, mut delivery: Delivery, now: Instant) {
        let Some(response) = delivery.response.take() else {
            return;
        };
        let Phase::Calling(calling) = &mut self.phase else {
            return;
        };
        if let Some(cause) = calling.cancelled.take() {
            self.fail(core, cause, now);
            return;
        }
        let status = response.status;
        let retry_after_s = response
            .headers
            .retry_after()
            .ok()
            .flatten()
            .map(|after| after.secs);
        let anew = if status == StatusCode::SESSION_INTERVAL_TOO_SMALL {
            calling.min_se_s = response
                .headers
                .min_se()
                .ok()
                .flatten()
                .map_or(0, |min_se| min_se.secs);
            let (min_se_s, config) = (calling.min_se_s, core.config.session_timer);
            self.send_anew(core, &mut delivery, now, |request| {
                session_timer::write_request(&mut request.headers, &config, min_se_s, None);
            })
        } else {
            delivery.response = Some(response);
            self.answer_challenge(core, &mut delivery, now)
        };
        match anew {
            Some(transaction) => {
                let Phase::Calling(calling) = &mut self.phase else {
                    return;
                };
                calling.transaction = transaction;
                calling.has_provisional = false;
                self.forks.clear();
            }
            None => self.fail(
                core,
                FailureCause::Refused {
                    retry_after_s,
                    status,
                },
                now,
            ),
        }
    }

    /// Finds the fork a response comes from, or makes one.
    fn fork_for(&mut self, headers: &Headers, delivery: &Delivery) -> Option<usize> {
        let to = headers.to().ok().flatten()?;
        let tag = to.tag().unwrap_or_default();
        let known = self.forks.iter().position(|fork| fork.dialog.remote_tag() == tag);
        if known.is_some() {
            return known;
        }
        let Phase::Calling(calling) = &self.phase else {
            return None;
        };
        if self.forks.len() == FORK_COUNT_MAX {
            return None;
        }
        let dialog = Dialog::calling(&calling.identity, headers, &to.uri, delivery.flow).ok()?;
        self.forks.push(Fork {
            dialog,
            last_rseq: None,
            unanswered: None,
        });
        Some(self.forks.len() - 1)
    }

    /// Acknowledges a reliable provisional response that carried the offer.
    pub(crate) fn prack(&mut self, core: &mut Core, fork: ForkId, body: Option<Body>, now: Instant) {
        let index = usize::from(fork.0);
        let Some(pending) = self.forks.get_mut(index) else {
            return;
        };
        if let Some((rseq, cseq)) = pending.unanswered.take() {
            self.send_prack(core, index, rseq, cseq, body, now);
        }
    }

    fn send_prack(
        &mut self,
        core: &mut Core,
        index: usize,
        rseq: u32,
        cseq: u32,
        body: Option<Body>,
        now: Instant,
    ) {
        let dialog = &mut self.forks[index].dialog;
        let mut prack = dialog.request(Method::Prack);
        let rack = crate::RAck {
            rseq,
            cseq,
            method: Method::Invite,
        };
        prack.headers.push_value(HeaderName::RAck, &rack);
        set_body(&mut prack.headers, &mut prack.body, body.as_ref());
        let flow = dialog.next_hop(core);
        if let Some(auth) = &mut self.auth {
            super::authorize(core, auth, &mut prack);
        }
        core.start_client(prack, flow, ClientOwner::Nobody, 0, now);
    }

    /// Builds the ACK of a 2xx, which may have to wait for an answer.
    pub(super) fn prepare_ack(&mut self, core: &Core, number: u32, delivery: &Delivery) {
        let Some(dialog) = self.dialog() else { return };
        let mut ack = dialog.ack(number);
        let flow = dialog.next_hop(core);
        if let Some(invite) = &delivery.request {
            // RFC 3261 section 22.1: the ACK repeats the credentials of its INVITE.
            ack.headers.copy(&HeaderName::Authorization, &invite.headers);
            ack.headers.copy(&HeaderName::ProxyAuthorization, &invite.headers);
        }
        self.pending_ack = Some((ack, flow));
    }

    /// Sends the ACK that was prepared, with the answer to a late offer if there was one.
    pub(crate) fn send_ack(&mut self, core: &mut Core, body: Option<Body>, now: Instant) {
        let Some((mut ack, flow)) = self.pending_ack.take() else {
            return;
        };
        let number = ack.headers.cseq().ok().flatten().map_or(0, |cseq| cseq.number);
        set_body(&mut ack.headers, &mut ack.body, body.as_ref());
        self.local_body = body.or_else(|| self.local_body.take());
        self.last_ack = core
            .send_alone(ack, flow, now)
            .map(|(flow, wire)| SentAck { flow, number, wire });
    }

    /// Sends the last ACK again if it belongs to this 2xx.
    pub(super) fn repeat_ack(&self, core: &mut Core, response: &Response, now: Instant) {
        let number = response.headers.cseq().ok().flatten().map(|cseq| cseq.number);
        if let Some(ack) = &self.last_ack
            && Some(ack.number) == number
        {
            core.send(ack.flow, ack.wire.clone(), None, now);
        }
    }
}

impl Calling {
    fn send_cancel(&mut self, core: &mut Core, now: Instant) {
        if self.has_provisional && !self.is_cancel_sent {
            self.is_cancel_sent = true;
            core.cancel_client(self.transaction, self.cancel_reason.as_deref(), now);
        }
    }
}

impl Core {
    /// Acknowledges a 2xx that nobody wants, and ends what it began.
    pub(crate) fn refuse_success(&mut self, response: &Response, flow: Flow, now: Instant) {
        let headers = &response.headers;
        let Ok(Some(cseq)) = headers.cseq() else { return };
        let Ok(Some(to)) = headers.to() else { return };
        let Ok(mut dialog) = Dialog::calling(headers, headers, &to.uri, flow) else {
            return;
        };
        let next_hop = dialog.next_hop(self);
        self.send_alone(dialog.ack(cseq.number), next_hop, now);
        let bye = dialog.request(Method::Bye);
        self.start_client(bye, next_hop, ClientOwner::Nobody, 0, now);
    }
}

/// Whether and how a provisional response is to be acknowledged.
enum Reliability {
    Malformed,
    Reliable { rseq: u32, cseq: u32 },
    Unreliable,
}

fn reliability(headers: &Headers) -> Reliability {
    if !headers
        .require()
        .is_ok_and(|tags| tags.iter().any(|tag| tag.eq_ignore_ascii_case("100rel")))
    {
        return Reliability::Unreliable;
    }
    match (headers.rseq(), headers.cseq()) {
        (Ok(Some(rseq)), Ok(Some(cseq))) => Reliability::Reliable {
            rseq,
            cseq: cseq.number,
        },
        _ => Reliability::Malformed,
    }
}

fn fork_id(index: usize) -> ForkId {
    ForkId(u8::try_from(index).unwrap_or(u8::MAX))
}

fn invite(core: &mut Core, call: &OutboundCall, local_tag: &str) -> Request {
    let call_id = core.token();
    let mut request = Request::new(Method::Invite, call.request_uri.clone());
    let headers = &mut request.headers;
    headers.push(HeaderName::MaxForwards, "70");
    headers.push_value(HeaderName::From, &call.from.clone().with_tag(local_tag));
    headers.push_value(HeaderName::To, &call.to);
    headers.push(HeaderName::CallId, call_id);
    headers.push_value(
        HeaderName::CSeq,
        &CSeq {
            number: 1,
            method: Method::Invite,
        },
    );
    push_contact(core, call.destination.transport, call.from.uri.user(), headers);
    core.advertise(headers);
    session_timer::write_request(headers, &core.config.session_timer, 0, None);
    headers.push(HeaderName::UserAgent, core.config.user_agent.clone());
    for (name, value) in &call.headers {
        if let Ok(name) = HeaderName::parse(name.as_bytes()) {
            headers.push(name, value.clone());
        }
    }
    set_body(headers, &mut request.body, call.body.as_ref());
    request
}
