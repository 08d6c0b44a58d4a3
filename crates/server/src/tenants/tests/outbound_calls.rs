use api::backend::{RequestError, Unavailable};
use engine::{CommandBody, Input};
use model::{DisconnectReason, Refusal};
use sqlx::Connection;

use super::fixture::{Node, TENANT, World, leg, placed};
use crate::tenants::ArriveError;

#[tokio::test(flavor = "multi_thread")]
async fn while_new_calls_are_turned_away_emergency_calls_are_placed() {
    let world = World::new().await;
    let mut node = Node::start(&world.store);
    node.tenants.take_calls(false);
    let refused = node.tenants.arrive(TENANT, placed(1, "+4930901820")).await;
    assert_eq!(refused, Err(ArriveError::Unavailable(Unavailable)));
    node.tenants.arrive(TENANT, placed(2, "112")).await.unwrap();
    assert!(matches!(node.command().await, CommandBody::Dial { leg: dialed, .. } if dialed == leg(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_taken_back_until_it_is_answered() {
    let world = World::new().await;
    let mut node = Node::start(&world.store);
    let contact = node
        .tenants
        .arrive(TENANT, placed(1, "+4930901820"))
        .await
        .unwrap();
    assert!(matches!(node.command().await, CommandBody::Dial { .. }));
    node.tenants.cancel_call(TENANT, contact).await.unwrap();
    let reason = DisconnectReason::Cancelled;
    assert_eq!(node.command().await, CommandBody::HangUp { leg: leg(1), reason });

    let contact = node.tenants.arrive(TENANT, placed(2, "+4930901820")).await;
    node.submit(Input::LegConnected { leg: leg(2) });
    let late = node.tenants.cancel_call(TENANT, contact.unwrap()).await;
    assert_eq!(late, Err(RequestError::Refused(Refusal::ContactMovedOn)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_asker_was_told_that_nobody_answers_is_taken_back() {
    let world = World::new().await;
    let mut node = Node::start(&world.store);
    node.tenants.live(TENANT).await.unwrap();
    let stalled = world.stall().await;
    let answer = node.tenants.arrive(TENANT, placed(1, "+4930901820")).await;
    assert_eq!(answer, Err(ArriveError::Unavailable(Unavailable)));
    stalled.close().await.unwrap();
    assert!(matches!(node.command().await, CommandBody::Dial { .. }));
    let reason = DisconnectReason::Cancelled;
    assert_eq!(node.command().await, CommandBody::HangUp { leg: leg(1), reason });
}
