//! Changes of a call that the far side asks for: hold, retrieve, another address or codec (RFC 3261 section 14,
//! RFC 3311), and refreshes of ours (RFC 4028).

use std::time::Instant;

use sip::endpoint::{Body, Command as SipCommand};
use sip::{DialogId, StatusCode};

use super::Legs;
use super::audio::read_sdp;
use super::unusable::UnusableSdp;

impl Legs {
    /// Takes a re-INVITE or UPDATE; without an offer the far side wants ours.
    pub(super) fn take_change(&mut self, dialog: DialogId, body: Option<&Body>, now: Instant) {
        let answer = self.answer_change(dialog, body);
        let order = match answer {
            Ok(body) => SipCommand::AnswerReinvite {
                dialog,
                body: Some(body),
            },
            Err(UnusableSdp { status, warning }) => SipCommand::RejectReinvite {
                dialog,
                status,
                warning,
            },
        };
        self.endpoint.handle_command(order, now);
    }

    /// Writes the answer to a change, or the refusal that leaves everything as it was (RFC 3261 section 14.2).
    fn answer_change(&mut self, dialog: DialogId, body: Option<&Body>) -> Result<Body, UnusableSdp> {
        let Some((leg, call)) = self.call_mut(dialog) else {
            return Err(StatusCode::CALL_DOES_NOT_EXIST.into());
        };
        let Some(talk) = call.talk_mut() else {
            return Err(StatusCode::REQUEST_PENDING.into());
        };
        let Some(body) = body else {
            return Ok(talk.audio.offer());
        };
        let offer = read_sdp(body)?;
        let answer = talk.audio.answer(&offer)?;
        self.apply(leg);
        Ok(answer)
    }

    /// Takes the answer to a refresh of ours, which repeated our last description.
    pub(super) fn take_refresh(&mut self, dialog: DialogId, body: &Body) {
        let Some((leg, call)) = self.call_mut(dialog) else {
            return;
        };
        let Some(talk) = call.talk_mut() else { return };
        talk.audio.offer();
        if talk.audio.accept(Some(body)).is_ok() {
            self.apply(leg);
        }
    }
}
