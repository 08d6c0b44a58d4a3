//! What the embedder may ask of an endpoint.

use std::time::Duration;

use bytes::Bytes;

use crate::admission::{AdmissionId, Proof};
use crate::digest::{Algorithm, ClientCredentials};
use crate::peers::{BoundTo, Peers};
use crate::registration::{RegistrationId, RegistrationRequest};
use crate::session::{DialogId, ForkId};
use crate::transport::Destination;
use crate::{NameAddr, StatusCode, Uri};

/// A message body with its type; the endpoint never looks inside.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Body {
    /// The bytes.
    pub bytes: Bytes,
    /// Value of Content-Type.
    pub content_type: String,
}

impl Body {
    /// Returns a session description.
    pub fn sdp(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            content_type: "application/sdp".to_owned(),
        }
    }
}

/// An order to the endpoint; one that comes too late is ignored.
///
/// Every command about a dialog is legal at any time: the dialog may have ended while the command
/// was on its way.
#[derive(Clone, Debug)]
pub enum Command {
    /// Acknowledges a 2xx that carried the offer, with the answer to it.
    Acknowledge {
        /// The dialog.
        dialog: DialogId,
        /// The answer to the offer of the 2xx.
        body: Option<Body>,
    },
    /// Lets a request in: an INVITE becomes a dialog, OPTIONS is answered.
    Admit {
        /// The request in question.
        admission: AdmissionId,
        /// Where the further requests of the dialog may come from.
        bound_to: BoundTo,
    },
    /// Answers a call with 200.
    Answer {
        /// The dialog.
        dialog: DialogId,
        /// The answer, or the offer when the INVITE had none.
        body: Option<Body>,
    },
    /// Accepts a re-INVITE or an UPDATE with 200.
    AnswerReinvite {
        /// The dialog.
        dialog: DialogId,
        /// The answer, or the offer when the re-INVITE had none.
        body: Option<Body>,
    },
    /// Stops an outbound call that has not been answered; becomes a BYE when it just was.
    Cancel {
        /// The dialog.
        dialog: DialogId,
    },
    /// Asks the sender of a request to authenticate.
    Challenge {
        /// The request in question.
        admission: AdmissionId,
        /// The algorithms offered, preferred first; one challenge for each.
        algorithms: Vec<Algorithm>,
        /// The protection space.
        realm: String,
    },
    /// Checks the credentials of a request; when they are right the request is admitted.
    CheckDigest {
        /// The request in question.
        admission: AdmissionId,
        /// Where the further requests of the dialog may come from.
        bound_to: BoundTo,
        /// What its sender must prove to know.
        proof: Proof,
    },
    /// Ends a dialog: with CANCEL, a refusal or BYE, whichever its state asks for.
    Hangup {
        /// The dialog.
        dialog: DialogId,
        /// Value of a Reason header (RFC 3326).
        reason: Option<String>,
    },
    /// Drops a request out of dialog without any answer.
    Ignore {
        /// The request in question.
        admission: AdmissionId,
    },
    /// Sends INFO within a dialog.
    Inform {
        /// The dialog.
        dialog: DialogId,
        /// What it says.
        body: Body,
    },
    /// Starts an outbound call.
    Invite(Box<OutboundCall>),
    /// Asks a peer for a sign of life.
    Options {
        /// Names the question in the answer.
        probe: ProbeId,
        /// The next hop.
        destination: Destination,
        /// Who is asked.
        request_uri: Uri,
    },
    /// Acknowledges a reliable provisional response that carried the offer.
    Prack {
        /// The dialog.
        dialog: DialogId,
        /// The fork the provisional response came from.
        fork: ForkId,
        /// The answer to its offer.
        body: Option<Body>,
    },
    /// Stops refreshing a registration and takes it back at the registrar.
    Unregister {
        /// The registration.
        registration: RegistrationId,
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
    /// Registers a contact at a carrier and keeps it registered.
    Register(Box<RegistrationRequest>),
    /// Sends a re-INVITE; waits for its turn when another is under way.
    Reinvite {
        /// The dialog.
        dialog: DialogId,
        /// The offer; without one the far side offers.
        body: Option<Body>,
    },
    /// Refuses a call with a final status.
    Reject {
        /// The dialog.
        dialog: DialogId,
        /// Value of a Reason header (RFC 3326).
        reason: Option<String>,
        /// When the caller may try again, in seconds.
        retry_after_s: Option<u32>,
        /// The final status, 300 to 699.
        status: StatusCode,
        /// What a person may learn of the reason.
        warning: Option<Warning>,
    },
    /// Refuses a re-INVITE or an UPDATE; the session stays as it was.
    RejectReinvite {
        /// The dialog.
        dialog: DialogId,
        /// The final status, 300 to 699; 488 for media we cannot take.
        status: StatusCode,
        /// What a person may learn of the reason.
        warning: Option<Warning>,
    },
    /// Sends a provisional response.
    Ring {
        /// The dialog.
        dialog: DialogId,
        /// Early media, if any.
        body: Option<Body>,
        /// Whether it is to be acknowledged, provided the caller supports that (RFC 3262).
        reliable: bool,
        /// The status, 180 or 183.
        status: StatusCode,
    },
    /// Says whose requests are answered from now on, even with a refusal; nobody's before it is said.
    SetPeers(Peers),
    /// Sends UPDATE with an offer within a dialog (RFC 3311).
    Update {
        /// The dialog.
        dialog: DialogId,
        /// The offer.
        body: Option<Body>,
    },
}

/// Why a session description is refused (RFC 3261 section 20.43).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Warning {
    /// The code, such as 330 for multicast.
    pub code: u16,
    /// What it means, in words without quotation marks.
    pub text: &'static str,
}

/// Names a question whether a peer is alive; chosen by the embedder.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ProbeId(pub u64);

/// An outbound call.
#[derive(Clone, Debug)]
pub struct OutboundCall {
    /// The offer; without one the far side offers in its 2xx.
    pub body: Option<Body>,
    /// Where the requests of the far side may come from.
    pub bound_to: BoundTo,
    /// What to answer challenges with.
    pub credentials: Option<ClientCredentials>,
    /// The next hop, as a rule the trunk.
    pub destination: Destination,
    /// The dialog, from `Endpoint::allocate_dialog`.
    pub dialog: DialogId,
    /// Who calls; its tag is ours to set.
    pub from: NameAddr,
    /// Further headers, such as P-Asserted-Identity, Privacy or Diversion.
    pub headers: Vec<(String, String)>,
    /// Whether it goes out however many dialogs there are, as emergency calls do.
    pub is_exempt: bool,
    /// How long the far side may ring.
    pub ring_timeout: Duration,
    /// Where the call goes.
    pub request_uri: Uri,
    /// Who is called.
    pub to: NameAddr,
}
