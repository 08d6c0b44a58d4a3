//! How legs end, in one table: what the wire says, what the contact record says.
//!
//! | what happens | the contact record says |
//! |---|---|
//! | BYE from the far side; CANCEL; a browser ends its call | `CustomerHangup` |
//! | our 200 is never acknowledged; a request of ours is never answered; no codec in common | `CarrierError` |
//! | the session is not refreshed (RFC 4028) | `SessionExpired` |
//! | no audio for the configured time; a browser caller falls silent | `MediaTimeout` |
//! | the line under an agent's leg is lost or closed | `AgentLost` |
//! | a call of ours rings too long; 408, 480 | `NoAnswer` |
//! | a call of ours meets a busy phone (486, 600) | `Busy` |
//! | a call of ours is turned down (603, 607, 608) | `Rejected` |
//! | a call of ours goes to a number nobody has (404, 410, 484, 604) | `UnassignedNumber` |
//! | a call of ours is refused with any other status, or nobody answers for the carrier | `CarrierError` |
//! | the worker has no room; the call is not answered in time (503) | `LimitReached` |
//!
//! | we end it because of | unanswered | answered: BYE with Q.850 cause |
//! |---|---|---|
//! | a hang-up of either person, the end of the flow, the other leg's end | 480 | 16 |
//! | a limit | 486 | 17 |
//! | a time limit | 480 | 31 |
//! | no audio, a session not refreshed, a fault of the carrier | 503 | 38 |
//! | a fault of ours: agent lost, flow failed, restart | 500 | 41 |

use media::webrtc::FailReason;
use model::DisconnectReason;
use sip::StatusCode;
use sip::endpoint::{EndReason, FailureCause};

use crate::limits::RETRY_AFTER_S;

/// Why a leg that arrived is turned away before a contact begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rejection {
    /// Whoever is called has as many calls as it may have: 486.
    Busy,
    /// The node has no room, or cannot answer at the moment: 503 with Retry-After.
    Unavailable,
    /// Nobody has the number: 404.
    UnassignedNumber,
    /// No audio in common: 488.
    UnusableAudio,
}

impl Rejection {
    /// The final status, and when to try again in seconds.
    pub(crate) fn status(self) -> (StatusCode, Option<u32>) {
        match self {
            Self::Busy => (StatusCode::BUSY_HERE, None),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, Some(RETRY_AFTER_S)),
            Self::UnassignedNumber => (StatusCode::NOT_FOUND, None),
            Self::UnusableAudio => (StatusCode::NOT_ACCEPTABLE_HERE, None),
        }
    }

    /// What is said of the leg.
    pub(crate) fn reason(self) -> DisconnectReason {
        match self {
            Self::Busy | Self::Unavailable => DisconnectReason::LimitReached,
            Self::UnassignedNumber | Self::UnusableAudio => DisconnectReason::CarrierError,
        }
    }
}

/// Why a dialog that had been answered ended.
pub(crate) fn of_end(reason: &EndReason) -> DisconnectReason {
    match reason {
        EndReason::Bye(_) => DisconnectReason::CustomerHangup,
        EndReason::AckMissing | EndReason::Unreachable => DisconnectReason::CarrierError,
        EndReason::HungUp => DisconnectReason::OtherPartyEnded,
        EndReason::SessionExpired => DisconnectReason::SessionExpired,
    }
}

/// Why a dialog ended that was never answered.
pub(crate) fn of_failure(cause: &FailureCause) -> DisconnectReason {
    match cause {
        FailureCause::Cancelled => DisconnectReason::OtherPartyEnded,
        FailureCause::NoAnswer => DisconnectReason::NoAnswer,
        FailureCause::NotPossible => DisconnectReason::LimitReached,
        FailureCause::Refused { status, .. } => of_refusal(*status),
        FailureCause::ProvisionalUnacknowledged | FailureCause::Rejected(_) | FailureCause::Unreachable => {
            DisconnectReason::CarrierError
        }
    }
}

/// Why nobody took a call of ours, by the final status (RFC 3261 section 21; 607 is RFC 8197, 608 RFC 8688).
fn of_refusal(status: StatusCode) -> DisconnectReason {
    match status.code() {
        404 | 410 | 484 | 604 => DisconnectReason::UnassignedNumber,
        408 | 480 => DisconnectReason::NoAnswer,
        486 | 600 => DisconnectReason::Busy,
        603 | 607 | 608 => DisconnectReason::Rejected,
        _ => DisconnectReason::CarrierError,
    }
}

/// Why a browser caller's connection failed.
pub(crate) fn of_connection(reason: FailReason) -> DisconnectReason {
    match reason {
        FailReason::ConsentExpired => DisconnectReason::MediaTimeout,
        FailReason::ConnectTimeout | FailReason::Handshake | FailReason::WrongFingerprint => {
            DisconnectReason::CarrierError
        }
    }
}

/// What an unanswered call is refused with when it ends for this reason.
pub(crate) fn refusal(reason: DisconnectReason) -> StatusCode {
    match cause(reason) {
        Cause::Normal | Cause::Unspecified => StatusCode::TEMPORARILY_UNAVAILABLE,
        Cause::Busy => StatusCode::BUSY_HERE,
        Cause::NetworkOutOfOrder => StatusCode::SERVICE_UNAVAILABLE,
        Cause::TemporaryFailure => StatusCode::SERVER_INTERNAL_ERROR,
    }
}

/// The Reason header (RFC 3326) of a BYE or CANCEL for this reason.
pub(crate) fn reason_header(reason: DisconnectReason) -> String {
    let (number, text) = match cause(reason) {
        Cause::Normal => (16, "Normal call clearing"),
        Cause::Busy => (17, "User busy"),
        Cause::Unspecified => (31, "Normal, unspecified"),
        Cause::NetworkOutOfOrder => (38, "Network out of order"),
        Cause::TemporaryFailure => (41, "Temporary failure"),
    };
    format!("Q.850;cause={number};text=\"{text}\"")
}

/// The causes of Q.850 that we give.
#[derive(Clone, Copy)]
enum Cause {
    Busy,
    NetworkOutOfOrder,
    Normal,
    TemporaryFailure,
    Unspecified,
}

fn cause(reason: DisconnectReason) -> Cause {
    match reason {
        DisconnectReason::AgentHangup
        | DisconnectReason::Cancelled
        | DisconnectReason::CustomerHangup
        | DisconnectReason::FlowEnded
        | DisconnectReason::OtherPartyEnded => Cause::Normal,
        DisconnectReason::Busy | DisconnectReason::LimitReached => Cause::Busy,
        DisconnectReason::NoAnswer
        | DisconnectReason::Rejected
        | DisconnectReason::TimeLimit
        | DisconnectReason::UnassignedNumber => Cause::Unspecified,
        DisconnectReason::CarrierError
        | DisconnectReason::MediaTimeout
        | DisconnectReason::SessionExpired => Cause::NetworkOutOfOrder,
        DisconnectReason::AgentLost | DisconnectReason::FlowFailed | DisconnectReason::SystemRestarted => {
            Cause::TemporaryFailure
        }
    }
}
