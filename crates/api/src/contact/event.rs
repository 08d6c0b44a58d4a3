//! A contact's events, told to people.

use std::collections::BTreeMap;

use model::event::{DequeueReason, Direction, FlowOutcome, LegKind, PRIORITY_DEFAULT};
use model::{
    CandidateVerdict, ContactEvent as Happened, Decision, DisconnectReason, Event, EventBody, LegId,
    OfferOutcome, TenantConfig,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::record::DisconnectClass;
use crate::reference::Ref;
use crate::time::Time;

/// Something that happened to a contact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactEvent {
    /// Its position in the tenant's log.
    pub(crate) number: u64,
    /// When it was decided.
    pub(crate) at: Time,
    /// Its name.
    #[serde(rename = "type")]
    #[schema(example = "offered")]
    pub(crate) kind: String,
    /// A sentence for a person.
    #[schema(example = "Offered to maya after 6 s of waiting, idle for 44 s, the longest of 1.")]
    pub(crate) summary: String,
    /// Why this contact and this agent; null except where routing decided.
    #[schema(required = true)]
    pub(crate) decision: Option<RoutingDecision>,
    /// The event as it is stored.
    #[schema(value_type = Object, additional_properties)]
    pub(crate) data: serde_json::Value,
}

/// Why a contact was offered to an agent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutingDecision {
    /// The rule that decided.
    #[schema(example = "longest_idle")]
    pub(crate) rule: String,
    /// The agent it was offered to.
    #[schema(required = true)]
    pub(crate) chosen: Option<Ref>,
    /// The agents looked at, best first.
    pub(crate) candidates: Vec<RoutingCandidate>,
    /// How many more agents were looked at.
    pub(crate) candidates_left_out_count: u32,
    /// How long the contact had waited.
    pub(crate) waited_ms: u64,
    /// The contact's place in the queue, 1 is the head.
    pub(crate) position: u32,
    /// How many contacts waited in that queue.
    pub(crate) waiting_count: u32,
}

/// One agent looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutingCandidate {
    /// The agent.
    pub(crate) agent: Ref,
    /// Whether the agent could have taken the contact.
    pub(crate) eligible: bool,
    /// What was decided about the agent, and why.
    #[schema(example = "chosen: idle for 44 s, the longest")]
    pub(crate) reason: String,
}

impl ContactEvent {
    /// A contact's events in their order.
    pub(super) fn list(events: &[Event], config: &TenantConfig) -> Vec<Self> {
        let mut legs = BTreeMap::new();
        for event in events {
            if let EventBody::Contact(_, Happened::LegStarted { leg, kind }) = &event.body {
                legs.insert(*leg, *kind);
            }
        }
        events
            .iter()
            .filter_map(|event| Self::of(event, &legs, config))
            .collect()
    }

    fn of(event: &Event, legs: &BTreeMap<LegId, LegKind>, config: &TenantConfig) -> Option<Self> {
        let EventBody::Contact(_, happened) = &event.body else {
            return None;
        };
        let data = store::stored::event_json(event);
        let kind = data
            .pointer("/event/type")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        let decision = if let Happened::Offered { decision, .. } = happened {
            Some(decision)
        } else {
            None
        };
        Some(Self {
            number: event.seq,
            at: event.at.into(),
            kind: kind.to_owned(),
            summary: summary(happened, event, legs, config),
            decision: decision.map(|decision| RoutingDecision::of(decision, event, config)),
            data,
        })
    }
}

impl RoutingDecision {
    fn of(decision: &Decision, event: &Event, config: &TenantConfig) -> Self {
        let chosen = decision
            .candidates
            .iter()
            .find(|one| one.verdict == CandidateVerdict::Chosen);
        let candidates = decision.candidates.iter().map(|candidate| {
            let idle = seconds(event.at.millis_since(candidate.idle_since));
            let (eligible, reason) = match candidate.verdict {
                CandidateVerdict::Chosen => (true, format!("chosen: idle for {idle}, the longest")),
                CandidateVerdict::IdleLessLong => (true, format!("idle for {idle}, less long")),
            };
            RoutingCandidate {
                agent: Ref::agent(config, candidate.agent),
                eligible,
                reason,
            }
        });
        Self {
            rule: "longest_idle".to_owned(),
            chosen: chosen.map(|candidate| Ref::agent(config, candidate.agent)),
            candidates: candidates.collect(),
            candidates_left_out_count: decision.candidates_left_out_count,
            waited_ms: decision.waited_ms,
            position: decision.position,
            waiting_count: decision.waiting_count,
        }
    }
}

fn summary(
    happened: &Happened,
    event: &Event,
    legs: &BTreeMap<LegId, LegKind>,
    config: &TenantConfig,
) -> String {
    let agent = |id| Ref::agent(config, id).name;
    let whose = |leg| match legs.get(leg) {
        Some(LegKind::Agent(id)) => format!("{}'s side of the call", agent(*id)),
        Some(LegKind::CustomerBrowser | LegKind::CustomerTrunk) => {
            "The customer's side of the call".to_owned()
        }
        None => "A side of the call".to_owned(),
    };
    match happened {
        Happened::AgentDetached { agent: id, .. } => {
            format!(
                "{} fell away; the customer hears music until they are back.",
                agent(*id)
            )
        }
        Happened::AgentReattached { agent: id, .. } => format!("{} is back.", agent(*id)),
        Happened::BlockEntered { block, .. } => format!("The flow reached the step {block}."),
        Happened::Completed { disposition, .. } => disposition.map_or_else(
            || "Completed without a disposition.".to_owned(),
            |id| format!("Completed as {}.", Ref::disposition(config, id).name),
        ),
        Happened::ConnectedToAgent { agent: id, .. } => format!("Connected to {}.", agent(*id)),
        Happened::Dequeued { queue, reason } => dequeued(&Ref::queue(config, *queue).name, *reason),
        Happened::DigitPressed { digit } => format!("The customer pressed {digit}."),
        Happened::Disconnected { reason, .. } => format!("Disconnected: {}.", reason_in_words(*reason)),
        Happened::Enqueued { queue, priority, .. } => enqueued(&Ref::queue(config, *queue).name, *priority),
        Happened::FlowEnded { outcome, .. } => flow_ended(*outcome).to_owned(),
        Happened::Initiated {
            direction,
            number,
            flow,
            ..
        } => {
            let flow = Ref::flow(config, *flow).name;
            match direction {
                Direction::Inbound => format!("Called {number}; the flow {flow} answers."),
                Direction::Outbound => {
                    format!("Called from {number}; the flow {flow} takes over when answered.")
                }
            }
        }
        Happened::LegConnected { leg } => format!("{} carries audio.", whose(leg)),
        Happened::LegEnded { leg, reason, .. } => {
            format!("{} ended: {}.", whose(leg), reason_in_words(*reason))
        }
        Happened::LegRinging { .. } => "The customer's phone rings.".to_owned(),
        Happened::LegStarted { kind, .. } => leg_started(*kind, config),
        Happened::OfferEnded {
            agent: id, outcome, ..
        } => offer_ended(&agent(*id), *outcome),
        Happened::Offered {
            agent: id, decision, ..
        } => offered(&agent(*id), decision, event),
    }
}

fn enqueued(queue: &str, priority: u8) -> String {
    match priority {
        PRIORITY_DEFAULT => format!("Waits in {queue}."),
        priority => format!("Waits in {queue} with priority {priority}, where 1 is the highest."),
    }
}

fn dequeued(queue: &str, reason: DequeueReason) -> String {
    match reason {
        DequeueReason::Abandoned => format!("The customer hung up while waiting in {queue}."),
        DequeueReason::Ended => format!("Taken out of {queue}."),
    }
}

fn leg_started(kind: LegKind, config: &TenantConfig) -> String {
    match kind {
        LegKind::Agent(id) => format!("{}'s side of the call starts.", Ref::agent(config, id).name),
        LegKind::CustomerBrowser => "The customer's side of the call starts, in a browser.".to_owned(),
        LegKind::CustomerTrunk => "The customer's side of the call starts, over a trunk.".to_owned(),
    }
}

fn flow_ended(outcome: FlowOutcome) -> &'static str {
    match outcome {
        FlowOutcome::Disconnect => "The flow ended the contact.",
        FlowOutcome::Failed => "The flow could not go on.",
        FlowOutcome::Queue => "The flow gave the contact to a queue.",
    }
}

fn offer_ended(agent: &str, outcome: OfferOutcome) -> String {
    match outcome {
        OfferOutcome::Accepted => format!("{agent} accepted."),
        OfferOutcome::Declined => format!("{agent} declined."),
        OfferOutcome::Failed => format!("{agent} accepted, but the line failed."),
        OfferOutcome::Missed => format!("{agent} did not answer in time."),
        OfferOutcome::Withdrawn => format!("The offer to {agent} was withdrawn."),
    }
}

fn offered(agent: &str, decision: &Decision, event: &Event) -> String {
    let waited = seconds(decision.waited_ms);
    let chosen = decision
        .candidates
        .iter()
        .find(|one| one.verdict == CandidateVerdict::Chosen);
    let looked_at = decision.candidates.len() as u64 + u64::from(decision.candidates_left_out_count);
    chosen.map_or_else(
        || format!("Offered to {agent} after {waited} of waiting."),
        |chosen| {
            let idle = seconds(event.at.millis_since(chosen.idle_since));
            format!(
                "Offered to {agent} after {waited} of waiting, idle for {idle}, the longest of {looked_at}."
            )
        },
    )
}

fn seconds(millis: u64) -> String {
    format!("{} s", millis / 1000)
}

fn reason_in_words(reason: DisconnectReason) -> &'static str {
    match reason {
        DisconnectReason::AgentHangup => "the agent hung up",
        DisconnectReason::AgentLost => "the agent's side failed",
        DisconnectReason::Busy => "the number is busy",
        DisconnectReason::Cancelled => "the call was taken back before it was answered",
        DisconnectReason::CarrierError => "the carrier ended the call",
        DisconnectReason::CustomerHangup => "the customer hung up",
        DisconnectReason::FlowEnded => "the flow said goodbye",
        DisconnectReason::FlowFailed => "the flow could not go on",
        DisconnectReason::LimitReached => "a limit was reached",
        DisconnectReason::MediaTimeout => "no audio arrived for too long",
        DisconnectReason::NoAnswer => "nobody answered",
        DisconnectReason::OtherPartyEnded => "the other side ended",
        DisconnectReason::Rejected => "the call was turned down",
        DisconnectReason::SessionExpired => "the session timer ran out",
        DisconnectReason::SystemRestarted => "Offhook was restarted",
        DisconnectReason::TimeLimit => "the time limit was reached",
        DisconnectReason::UnassignedNumber => "nobody has the number",
    }
}

/// The stable code of a reason, and on whose side it lies.
pub(super) const fn code_and_class(reason: DisconnectReason) -> (&'static str, DisconnectClass) {
    use model::ReasonClass;
    let code = match reason {
        DisconnectReason::AgentHangup => "agent_hung_up",
        DisconnectReason::AgentLost => "agent_lost",
        DisconnectReason::Busy => "busy",
        DisconnectReason::Cancelled => "cancelled",
        DisconnectReason::CarrierError => "carrier_error",
        DisconnectReason::CustomerHangup => "customer_hung_up",
        DisconnectReason::FlowEnded => "flow_ended",
        DisconnectReason::FlowFailed => "flow_failed",
        DisconnectReason::LimitReached => "limit_reached",
        DisconnectReason::MediaTimeout => "media_timeout",
        DisconnectReason::NoAnswer => "no_answer",
        DisconnectReason::OtherPartyEnded => "other_party_ended",
        DisconnectReason::Rejected => "rejected",
        DisconnectReason::SessionExpired => "session_expired",
        DisconnectReason::SystemRestarted => "system_restarted",
        DisconnectReason::TimeLimit => "time_limit",
        DisconnectReason::UnassignedNumber => "unassigned_number",
    };
    let class = match reason.class() {
        ReasonClass::Agent => DisconnectClass::Agent,
        ReasonClass::Carrier => DisconnectClass::Carrier,
        ReasonClass::Customer => DisconnectClass::Customer,
        ReasonClass::System => DisconnectClass::System,
    };
    (code, class)
}
