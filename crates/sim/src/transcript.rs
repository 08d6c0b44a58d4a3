//! Events in the words of a story.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::event::{AgentEvent, ContactEvent, Direction, EmergencyRefusal, LegKind, OfferOutcome};
use model::{
    AgentId, ContactId, ContactRecord, DisconnectReason, Event, EventBody, LegId, TenantEvent, Timestamp,
    UsageRecord,
};

/// Names for what a story speaks of.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) configured: BTreeMap<u128, String>,
    pub(crate) contacts: BTreeMap<ContactId, String>,
    /// The leg's contact and whose leg it is.
    pub(crate) legs: BTreeMap<LegId, String>,
}

impl Names {
    pub(crate) fn of(&self, bits: u128) -> &str {
        self.configured.get(&bits).map_or("?", String::as_str)
    }

    fn agent(&self, agent: AgentId) -> &str {
        self.of(agent.bits())
    }

    fn contact(&self, contact: ContactId) -> &str {
        self.contacts.get(&contact).map_or("?", String::as_str)
    }

    fn leg(&self, leg: LegId) -> &str {
        self.legs.get(&leg).map_or("?", String::as_str)
    }

    /// Learns whose a leg is.
    pub(crate) fn learn(&mut self, event: &Event) {
        if let EventBody::Contact(_, ContactEvent::LegStarted { leg, kind }) = &event.body {
            let name = match kind {
                LegKind::Agent(agent) => self.agent(*agent).to_owned(),
                LegKind::CustomerBrowser | LegKind::CustomerTrunk => "customer".to_owned(),
            };
            self.legs.insert(*leg, name);
        }
    }

    /// The event as a line; none for one that stories leave out.
    pub(crate) fn tell(&self, event: &Event, start: Timestamp) -> Option<String> {
        match &event.body {
            EventBody::Agent(agent, agent_event) => {
                let told = self.tell_agent(agent_event, event.at);
                Some(format!("{} {told}", self.agent(*agent)))
            }
            EventBody::Contact(contact, contact_event) => {
                let told = self.tell_contact(contact_event, event.at);
                Some(format!("{} {told}", self.contact(*contact)))
            }
            EventBody::Tenant(TenantEvent::Checkpointed) => None,
            EventBody::Tenant(TenantEvent::ConfigApplied { revision }) => {
                Some(format!("tenant revision {revision} applied"))
            }
            EventBody::Tenant(TenantEvent::EmergencyCallRefused { from, to, reason }) => {
                let why = reason.map_or("", refusal);
                Some(format!("tenant emergency call from {from} to {to} refused{why}"))
            }
            EventBody::Tenant(TenantEvent::Recovered { epoch }) => {
                (event.at > start).then(|| format!("tenant recovered by epoch {epoch}"))
            }
        }
    }

    fn tell_agent(&self, event: &AgentEvent, at: Timestamp) -> String {
        match event {
            AgentEvent::AfterContactWorkEnded { .. } => "after-contact work ended".to_owned(),
            AgentEvent::AfterContactWorkExtended { until, .. } => {
                format!(
                    "after-contact work extended, {} left",
                    seconds(until.millis_since(at))
                )
            }
            AgentEvent::AfterContactWorkStarted { until, .. } => {
                format!("after-contact work for {}", seconds(until.millis_since(at)))
            }
            AgentEvent::LineClosed { .. } => "line closed".to_owned(),
            AgentEvent::LineLost { .. } => "line lost".to_owned(),
            AgentEvent::LineOpened { .. } => "line opened".to_owned(),
            AgentEvent::NextStatusChosen { status: Some(status) } => {
                format!("next status {}", self.of(status.bits()))
            }
            AgentEvent::NextStatusChosen { status: None } => "next status taken back".to_owned(),
            AgentEvent::Reached => "reached".to_owned(),
            AgentEvent::StatusChanged { status } => format!("status {}", self.of(status.bits())),
            AgentEvent::Unreached => "unreached".to_owned(),
        }
    }

    fn tell_contact(&self, event: &ContactEvent, at: Timestamp) -> String {
        match event {
            ContactEvent::AgentDetached { agent, .. } => format!("{} fell away", self.agent(*agent)),
            ContactEvent::AgentReattached { agent, .. } => format!("{} is back", self.agent(*agent)),
            ContactEvent::BlockEntered { block, .. } => format!("in block {block}"),
            ContactEvent::Completed { disposition, .. } => {
                let outcome = disposition.map(|id| format!(" as {}", self.of(id.bits())));
                format!("completed{}", outcome.unwrap_or_default())
            }
            ContactEvent::ConnectedToAgent { agent, .. } => format!("talks to {}", self.agent(*agent)),
            ContactEvent::Dequeued { reason, .. } => format!("leaves the queue: {reason:?}"),
            ContactEvent::DigitPressed { digit } => format!("pressed {digit}"),
            ContactEvent::Disconnected { reason, ended_at } => {
                format!("disconnected: {}{}", word(*reason), ago(*ended_at, at))
            }
            ContactEvent::Enqueued {
                queue,
                priority,
                since,
            } => {
                let queue = self.of(queue.bits());
                format!("waits in {queue}, priority {priority}{}", ago(*since, at))
            }
            ContactEvent::FlowEnded { outcome, .. } => format!("flow ended: {outcome:?}"),
            ContactEvent::Initiated {
                direction: Direction::Inbound,
                number,
                ..
            } => format!("initiated to {number}"),
            ContactEvent::Initiated {
                direction: Direction::Outbound,
                number,
                ..
            } => format!("initiated from {number}"),
            ContactEvent::LegConnected { leg } => format!("leg of {} connected", self.leg(*leg)),
            ContactEvent::LegEnded {
                leg,
                reason,
                ended_at,
            } => {
                format!(
                    "leg of {} ended: {}{}",
                    self.leg(*leg),
                    word(*reason),
                    ago(*ended_at, at)
                )
            }
            ContactEvent::LegRinging { leg } => format!("leg of {} rings", self.leg(*leg)),
            ContactEvent::LegStarted { leg, .. } => format!("leg of {} started", self.leg(*leg)),
            ContactEvent::OfferEnded { agent, outcome, .. } => {
                format!("{} by {}", offer_outcome(*outcome), self.agent(*agent))
            }
            ContactEvent::Offered { agent, decision, .. } => format!(
                "offered to {}, after {}, {} of {} waiting, {} looked at",
                self.agent(*agent),
                seconds(decision.waited_ms),
                decision.position,
                decision.waiting_count,
                decision.candidates.len(),
            ),
        }
    }
}

/// The last line of a contact: where its time went and what was metered.
pub(crate) fn summary(record: &ContactRecord, usage: &[UsageRecord]) -> String {
    let intervals = record.intervals;
    let mut line = String::new();
    for (phase, ms) in [
        ("dialing", intervals.dialing_ms),
        ("flow", intervals.flow_ms),
        ("wait", intervals.wait_ms),
        ("ring", intervals.ring_ms),
        ("talk", intervals.talk_ms),
        ("hold", intervals.hold_ms),
    ] {
        if ms > 0 {
            write!(line, "{phase} {} + ", seconds(ms)).expect("text takes text");
        }
    }
    let line = line.trim_end_matches(" + ");
    let metered = usage
        .iter()
        .filter(|usage| usage.contact == record.id)
        .map(|usage| format!("; {} {}", usage.meter.name(), usage.seconds()));
    let reason = record.disconnect_reason.map_or("open", word);
    let total = seconds(intervals.total_ms());
    format!("{line} = {total}; {reason}{}", metered.collect::<String>())
}

const fn refusal(reason: EmergencyRefusal) -> &'static str {
    match reason {
        EmergencyRefusal::LimitReached => ": too many contacts",
        EmergencyRefusal::NoFlow => ": no flow",
        EmergencyRefusal::NoTrunk => ": no trunk",
        EmergencyRefusal::NotClaimed => ": the number is not claimed",
    }
}

pub(crate) fn seconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{}.{:03} s", ms / 1000, ms % 1000)
    }
}

fn ago(then: Timestamp, now: Timestamp) -> String {
    match now.millis_since(then) {
        0 => String::new(),
        ms => format!(", {} ago", seconds(ms)),
    }
}

const fn offer_outcome(outcome: OfferOutcome) -> &'static str {
    match outcome {
        OfferOutcome::Accepted => "accepted",
        OfferOutcome::Declined => "declined",
        OfferOutcome::Failed => "failed",
        OfferOutcome::Missed => "missed",
        OfferOutcome::Withdrawn => "offer withdrawn",
    }
}

const fn word(reason: DisconnectReason) -> &'static str {
    match reason {
        DisconnectReason::AgentHangup => "agent hung up",
        DisconnectReason::AgentLost => "agent lost",
        DisconnectReason::Busy => "busy",
        DisconnectReason::Cancelled => "cancelled",
        DisconnectReason::CarrierError => "carrier error",
        DisconnectReason::CustomerHangup => "customer hung up",
        DisconnectReason::FlowEnded => "flow ended",
        DisconnectReason::FlowFailed => "flow failed",
        DisconnectReason::LimitReached => "limit reached",
        DisconnectReason::MediaTimeout => "no audio",
        DisconnectReason::NoAnswer => "no answer",
        DisconnectReason::OtherPartyEnded => "other party ended",
        DisconnectReason::Rejected => "rejected",
        DisconnectReason::SessionExpired => "session expired",
        DisconnectReason::SystemRestarted => "system restarted",
        DisconnectReason::TimeLimit => "time limit",
        DisconnectReason::UnassignedNumber => "unassigned number",
    }
}
