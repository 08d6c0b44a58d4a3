//! Keeping what a tenant's log comes to, so that loading the tenant does not read all of it.

use model::TenantId;
use store::Store;

use super::limits::{SNAPSHOT_AT_END, SNAPSHOT_EVERY};
use super::runtime::Runtime;

/// Knows how much of one log the latest snapshot lacks.
pub(super) struct Snapshots {
    store: Store,
    tenant: TenantId,
    lacking_count: usize,
}

impl Snapshots {
    /// Begins with a log that was just loaded.
    pub(super) const fn new(store: Store, tenant: TenantId) -> Self {
        Self {
            store,
            tenant,
            lacking_count: 0,
        }
    }

    /// Counts events that were stored, the last that the runtime has drained among them. Now and then keeps a snapshot,
    /// in the background.
    pub(super) fn count(&mut self, events_count: usize, runtime: &Runtime) {
        self.lacking_count += events_count;
        if self.lacking_count < SNAPSHOT_EVERY {
            return;
        }
        self.lacking_count = 0;
        tokio::spawn(put(self.store.clone(), self.tenant, runtime.snapshot()));
    }

    /// Keeps a last one if it is worth while.
    pub(super) async fn finish(self, runtime: &Runtime) {
        if self.lacking_count >= SNAPSHOT_AT_END {
            put(self.store, self.tenant, runtime.snapshot()).await;
        }
    }
}

async fn put(store: Store, tenant: TenantId, snapshot: store::Snapshot) {
    if let Err(error) = store.put_snapshot(tenant, &snapshot).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(tenant.id = %tenant, error, "a snapshot was not kept: the tenant will be slower to load");
    }
}
