//! The names that enumerations have in columns and stored forms. Once written, a name never changes.

use model::config::StatusKind;
use model::contact::Phase;
use model::event::{DequeueReason, Direction, EmergencyRefusal, FlowOutcome};
use model::{CandidateVerdict, DisconnectReason, Meter, OfferOutcome};

use crate::accounts::Role;
use crate::mail_settings::MailSecurity;
use crate::telephony::TrunkKind;

/// An enumeration whose values have names.
pub(crate) trait Named: Copy {
    fn name(self) -> &'static str;
    fn from_name(name: &str) -> Result<Self, UnknownNameError>;
}

/// No value of the enumeration has this name.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a name that this version of Offhook knows")]
pub(crate) struct UnknownNameError(String);

macro_rules! names {
    ($($kind:ty { $($value:ident = $name:literal,)* })*) => {$(
        impl Named for $kind {
            fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)* }
            }

            fn from_name(name: &str) -> Result<Self, UnknownNameError> {
                match name {
                    $($name => Ok(Self::$value),)*
                    unknown => Err(UnknownNameError(unknown.to_owned())),
                }
            }
        }
    )*};
}

names! {
    CandidateVerdict {
        Chosen = "chosen",
        IdleLessLong = "idle_less_long",
    }
    DequeueReason {
        Abandoned = "abandoned",
        Ended = "ended",
    }
    Direction {
        Inbound = "inbound",
        Outbound = "outbound",
    }
    DisconnectReason {
        AgentHangup = "agent_hangup",
        AgentLost = "agent_lost",
        Busy = "busy",
        Cancelled = "cancelled",
        CarrierError = "carrier_error",
        CustomerHangup = "customer_hangup",
        FlowEnded = "flow_ended",
        FlowFailed = "flow_failed",
        LimitReached = "limit_reached",
        MediaTimeout = "media_timeout",
        NoAnswer = "no_answer",
        OtherPartyEnded = "other_party_ended",
        Rejected = "rejected",
        SessionExpired = "session_expired",
        SystemRestarted = "system_restarted",
        TimeLimit = "time_limit",
        UnassignedNumber = "unassigned_number",
    }
    EmergencyRefusal {
        LimitReached = "limit_reached",
        NoFlow = "no_flow",
        NoTrunk = "no_trunk",
        NotClaimed = "not_claimed",
    }
    FlowOutcome {
        Disconnect = "disconnect",
        Failed = "failed",
        Queue = "queue",
    }
    MailSecurity {
        None = "none",
        StartTls = "starttls",
        Tls = "tls",
    }
    OfferOutcome {
        Accepted = "accepted",
        Declined = "declined",
        Failed = "failed",
        Missed = "missed",
        Withdrawn = "withdrawn",
    }
    Phase {
        Dialing = "dialing",
        Flow = "flow",
        Hold = "hold",
        Ring = "ring",
        Talk = "talk",
        Wait = "wait",
    }
    Role {
        Admin = "admin",
        Agent = "agent",
    }
    StatusKind {
        Available = "available",
        Break = "break",
        Offline = "offline",
    }
    TrunkKind {
        Carrier = "carrier",
        Lab = "lab",
    }
}

/// Meters bring their names along.
impl Named for Meter {
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn from_name(name: &str) -> Result<Self, UnknownNameError> {
        let found = Self::ALL.into_iter().find(|meter| meter.name() == name);
        found.ok_or_else(|| UnknownNameError(name.to_owned()))
    }
}
