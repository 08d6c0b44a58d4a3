//! What must hold after each step, whatever happened.

use std::collections::BTreeMap;
use std::time::Duration;

use model::event::{ContactEvent, Direction};
use model::{
    Activity, ContactId, ContactRecord, DisconnectReason, Event, EventBody, LiveView, Phase, TenantConfig,
    Timestamp, UsageRecord,
};

/// Events are numbered without gaps and their time does not go back.
pub(crate) fn of_event(event: &Event, before: Option<&Event>) -> Vec<String> {
    let mut faults = Vec::new();
    let expected = before.map_or(1, |before| before.seq + 1);
    if event.seq != expected {
        faults.push(format!("event {} is numbered {}", expected, event.seq));
    }
    if before.is_some_and(|before| before.at > event.at) {
        faults.push(format!("event {} is older than the one before it", event.seq));
    }
    if let EventBody::Contact(
        _,
        ContactEvent::Disconnected { ended_at, .. } | ContactEvent::LegEnded { ended_at, .. },
    ) = &event.body
        && *ended_at > event.at
    {
        faults.push(format!("event {} tells of an end in the future", event.seq));
    }
    faults
}

/// No contact waits for which an agent is idle, and no contact is in the hands of two.
pub(crate) fn of_view(view: &LiveView, config: &TenantConfig, now: Timestamp) -> Vec<String> {
    let mut faults = Vec::new();
    let mut holders: BTreeMap<ContactId, u32> = BTreeMap::new();
    for agent in view.agents.iter() {
        if let Some(contact) = agent.activity.contact() {
            *holders.entry(contact).or_default() += 1;
        }
        if let Activity::Reserved {
            contact, expires_at, ..
        } = agent.activity
            && expires_at < now
        {
            faults.push(format!("{} is still reserved for {contact}", agent.id));
        }
    }
    let shared = holders.iter().filter(|(_, count)| **count > 1);
    faults.extend(shared.map(|(contact, count)| format!("{contact} is in the hands of {count} agents")));
    let waiting = view
        .contacts
        .values()
        .filter(|contact| contact.phase.is_some_and(|(phase, _)| phase == Phase::Wait));
    for contact in waiting {
        for agent in view.agents.iter() {
            if presence::routable_since(agent, config).is_some() && serves(agent.id, contact, config, now) {
                faults.push(format!("{} waits though {} is idle", contact.id, agent.id));
            }
        }
    }
    faults
}

fn serves(agent: model::AgentId, contact: &ContactRecord, config: &TenantConfig, now: Timestamp) -> bool {
    let profile = config
        .agents
        .get(&agent)
        .and_then(|agent| config.routing_profiles.get(&agent.routing_profile));
    let since = contact.enqueued_at.unwrap_or(contact.initiated_at);
    profile.is_some_and(|profile| {
        profile.queues.iter().any(|entry| {
            let delay = Duration::from_secs(entry.delay_s.into());
            Some(entry.queue) == contact.queue && since + delay <= now
        })
    })
}

/// Phases partition the contact, every leg has ended, each leg's connected time is metered once, and no reason tells
/// of an unanswered call that was answered.
pub(crate) fn of_completed<'a>(
    record: &ContactRecord,
    usage: impl Iterator<Item = &'a UsageRecord>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let id = record.id;
    let lasted = record
        .disconnected_at
        .map(|end| end.millis_since(record.initiated_at));
    let partitioned = record.intervals.total_ms();
    if lasted != Some(partitioned) {
        faults.push(format!("{id} lasted {lasted:?} ms, its phases {partitioned} ms"));
    }
    let was_answered = record.legs.first().is_some_and(|leg| leg.connected_at.is_some());
    let reason = record.disconnect_reason;
    if reason.is_some_and(tells_of_no_answer) && (was_answered || record.direction == Direction::Inbound) {
        faults.push(format!("{id} ended for {reason:?}, answered: {was_answered}"));
    }
    let mut metered: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    for usage in usage {
        metered.entry(usage.leg).or_default().push(usage.quantity_ms);
    }
    for leg in &record.legs {
        if leg.ended_at.is_none() {
            faults.push(format!("{id} is completed, its leg {} is not over", leg.id));
        }
        let expected = leg.connected_at.map(|_| leg.connected_ms(leg.started_at));
        let actual = metered.remove(&leg.id).unwrap_or_default();
        if actual != expected.into_iter().collect::<Vec<_>>() {
            faults.push(format!(
                "{} was connected {expected:?} ms and metered {actual:?}",
                leg.id
            ));
        }
    }
    faults.extend(
        metered
            .keys()
            .map(|leg| format!("{leg} is metered and none of {id}")),
    );
    faults
}

const fn tells_of_no_answer(reason: DisconnectReason) -> bool {
    match reason {
        DisconnectReason::Busy
        | DisconnectReason::Cancelled
        | DisconnectReason::NoAnswer
        | DisconnectReason::Rejected
        | DisconnectReason::UnassignedNumber => true,
        DisconnectReason::AgentHangup
        | DisconnectReason::AgentLost
        | DisconnectReason::CarrierError
        | DisconnectReason::CustomerHangup
        | DisconnectReason::FlowEnded
        | DisconnectReason::FlowFailed
        | DisconnectReason::LimitReached
        | DisconnectReason::MediaTimeout
        | DisconnectReason::OtherPartyEnded
        | DisconnectReason::SessionExpired
        | DisconnectReason::SystemRestarted
        | DisconnectReason::TimeLimit => false,
    }
}
