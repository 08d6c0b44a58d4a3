//! What an endpoint tells its embedder.

use crate::admission::AdmissionId;
use crate::digest::DigestResponse;
use crate::registration::{RegistrationId, RegistrationState};
use crate::session::{DialogId, ForkId};
use crate::transport::{Flow, TransportKind};
use crate::{Method, NameAddr, Request, StatusCode, Uri};

use super::command::{Body, ProbeId};

/// Something that happened.
///
/// A dialog that was announced by [`Event::Invited`] or started by `Command::Invite` ends with
/// exactly one of [`Event::Cancelled`], [`Event::Failed`] and [`Event::Ended`].
#[derive(Clone, Debug)]
pub enum Event {
    /// The ACK of our 2xx arrived; it carries the answer when the 2xx carried the offer.
    Acked {
        /// The dialog.
        dialog: DialogId,
        /// The late answer, if any.
        body: Option<Body>,
    },
    /// Somebody unknown wants something: decide with `Admit`, `Challenge`, `CheckDigest`, `Refuse`
    /// or `Ignore`. Nothing of the request is kept beyond a small transaction until then.
    AdmissionAsked(Box<AdmissionRequest>),
    /// The far side answered our call.
    Answered {
        /// The dialog.
        dialog: DialogId,
        /// The fork that answered, which may differ from the one whose media was heard early.
        fork: ForkId,
        /// Its answer, or its offer when the INVITE had none.
        body: Option<Body>,
        /// Whether it waits for `Command::Acknowledge` because the body is an offer.
        wants_answer: bool,
    },
    /// The caller gave up before the call was answered.
    Cancelled {
        /// The dialog.
        dialog: DialogId,
        /// Value of the Reason header of the CANCEL.
        reason: Option<String>,
    },
    /// Credentials were checked and found wrong; the request was refused.
    DigestRefused {
        /// The request in question.
        admission: AdmissionId,
        /// Where it came from.
        source: Flow,
        /// Whose credentials it claimed to have.
        username: String,
    },
    /// A dialog that had been answered is over.
    Ended {
        /// The dialog.
        dialog: DialogId,
        /// Why.
        reason: EndReason,
    },
    /// A dialog is over without having been answered.
    Failed {
        /// The dialog.
        dialog: DialogId,
        /// Why.
        cause: FailureCause,
    },
    /// The far side sent INFO, such as a digit; it was answered 200.
    Informed {
        /// The dialog.
        dialog: DialogId,
        /// What it says.
        body: Option<Body>,
    },
    /// An admitted call: answer with `Ring`, `Answer` or `Reject`.
    Invited {
        /// The decision that let it in.
        admission: AdmissionId,
        /// The new dialog.
        dialog: DialogId,
        /// The offer, unless the caller wants ours.
        body: Option<Body>,
        /// The INVITE with all its headers.
        request: Box<Request>,
        /// Where it came from.
        source: Flow,
    },
    /// A peer answered OPTIONS, or did not.
    OptionsAnswered {
        /// The question.
        probe: ProbeId,
        /// The final status; none when nobody answered.
        status: Option<StatusCode>,
    },
    /// The caller acknowledged a reliable provisional response.
    Pracked {
        /// The dialog.
        dialog: DialogId,
        /// The answer to our offer, if the provisional response carried one.
        body: Option<Body>,
    },
    /// The far side rings, or lets early media be heard.
    Progress {
        /// The dialog.
        dialog: DialogId,
        /// The fork it comes from.
        fork: ForkId,
        /// Early media, if any.
        body: Option<Body>,
        /// The status, 101 to 199.
        status: StatusCode,
        /// Whether it waits for `Command::Prack` because the body is an offer.
        wants_answer: bool,
    },
    /// We refreshed the session with our last description; this is the answer, as a rule unchanged.
    Refreshed {
        /// The dialog.
        dialog: DialogId,
        /// The answer.
        body: Body,
    },
    /// A registration is on, off or in trouble.
    RegistrationChanged {
        /// The registration.
        registration: RegistrationId,
        /// How it stands now.
        state: RegistrationState,
    },
    /// The far side accepted our re-INVITE or UPDATE.
    ReinviteAnswered {
        /// The dialog.
        dialog: DialogId,
        /// Its answer, or its offer when ours had none.
        body: Option<Body>,
        /// Whether it waits for `Command::Acknowledge` because the body is an offer.
        wants_answer: bool,
    },
    /// Our re-INVITE or UPDATE came to nothing; the session stays as it was.
    ReinviteRefused {
        /// The dialog.
        dialog: DialogId,
        /// The final status; 408 when nobody answered.
        status: StatusCode,
    },
    /// The far side wants to change the session: `AnswerReinvite` or `RejectReinvite`.
    Reinvited {
        /// The dialog.
        dialog: DialogId,
        /// Its offer; none when it wants ours.
        body: Option<Body>,
    },
    /// The far side wants to change the session by UPDATE: `AnswerReinvite` or `RejectReinvite`.
    Updated {
        /// The dialog.
        dialog: DialogId,
        /// Its offer.
        body: Body,
    },
}

/// A request out of dialog that waits to be let in.
#[derive(Clone, Debug)]
pub struct AdmissionRequest {
    /// Names the request in the decision.
    pub admission: AdmissionId,
    /// Digest credentials, not yet checked.
    pub authorization: Option<DigestResponse>,
    /// Who says to call.
    pub from: NameAddr,
    /// What is wanted: INVITE or OPTIONS.
    pub method: Method,
    /// Who is wanted.
    pub request_uri: Uri,
    /// Where the request came from.
    pub source: Flow,
    /// Who was called at first.
    pub to: NameAddr,
    /// How it came.
    pub transport: TransportKind,
}

/// Why a dialog ended that had been answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EndReason {
    /// The far side never acknowledged our answer.
    AckMissing,
    /// The far side sent BYE; with the value of its Reason header.
    Bye(Option<String>),
    /// We hung up.
    HungUp,
    /// The session was not refreshed in time (RFC 4028).
    SessionExpired,
    /// The far side no longer knows the dialog, or does not answer any more.
    Unreachable,
}

/// Why a dialog ended before it was answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FailureCause {
    /// We cancelled it.
    Cancelled,
    /// It rang too long.
    NoAnswer,
    /// We refused it.
    Rejected(StatusCode),
    /// The far side refused it.
    Refused {
        /// When to try again, in seconds.
        retry_after_s: Option<u32>,
        /// The final status, 300 to 699.
        status: StatusCode,
    },
    /// A reliable provisional response was never acknowledged.
    ProvisionalUnacknowledged,
    /// Too many dialogs at once, or no such transport.
    NotPossible,
    /// The next hop did not answer at all.
    Unreachable,
}
