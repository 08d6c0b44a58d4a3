use engine::{CommandBody, Input, RequestId};
use model::{AgentRequest, DisconnectReason, Meter, Refusal, StatusId, TenantConfig, Timestamp};

use store::Snapshot;

use super::fixture::{TENANT, World, arrival, leg};
use crate::tenants::runtime::{Outcome, Recovery, Runtime};

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + second * 1000)
}

/// The runtime of a tenant that has just been recovered, and whose recovery is stored.
async fn runtime() -> (World, Runtime) {
    let world = World::new().await;
    let config: TenantConfig = world.store.load_config(TENANT).await.unwrap();
    let recovery = Recovery {
        tenant: TENANT,
        log: Snapshot::default(),
        config,
        epoch: 7,
    };
    let mut runtime = Runtime::recover(recovery, [0; 32], at(0));
    let outcome = runtime.drain();
    assert_eq!(kinds(&outcome), ["recovered"]);
    (world, runtime)
}

/// The events in a word each.
fn kinds(outcome: &Outcome) -> Vec<String> {
    let kind = |event| {
        store::stored::event_json(event)["event"]["type"]
            .as_str()
            .map(str::to_owned)
    };
    outcome.events.iter().filter_map(kind).collect()
}

#[tokio::test]
async fn a_call_leads_to_events_a_record_and_a_command_and_its_end_to_usage() {
    let (_world, mut runtime) = runtime().await;
    runtime.handle_input(arrival(1), at(1));
    let begun = runtime.drain();
    assert_eq!(kinds(&begun), ["initiated", "leg_started"]);
    let [record] = begun.records.as_slice() else {
        panic!("one record: {:?}", begun.records);
    };
    assert_eq!(begun.arrivals, [(leg(1), Ok(record.id))]);
    let commands: Vec<_> = begun.commands.iter().map(|command| &command.body).collect();
    assert_eq!(commands, [&CommandBody::Answer { leg: leg(1) }]);

    runtime.handle_input(Input::LegConnected { leg: leg(1) }, at(2));
    let connected = runtime.drain();
    assert_eq!(kinds(&connected), ["leg_connected", "block_entered"]);
    assert_eq!(connected.records[0].legs[0].connected_at, Some(at(2)));

    let reason = DisconnectReason::CustomerHangup;
    runtime.handle_input(Input::LegEnded { leg: leg(1), reason }, at(12));
    let ended = runtime.drain();
    assert_eq!(kinds(&ended), ["leg_ended", "disconnected", "completed"]);
    let usage: Vec<_> = ended
        .usage
        .iter()
        .map(|usage| (usage.meter, usage.quantity_ms))
        .collect();
    assert_eq!(usage, [(Meter::CustomerBrowserSeconds, 10_000)]);
    assert_eq!(ended.records[0].completed_at, Some(at(12)));
    assert!(runtime.view().contacts.is_empty() && runtime.is_idle());
}

#[tokio::test]
async fn what_is_refused_or_already_known_leaves_nothing_to_store() {
    let (world, mut runtime) = runtime().await;
    let agent = world.agent;
    runtime.handle_input(Input::AgentHeard(agent), at(1));
    assert_eq!(kinds(&runtime.drain()), ["reached"]);

    let id = RequestId(3);
    let request = AgentRequest::SetStatus(StatusId::from_bits(99));
    runtime.handle_input(Input::AgentHeard(agent), at(2));
    runtime.handle_input(Input::AgentRequested { agent, request, id }, at(2));
    runtime.handle_timeouts(at(2));
    let outcome = runtime.drain();
    assert!(!outcome.is_stored());
    assert_eq!(outcome.replies, [(id, Err(Refusal::UnknownStatus))]);
    assert!(outcome.commands.is_empty(), "replies are not for telephony");
}
