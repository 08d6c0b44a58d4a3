//! What is to be done with legs.

use std::time::Duration;

use media::{PlayKey, Prompt};
use model::{DisconnectReason, LegId, LineId, TrunkId};
use sip::digest::{Algorithm, ClientCredentials};
use sip::endpoint::Proof;
use sip::{
    AdmissionId, BoundTo, Destination, NameAddr, Peers, RegistrationId, RegistrationRequest, StatusCode, Uri,
};

use crate::port::{EchoTestId, MediaPort};
use crate::teardown::Rejection;

/// An order about legs; one about a leg that is gone does nothing: it was late.
pub enum Command {
    /// Lets a request in: an INVITE arrives as `leg`, OPTIONS is answered.
    Admit {
        /// The request in question.
        admission: AdmissionId,
        /// Where further requests of the call may come from.
        bound_to: BoundTo,
        /// The leg it becomes.
        leg: LegId,
        /// The trunk it came over.
        trunk: TrunkId,
    },
    /// Answers a browser caller that arrived.
    AnswerBrowser {
        /// The leg.
        leg: LegId,
    },
    /// Answers a call that arrived.
    AnswerCall {
        /// The leg.
        leg: LegId,
        /// Where its audio is received.
        port: MediaPort,
    },
    /// Lets two legs hear each other and nobody else.
    Bridge {
        /// One leg.
        a: LegId,
        /// The other.
        b: LegId,
    },
    /// Asks the sender of a request to authenticate.
    Challenge {
        /// The request in question.
        admission: AdmissionId,
        /// The algorithms offered, preferred first.
        algorithms: Vec<Algorithm>,
        /// The protection space.
        realm: String,
    },
    /// Checks the credentials of a request and lets it in, like [`Command::Admit`], when they are right.
    CheckDigest {
        /// The request in question.
        admission: AdmissionId,
        /// Where further requests of the call may come from.
        bound_to: BoundTo,
        /// The leg it becomes.
        leg: LegId,
        /// What its sender must prove to know.
        proof: Proof,
        /// The trunk that has these credentials.
        trunk: TrunkId,
    },
    /// Ends a line; nobody is told but the leg that is on it.
    CloseLine {
        /// The line.
        line: LineId,
    },
    /// Calls somebody over SIP.
    Dial(Box<Dial>),
    /// Ends an echo test.
    EndEchoTest {
        /// The test.
        echo_test: EchoTestId,
    },
    /// Ends a leg, as its state asks for.
    HangUp {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: DisconnectReason,
    },
    /// Drops a request out of dialog without any answer.
    Ignore {
        /// The request in question.
        admission: AdmissionId,
    },
    /// Plays to a leg, in place of what it hears now; [`Event::PlayFinished`](crate::Event::PlayFinished)
    /// follows unless it loops, is replaced or stopped.
    Play {
        /// The leg.
        leg: LegId,
        /// Names the playback.
        play: PlayKey,
        /// What to play, in order.
        prompts: Vec<Prompt>,
        /// Starts over after the end, until stopped.
        is_looping: bool,
    },
    /// Refuses a request out of dialog.
    Refuse {
        /// The request in question.
        admission: AdmissionId,
        /// When the sender may try again, in seconds.
        retry_after_s: Option<u32>,
        /// The final status, 300 to 699.
        status: StatusCode,
    },
    /// Registers with a carrier and stays registered.
    Register(Box<RegistrationRequest>),
    /// Turns a leg away that arrived.
    Reject {
        /// The leg.
        leg: LegId,
        /// Why.
        rejection: Rejection,
    },
    /// Says whose requests over SIP are answered from now on, even with a refusal.
    SetPeers(Peers),
    /// Starts a leg on an open line; the leg is connected at once.
    StartOnLine {
        /// The new leg.
        leg: LegId,
        /// The line.
        line: LineId,
    },
    /// Ends a playback, unless another has taken its place.
    StopPlay {
        /// The leg.
        leg: LegId,
        /// The playback.
        play: PlayKey,
    },
    /// Gives a registration back.
    Unregister {
        /// The registration.
        registration: RegistrationId,
    },
}

/// A call of ours.
#[derive(Debug)]
pub struct Dial {
    /// The new leg.
    pub leg: LegId,
    /// Where requests of the far side may come from.
    pub bound_to: BoundTo,
    /// What to answer the far side's challenges with.
    pub credentials: Option<ClientCredentials>,
    /// The next hop.
    pub destination: Destination,
    /// Who calls.
    pub from: NameAddr,
    /// Further headers, such as P-Asserted-Identity.
    pub headers: Vec<(String, String)>,
    /// An emergency call: no limit on legs keeps it back.
    pub is_emergency: bool,
    /// Where its audio is received.
    pub port: MediaPort,
    /// Where the call goes.
    pub request_uri: Uri,
    /// How long it may ring; at most [`RING_MAX`](crate::limits::RING_MAX).
    pub ring_timeout: Duration,
    /// Who is called.
    pub to: NameAddr,
}
