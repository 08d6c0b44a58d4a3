//! Provisional responses, reliable ones with their retransmissions and PRACK (RFC 3262, as server).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rand::RngExt;

use crate::core::{Core, body_of, set_body};
use crate::endpoint::{Body, Event, FailureCause};
use crate::limits::PROVISIONAL_COUNT_MAX;
use crate::schedule::{Deadline, TimerKey};
use crate::transaction::TransactionId;
use crate::{HeaderName, Method, Request, StatusCode};

use super::{Phase, Ringing, Session};

/// The provisional responses of an inbound call.
#[derive(Debug)]
pub(super) struct Provisionals {
    /// An answer that waits for the PRACK of a reliable body.
    held_answer: Option<Option<Body>>,
    is_body_acknowledged: bool,
    /// Whether the caller insists on reliable ones.
    is_required: bool,
    last_rseq: Option<u32>,
    unacknowledged: Option<Unacknowledged>,
    /// Reliable ones that wait for the PRACK of the one before.
    waiting: VecDeque<(StatusCode, Option<Body>)>,
}

#[derive(Debug)]
struct Unacknowledged {
    give_up_at: Instant,
    has_body: bool,
    interval: Duration,
    repeat: Option<TimerKey>,
    rseq: u32,
}

impl Provisionals {
    pub(super) fn new(is_required: bool) -> Self {
        Self {
            held_answer: None,
            is_body_acknowledged: false,
            is_required,
            last_rseq: None,
            unacknowledged: None,
            waiting: VecDeque::new(),
        }
    }

    /// Whether a 2xx must wait.
    pub(super) fn holds_back_success(&self) -> bool {
        self.unacknowledged.as_ref().is_some_and(|sent| sent.has_body)
    }

    /// Whether a body has been sent reliably and acknowledged.
    pub(super) fn is_body_acknowledged(&self) -> bool {
        self.is_body_acknowledged
    }

    /// Keeps an answer until the PRACK has come.
    pub(super) fn answer_when_acknowledged(&mut self, body: Option<Body>) {
        self.held_answer = Some(body);
    }

    /// Returns the number of the one that is not yet acknowledged.
    pub(super) fn unacknowledged_rseq(&self) -> Option<u32> {
        self.unacknowledged.as_ref().map(|sent| sent.rseq)
    }

    /// Stops all timers.
    pub(super) fn clear(&mut self, core: &mut Core) {
        if let Some(sent) = &mut self.unacknowledged {
            core.schedule.clear(&mut sent.repeat);
        }
        self.unacknowledged = None;
        self.waiting.clear();
    }
}

impl Session {
    /// Sends a provisional response, reliably if asked for and possible, or if the caller insists.
    pub(crate) fn ring(
        &mut self,
        core: &mut Core,
        status: StatusCode,
        body: Option<Body>,
        reliable: bool,
        now: Instant,
    ) {
        let supports_reliable = self.peer.supports_reliable;
        let Phase::Ringing(ringing) = &mut self.phase else {
            return;
        };
        if !status.is_provisional() || status == StatusCode::TRYING {
            return;
        }
        let is_reliable = ringing.provisionals.is_required || (reliable && supports_reliable);
        if !is_reliable {
            self.send_provisional(core, status, body, None, now);
        } else if ringing.provisionals.unacknowledged.is_none() {
            self.send_reliably(core, status, body, now);
        } else if ringing.provisionals.waiting.len() < PROVISIONAL_COUNT_MAX {
            ringing.provisionals.waiting.push_back((status, body));
        }
    }

    fn send_reliably(&mut self, core: &mut Core, status: StatusCode, body: Option<Body>, now: Instant) {
        let id = self.id;
        let Phase::Ringing(ringing) = &mut self.phase else {
            return;
        };
        let provisionals = &mut ringing.provisionals;
        let rseq = match provisionals.last_rseq {
            Some(last) => last + 1,
            None => core.rng.random_range(1..=0x7fff),
        };
        provisionals.last_rseq = Some(rseq);
        let interval = core.config.timers.t1;
        provisionals.unacknowledged = Some(Unacknowledged {
            give_up_at: now + core.config.timers.give_up(),
            has_body: body.is_some(),
            interval,
            repeat: Some(
                core.schedule
                    .set(now + interval, Deadline::ProvisionalRetransmission(id)),
            ),
            rseq,
        });
        self.send_provisional(core, status, body, Some(rseq), now);
    }

    fn send_provisional(
        &mut self,
        core: &mut Core,
        status: StatusCode,
        body: Option<Body>,
        rseq: Option<u32>,
        now: Instant,
    ) {
        let Phase::Ringing(Ringing { transaction, .. }) = self.phase else {
            return;
        };
        let Some(mut response) = core.servers.response(transaction, status) else {
            return;
        };
        self.push_contact(core, &mut response.headers);
        core.advertise(&mut response.headers);
        if let Some(rseq) = rseq {
            response.headers.push(HeaderName::Require, "100rel");
            response.headers.push(HeaderName::RSeq, rseq.to_string());
        }
        set_body(&mut response.headers, &mut response.body, body.as_ref());
        self.local_body = body.or_else(|| self.local_body.take());
        core.respond(transaction, core.with_server_header(response), now);
    }

    /// Sends a reliable provisional response again, or gives the call up.
    pub(crate) fn handle_provisional_retransmission(&mut self, core: &mut Core, now: Instant) {
        let id = self.id;
        let Phase::Ringing(ringing) = &mut self.phase else {
            return;
        };
        let transaction: TransactionId = ringing.transaction;
        let Some(sent) = &mut ringing.provisionals.unacknowledged else {
            return;
        };
        if now >= sent.give_up_at {
            core.respond_plainly(transaction, StatusCode::SERVER_TIME_OUT, now);
            self.fail(core, FailureCause::ProvisionalUnacknowledged, now);
            return;
        }
        sent.interval *= 2;
        let at = (now + sent.interval).min(sent.give_up_at);
        sent.repeat = Some(core.schedule.set(at, Deadline::ProvisionalRetransmission(id)));
        if let Some((flow, wire)) = core.servers.latest(transaction) {
            core.send(flow, wire, None, now);
        }
    }

    /// Takes a PRACK; one that fits nothing gets 481.
    pub(super) fn handle_prack(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        prack: &Request,
        now: Instant,
    ) {
        let rack = prack.headers.rack().ok().flatten();
        let Some(rack) = rack.filter(|rack| rack.method == Method::Invite) else {
            core.respond_plainly(transaction, StatusCode::CALL_DOES_NOT_EXIST, now);
            return;
        };
        if self.late_rack == Some((rack.rseq, rack.cseq)) {
            core.respond_plainly(transaction, StatusCode::OK, now);
            return;
        }
        let Some(wants_answer) = self.take_rack(core, rack.rseq, rack.cseq) else {
            core.respond_plainly(transaction, StatusCode::CALL_DOES_NOT_EXIST, now);
            return;
        };
        let body = body_of(&prack.headers, &prack.body);
        // A body that answers nothing is a new offer, which must not come before the call is up.
        let is_offer = body.is_some() && !wants_answer;
        let status = if is_offer {
            StatusCode::NOT_ACCEPTABLE_HERE
        } else {
            StatusCode::OK
        };
        core.respond_plainly(transaction, status, now);
        core.emit(Event::Pracked {
            dialog: self.id,
            body: body.filter(|_| wants_answer),
        });
        let Phase::Ringing(ringing) = &mut self.phase else {
            return;
        };
        if let Some(body) = ringing.provisionals.held_answer.take() {
            self.answer(core, body, now);
        } else if let Some((status, body)) = ringing.provisionals.waiting.pop_front() {
            self.send_reliably(core, status, body, now);
        }
    }

    /// Matches a PRACK with what was sent; returns whether that carried our offer.
    fn take_rack(&mut self, core: &mut Core, rseq: u32, cseq: u32) -> Option<bool> {
        let Phase::Ringing(ringing) = &mut self.phase else {
            return None;
        };
        let sent = ringing.provisionals.unacknowledged.as_mut()?;
        if sent.rseq != rseq || cseq != ringing.invite_seq {
            return None;
        }
        core.schedule.clear(&mut sent.repeat);
        let wants_answer = sent.has_body && !ringing.has_offer;
        ringing.provisionals.is_body_acknowledged |= sent.has_body;
        ringing.provisionals.unacknowledged = None;
        Some(wants_answer)
    }
}
