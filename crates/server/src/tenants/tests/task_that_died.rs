use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::{CommandBody, Input};
use model::DisconnectReason;

use super::fixture::{NODE, Node, TENANT, World, arrival, eventually, leg};

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_died_is_replaced_and_the_legs_it_left_are_hung_up() {
    let world = World::new().await;
    let has_died = AtomicBool::new(false);
    let die_once = move |command: &CommandBody| {
        let is_play = matches!(command, CommandBody::Play { .. });
        assert!(
            !is_play || has_died.swap(true, Ordering::Relaxed),
            "as a bug would"
        );
    };
    let mut node = Node::start_with(&world.store, NODE, Duration::from_secs(3600), die_once);
    let contact = node.tenants.arrive(TENANT, arrival(1)).await.unwrap();
    assert_eq!(node.command().await, CommandBody::Answer { leg: leg(1) });
    node.submit(Input::LegConnected { leg: leg(1) });

    // Whoever comes next finds the tenant served.
    let is_over = async || {
        let live = node.tenants.live(TENANT).await;
        live.is_ok_and(|live| !live.view.contacts.contains_key(&contact))
    };
    eventually(is_over).await;
    let reason = DisconnectReason::SystemRestarted;
    assert_eq!(node.command().await, CommandBody::HangUp { leg: leg(1), reason });
    node.tenants.arrive(TENANT, arrival(2)).await.unwrap();
    assert_eq!(node.command().await, CommandBody::Answer { leg: leg(2) });
    let record = world
        .store
        .contact_record(TENANT, contact)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(record.disconnect_reason, Some(reason));
    assert_eq!(world.store.contact_usage(TENANT, contact).await.unwrap().len(), 1);
}
