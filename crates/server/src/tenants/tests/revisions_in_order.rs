use model::config::Disposition;
use model::{ConfigChange, DispositionId, EventBody, Revision, TenantEvent};

use super::fixture::{Node, TENANT, World};
use crate::clock::Clock;
use crate::outbox;

#[tokio::test(flavor = "multi_thread")]
async fn revisions_are_taken_in_by_number_whatever_the_order_they_are_told_in() {
    let world = World::new().await;
    let node = Node::start(&world.store);
    node.tenants.live(TENANT).await.unwrap();
    let (second, third) = (commit(&world, 1).await, commit(&world, 2).await);
    node.tenants.config_changed(TENANT, third).await.unwrap();
    node.tenants.config_changed(TENANT, second).await.unwrap();
    assert_eq!(applied(&world).await, [1, 2, 3]);
    let live = node.tenants.live(TENANT).await.unwrap();
    assert_eq!(*live.config, world.store.load_config(TENANT).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_that_nobody_told_of_is_taken_in_when_the_tenant_is_loaded() {
    let world = World::new().await;
    let node = Node::start(&world.store);
    node.tenants.live(TENANT).await.unwrap();
    node.tenants.shut_down().await;
    commit(&world, 1).await;
    commit(&world, 2).await;

    let node = Node::start(&world.store);
    let live = node.tenants.live(TENANT).await.unwrap();
    assert_eq!(applied(&world).await, [1, 2, 3]);
    assert_eq!(*live.config, world.store.load_config(TENANT).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_that_nobody_told_a_running_tenant_of_is_found_in_the_outbox() {
    let world = World::new().await;
    let node = Node::start(&world.store);
    node.tenants.live(TENANT).await.unwrap();
    commit(&world, 1).await;
    let now = Clock::default().now();
    outbox::tell_once(&world.store, &node.tenants, now).await.unwrap();
    assert_eq!(applied(&world).await, [1, 2]);
    assert_eq!(world.store.pending_outbox(10).await.unwrap(), []);
}

async fn commit(world: &World, after: u64) -> Revision {
    let disposition = Disposition {
        id: DispositionId::from_bits(after.into()),
        name: format!("Outcome {after}"),
    };
    let changes = vec![ConfigChange::PutDisposition(disposition)];
    let now = Clock::default().now();
    let committed = world
        .store
        .commit_revision(TENANT, after, None, changes, now)
        .await;
    committed.unwrap()
}

/// The revisions that the log says are in force, one after the other.
async fn applied(world: &World) -> Vec<u64> {
    let applied = |body: &EventBody| {
        if let EventBody::Tenant(TenantEvent::ConfigApplied { revision }) = body {
            return Some(*revision);
        }
        None
    };
    let events = world.events().await;
    events.iter().filter_map(|event| applied(&event.body)).collect()
}
