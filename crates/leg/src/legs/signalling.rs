//! What SIP tells, and what it means for a leg.

use std::time::Instant;

use model::DisconnectReason;
use sip::DialogId;
use sip::endpoint::{Body, Event as SipEvent};

use crate::event::Event;
use crate::teardown;

use super::Legs;

impl Legs {
    pub(super) fn take_signalling(&mut self, event: SipEvent, now: Instant) {
        match event {
            SipEvent::Acked { dialog, body } => self.take_ack(dialog, body.as_ref(), now),
            SipEvent::AdmissionAsked(asked) => self.events.push_back(Event::AdmissionAsked(asked)),
            SipEvent::Answered {
                dialog, fork, body, ..
            } => self.take_answer(dialog, fork, body, now),
            SipEvent::Cancelled { dialog, .. } => self.end_dialog(dialog, DisconnectReason::CustomerHangup),
            SipEvent::DigestRefused { source, username, .. } => {
                tracing::warn!(source = %source.address, username, "wrong credentials for a trunk");
            }
            SipEvent::Ended { dialog, reason } => self.end_dialog(dialog, teardown::of_end(&reason)),
            SipEvent::Failed { dialog, cause } => self.end_dialog(dialog, teardown::of_failure(&cause)),
            SipEvent::Informed { dialog, body } => self.take_info(dialog, body.as_ref()),
            SipEvent::Invited {
                admission,
                dialog,
                body,
                request,
                source,
            } => self.take_invite((admission, dialog), body.as_ref(), (&request, source), now),
            SipEvent::Progress {
                dialog,
                fork,
                body,
                status,
                ..
            } => self.take_progress(dialog, fork, body, status),
            SipEvent::Refreshed { dialog, body } => self.take_refresh(dialog, &body),
            SipEvent::RegistrationChanged { registration, state } => {
                self.events
                    .push_back(Event::RegistrationChanged { registration, state });
            }
            SipEvent::Reinvited { dialog, body } => self.take_change(dialog, body.as_ref(), now),
            SipEvent::Updated { dialog, body } => self.take_change(dialog, Some(&body), now),
            // Nothing of the kind is asked for: no probes, no reliable provisional responses, no changes of ours.
            SipEvent::OptionsAnswered { .. }
            | SipEvent::Pracked { .. }
            | SipEvent::ReinviteAnswered { .. }
            | SipEvent::ReinviteRefused { .. } => {}
        }
    }

    /// Ends the leg of a dialog that is over; one that was hung up is gone already.
    fn end_dialog(&mut self, dialog: DialogId, reason: DisconnectReason) {
        if let Some(leg) = self.dialogs.get(&dialog) {
            self.end_leg(*leg, reason);
        }
    }

    /// Takes a digit by INFO, as gateways without RFC 4733 send it.
    fn take_info(&mut self, dialog: DialogId, body: Option<&Body>) {
        let Some((leg, call)) = self.call_mut(dialog) else {
            return;
        };
        // A peer that has both would press the key twice.
        let is_only_way = call.talk().is_some_and(|talk| !talk.audio.has_telephone_events());
        if is_only_way && let Some(digit) = body.and_then(digit_of) {
            self.events.push_back(Event::Digit { leg, digit });
        }
    }
}

/// The digit of an INFO, `application/dtmf-relay` or `application/dtmf`.
fn digit_of(body: &Body) -> Option<char> {
    let text = std::str::from_utf8(&body.bytes).ok()?;
    let written = match body.content_type.to_ascii_lowercase().as_str() {
        "application/dtmf" => text,
        "application/dtmf-relay" => text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case("signal").then_some(value)
        })?,
        _ => return None,
    };
    let mut characters = written.trim().chars();
    let digit = characters.next()?.to_ascii_uppercase();
    let is_digit = matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D');
    (is_digit && characters.next().is_none()).then_some(digit)
}
