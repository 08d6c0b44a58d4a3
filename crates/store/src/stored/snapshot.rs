//! Snapshots as they are stored. Unlike what is kept for ever, a form that changes is not read again: where this form,
//! that of a contact record, or what events fold to changes, raise [`VERSION`], and logs are folded anew.

use model::{
    Activity, AgentId, AgentState, ContactId, ContactRecord, LegId, LineId, LiveView, OfferId, QueueId,
    StatusId, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::record;
use super::with::{list, millis, millis_or_none};
use crate::{Snapshot, StoreError};

/// The version that is written, and the only one that is read.
pub(crate) const VERSION: i64 = 1;

/// The snapshot, as version [`VERSION`].
pub(crate) fn encode(snapshot: &Snapshot) -> String {
    let written = SnapshotV1 {
        seq: snapshot.view.seq,
        head_at: snapshot.head_at,
        revision: snapshot.revision,
        answered_at: snapshot.answered_at,
        agents: snapshot.view.agents.iter().cloned().collect(),
        contacts: snapshot.view.contacts.values().map(record::encode).collect(),
    };
    serde_json::to_string(&written).expect("a snapshot has a JSON form")
}

/// The snapshot that was stored as version [`VERSION`].
pub(crate) fn decode(body: &str) -> Result<Snapshot, StoreError> {
    let read: SnapshotV1 =
        serde_json::from_str(body).map_err(|source| StoreError::corrupt("a snapshot", source))?;
    let records = read
        .contacts
        .iter()
        .map(|body| record::decode(record::VERSION, body));
    let records: Vec<ContactRecord> = records.collect::<Result<_, _>>()?;
    Ok(Snapshot {
        view: LiveView {
            seq: read.seq,
            agents: read.agents.into_iter().collect(),
            contacts: records.into_iter().map(|record| (record.id, record)).collect(),
        },
        head_at: read.head_at,
        revision: read.revision,
        answered_at: read.answered_at,
    })
}

#[derive(Serialize, Deserialize)]
struct SnapshotV1 {
    seq: u64,
    #[serde(with = "millis")]
    head_at: Timestamp,
    revision: u64,
    #[serde(with = "millis_or_none")]
    answered_at: Option<Timestamp>,
    #[serde(with = "agents")]
    agents: Vec<AgentState>,
    /// Each as it is stored on its own.
    contacts: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AgentState")]
struct AgentStateV1 {
    id: AgentId,
    status: Option<StatusId>,
    next_status: Option<StatusId>,
    #[serde(with = "millis")]
    status_since: Timestamp,
    #[serde(with = "ActivityV1")]
    activity: Activity,
    #[serde(with = "millis")]
    activity_since: Timestamp,
    line: Option<LineId>,
    reachable: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Activity", rename_all = "snake_case")]
enum ActivityV1 {
    AfterContactWork {
        contact: ContactId,
        #[serde(with = "millis")]
        until: Timestamp,
    },
    Connecting {
        contact: ContactId,
        offer: OfferId,
    },
    Idle,
    Missed {
        contact: ContactId,
    },
    OnContact {
        contact: ContactId,
        leg: Option<LegId>,
    },
    Reserved {
        contact: ContactId,
        offer: OfferId,
        queue: QueueId,
        #[serde(with = "millis")]
        expires_at: Timestamp,
    },
}

list!(agents, AgentStateV1, "AgentStateV1", AgentState);
