//! Contact records as they are stored.

use model::contact::{Intervals, LegRecord, Phase, Segment, SegmentPlace};
use model::event::Direction;
use model::{
    AgentId, ContactId, ContactRecord, DisconnectReason, DispositionId, FlowId, LegId, LegKind, PartyId,
    PhoneNumber, QueueId, SealedNotes, Timestamp, TrunkId,
};
use serde::{Deserialize, Serialize};

use super::contact_event::LegKindV1;
use super::with::{list, millis, millis_or_none, named, named_or_none, phone_number, sealed_or_none};
use crate::StoreError;

/// The version that is written.
pub(crate) const VERSION: i64 = 1;

/// The record, as version [`VERSION`].
pub(crate) fn encode(record: &ContactRecord) -> String {
    serde_json::to_string(&Borrowed(record)).expect("a contact record has a JSON form")
}

/// The record that was stored as that version.
pub(crate) fn decode(version: i64, body: &str) -> Result<ContactRecord, StoreError> {
    match version {
        1 => serde_json::from_str::<Owned>(body)
            .map(|owned| owned.0)
            .map_err(|source| StoreError::corrupt("a contact record", source)),
        version => Err(StoreError::UnknownVersion {
            what: "a contact record",
            version,
        }),
    }
}

#[derive(Serialize)]
struct Borrowed<'a>(#[serde(with = "ContactRecordV1")] &'a ContactRecord);

#[derive(Deserialize)]
struct Owned(#[serde(with = "ContactRecordV1")] ContactRecord);

#[derive(Serialize, Deserialize)]
#[serde(remote = "ContactRecord")]
struct ContactRecordV1 {
    id: ContactId,
    #[serde(with = "named")]
    direction: Direction,
    party: PartyId,
    #[serde(rename = "to", with = "phone_number")]
    number: PhoneNumber,
    trunk: Option<TrunkId>,
    test: bool,
    #[serde(with = "millis")]
    initiated_at: Timestamp,
    #[serde(with = "millis_or_none")]
    enqueued_at: Option<Timestamp>,
    #[serde(with = "millis_or_none")]
    connected_at: Option<Timestamp>,
    #[serde(with = "millis_or_none")]
    disconnected_at: Option<Timestamp>,
    #[serde(with = "millis_or_none")]
    completed_at: Option<Timestamp>,
    #[serde(with = "named_or_none")]
    disconnect_reason: Option<DisconnectReason>,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
    missed_offers_count: u32,
    disposition: Option<DispositionId>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "sealed_or_none")]
    notes_sealed: Option<SealedNotes>,
    #[serde(with = "IntervalsV1")]
    intervals: Intervals,
    #[serde(with = "segments")]
    segments: Vec<Segment>,
    #[serde(with = "legs")]
    legs: Vec<LegRecord>,
    #[serde(with = "phase")]
    phase: Option<(Phase, Timestamp)>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Intervals")]
struct IntervalsV1 {
    /// Records of the first release have none, for they were all inbound.
    #[serde(default, skip_serializing_if = "is_zero")]
    dialing_ms: u64,
    flow_ms: u64,
    wait_ms: u64,
    ring_ms: u64,
    talk_ms: u64,
    hold_ms: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Segment")]
struct SegmentV1 {
    number: u32,
    #[serde(with = "SegmentPlaceV1")]
    place: SegmentPlace,
    #[serde(with = "millis")]
    started_at: Timestamp,
    #[serde(with = "millis_or_none")]
    ended_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SegmentPlace", rename_all = "snake_case")]
enum SegmentPlaceV1 {
    Agent(AgentId),
    Flow(FlowId),
    Queue(QueueId),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LegRecord")]
struct LegRecordV1 {
    id: LegId,
    #[serde(with = "LegKindV1")]
    kind: LegKind,
    #[serde(with = "millis")]
    started_at: Timestamp,
    #[serde(with = "millis_or_none")]
    connected_at: Option<Timestamp>,
    #[serde(with = "millis_or_none")]
    ended_at: Option<Timestamp>,
    #[serde(with = "named_or_none")]
    reason: Option<DisconnectReason>,
}

const fn is_zero(ms: &u64) -> bool {
    *ms == 0
}

list!(legs, LegRecordV1, "LegRecordV1", LegRecord);
list!(segments, SegmentV1, "SegmentV1", Segment);

mod phase {
    use serde::{Deserializer, Serializer};

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Current {
        #[serde(with = "named")]
        phase: Phase,
        #[serde(with = "millis")]
        since: Timestamp,
    }

    pub(super) fn serialize<S: Serializer>(
        phase: &Option<(Phase, Timestamp)>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        phase.map(|(phase, since)| Current { phase, since }).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<(Phase, Timestamp)>, D::Error> {
        Ok(Option::<Current>::deserialize(from)?.map(|current| (current.phase, current.since)))
    }
}
