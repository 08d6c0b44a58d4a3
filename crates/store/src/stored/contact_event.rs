//! Events of contacts, version 1.

use model::event::{DequeueReason, Direction, FlowOutcome};
use model::{
    AgentId, ContactEvent, Decision, DisconnectReason, DispositionId, FlowId, LegId, LegKind, OfferId,
    OfferOutcome, PartyId, PhoneNumber, QueueId, SealedNotes, Timestamp, TrunkId,
};
use serde::{Deserialize, Serialize};

use super::decision::DecisionV1;
use super::with::{millis, named, phone_number, sealed_or_none};

#[derive(Serialize, Deserialize)]
#[serde(remote = "ContactEvent", tag = "type", rename_all = "snake_case")]
pub(super) enum ContactEventV1 {
    AgentDetached {
        agent: AgentId,
        #[serde(with = "millis")]
        until: Timestamp,
    },
    AgentReattached {
        agent: AgentId,
        leg: LegId,
    },
    BlockEntered {
        flow: FlowId,
        block: String,
    },
    Completed {
        disposition: Option<DispositionId>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "sealed_or_none")]
        notes_sealed: Option<SealedNotes>,
    },
    ConnectedToAgent {
        agent: AgentId,
        leg: LegId,
    },
    Dequeued {
        queue: QueueId,
        #[serde(with = "named")]
        reason: DequeueReason,
    },
    DigitPressed {
        digit: char,
    },
    Disconnected {
        #[serde(with = "named")]
        reason: DisconnectReason,
        #[serde(with = "millis")]
        ended_at: Timestamp,
    },
    Enqueued {
        queue: QueueId,
        priority: u8,
        #[serde(with = "millis")]
        since: Timestamp,
    },
    FlowEnded {
        flow: FlowId,
        #[serde(with = "named")]
        outcome: FlowOutcome,
    },
    Initiated {
        leg: LegId,
        #[serde(with = "named")]
        direction: Direction,
        party: PartyId,
        #[serde(rename = "to", with = "phone_number")]
        number: PhoneNumber,
        trunk: Option<TrunkId>,
        flow: FlowId,
        test: bool,
    },
    LegConnected {
        leg: LegId,
    },
    LegEnded {
        leg: LegId,
        #[serde(with = "named")]
        reason: DisconnectReason,
        #[serde(with = "millis")]
        ended_at: Timestamp,
    },
    LegRinging {
        leg: LegId,
    },
    LegStarted {
        leg: LegId,
        #[serde(with = "LegKindV1")]
        kind: LegKind,
    },
    OfferEnded {
        offer: OfferId,
        agent: AgentId,
        #[serde(with = "named")]
        outcome: OfferOutcome,
    },
    Offered {
        offer: OfferId,
        agent: AgentId,
        queue: QueueId,
        #[serde(with = "millis")]
        expires_at: Timestamp,
        #[serde(with = "DecisionV1")]
        decision: Decision,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LegKind", rename_all = "snake_case")]
pub(super) enum LegKindV1 {
    Agent(AgentId),
    CustomerBrowser,
    CustomerTrunk,
}
