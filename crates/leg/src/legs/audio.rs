//! Media legs as seen from here: whose they are, and the audio of a SIP call.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use media::sdp::{Direction, LocalMedia, NegotiateError, OfferAnswer, SessionDescription, WebRtcLocal};
use media::{Codec, Latching, LegAudio, LegKey, StreamIdentity, WorkerCommand, WorkerKey};
use model::{LegId, LineId};
use rand_chacha::rand_core::Rng;
use sip::endpoint::Body;

use crate::port::{EchoTestId, MediaPort};

use super::unusable::UnusableSdp;

/// A media leg and where it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct MediaLeg {
    pub(super) worker: WorkerKey,
    pub(super) key: LegKey,
}

/// Whose a media leg is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Owner {
    BrowserCaller(LegId),
    Call(LegId),
    EchoTest(EchoTestId),
    Line(LineId),
}

/// All media legs, and what their workers are yet to be told.
#[derive(Default)]
pub(super) struct MediaLegs {
    last_key: u64,
    orders: VecDeque<(WorkerKey, WorkerCommand)>,
    owners: BTreeMap<LegKey, Owner>,
}

impl MediaLegs {
    /// Names a new media leg; keys are never used twice.
    pub(super) fn allocate(&mut self, worker: WorkerKey, owner: Owner) -> MediaLeg {
        self.last_key += 1;
        let key = LegKey(self.last_key);
        self.owners.insert(key, owner);
        MediaLeg { worker, key }
    }

    pub(super) fn order(&mut self, worker: WorkerKey, command: WorkerCommand) {
        self.orders.push_back((worker, command));
    }

    /// Removes a media leg; what its worker still says of it is not heard.
    pub(super) fn remove(&mut self, media: MediaLeg) {
        if self.owners.remove(&media.key).is_some() {
            self.order(media.worker, WorkerCommand::Remove { leg: media.key });
        }
    }

    /// Forgets a media leg that its worker refused.
    pub(super) fn forget(&mut self, key: LegKey) {
        self.owners.remove(&key);
    }

    pub(super) fn owner(&self, key: LegKey) -> Option<Owner> {
        self.owners.get(&key).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.owners.len()
    }

    pub(super) fn poll(&mut self) -> Option<(WorkerKey, WorkerCommand)> {
        self.orders.pop_front()
    }
}

/// Our side of a media leg, with fresh numbers.
pub(super) fn local_media(
    port: MediaPort,
    codecs: &[Codec],
    webrtc: Option<WebRtcLocal>,
    random: &mut impl Rng,
) -> LocalMedia {
    LocalMedia {
        // Half the range: some peers read it as a signed number.
        session_id: random.next_u64() >> 1,
        address: port.address,
        codecs: codecs.to_vec(),
        direction: Direction::SendRecv,
        ssrc: random.next_u32(),
        cname: format!("{:016x}", random.next_u64()),
        webrtc,
    }
}

/// What a media leg's peer hears, as its description said.
pub(super) fn identity(exchange: &OfferAnswer) -> StreamIdentity {
    StreamIdentity {
        ssrc: exchange.local().ssrc,
        cname: exchange.local().cname.clone(),
    }
}

/// The audio of a SIP call, from the moment it has a port.
pub(super) struct CallAudio {
    /// What the worker was told last.
    applied: Option<(Option<SocketAddr>, LegAudio)>,
    exchange: OfferAnswer,
    latching: Latching,
    media: Option<MediaLeg>,
    port: MediaPort,
}

impl CallAudio {
    pub(super) fn new(exchange: OfferAnswer, latching: Latching, port: MediaPort) -> Self {
        Self {
            applied: None,
            exchange,
            latching,
            media: None,
            port,
        }
    }

    pub(super) fn media(&self) -> Option<MediaLeg> {
        self.media
    }

    /// Writes an offer of ours.
    pub(super) fn offer(&mut self) -> Body {
        sdp_body(&self.exchange.offer())
    }

    /// Answers a peer's offer.
    pub(super) fn answer(&mut self, offer: &SessionDescription) -> Result<Body, NegotiateError> {
        self.exchange.answer(offer).map(|answer| sdp_body(&answer))
    }

    /// Takes the peer's answer to our offer; none, or one that cannot be read, leaves the session as it was.
    pub(super) fn accept(&mut self, answer: Option<&Body>) -> Result<(), UnusableSdp> {
        let accepted = answer
            .ok_or(UnusableSdp::MISSING)
            .and_then(read_sdp)
            .and_then(|answer| Ok(self.exchange.accept_answer(&answer)?));
        if accepted.is_err() {
            self.exchange.withdraw_offer();
        }
        accepted
    }

    pub(super) fn has_open_offer(&self) -> bool {
        self.exchange.offer_is_open()
    }

    /// Whether the peer can send digits by RFC 4733.
    pub(super) fn has_telephone_events(&self) -> bool {
        let negotiated = self.exchange.negotiated();
        negotiated.is_some_and(|negotiated| negotiated.receive.telephone_event.is_some())
    }

    /// Brings the media leg in line with what was agreed on, adding it the first time; a mere refresh is not
    /// noticed by the worker.
    pub(super) fn apply(&mut self, media_legs: &mut MediaLegs, leg: LegId) {
        let Some(negotiated) = self.exchange.negotiated() else {
            return;
        };
        let (remote, audio) = (negotiated.remote, LegAudio::from(negotiated));
        if self.applied.replace((remote, audio)) == Some((remote, audio)) {
            return;
        }
        if let Some(media) = self.media {
            let leg = media.key;
            media_legs.order(media.worker, WorkerCommand::RenegotiateRtp { leg, remote, audio });
            return;
        }
        let media = media_legs.allocate(self.port.worker, Owner::Call(leg));
        self.media = Some(media);
        let add = WorkerCommand::AddRtpLeg {
            leg: media.key,
            socket: self.port.socket,
            remote,
            latching: self.latching,
            identity: identity(&self.exchange),
            audio,
        };
        media_legs.order(media.worker, add);
    }

    /// Gives everything back; returns the port when no media leg has taken it.
    pub(super) fn release(self, media_legs: &mut MediaLegs) -> Option<MediaPort> {
        match self.media {
            // The worker's owner closes the port of a leg that is gone.
            Some(media) if media_legs.owner(media.key).is_some() => {
                media_legs.remove(media);
                None
            }
            Some(_) | None => Some(self.port),
        }
    }
}

/// Reads the session description of a body.
pub(super) fn read_sdp(body: &Body) -> Result<SessionDescription, UnusableSdp> {
    let kind = body.content_type.split(';').next().unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/sdp") {
        return Err(UnusableSdp::UNREADABLE);
    }
    SessionDescription::parse(&body.bytes).map_err(|error| {
        tracing::debug!(%error, "a session description cannot be read");
        UnusableSdp::UNREADABLE
    })
}

fn sdp_body(description: &SessionDescription) -> Body {
    Body::sdp(description.to_string())
}
