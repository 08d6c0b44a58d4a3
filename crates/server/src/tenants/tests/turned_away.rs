use api::backend::Unavailable;
use engine::{CommandBody, Input, RefuseReason};

use super::fixture::{Node, TENANT, World, arrival, leg};
use crate::tenants::ArriveError;

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_is_almost_full_only_new_calls_are_turned_away() {
    let world = World::new().await;
    let mut node = Node::start(&world.store);
    node.tenants.arrive(TENANT, arrival(1)).await.unwrap();
    assert_eq!(node.command().await, CommandBody::Answer { leg: leg(1) });

    node.tenants.take_calls(false);
    node.submit(arrival(2));
    let reason = RefuseReason::Unavailable;
    assert_eq!(node.command().await, CommandBody::Refuse { leg: leg(2), reason });
    let refused = node.tenants.arrive(TENANT, arrival(3)).await;
    assert_eq!(refused, Err(ArriveError::Unavailable(Unavailable)));
    node.submit(Input::LegConnected { leg: leg(1) });
    assert!(matches!(node.command().await, CommandBody::Play { leg: played, .. } if played == leg(1)));

    node.tenants.take_calls(true);
    node.tenants.arrive(TENANT, arrival(4)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_ends_takes_no_calls_though_the_disk_has_room_again() {
    let world = World::new().await;
    let node = Node::start(&world.store);
    node.tenants.stop_taking_calls();
    node.tenants.take_calls(true);
    assert!(!node.tenants.takes_calls());
    let refused = node.tenants.arrive(TENANT, arrival(1)).await;
    assert_eq!(refused, Err(ArriveError::Unavailable(Unavailable)));
}
