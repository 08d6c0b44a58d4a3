//! Calls of ours, with an early offer; what is heard before the answer is not let through.

use std::collections::BTreeMap;
use std::time::Instant;

use model::DisconnectReason;
use sip::endpoint::{Body, Command as SipCommand, OutboundCall};
use sip::{DialogId, ForkId, StatusCode};

use crate::command::Dial;
use crate::event::Event;
use crate::limits::{EMERGENCY_LEGS, RING_MAX};

use super::Legs;
use super::call::{Call, Progress, Stage, Talk};
use super::table::Leg;

impl Legs {
    /// Sends an INVITE; what becomes of it is told as of any leg.
    pub(super) fn dial(&mut self, dial: Dial, now: Instant) {
        let leg = dial.leg;
        if self.legs.contains_key(&leg) {
            self.events.push_back(Event::PortUnused { port: dial.port });
            return;
        }
        let mut audio = self.new_audio(dial.port);
        let dialog = self.endpoint.allocate_dialog();
        let order = SipCommand::Invite(Box::new(OutboundCall {
            body: Some(audio.offer()),
            bound_to: dial.bound_to,
            credentials: dial.credentials,
            destination: dial.destination,
            dialog,
            from: dial.from,
            headers: dial.headers,
            is_exempt: dial.is_emergency,
            ring_timeout: dial.ring_timeout.min(RING_MAX),
            request_uri: dial.request_uri,
            to: dial.to,
        }));
        let talk = Box::new(Talk {
            audio,
            progress: Progress::Dialing(BTreeMap::new()),
        });
        let call = Call {
            dialog,
            is_emergency: dial.is_emergency,
            stage: Stage::Talking(talk),
        };
        self.legs.insert(leg, Leg::Call(Box::new(call)));
        self.dialogs.insert(dialog, leg);
        let has_room = match dial.is_emergency {
            true => self.legs.emergency_count() <= EMERGENCY_LEGS,
            false => self.legs.bounded_count() <= self.config.legs_max,
        };
        if has_room {
            self.endpoint.handle_command(order, now);
        } else {
            self.end_leg(leg, DisconnectReason::LimitReached);
        }
    }

    /// Takes a provisional response. Its body is kept: when it came reliably, the 2xx has none.
    pub(super) fn take_progress(
        &mut self,
        dialog: DialogId,
        fork: ForkId,
        body: Option<Body>,
        status: StatusCode,
    ) {
        let Some((leg, call)) = self.call_mut(dialog) else {
            return;
        };
        let Some(talk) = call.talk_mut() else { return };
        let Progress::Dialing(early) = &mut talk.progress else {
            return;
        };
        if let Some(body) = body {
            early.insert(fork, body);
        }
        if matches!(status, StatusCode::RINGING | StatusCode::SESSION_PROGRESS) {
            self.events.push_back(Event::LegRinging { leg });
        }
    }

    /// Takes the 2xx of a call of ours.
    pub(super) fn take_answer(&mut self, dialog: DialogId, fork: ForkId, body: Option<Body>, now: Instant) {
        let Some((leg, call)) = self.call_mut(dialog) else {
            return;
        };
        let Some(talk) = call.talk_mut() else { return };
        let Progress::Dialing(early) = &mut talk.progress else {
            return;
        };
        let body = body.or_else(|| early.remove(&fork));
        if talk.audio.accept(body.as_ref()).is_ok() {
            self.agree(leg);
        } else {
            self.hang_up(leg, DisconnectReason::CarrierError, now);
        }
    }
}
