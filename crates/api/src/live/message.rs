//! The frames of the live socket.

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::agent::Agent;
use super::state::{LiveAgent, LiveContact, LiveQueue, LiveSnapshot};
use crate::first_call::FirstCall;
use crate::time::Time;

/// A frame that changes what the frames before it said. An object takes the place of the one with the same id.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum LiveChange {
    /// The signed-in agent's own state.
    Agent {
        /// The agent.
        agent: Box<Agent>,
    },
    /// One queue.
    LiveQueue {
        /// The queue.
        queue: LiveQueue,
    },
    /// One agent.
    LiveAgent {
        /// The agent.
        agent: LiveAgent,
    },
    /// One contact.
    LiveContact {
        /// The contact.
        contact: LiveContact,
    },
    /// A contact is completed: it leaves the live view, its record has changed.
    LiveContactEnded {
        /// The contact.
        contact_id: String,
    },
    /// How many simulated callers are there.
    SimulatedCallers {
        /// How many.
        simulated_contact_count: u64,
    },
    /// The first call was answered.
    FirstCall {
        /// How long it took.
        first_call: FirstCall,
    },
}

/// A frame that begins or keeps up a socket.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum LiveGreeting<'a> {
    /// Everything, at the beginning.
    Snapshot(&'a LiveSnapshot),
    /// The stream goes on after the frame with this number.
    Resumed {
        /// The number that was asked for.
        seq: u64,
        /// The server's clock.
        server_time: Time,
    },
    /// The answer to the client's heartbeat.
    Heartbeat {
        /// The server's clock.
        server_time: Time,
    },
}

/// What a client sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage {
    /// The client is there.
    Heartbeat,
    /// What later clients may say.
    #[serde(other)]
    Unknown,
}

/// Numbers a frame for one stream. The change is serialised once for all streams.
pub(super) fn numbered(seq: u64, change: &str) -> String {
    format!("{{\"seq\":{seq},{}", change.strip_prefix('{').unwrap_or(change))
}

/// Any frame of the live socket; it exists as a schema only.
pub(crate) enum LiveMessage {}

impl ToSchema for LiveMessage {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((LiveSnapshot::name().into_owned(), LiveSnapshot::schema()));
        <LiveSnapshot as ToSchema>::schemas(schemas);
        <LiveChange as ToSchema>::schemas(schemas);
    }
}

impl PartialSchema for LiveMessage {
    fn schema() -> RefOr<Schema> {
        let snapshot = AllOfBuilder::new()
            .item(kind("snapshot"))
            .item(Ref::from_schema_name(LiveSnapshot::name()));
        let resumed = kind("resumed").property("seq", seq()).required("seq");
        let mut frames = OneOfBuilder::new()
            .description(Some("A frame of the live socket, told apart by `type`."))
            .item(snapshot)
            .item(with_time(resumed))
            .item(with_time(kind("heartbeat")));
        if let RefOr::T(Schema::OneOf(changes)) = LiveChange::schema() {
            for change in changes.items {
                if let RefOr::T(Schema::Object(change)) = change {
                    frames = frames.item(ObjectBuilder::from(change).property("seq", seq()).required("seq"));
                }
            }
        }
        frames.into()
    }
}

fn kind(name: &str) -> ObjectBuilder {
    let name = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([name]));
    ObjectBuilder::new().property("type", name).required("type")
}

fn with_time(frame: ObjectBuilder) -> ObjectBuilder {
    frame
        .property("server_time", Ref::from_schema_name(Time::name()))
        .required("server_time")
}

fn seq() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .description(Some("Rises by one within a stream."))
        .minimum(Some(0))
}
