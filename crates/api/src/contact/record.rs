//! The contact record as clients see it.

use model::contact::{LegRecord, Phase, Segment as Stay, SegmentPlace};
use model::event::{Direction as Began, LegKind as Whose};
use model::{ContactRecord, TenantConfig, Timestamp, UsageRecord};
use serde::Serialize;
use store::RevealedNotes;
use utoipa::ToSchema;

use super::event::code_and_class;
use crate::reference::Ref;
use crate::time::Time;
use crate::usage::UNIT;

/// A contact in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactSummary {
    /// Its id.
    pub(crate) id: String,
    /// Where in its life it is.
    pub(crate) state: ContactState,
    /// Who began it.
    pub(crate) direction: Direction,
    /// The number that called; null for an anonymous caller, or one whose data was erased.
    #[schema(required = true)]
    pub(crate) from: Option<String>,
    /// The number that was called; null of an emergency call, or of somebody whose data was erased.
    #[schema(required = true)]
    pub(crate) to: Option<String>,
    /// The queue it was in last.
    #[schema(required = true)]
    pub(crate) queue: Option<Ref>,
    /// The agent it was with last.
    #[schema(required = true)]
    pub(crate) agent: Option<Ref>,
    /// When it began.
    pub(crate) initiated_at: Time,
    /// From initiated to disconnected; null while open.
    #[schema(required = true)]
    pub(crate) duration_ms: Option<u64>,
    /// Why the customer's side was over.
    #[schema(required = true)]
    pub(crate) disconnect_reason: Option<DisconnectReason>,
    /// The outcome.
    #[schema(required = true)]
    pub(crate) disposition: Option<Ref>,
    /// A test call or a simulated caller.
    pub(crate) test: bool,
}

/// Where in its life a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ContactState {
    /// The customer is called and has not answered.
    Dialing,
    /// The flow has it.
    Flow,
    /// It waits in a queue.
    Waiting,
    /// It is offered to an agent, or the agent's leg is being set up.
    Ringing,
    /// Customer and agent hear each other.
    Talking,
    /// The agent is away for a moment; the customer hears music.
    OnHold,
    /// The customer's side is over; the agent works on.
    AfterContactWork,
    /// All work is done.
    Completed,
}

/// Who began a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// The customer called.
    Inbound,
    /// The contact center called.
    Outbound,
}

/// Which number called which.
pub(crate) struct Ends {
    /// The number that called, if it is known.
    pub(crate) from: Option<String>,
    /// The number that was called, if it is known.
    pub(crate) to: Option<String>,
}

/// Why the customer's side was over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisconnectReason {
    /// Stable: programs decide by it.
    #[schema(example = "customer_hung_up")]
    pub(crate) code: String,
    /// On whose side it lies.
    pub(crate) class: DisconnectClass,
}

/// On whose side a disconnect reason lies.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisconnectClass {
    /// The customer.
    Customer,
    /// The agent.
    Agent,
    /// Offhook, or what the tenant configured.
    System,
    /// The carrier, or the network between.
    Carrier,
}

/// A contact with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contact {
    /// What lists show of it.
    #[serde(flatten)]
    pub(crate) summary: ContactSummary,
    /// When customer and agent first heard each other.
    #[schema(required = true)]
    pub(crate) connected_at: Option<Time>,
    /// When the customer's side was over.
    #[schema(required = true)]
    pub(crate) disconnected_at: Option<Time>,
    /// When all work was done.
    #[schema(required = true)]
    pub(crate) completed_at: Option<Time>,
    /// What the agent noted; null if nothing was, or if it was erased.
    #[schema(required = true)]
    pub(crate) notes: Option<String>,
    /// Whether there were notes that were erased with the data of the person on the other side.
    pub(crate) notes_erased: bool,
    /// The stays, in order.
    pub(crate) segments: Vec<Segment>,
    /// How long it was where.
    pub(crate) intervals: Intervals,
    /// The legs, in order.
    pub(crate) legs: Vec<ContactLeg>,
    /// What was metered.
    pub(crate) usage: Vec<ContactUsage>,
}

/// A numbered stay of a contact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Segment {
    /// 1, 2, 3 …
    pub(crate) number: u32,
    /// Where.
    pub(crate) kind: SegmentKind,
    /// The flow.
    #[schema(required = true)]
    pub(crate) flow: Option<Ref>,
    /// The queue.
    #[schema(required = true)]
    pub(crate) queue: Option<Ref>,
    /// The agent.
    #[schema(required = true)]
    pub(crate) agent: Option<Ref>,
    /// When it began.
    pub(crate) started_at: Time,
    /// When it ended.
    #[schema(required = true)]
    pub(crate) ended_at: Option<Time>,
}

/// Where a contact stays.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SegmentKind {
    /// In a flow.
    Flow,
    /// In a queue.
    Queue,
    /// With an agent.
    Agent,
}

/// Milliseconds per part of a contact's life. All but the last partition it from initiated to disconnected, of an
/// open contact until now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Intervals {
    /// Dialing the customer, before they answered.
    pub(crate) dialing_ms: u64,
    /// In the flow.
    pub(crate) flow_ms: u64,
    /// Waiting in a queue.
    pub(crate) wait_ms: u64,
    /// Ringing at agents.
    pub(crate) ring_ms: u64,
    /// Talking.
    pub(crate) talk_ms: u64,
    /// On hold.
    pub(crate) hold_ms: u64,
    /// The agent's work after it.
    pub(crate) acw_ms: u64,
}

/// One leg of a contact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactLeg {
    /// Its id.
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) kind: LegKind,
    /// How long it carried audio both ways.
    pub(crate) connected_ms: u64,
}

/// Whose leg it is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LegKind {
    /// The customer's.
    Customer,
    /// An agent's.
    Agent,
}

/// What was metered of a contact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactUsage {
    /// What was measured.
    #[schema(example = "inbound_trunk_seconds")]
    pub(crate) meter: String,
    /// In what.
    #[schema(example = "s")]
    pub(crate) unit: String,
    /// How much.
    pub(crate) quantity: u64,
    /// The leg; null for what is not metered by leg.
    #[schema(required = true)]
    pub(crate) leg_id: Option<String>,
}

impl ContactState {
    /// The state that a record is in.
    pub(crate) fn of(record: &ContactRecord) -> Self {
        match record.phase {
            _ if record.completed_at.is_some() => Self::Completed,
            None => Self::AfterContactWork,
            Some((Phase::Dialing, _)) => Self::Dialing,
            Some((Phase::Flow, _)) => Self::Flow,
            Some((Phase::Hold, _)) => Self::OnHold,
            Some((Phase::Ring, _)) => Self::Ringing,
            Some((Phase::Talk, _)) => Self::Talking,
            Some((Phase::Wait, _)) => Self::Waiting,
        }
    }
}

impl From<Began> for Direction {
    fn from(direction: Began) -> Self {
        match direction {
            Began::Inbound => Self::Inbound,
            Began::Outbound => Self::Outbound,
        }
    }
}

impl Ends {
    /// The ends of a contact with a customer of this number.
    pub(crate) fn of(record: &ContactRecord, customer: Option<String>) -> Self {
        let number = Some(record.number.to_string());
        match record.direction {
            Began::Inbound => Self {
                from: customer,
                to: number,
            },
            Began::Outbound => Self {
                from: number,
                to: customer,
            },
        }
    }
}

impl ContactSummary {
    /// What a list shows of a record.
    pub(super) fn of(record: &ContactRecord, customer: Option<String>, config: &TenantConfig) -> Self {
        let Ends { from, to } = Ends::of(record, customer);
        Self {
            id: record.id.to_string(),
            state: ContactState::of(record),
            direction: record.direction.into(),
            from,
            to,
            queue: record.queue.map(|queue| Ref::queue(config, queue)),
            agent: record.agent.map(|agent| Ref::agent(config, agent)),
            initiated_at: record.initiated_at.into(),
            duration_ms: record
                .disconnected_at
                .map(|at| at.millis_since(record.initiated_at)),
            disconnect_reason: record.disconnect_reason.map(|reason| {
                let (code, class) = code_and_class(reason);
                DisconnectReason {
                    code: code.to_owned(),
                    class,
                }
            }),
            disposition: record
                .disposition
                .map(|disposition| Ref::disposition(config, disposition)),
            test: record.test,
        }
    }
}

impl Contact {
    /// Everything that is known of a contact.
    pub(super) fn of(
        record: &ContactRecord,
        customer: Option<String>,
        notes: Option<RevealedNotes>,
        usage: &[UsageRecord],
        config: &TenantConfig,
        now: Timestamp,
    ) -> Self {
        let (notes, notes_erased) = match notes {
            None => (None, false),
            Some(RevealedNotes::Erased) => (None, true),
            Some(RevealedNotes::Text(text)) => (Some(text), false),
        };
        Self {
            summary: ContactSummary::of(record, customer, config),
            connected_at: record.connected_at.map(Time),
            disconnected_at: record.disconnected_at.map(Time),
            completed_at: record.completed_at.map(Time),
            notes,
            notes_erased,
            segments: record
                .segments
                .iter()
                .map(|stay| Segment::of(stay, config))
                .collect(),
            intervals: Intervals::of(record, now),
            legs: record.legs.iter().map(|leg| ContactLeg::of(leg, now)).collect(),
            usage: usage.iter().map(ContactUsage::from).collect(),
        }
    }
}

impl Segment {
    fn of(stay: &Stay, config: &TenantConfig) -> Self {
        let (kind, flow, queue, agent) = match stay.place {
            SegmentPlace::Agent(agent) => (SegmentKind::Agent, None, None, Some(Ref::agent(config, agent))),
            SegmentPlace::Flow(flow) => (SegmentKind::Flow, Some(Ref::flow(config, flow)), None, None),
            SegmentPlace::Queue(queue) => (SegmentKind::Queue, None, Some(Ref::queue(config, queue)), None),
        };
        Self {
            number: stay.number,
            kind,
            flow,
            queue,
            agent,
            started_at: stay.started_at.into(),
            ended_at: stay.ended_at.map(Time),
        }
    }
}

impl Intervals {
    fn of(record: &ContactRecord, now: Timestamp) -> Self {
        let so_far = |phase| match record.phase {
            Some((present, since)) if present == phase => now.millis_since(since),
            Some(_) | None => 0,
        };
        let over = &record.intervals;
        let acw = record.agent.and(record.disconnected_at);
        Self {
            dialing_ms: over.dialing_ms + so_far(Phase::Dialing),
            flow_ms: over.flow_ms + so_far(Phase::Flow),
            wait_ms: over.wait_ms + so_far(Phase::Wait),
            ring_ms: over.ring_ms + so_far(Phase::Ring),
            talk_ms: over.talk_ms + so_far(Phase::Talk),
            hold_ms: over.hold_ms + so_far(Phase::Hold),
            acw_ms: acw.map_or(0, |began_at| {
                record.completed_at.unwrap_or(now).millis_since(began_at)
            }),
        }
    }
}

impl ContactLeg {
    fn of(leg: &LegRecord, now: Timestamp) -> Self {
        Self {
            id: leg.id.to_string(),
            kind: match leg.kind {
                Whose::Agent(_) => LegKind::Agent,
                Whose::CustomerBrowser | Whose::CustomerTrunk => LegKind::Customer,
            },
            connected_ms: leg.connected_ms(now),
        }
    }
}

impl From<&UsageRecord> for ContactUsage {
    fn from(record: &UsageRecord) -> Self {
        Self {
            meter: record.meter.name().to_owned(),
            unit: UNIT.to_owned(),
            quantity: record.seconds(),
            leg_id: Some(record.leg.to_string()),
        }
    }
}
