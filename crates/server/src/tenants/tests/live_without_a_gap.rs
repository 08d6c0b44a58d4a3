use std::sync::Arc;

use model::LiveView;

use super::fixture::{Node, TENANT, World, arrival};

#[tokio::test(flavor = "multi_thread")]
async fn view_and_events_of_a_subscription_join_without_gap_or_overlap() {
    const CALLS: u128 = 300;
    let world = World::new().await;
    let node = Node::start(&world.store);
    let calls = async {
        for number in 0..CALLS {
            node.submit(arrival(number));
            if number % 10 == 0 {
                node.tenants.live(TENANT).await.unwrap();
            }
        }
    };
    let looks = async {
        let mut looks = Vec::new();
        for _ in 0..50 {
            looks.push(node.tenants.live(TENANT).await.unwrap());
        }
        looks
    };
    let ((), looks) = tokio::join!(calls, looks);
    let last = node.tenants.live(TENANT).await.unwrap();
    assert_eq!(last.view.contacts.len() as u128, CALLS);

    for mut look in looks {
        let mut view = LiveView::clone(&look.view);
        while view.seq < last.view.seq {
            for event in look.events.recv().await.unwrap().iter() {
                assert_eq!(event.seq, view.seq + 1);
                view.apply(event);
            }
        }
        assert_eq!(view, *last.view);
        assert!(look.events.is_empty());
    }
    assert!(Arc::ptr_eq(
        &last.view,
        &node.tenants.live(TENANT).await.unwrap().view
    ));
}
