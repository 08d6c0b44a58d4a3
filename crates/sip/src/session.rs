//! Sessions: what an INVITE sets up, from the first ring to the last BYE.
//!
//! A session knows no media: bodies go through as they are. It owns its dialog (or dialogs, while
//! several forks ring), answers what comes in for it, and repeats what must arrive.

mod called;
mod calling;
mod close;
mod offer;
mod provisional;
mod refresh;
mod request;
mod success;

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use crate::core::Core;
use crate::dialog::Dialog;
use crate::digest::{ChallengeSource, DigestChallenge, DigestClient};
use crate::endpoint::Body;
use crate::limits::ATTEMPT_COUNT_MAX;
use crate::peers::{BoundTo, Peers};
use crate::session_timer::has_option;
use crate::transaction::TransactionId;
use crate::transaction::client::{ClientOwner, Delivery};
use crate::transport::{Flow, TransportId};
use crate::{CSeq, HeaderName, Headers, Method, NameAddr, Request, Response, StatusCode};

pub(crate) use called::{RefusalDetails, invited};
use calling::Calling;
use offer::{InboundOffer, OutboundOffer};
use provisional::Provisionals;
use refresh::Refresh;
use success::Unacked;

/// Names a dialog for as long as the process lives: 1, 2, 3 and so on, never used twice.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DialogId(pub u64);

/// Tells the forks of one outbound call apart, in the order in which they were first heard of.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ForkId(pub u8);

/// A session and all that is under way in it.
#[derive(Debug)]
pub(crate) struct Session {
    auth: Option<DigestClient>,
    bound_to: BoundTo,
    /// The dialogs: one as a rule, several while an outbound call forks.
    forks: Vec<Fork>,
    /// Which fork the session is with.
    chosen: usize,
    id: DialogId,
    inbound_offer: Option<InboundOffer>,
    /// Whether we started the call and so own its Call-ID.
    is_caller: bool,
    /// The last ACK we sent, to be sent again when its 2xx comes again.
    last_ack: Option<SentAck>,
    /// Number and INVITE of a reliable provisional response that our 2xx overtook.
    late_rack: Option<(u32, u32)>,
    /// The last body we sent, with which a re-INVITE refreshes the session.
    local_body: Option<Body>,
    local_tag: String,
    outbound_offer: Option<OutboundOffer>,
    peer: Peer,
    /// The ACK of a 2xx that waits for the answer to a late offer, or to be sent at once.
    pending_ack: Option<(Request, Flow)>,
    phase: Phase,
    refresh: Refresh,
    unacked: Option<Unacked>,
    /// A re-INVITE or UPDATE of the embedder that waits for its turn.
    waiting_offer: Option<(Method, Option<Body>)>,
}

/// One dialog of a session.
#[derive(Debug)]
struct Fork {
    dialog: Dialog,
    /// The last reliable provisional response taken in (RFC 3262).
    last_rseq: Option<u32>,
    /// The reliable provisional response that waits for the embedder's answer in a PRACK.
    unanswered: Option<(u32, u32)>,
}

/// What the far side says it can do.
#[derive(Clone, Copy, Debug, Default)]
struct Peer {
    allows_update: bool,
    supports_reliable: bool,
}

/// An ACK as it went out.
#[derive(Debug)]
struct SentAck {
    flow: Flow,
    number: u32,
    wire: Bytes,
}

/// Where a session stands.
#[derive(Debug)]
enum Phase {
    /// We called and are not yet answered.
    Calling(Calling),
    /// Answered with 2xx, by whichever side.
    Established {
        /// BYE follows as soon as the far side has acknowledged; with its Reason.
        hang_up: Option<Option<String>>,
    },
    /// Our BYE is out.
    Leaving,
    /// Nothing is left to do.
    Over,
    /// We are called and have not yet answered.
    Ringing(Ringing),
}

/// An inbound call that is not answered.
#[derive(Debug)]
struct Ringing {
    /// Whether the INVITE carried the offer.
    has_offer: bool,
    /// Sequence number of the INVITE.
    invite_seq: u32,
    provisionals: Provisionals,
    /// The session timer that the 2xx will agree to.
    agreement: Option<crate::session_timer::Agreement>,
    transaction: TransactionId,
}

impl Session {
    /// Returns our tag, by which requests find the session.
    pub(crate) fn local_tag(&self) -> &str {
        &self.local_tag
    }

    /// Whether nothing is left to do and the session can be forgotten.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// Whether a request within a dialog belongs here.
    pub(crate) fn matches(&self, request: &Request) -> bool {
        let Ok(Some(from)) = request.headers.from() else {
            return false;
        };
        let Ok(Some(call_id)) = request.headers.call_id() else {
            return false;
        };
        let tag = from.tag().unwrap_or_default();
        self.forks.iter().any(|fork| fork.dialog.matches(call_id, tag))
    }

    /// Whether the far side may send requests from there.
    pub(crate) fn takes_from(&self, source: SocketAddr, peers: &Peers) -> bool {
        let mut dialogs = self.forks.iter().map(|fork| &fork.dialog);
        match self.bound_to {
            BoundTo::Address => dialogs.any(|dialog| dialog.flow().address == source),
            BoundTo::Group(group) => {
                peers.has(group, source.ip()) || dialogs.any(|dialog| dialog.names(source))
            }
        }
    }

    /// Returns the dialog the session is with.
    fn dialog(&mut self) -> Option<&mut Dialog> {
        self.forks.get_mut(self.chosen).map(|fork| &mut fork.dialog)
    }

    /// Sends a request within the dialog.
    fn send_request(
        &mut self,
        core: &mut Core,
        mut request: Request,
        owner: ClientOwner,
        now: Instant,
    ) -> Option<TransactionId> {
        let flow = self.dialog()?.next_hop(core);
        request
            .headers
            .push(HeaderName::UserAgent, core.config.user_agent.clone());
        if let Some(auth) = &mut self.auth {
            authorize(core, auth, &mut request);
        }
        core.start_client(request, flow, owner, 0, now)
    }

    /// Sends a request anew that was refused for want of credentials or the like, after `change`.
    fn send_anew(
        &mut self,
        core: &mut Core,
        delivery: &mut Delivery,
        now: Instant,
        change: impl FnOnce(&mut Request),
    ) -> Option<TransactionId> {
        let mut request = resendable(delivery)?;
        change(&mut request);
        if let Some(auth) = &mut self.auth {
            authorize(core, auth, &mut request);
        }
        if let Ok(Some(cseq)) = request.headers.cseq()
            && let Some(dialog) = self.dialog()
        {
            dialog.advance_local_seq(cseq.number);
        }
        core.start_client(request, delivery.flow, delivery.owner, delivery.attempt + 1, now)
    }

    /// Answers a 401 or 407 if we can; returns the new transaction.
    fn answer_challenge(
        &mut self,
        core: &mut Core,
        delivery: &mut Delivery,
        now: Instant,
    ) -> Option<TransactionId> {
        let response = delivery.response.as_ref()?;
        if !take_challenges(self.auth.as_mut()?, response, delivery.attempt) {
            return None;
        }
        self.send_anew(core, delivery, now, |_| {})
    }

    /// Sends the ACK that waits for the answer to a late offer, and what waited behind it.
    pub(crate) fn ack(&mut self, core: &mut Core, body: Option<Body>, now: Instant) {
        self.send_ack(core, body, now);
        self.start_waiting_offer(core, now);
    }

    /// Notes what the far side says it can do.
    fn note_peer(&mut self, headers: &Headers) {
        if let Ok(allowed) = headers.allow()
            && !allowed.is_empty()
        {
            self.peer.allows_update = allowed.contains(&Method::Update);
        }
        self.peer.supports_reliable |= has_option(headers, "100rel");
    }

    /// Adds our Contact for the socket the dialog uses.
    fn push_contact(&mut self, core: &Core, headers: &mut Headers) {
        let Some(dialog) = self.dialog() else { return };
        let user = dialog.local_user();
        push_contact(core, dialog.flow().transport, user.as_deref(), headers);
    }
}

/// Adds a Contact for a socket.
fn push_contact(core: &Core, transport: TransportId, user: Option<&str>, headers: &mut Headers) {
    if let Some(listener) = core.listener(transport) {
        let contact = NameAddr::new(listener.contact(user));
        headers.push_value(HeaderName::Contact, &contact);
    }
}

/// Takes in the challenges of a 401 or 407; false when they cannot be answered.
pub(crate) fn take_challenges(auth: &mut DigestClient, response: &Response, attempt: u8) -> bool {
    let (source, challenges) = match response.status {
        StatusCode::UNAUTHORIZED => (ChallengeSource::Server, response.headers.www_authenticate()),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            (ChallengeSource::Proxy, response.headers.proxy_authenticate())
        }
        _ => return false,
    };
    let challenges = challenges.unwrap_or_default();
    let readable = challenges
        .iter()
        .filter_map(|challenge| DigestChallenge::read(challenge).ok());
    attempt < ATTEMPT_COUNT_MAX && auth.take_challenges(source, readable, attempt > 0)
}

/// Puts credentials into a request, in place of older ones.
pub(crate) fn authorize(core: &mut Core, auth: &mut DigestClient, request: &mut Request) {
    request.headers.remove(&HeaderName::Authorization);
    request.headers.remove(&HeaderName::ProxyAuthorization);
    let uri = request.uri.to_string();
    for (name, credentials) in auth.authorize(request.method.as_str(), &uri, &mut core.rng) {
        request.headers.push_value(name, &credentials);
    }
}

/// Takes the request out of a delivery and prepares it to be sent once more: no Via, next number.
pub(crate) fn resendable(delivery: &mut Delivery) -> Option<Request> {
    if delivery.attempt >= ATTEMPT_COUNT_MAX {
        return None;
    }
    let mut request = *delivery.request.take()?;
    request.headers.remove(&HeaderName::Via);
    let cseq = request.headers.cseq().ok().flatten()?;
    request.headers.set_value(
        HeaderName::CSeq,
        &CSeq {
            number: cseq.number + 1,
            method: cseq.method,
        },
    );
    Some(request)
}
