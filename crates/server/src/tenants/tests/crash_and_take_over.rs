use std::time::Duration;

use api::backend::RequestError;
use engine::{CommandBody, Input};
use model::{
    AgentRequest, ContactEvent, ContactId, DisconnectReason, EventBody, Meter, StatusId, TenantEvent,
    Timestamp,
};

use super::fixture::{NODE, Node, Process, TENANT, World, arrival, leg};
use crate::clock::Clock;

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_a_crash_left_open_is_closed_and_metered_by_the_next_start() {
    let world = World::new().await;
    let (store, agent) = (world.reopen().await, world.agent);
    let process = Process::start();
    let talk = async move { Node::start(&store).talk(agent).await };
    let contact = process.run(talk).await;
    process.kill();
    assert_eq!(meters(&world, contact).await, []);

    let mut node = Node::start(&world.store);
    // Nobody asks for the tenant: the node finds it, and sees to it that no leg outlives its contact.
    for _ in ["customer", "agent"] {
        let hang_up = node.command().await;
        assert!(matches!(
            hang_up,
            CommandBody::HangUp {
                reason: DisconnectReason::SystemRestarted,
                ..
            }
        ));
    }
    let record = world
        .store
        .contact_record(TENANT, contact)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(record.disconnect_reason, Some(DisconnectReason::SystemRestarted));
    let disconnected_at = record.disconnected_at.unwrap();
    let whole_ms = disconnected_at.millis_since(record.initiated_at);
    assert_eq!(record.intervals.total_ms(), whole_ms);
    let expected = [Meter::CustomerBrowserSeconds, Meter::AgentBrowserSeconds];
    assert_eq!(meters(&world, contact).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_was_told_before_a_crash_is_there_after_it() {
    let world = World::new().await;
    for round in 0..5_u128 {
        let store = world.reopen().await;
        let process = Process::start();
        let told = process
            .run(async move {
                let node = Node::start(&store);
                let mut told = Vec::new();
                for number in 0..20 {
                    let arrival = arrival(round * 100 + number);
                    told.push(node.tenants.arrive(TENANT, arrival).await.unwrap());
                }
                // These are under way when the process ends.
                for number in 20..60 {
                    node.submit(arrival(round * 100 + number));
                }
                told
            })
            .await;
        process.kill();
        let events = world.events().await;
        for contact in told {
            let is_begin = |body: &EventBody| matches!(body, EventBody::Contact(id, ContactEvent::Initiated { .. }) if *id == contact);
            assert!(events.iter().any(|event| is_begin(&event.body)), "round {round}");
        }
        let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
        let expected: Vec<u64> = (1..=seqs.len() as u64).collect();
        assert_eq!(seqs, expected, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_lease_was_taken_stops_deciding_and_hangs_up() {
    let world = World::new().await;
    let mut node = Node::start(&world.store);
    let contact = node.tenants.arrive(TENANT, arrival(1)).await.unwrap();
    assert_eq!(node.command().await, CommandBody::Answer { leg: leg(1) });

    // Another node, by whose clock the lease has long expired.
    let later = Clock::default().now() + Duration::from_secs(3600);
    let lease = world
        .store
        .take_lease(TENANT, "node-b", later, Duration::from_secs(3600));
    let lease = lease.await.unwrap();
    let length = world.events().await.len();

    let request = AgentRequest::EndContact(contact);
    node.submit(Input::LegConnected { leg: leg(1) });
    let reason = DisconnectReason::SystemRestarted;
    assert_eq!(node.command().await, CommandBody::HangUp { leg: leg(1), reason });
    let answer = node.tenants.request(TENANT, world.agent, request).await;
    assert!(matches!(answer, Err(RequestError::Unavailable(_))), "{answer:?}");
    // A call that finds no engine is turned away rather than left to ring.
    node.submit(arrival(2));
    assert!(matches!(node.command().await, CommandBody::Refuse { leg: refused, .. } if refused == leg(2)));
    assert_eq!(world.events().await.len(), length);

    world.store.release_lease(&lease).await.unwrap();
    let back = node.tenants.live(TENANT).await.unwrap();
    assert!(back.view.contacts.is_empty());
    let recovered: Vec<u64> = world.events().await.iter().filter_map(epoch).collect();
    assert_eq!(recovered, [1, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orderly_end_gives_the_leases_back_and_answers_nobody_after_it() {
    let world = World::new().await;
    let node = Node::start(&world.store);
    node.tenants.live(TENANT).await.unwrap();
    let left_behind = async || {
        world
            .store
            .tenants_left_behind(NODE, Timestamp::EPOCH)
            .await
            .unwrap()
    };
    assert_eq!(left_behind().await, [TENANT]);
    node.tenants.shut_down().await;
    assert_eq!(left_behind().await, []);
    let request = AgentRequest::SetStatus(StatusId::from_bits(1));
    let answer = node.tenants.request(TENANT, world.agent, request).await;
    assert!(matches!(answer, Err(RequestError::Unavailable(_))), "{answer:?}");
}

fn epoch(event: &model::Event) -> Option<u64> {
    if let EventBody::Tenant(TenantEvent::Recovered { epoch }) = event.body {
        return Some(epoch);
    }
    None
}

async fn meters(world: &World, contact: ContactId) -> Vec<Meter> {
    let usage = world.store.contact_usage(TENANT, contact).await.unwrap();
    usage.iter().map(|record| record.meter).collect()
}
