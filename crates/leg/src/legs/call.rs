//! A SIP call that arrives: let in, answered, acknowledged.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use media::WorkerKey;
use media::sdp::{OfferAnswer, SessionDescription};
use model::{DisconnectReason, LegId, TrunkId};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use sip::endpoint::{Body, Command as SipCommand};
use sip::{AdmissionId, DialogId, Flow, ForkId, Request, StatusCode};

use crate::event::{Arrival, Event};
use crate::port::MediaPort;
use crate::teardown::{self, Rejection};

use super::audio::{CallAudio, local_media, read_sdp};
use super::table::Leg;
use super::unusable::UnusableSdp;
use super::{Admitting, Legs};

/// A SIP call.
pub(super) struct Call {
    pub(super) dialog: DialogId,
    pub(super) is_emergency: bool,
    pub(super) stage: Stage,
}

/// Where a call stands.
pub(super) enum Stage {
    /// It has a port, and an offer has been made by one side.
    Talking(Box<Talk>),
    /// It waits to be answered; without an offer the caller wants ours.
    Waiting(Option<SessionDescription>),
}

/// A call with audio, or about to have it.
pub(super) struct Talk {
    pub(super) audio: CallAudio,
    pub(super) progress: Progress,
}

/// How far a call with a port has come.
pub(super) enum Progress {
    /// Our 200 is out and not acknowledged.
    Answered,
    /// Both sides agree.
    Connected,
    /// We called; with the bodies of provisional responses, one of which may turn out to be the answer.
    Dialing(BTreeMap<ForkId, Body>),
}

impl Call {
    pub(super) fn talk(&self) -> Option<&Talk> {
        match &self.stage {
            Stage::Talking(talk) => Some(talk),
            Stage::Waiting(_) => None,
        }
    }

    pub(super) fn talk_mut(&mut self) -> Option<&mut Talk> {
        match &mut self.stage {
            Stage::Talking(talk) => Some(talk),
            Stage::Waiting(_) => None,
        }
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting(_))
    }

    /// What ends it on the wire.
    pub(super) fn farewell(&self, reason: DisconnectReason) -> SipCommand {
        let (dialog, header) = (self.dialog, Some(teardown::reason_header(reason)));
        match &self.stage {
            Stage::Waiting(_) => SipCommand::Reject {
                dialog,
                reason: header,
                retry_after_s: None,
                status: teardown::refusal(reason),
                warning: None,
            },
            Stage::Talking(_) => SipCommand::Hangup {
                dialog,
                reason: header,
            },
        }
    }
}

impl Legs {
    /// Lets a request in; `order` is the endpoint's part of it.
    pub(super) fn admit(
        &mut self,
        admission: AdmissionId,
        leg: LegId,
        trunk: TrunkId,
        order: SipCommand,
        now: Instant,
    ) {
        if self.is_full() || self.legs.contains_key(&leg) {
            let (status, retry_after_s) = Rejection::Unavailable.status();
            let refuse = SipCommand::Refuse {
                admission,
                retry_after_s,
                status,
            };
            self.endpoint.handle_command(refuse, now);
            return;
        }
        self.admitting = Some(Admitting {
            admission,
            leg,
            trunk,
        });
        self.endpoint.handle_command(order, now);
        self.drain_signalling(now);
        // OPTIONS, or credentials that were wrong: nothing arrived.
        self.admitting = None;
    }

    /// Takes an admitted INVITE; one without audio that we could take is refused before anybody hears of it.
    pub(super) fn take_invite(
        &mut self,
        (admission, dialog): (AdmissionId, DialogId),
        body: Option<&Body>,
        (request, source): (&Request, Flow),
        now: Instant,
    ) {
        let admitted = self
            .admitting
            .take_if(|admitting| admitting.admission == admission);
        let offer = body.map(|body| self.usable_offer(body)).transpose();
        let nobodys = UnusableSdp::from(StatusCode::SERVICE_UNAVAILABLE);
        let arrived = admitted
            .ok_or(nobodys)
            .and_then(|admitted| Ok((admitted, offer?)));
        let (admitted, offer) = match arrived {
            Ok(arrived) => arrived,
            Err(UnusableSdp { status, warning }) => {
                let reject = SipCommand::Reject {
                    dialog,
                    reason: None,
                    retry_after_s: None,
                    status,
                    warning,
                };
                self.endpoint.handle_command(reject, now);
                return;
            }
        };
        let leg = admitted.leg;
        let call = Call {
            dialog,
            is_emergency: false,
            stage: Stage::Waiting(offer),
        };
        self.legs.insert(leg, Leg::Call(Box::new(call)));
        self.dialogs.insert(dialog, leg);
        self.expect_answer(leg, now);
        if let Some(arrival) = arrival(&admitted, request, source) {
            self.events.push_back(Event::Arrived(Box::new(arrival)));
        } else {
            self.hang_up(leg, DisconnectReason::CarrierError, now);
        }
    }

    /// Reads an offer and tries whether it could be answered.
    fn usable_offer(&self, body: &Body) -> Result<SessionDescription, UnusableSdp> {
        let offer = read_sdp(body)?;
        // Nothing of the trial is used, so neither its port nor its numbers matter; where it can send to does.
        let port = MediaPort {
            worker: WorkerKey(0),
            socket: media::SocketKey(0),
            address: SocketAddr::new(self.config.media, 0),
        };
        let mut numbers = ChaCha12Rng::from_seed([0; 32]);
        let local = local_media(port, &self.config.trunk_codecs, None, &mut numbers);
        match OfferAnswer::new(local).answer(&offer) {
            Ok(_) => Ok(offer),
            Err(error) => {
                tracing::debug!(%error, "an offer cannot be answered");
                Err(error.into())
            }
        }
    }

    /// Answers a call that waits, with an answer to its offer or an offer of ours.
    pub(super) fn answer_call(&mut self, leg: LegId, port: MediaPort, now: Instant) {
        let mut audio = self.new_audio(port);
        let Some(Leg::Call(call)) = self.legs.get_mut(&leg) else {
            self.events.push_back(Event::PortUnused { port });
            return;
        };
        let Stage::Waiting(offer) = &call.stage else {
            self.events.push_back(Event::PortUnused { port });
            return;
        };
        let body = match offer {
            Some(offer) => audio.answer(offer),
            None => Ok(audio.offer()),
        };
        let Ok(body) = body else {
            // It could be answered when it arrived.
            self.events.push_back(Event::PortUnused { port });
            self.reject(leg, Rejection::UnusableAudio, now);
            return;
        };
        audio.apply(&mut self.media, leg);
        call.stage = Stage::Talking(Box::new(Talk {
            audio,
            progress: Progress::Answered,
        }));
        let answer = SipCommand::Answer {
            dialog: call.dialog,
            body: Some(body),
        };
        self.endpoint.handle_command(answer, now);
    }

    /// Takes an ACK: the call stands, or a change of it that we offered does.
    pub(super) fn take_ack(&mut self, dialog: DialogId, body: Option<&Body>, now: Instant) {
        let Some((leg, call)) = self.call_mut(dialog) else {
            return;
        };
        let Some(talk) = call.talk_mut() else { return };
        let is_agreed = !talk.audio.has_open_offer() || talk.audio.accept(body).is_ok();
        match talk.progress {
            _ if is_agreed => self.agree(leg),
            Progress::Answered => self.hang_up(leg, DisconnectReason::CarrierError, now),
            // RFC 3261 section 14.1: a change that fails leaves the session as it was.
            Progress::Connected | Progress::Dialing(_) => {}
        }
    }

    /// Puts what was agreed on into force; the first time, the leg is connected.
    pub(super) fn agree(&mut self, leg: LegId) {
        self.apply(leg);
        if let Some(Leg::Call(call)) = self.legs.get_mut(&leg)
            && let Some(talk) = call.talk_mut()
            && !matches!(talk.progress, Progress::Connected)
        {
            talk.progress = Progress::Connected;
            self.events.push_back(Event::LegConnected { leg });
        }
    }

    /// Brings the media leg of a call in line with what was agreed on.
    pub(super) fn apply(&mut self, leg: LegId) {
        if let Some(Leg::Call(call)) = self.legs.get_mut(&leg)
            && let Some(talk) = call.talk_mut()
        {
            talk.audio.apply(&mut self.media, leg);
        }
    }

    pub(super) fn new_audio(&mut self, port: MediaPort) -> CallAudio {
        let local = local_media(port, &self.config.trunk_codecs, None, &mut self.random);
        CallAudio::new(OfferAnswer::new(local), self.config.latching, port)
    }

    pub(super) fn call_mut(&mut self, dialog: DialogId) -> Option<(LegId, &mut Call)> {
        let leg = *self.dialogs.get(&dialog)?;
        match self.legs.get_mut(&leg)? {
            Leg::Call(call) => Some((leg, call)),
            Leg::Browser(_) | Leg::OnLine(_) => None,
        }
    }
}

/// Who calls whom, as the INVITE says it; none when it does not.
fn arrival(admitted: &Admitting, request: &Request, source: Flow) -> Option<Arrival> {
    let headers = &request.headers;
    let asserted = headers.p_asserted_identity().unwrap_or_default();
    let privacy = headers.privacy();
    Some(Arrival {
        leg: admitted.leg,
        asserted: asserted.into_iter().next(),
        from: headers.from().ok().flatten()?,
        is_private: privacy.iter().any(|value| value.eq_ignore_ascii_case("id")),
        request_uri: request.uri.clone(),
        source: source.address,
        to: headers.to().ok().flatten()?,
        trunk: admitted.trunk,
    })
}
