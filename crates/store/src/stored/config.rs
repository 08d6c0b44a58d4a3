//! Changes of the configuration as they are stored: one form for the present values and for revisions.

use model::config::{
    Agent, ClaimedNumber, Disposition, Flow, Queue, RoutingProfile, RoutingProfileQueue, Status, StatusKind,
    TenantSettings,
};
use model::hours::{HoursOfOperation, OpenSpan};
use model::{
    AgentId, ConfigChange, DispositionId, FlowId, HoursId, PhoneNumber, PhoneNumberId, QueueId,
    RoutingProfileId, StatusId, TrunkId, UserId,
};
use serde::{Deserialize, Serialize};

use super::with::{list, named, phone_number};
use crate::StoreError;

/// The version that is written.
pub(crate) const VERSION: i64 = 1;

/// The kind and the id under which the changed thing is kept.
pub(crate) fn item_key(change: &ConfigChange) -> (&'static str, String) {
    match change {
        ConfigChange::PutAgent(agent) => ("agent", agent.id.to_string()),
        ConfigChange::PutDisposition(disposition) => ("disposition", disposition.id.to_string()),
        ConfigChange::PutFlow(flow) => ("flow", flow.id.to_string()),
        ConfigChange::PutHours(hours) => ("hours", hours.id.to_string()),
        ConfigChange::PutPhoneNumber(number) => ("phone_number", number.id.to_string()),
        ConfigChange::PutQueue(queue) => ("queue", queue.id.to_string()),
        ConfigChange::PutRoutingProfile(profile) => ("routing_profile", profile.id.to_string()),
        ConfigChange::PutSettings(_) => ("settings", String::new()),
        ConfigChange::PutStatus(status) => ("status", status.id.to_string()),
        ConfigChange::ReleasePhoneNumber(id) => ("phone_number", id.to_string()),
    }
}

/// One change, as version [`VERSION`].
pub(crate) fn encode_change(change: &ConfigChange) -> String {
    serde_json::to_string(&Borrowed(change)).expect("a change of the configuration has a JSON form")
}

/// The changes of a revision, as version [`VERSION`].
pub(crate) fn encode_changes(changes: &[ConfigChange]) -> String {
    let list: Vec<Borrowed<'_>> = changes.iter().map(Borrowed).collect();
    serde_json::to_string(&list).expect("a change of the configuration has a JSON form")
}

/// The change that was stored as that version.
pub(crate) fn decode_change(version: i64, body: &str) -> Result<ConfigChange, StoreError> {
    match version {
        1 => Ok(read::<Owned>(body)?.0),
        version => Err(unknown(version)),
    }
}

/// The changes that were stored as that version.
pub(crate) fn decode_changes(version: i64, body: &str) -> Result<Vec<ConfigChange>, StoreError> {
    match version {
        1 => Ok(read::<Vec<Owned>>(body)?
            .into_iter()
            .map(|owned| owned.0)
            .collect()),
        version => Err(unknown(version)),
    }
}

fn read<'de, T: Deserialize<'de>>(body: &'de str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|source| StoreError::corrupt("the configuration", source))
}

const fn unknown(version: i64) -> StoreError {
    StoreError::UnknownVersion {
        what: "the configuration",
        version,
    }
}

#[derive(Serialize)]
struct Borrowed<'a>(#[serde(with = "ConfigChangeV1")] &'a ConfigChange);

#[derive(Deserialize)]
struct Owned(#[serde(with = "ConfigChangeV1")] ConfigChange);

#[derive(Serialize, Deserialize)]
#[serde(remote = "ConfigChange", rename_all = "snake_case")]
enum ConfigChangeV1 {
    PutAgent(#[serde(with = "AgentV1")] Agent),
    PutDisposition(#[serde(with = "DispositionV1")] Disposition),
    PutFlow(#[serde(with = "FlowV1")] Flow),
    PutHours(#[serde(with = "HoursV1")] HoursOfOperation),
    PutPhoneNumber(#[serde(with = "ClaimedNumberV1")] ClaimedNumber),
    PutQueue(#[serde(with = "QueueV1")] Queue),
    PutRoutingProfile(#[serde(with = "RoutingProfileV1")] RoutingProfile),
    PutSettings(#[serde(with = "TenantSettingsV1")] TenantSettings),
    PutStatus(#[serde(with = "StatusV1")] Status),
    ReleasePhoneNumber(PhoneNumberId),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Agent")]
struct AgentV1 {
    id: AgentId,
    user: UserId,
    name: String,
    routing_profile: RoutingProfileId,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Disposition")]
struct DispositionV1 {
    id: DispositionId,
    name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Flow")]
struct FlowV1 {
    id: FlowId,
    name: String,
    document: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "HoursOfOperation")]
struct HoursV1 {
    id: HoursId,
    name: String,
    time_zone: String,
    #[serde(with = "spans")]
    spans: Vec<OpenSpan>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OpenSpan")]
struct OpenSpanV1 {
    weekday: u8,
    from_minute: u16,
    to_minute: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ClaimedNumber")]
struct ClaimedNumberV1 {
    id: PhoneNumberId,
    #[serde(with = "phone_number")]
    number: PhoneNumber,
    trunk: TrunkId,
    flow: FlowId,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Queue")]
struct QueueV1 {
    id: QueueId,
    name: String,
    offer_timeout_s: u32,
    waiting_max: u32,
    service_level_s: u32,
    announce_position_every_s: u32,
    music: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RoutingProfile")]
struct RoutingProfileV1 {
    id: RoutingProfileId,
    name: String,
    #[serde(with = "profile_queues")]
    queues: Vec<RoutingProfileQueue>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RoutingProfileQueue")]
struct RoutingProfileQueueV1 {
    queue: QueueId,
    priority: u8,
    delay_s: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TenantSettings")]
struct TenantSettingsV1 {
    name: String,
    time_zone: String,
    after_contact_work_s: u32,
    after_contact_work_extension_s: u32,
    reattach_timeout_s: u32,
    contacts_max: u32,
    wait_max_s: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Status")]
struct StatusV1 {
    id: StatusId,
    name: String,
    #[serde(with = "named")]
    kind: StatusKind,
}

list!(
    profile_queues,
    RoutingProfileQueueV1,
    "RoutingProfileQueueV1",
    RoutingProfileQueue
);
list!(spans, OpenSpanV1, "OpenSpanV1", OpenSpan);
