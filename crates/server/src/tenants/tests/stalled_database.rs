use api::backend::RequestError;
use engine::{CommandBody, Input, RefuseReason};
use model::{AgentRequest, ContactEvent, DisconnectReason, EventBody, StatusId};
use sqlx::Connection;

use super::fixture::{Node, TENANT, World, arrival, leg};
use crate::clock::Clock;

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_stands_still_new_calls_are_refused_and_nothing_else_is_lost() {
    let world = World::new().await;
    let mut node = Node::start(&world.store);
    node.tenants.arrive(TENANT, arrival(1)).await.unwrap();
    assert_eq!(node.command().await, CommandBody::Answer { leg: leg(1) });

    let stalled = world.stall().await;
    node.submit(Input::LegConnected { leg: leg(1) });
    let request = AgentRequest::SetStatus(StatusId::from_bits(1));
    let answer = node.tenants.request(TENANT, world.agent, request).await;
    assert!(matches!(answer, Err(RequestError::Unavailable(_))), "{answer:?}");
    node.submit(arrival(2));
    let reason = RefuseReason::Unavailable;
    assert_eq!(node.command().await, CommandBody::Refuse { leg: leg(2), reason });
    let reason = DisconnectReason::CustomerHangup;
    node.submit(Input::LegEnded { leg: leg(1), reason });
    let length = world.events().await.len();

    let stood_still_until = Clock::default().now();
    stalled.close().await.unwrap();
    // What the greeting was decided on is stored now, so that it is played.
    assert!(matches!(node.command().await, CommandBody::Play { leg: played, .. } if played == leg(1)));
    let live = node.tenants.live(TENANT).await.unwrap();
    assert!(live.view.contacts.is_empty(), "the end of the call was not lost");
    let events = world.events().await;
    assert!(events.len() > length);
    let end = events.iter().find(|event| {
        matches!(
            event.body,
            EventBody::Contact(_, ContactEvent::Disconnected { .. })
        )
    });
    assert!(
        end.unwrap().at <= stood_still_until,
        "the caller pays for no second of it"
    );
}
