//! Changes of a call that the far side asks for: hold, retrieve, another address or codec (RFC 3261 section 14,
//! RFC 3311), and refreshes of ours (RFC 4028).

use std::time::Instant;

use media::sdp::NegotiateError;
use sip::endpoint::{Body, Command as SipCommand};
use sip::{DialogId, StatusCode};

use super::Legs;
use super::audio::read_sdp;

impl Legs {
    /// Takes a re-INVITE or UPDATE; without an offer the far side wants ours.
    pub(super) fn take_change(&mut self, dialog: DialogId, body: Option<&Body>, now: Instant) {
        let answer = self.answer_change(dialog, body);
        let order = match answer {
            Ok(body) => SipCommand::AnswerReinvite {
                dialog,
                body: Some(body),
            },
            Err(status) => SipCommand::RejectReinvite { dialog, status },
        };
        self.endpoint.handle_command(order, now);
    }

    /// Writes the answer to a change, or the status that leaves everything as it was.
    fn answer_change(&mut self, dialog: DialogId, body: Option<&Body>) -> Result<Body, StatusCode> {
        let Some((leg, call)) = self.call_mut(dialog) else {
            return Err(StatusCode::CALL_DOES_NOT_EXIST);
        };
        let Some(talk) = call.talk_mut() else {
            return Err(StatusCode::REQUEST_PENDING);
        };
        let Some(body) = body else {
            return Ok(talk.audio.offer());
        };
        let offer = read_sdp(body).map_err(|_| StatusCode::NOT_ACCEPTABLE_HERE)?;
        let answer = talk.audio.answer(&offer).map_err(|error| match error {
            NegotiateError::OutOfStep => StatusCode::REQUEST_PENDING,
            NegotiateError::LinesDiffer
            | NegotiateError::NoAudio
            | NegotiateError::NoCommonCodec
            | NegotiateError::Refused
            | NegotiateError::SecureTransportIncomplete => StatusCode::NOT_ACCEPTABLE_HERE,
        })?;
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
