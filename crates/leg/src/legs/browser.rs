//! Browsers: agents' lines, callers, echo tests. All are one WebRTC connection; they differ in what it is for.

use std::time::Instant;

use media::sdp::{
    NegotiateError, OfferAnswer, ParseSdpError, SessionDescription, Setup, WebRtcLocal, WebRtcRemote,
};
use media::webrtc::{WebRtcError, WebRtcLeg, generate_ice_credentials};
use media::{LegAudio, PlayKey, WorkerCommand};
use model::{DisconnectReason, LegId, LineId};

use crate::event::Event;
use crate::limits::{ECHO_TEST_MAX, ECHO_TESTS_MAX, LINES_MAX, OFFER_BYTES_MAX};
use crate::port::{EchoTestId, MediaPort};

use super::audio::{MediaLeg, Owner, identity, local_media};
use super::table::Leg;
use super::{Due, Legs};

/// Why a browser's offer is not answered.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// The node has as many connections of the kind as it may have, or the name is taken.
    #[error("there is no room for another connection")]
    NoRoom,
    /// More than [`OFFER_BYTES_MAX`] bytes.
    #[error("the session description has more than {OFFER_BYTES_MAX} bytes")]
    TooLong,
    /// It is no session description.
    #[error("the session description cannot be read")]
    Unreadable(#[source] ParseSdpError),
    /// It has no audio that can be agreed on.
    #[error("no audio can be agreed on")]
    Unusable(#[source] NegotiateError),
    /// Its secure transport cannot be used.
    #[error("the secure transport cannot be used")]
    Insecure(#[source] WebRtcError),
}

/// An agent's standing connection.
pub(super) struct Line {
    exchange: OfferAnswer,
    is_open: bool,
    leg: Option<LegId>,
    pub(super) media: MediaLeg,
    /// What is played on it last.
    pub(super) play: Option<PlayKey>,
}

/// A caller in a browser.
pub(super) struct BrowserCaller {
    pub(super) is_answered: bool,
    /// Its connection stands.
    pub(super) is_up: bool,
    pub(super) media: MediaLeg,
}

impl Legs {
    /// Answers the offer of an agent's browser with a line; `LineOpened` or `LineFailed` follows.
    ///
    /// # Errors
    /// When the offer cannot be answered: there is no line then.
    pub fn open_line(
        &mut self,
        line: LineId,
        offer: &str,
        port: MediaPort,
        now: Instant,
    ) -> Result<String, OfferError> {
        if self.lines.len() >= LINES_MAX || self.lines.contains_key(&line) {
            return Err(OfferError::NoRoom);
        }
        let (media, exchange, answer) = self.connect(Owner::Line(line), offer, port, now)?;
        let line_state = Line {
            exchange,
            is_open: false,
            leg: None,
            media,
            play: None,
        };
        self.lines.insert(line, line_state);
        Ok(answer)
    }

    /// Answers a further offer of the connection that a line is, such as an ICE restart; none when it is another
    /// connection's, or the line is gone.
    ///
    /// # Errors
    /// When the offer cannot be answered: the line stays as it was.
    pub fn renew_line(&mut self, line: LineId, offer: &str) -> Result<Option<String>, OfferError> {
        let description = read_offer(offer)?;
        let Some(state) = self.lines.get_mut(&line) else {
            return Ok(None);
        };
        let Some(before) = remote_of(&state.exchange) else {
            return Ok(None);
        };
        let mut local = state.exchange.local().clone();
        let renewed = generate_ice_credentials(&mut self.random);
        let Some(webrtc) = &mut local.webrtc else {
            return Ok(None);
        };
        let kept = std::mem::replace(&mut webrtc.ice, renewed.clone());
        let mut exchange = OfferAnswer::new(local.clone());
        let mut answer = exchange.answer(&description).map_err(OfferError::Unusable)?;
        let remote = remote_of(&exchange);
        let Some(remote) = remote.filter(|remote| remote.fingerprints == before.fingerprints) else {
            return Ok(None);
        };
        let is_restart = remote.ice != before.ice;
        let ice = if is_restart { renewed } else { kept };
        if !is_restart && let Some(webrtc) = &mut local.webrtc {
            webrtc.ice = ice.clone();
            exchange = OfferAnswer::new(local);
            answer = exchange.answer(&description).map_err(OfferError::Unusable)?;
        }
        if let Some(negotiated) = exchange.negotiated() {
            let order = WorkerCommand::RenegotiateWebRtc {
                leg: state.media.key,
                local: ice,
                remote: Box::new(remote),
                audio: LegAudio::from(negotiated),
            };
            self.media.order(state.media.worker, order);
        }
        state.exchange = exchange;
        Ok(Some(answer.to_string()))
    }

    /// Answers the offer of a caller's browser; the leg is connected once its connection stands and
    /// `AnswerBrowser` was ordered.
    ///
    /// # Errors
    /// When the offer cannot be answered: there is no leg then.
    pub fn start_browser_call(
        &mut self,
        leg: LegId,
        offer: &str,
        port: MediaPort,
        now: Instant,
    ) -> Result<String, OfferError> {
        if self.is_nearly_full() || self.legs.contains_key(&leg) {
            return Err(OfferError::NoRoom);
        }
        let (media, _, answer) = self.connect(Owner::BrowserCaller(leg), offer, port, now)?;
        let caller = BrowserCaller {
            is_answered: false,
            is_up: false,
            media,
        };
        self.legs.insert(leg, Leg::Browser(caller));
        self.expect_answer(leg, now);
        Ok(answer)
    }

    /// Answers a browser's offer with its own echo, until `EndEchoTest` or for [`ECHO_TEST_MAX`].
    ///
    /// # Errors
    /// When the offer cannot be answered: there is no test then.
    pub fn start_echo_test(
        &mut self,
        echo_test: EchoTestId,
        offer: &str,
        port: MediaPort,
        now: Instant,
    ) -> Result<String, OfferError> {
        if self.echo_tests.len() >= ECHO_TESTS_MAX || self.echo_tests.contains_key(&echo_test) {
            return Err(OfferError::NoRoom);
        }
        let (media, _, answer) = self.connect(Owner::EchoTest(echo_test), offer, port, now)?;
        self.media
            .order(media.worker, WorkerCommand::Echo { leg: media.key });
        self.echo_tests.insert(echo_test, media);
        self.due.insert((now + ECHO_TEST_MAX, Due::EchoTest(echo_test)));
        Ok(answer)
    }

    /// Adds the media leg that an offer asks for; returns it with the answer.
    fn connect(
        &mut self,
        owner: Owner,
        offer: &str,
        port: MediaPort,
        now: Instant,
    ) -> Result<(MediaLeg, OfferAnswer, String), OfferError> {
        let offer = read_offer(offer)?;
        let ice = generate_ice_credentials(&mut self.random);
        let certificate = &self.config.certificate;
        let webrtc = WebRtcLocal {
            ice: ice.clone(),
            fingerprint: certificate.fingerprint().clone(),
            preferred_setup: Setup::Active,
        };
        let codecs = &self.config.browser_codecs;
        let mut exchange = OfferAnswer::new(local_media(port, codecs, Some(webrtc), &mut self.random));
        let answer = exchange.answer(&offer).map_err(OfferError::Unusable)?;
        let missing = OfferError::Unusable(NegotiateError::SecureTransportIncomplete);
        let (Some(negotiated), Some(remote)) = (exchange.negotiated(), remote_of(&exchange)) else {
            return Err(missing);
        };
        let line = WebRtcLeg::new(certificate, &ice, &remote, now).map_err(OfferError::Insecure)?;
        let media = self.media.allocate(port.worker, owner);
        let add = WorkerCommand::AddWebRtcLeg {
            leg: media.key,
            socket: port.socket,
            ufrag: ice.ufrag,
            line: Box::new(line),
            identity: identity(&exchange),
            audio: LegAudio::from(negotiated),
        };
        self.media.order(media.worker, add);
        Ok((media, exchange, answer.to_string()))
    }

    /// Starts a leg on an open line that has none; elsewhere it ends at once. The lines bound these legs: a node that is
    /// full of callers needs agents most.
    pub(super) fn start_on_line(&mut self, leg: LegId, line: LineId) {
        if self.legs.contains_key(&leg) {
            return;
        }
        let reason = match self.lines.get_mut(&line) {
            Some(state) if state.is_open && state.leg.is_none() => {
                state.leg = Some(leg);
                self.legs.insert(leg, Leg::OnLine(line));
                self.events.push_back(Event::LegConnected { leg });
                return;
            }
            Some(state) if state.is_open => DisconnectReason::LimitReached,
            Some(_) | None => DisconnectReason::AgentLost,
        };
        self.events.push_back(Event::LegEnded { leg, reason });
    }

    /// Leaves a line silent and ready for the next leg.
    pub(super) fn leave_line(&mut self, line: LineId) {
        let Some(state) = self.lines.get_mut(&line) else {
            return;
        };
        state.leg = None;
        let leg = state.media.key;
        let worker = state.media.worker;
        if let Some(play) = state.play.take() {
            self.media.order(worker, WorkerCommand::StopPlay { leg, play });
        }
        self.media.order(worker, WorkerCommand::Unbridge { leg });
    }

    /// Ends a line, and the leg that is on it; returns whether the line stood.
    pub(super) fn end_line(&mut self, line: LineId) -> bool {
        let Some(state) = self.lines.remove(&line) else {
            return false;
        };
        self.media.remove(state.media);
        if let Some(leg) = state.leg {
            self.end_leg(leg, DisconnectReason::AgentLost);
        }
        state.is_open
    }

    pub(super) fn end_echo_test(&mut self, echo_test: EchoTestId) {
        if let Some(media) = self.echo_tests.remove(&echo_test) {
            self.media.remove(media);
            self.events.push_back(Event::EchoTestEnded { echo_test });
        }
    }
}

impl Line {
    /// Notes that the connection stands; false when it did before.
    pub(super) fn open(&mut self) -> bool {
        !std::mem::replace(&mut self.is_open, true)
    }

    pub(super) fn leg(&self) -> Option<LegId> {
        self.leg
    }
}

fn read_offer(offer: &str) -> Result<SessionDescription, OfferError> {
    if offer.len() > OFFER_BYTES_MAX {
        return Err(OfferError::TooLong);
    }
    SessionDescription::parse(offer.as_bytes()).map_err(OfferError::Unreadable)
}

fn remote_of(exchange: &OfferAnswer) -> Option<WebRtcRemote> {
    exchange.negotiated()?.webrtc.clone()
}
