//! Events of agents and of the tenant as a whole, version 1.

use model::event::EmergencyRefusal;
use model::{AgentEvent, ContactId, EmergencyNumber, LineId, PhoneNumber, StatusId, TenantEvent, Timestamp};
use serde::{Deserialize, Serialize};

use super::with::{emergency_number, millis, named_or_none, phone_number};

#[derive(Serialize, Deserialize)]
#[serde(remote = "AgentEvent", tag = "type", rename_all = "snake_case")]
pub(super) enum AgentEventV1 {
    AfterContactWorkEnded {
        contact: ContactId,
    },
    AfterContactWorkExtended {
        contact: ContactId,
        #[serde(with = "millis")]
        until: Timestamp,
    },
    AfterContactWorkStarted {
        contact: ContactId,
        #[serde(with = "millis")]
        until: Timestamp,
    },
    LineClosed {
        line: LineId,
    },
    LineLost {
        line: LineId,
    },
    LineOpened {
        line: LineId,
    },
    NextStatusChosen {
        status: Option<StatusId>,
    },
    Reached,
    StatusChanged {
        status: StatusId,
    },
    Unreached,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TenantEvent", tag = "type", rename_all = "snake_case")]
pub(super) enum TenantEventV1 {
    Checkpointed,
    ConfigApplied {
        revision: u64,
    },
    EmergencyCallRefused {
        #[serde(with = "phone_number")]
        from: PhoneNumber,
        #[serde(with = "emergency_number")]
        to: EmergencyNumber,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "named_or_none")]
        reason: Option<EmergencyRefusal>,
    },
    Recovered {
        epoch: u64,
    },
}
