//! Repeats our 2xx until it is acknowledged (RFC 3261 section 13.3.1.4).

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::core::{Core, body_of};
use crate::endpoint::{Body, EndReason, Event};
use crate::schedule::{Deadline, TimerKey};
use crate::transaction::TransactionId;
use crate::transport::Flow;
use crate::{Request, Response};

use super::{Phase, Session};

/// What a 2xx is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct SuccessKind {
    /// Whether it carries our offer, so that the ACK will carry the answer.
    pub(super) carries_offer: bool,
    /// Whether it answers the INVITE that started the session.
    pub(super) is_initial: bool,
}

/// A 2xx to an INVITE that waits for its ACK.
#[derive(Debug)]
pub(super) struct Unacked {
    pub(super) carries_offer: bool,
    flow: Flow,
    interval: Duration,
    pub(super) is_initial: bool,
    number: u32,
    overdue: Option<TimerKey>,
    repeat: Option<TimerKey>,
    wire: Bytes,
}

impl Session {
    /// Sends a 2xx to an INVITE and sees to it that it arrives.
    pub(super) fn send_success(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        response: Response,
        number: u32,
        kind: SuccessKind,
        now: Instant,
    ) {
        core.respond(transaction, response, now);
        let Some((flow, wire)) = core.servers.take_latest(transaction) else {
            return;
        };
        let interval = core.config.timers.t1;
        let repeat = Some(
            core.schedule
                .set(now + interval, Deadline::SuccessRetransmission(self.id)),
        );
        let give_up_at = now + core.config.timers.give_up();
        let overdue = Some(core.schedule.set(give_up_at, Deadline::AckOverdue(self.id)));
        let SuccessKind {
            carries_offer,
            is_initial,
        } = kind;
        let unacked = Unacked {
            carries_offer,
            flow,
            interval,
            is_initial,
            number,
            overdue,
            repeat,
            wire,
        };
        self.unacked = Some(unacked);
    }

    /// Sends the 2xx again.
    pub(crate) fn handle_success_retransmission(&mut self, core: &mut Core, now: Instant) {
        let Some(unacked) = &mut self.unacked else { return };
        unacked.interval = core.config.timers.backed_off(unacked.interval);
        let at = now + unacked.interval;
        unacked.repeat = Some(core.schedule.set(at, Deadline::SuccessRetransmission(self.id)));
        core.send(unacked.flow, unacked.wire.clone(), None, now);
    }

    /// Ends a session whose 2xx was never acknowledged.
    pub(crate) fn handle_ack_overdue(&mut self, core: &mut Core, now: Instant) {
        if self.unacked.is_some() {
            let reason = "SIP;cause=408;text=\"No ACK\"";
            self.leave(core, EndReason::AckMissing, Some(reason), now);
        }
    }

    /// Takes an ACK in; one for another INVITE is ignored.
    pub(crate) fn handle_ack(&mut self, core: &mut Core, ack: &Request, now: Instant) {
        let Ok(Some(cseq)) = ack.headers.cseq() else {
            return;
        };
        if self
            .unacked
            .as_ref()
            .is_none_or(|unacked| unacked.number != cseq.number)
        {
            return;
        }
        self.take_ack(core, body_of(&ack.headers, &ack.body), now);
        self.start_waiting_offer(core, now);
    }

    /// Notes that the 2xx has arrived, and hangs up if that was wanted.
    pub(super) fn take_ack(&mut self, core: &mut Core, body: Option<Body>, now: Instant) {
        self.forget_unacked(core);
        let Phase::Established { hang_up } = &mut self.phase else {
            return;
        };
        let hang_up = hang_up.take();
        core.emit(Event::Acked {
            dialog: self.id,
            body,
        });
        if let Some(reason) = hang_up {
            self.leave(core, EndReason::HungUp, reason.as_deref(), now);
        }
    }

    /// Stops repeating the 2xx.
    pub(super) fn forget_unacked(&mut self, core: &mut Core) {
        if let Some(mut unacked) = self.unacked.take() {
            core.schedule.clear(&mut unacked.repeat);
            core.schedule.clear(&mut unacked.overdue);
        }
    }
}
