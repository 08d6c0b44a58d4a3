use std::time::Duration;

use engine::Input;
use model::{DisconnectReason, LiveView, Timestamp};
use store::Snapshot;

use super::fixture::{LINE, NODE, Node, TENANT, World, arrival, eventually, leg};

const SOON: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_nobody_needs_is_unloaded_and_loaded_again_when_somebody_does() {
    let world = World::new().await;
    let node = Node::start_with(&world.store, NODE, SOON, |_| {});
    let before = node.tenants.live(TENANT).await.unwrap().view;
    eventually(async || !is_loaded(&world).await).await;
    let after = node.tenants.live(TENANT).await.unwrap().view;
    assert_eq!(after.agents, before.agents);
    assert!(after.seq > before.seq, "it was recovered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_stays_loaded_while_somebody_looks_calls_or_has_a_line() {
    let world = World::new().await;
    let node = Node::start_with(&world.store, NODE, SOON, |_| {});
    let agent = world.agent;
    let live = node.tenants.live(TENANT).await.unwrap();
    stays_loaded(&world).await;

    node.submit(Input::LineOpened { agent, line: LINE });
    drop(live);
    stays_loaded(&world).await;

    node.tenants.arrive(TENANT, arrival(1)).await.unwrap();
    node.submit(Input::LineClosed { agent, line: LINE });
    stays_loaded(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_loaded_from_its_last_snapshot_as_from_its_whole_log() {
    let world = World::new().await;
    let node = Node::start_with(&world.store, NODE, SOON, |_| {});
    for number in 1..40 {
        node.tenants.arrive(TENANT, arrival(number)).await.unwrap();
        let reason = DisconnectReason::CustomerHangup;
        node.submit(Input::LegEnded {
            leg: leg(number),
            reason,
        });
    }
    eventually(async || !is_loaded(&world).await).await;
    let events = world.events().await;
    let snapshot = world.store.snapshot(TENANT).await.unwrap();
    let mut folded = Snapshot::default();
    for event in &events {
        folded.apply(event);
    }
    assert_eq!(snapshot, Some(folded));

    let loaded = node.tenants.live(TENANT).await.unwrap().view;
    assert_eq!(*loaded, folded_view(&world).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_cannot_be_read_is_no_loss() {
    let world = World::new().await;
    let node = Node::start_with(&world.store, NODE, SOON, |_| {});
    node.tenants.arrive(TENANT, arrival(1)).await.unwrap();
    node.tenants.shut_down().await;
    drop(
        world
            .execute("INSERT INTO snapshots SELECT tenant_id, last_seq, 1, 'torn' FROM logs")
            .await,
    );
    let node = Node::start(&world.store);
    let loaded = node.tenants.live(TENANT).await.unwrap().view;
    assert_eq!(*loaded, folded_view(&world).await);
}

async fn folded_view(world: &World) -> LiveView {
    let mut view = LiveView::default();
    for event in &world.events().await {
        view.apply(event);
    }
    view
}

/// Long enough for a tenant that nobody needs to go.
async fn stays_loaded(world: &World) {
    let mut ticks = tokio::time::interval(SOON);
    for _ in 0..4 {
        ticks.tick().await;
        assert!(is_loaded(world).await);
    }
}

async fn is_loaded(world: &World) -> bool {
    let held = world.store.tenants_left_behind(NODE, Timestamp::EPOCH).await;
    held.unwrap() == [TENANT]
}
