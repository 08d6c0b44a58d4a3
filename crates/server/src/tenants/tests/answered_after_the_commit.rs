use std::time::Duration;

use engine::{CommandBody, RefuseReason};
use model::config::StatusKind;
use model::{AgentEvent, AgentRequest, ContactEvent, EventBody, Refusal, StatusId};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::fixture::{NODE, Node, TENANT, World, arrival, eventually, leg};
use crate::tenants::ArriveError;

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_request_is_answered_once_its_events_are_in_the_log() {
    let world = World::new().await;
    let node = Node::start(&world.store);
    let live = node.tenants.live(TENANT).await.unwrap();
    let status = live.config.status_of_kind(StatusKind::Available).unwrap();
    node.request(world.agent, AgentRequest::SetStatus(status)).await;
    let changed = EventBody::Agent(world.agent, AgentEvent::StatusChanged { status });
    assert!(world.events().await.iter().any(|event| event.body == changed));

    let unknown = AgentRequest::SetStatus(StatusId::from_bits(99));
    let refused = node.tenants.request(TENANT, world.agent, unknown).await;
    assert_eq!(refused, Err(Refusal::UnknownStatus.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_given_once_the_events_before_it_are_in_the_log() {
    let world = World::new().await;
    let store = world.store.clone();
    let is_begun = move |command: &CommandBody| {
        let CommandBody::Answer { leg: answered } = command else {
            return;
        };
        let events = store.events_after(TENANT, 0, 1000);
        let events = block_in_place(|| Handle::current().block_on(events)).unwrap();
        let begins = |body: &EventBody| matches!(body, EventBody::Contact(_, ContactEvent::Initiated { leg, .. }) if leg == answered);
        assert!(events.iter().any(|event| begins(&event.body)), "{answered}");
    };
    let mut node = Node::start_with(&world.store, NODE, Duration::from_secs(3600), is_begun);
    for number in 0..20 {
        let contact = node.tenants.arrive(TENANT, arrival(number)).await.unwrap();
        assert!(
            world
                .store
                .contact_record(TENANT, contact)
                .await
                .unwrap()
                .is_some()
        );
        assert_eq!(node.command().await, CommandBody::Answer { leg: leg(number) });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_calls_at_once_are_answered_in_order_and_one_more_is_refused() {
    let world = World::new().await;
    let mut node = Node::start(&world.store);
    for number in 0..1000 {
        node.submit(arrival(number));
    }
    for number in 0..1000 {
        assert_eq!(node.command().await, CommandBody::Answer { leg: leg(number) });
    }
    let refused = node.tenants.arrive(TENANT, arrival(1000)).await;
    assert_eq!(refused, Err(ArriveError::Refused(RefuseReason::Busy)));
    let reason = RefuseReason::Busy;
    assert_eq!(
        node.command().await,
        CommandBody::Refuse {
            leg: leg(1000),
            reason
        }
    );
    let open = world.store.open_contact_records(TENANT).await.unwrap();
    assert_eq!(open.len(), 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answered_call_is_noted_with_the_tenant() {
    let world = World::new().await;
    let mut node = Node::start(&world.store);
    let contact = node.talk(world.agent).await;
    let record = world
        .store
        .contact_record(TENANT, contact)
        .await
        .unwrap()
        .unwrap();
    assert!(record.connected_at.is_some());
    // It is noted after everybody was told: an agent and a caller wait to hear each other.
    eventually(async || {
        let tenant = world.store.tenant(TENANT).await.unwrap().unwrap();
        tenant.first_call_at == record.connected_at
    })
    .await;
}
