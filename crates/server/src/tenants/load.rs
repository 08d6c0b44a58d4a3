//! Loading a tenant: its lease, its configuration, and the fold of its log.

use std::time::Duration;

use model::{Revision, TenantConfig, TenantId, Timestamp};
use store::limits::PAGE_ROWS_MAX;
use store::{Lease, Snapshot, Store, StoreError, TakeLeaseError, Tenant};
use tokio::time::Instant;

use super::Shared;
use super::limits::{LEASE_TTL, LOAD_PATIENCE, RETRY_AFTER_MAX, RETRY_AFTER_MIN};
use super::runtime::Recovery;

/// A tenant as the store tells it.
pub(super) struct Loaded {
    pub(super) lease: Lease,
    pub(super) recovery: Recovery,
    /// The revisions that the log does not know of yet.
    pub(super) revisions: Vec<Revision>,
    /// The tenant, while no agent of it has answered a contact.
    pub(super) unanswered: Option<Tenant>,
}

/// A tenant cannot be served by this node now.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error("the tenant's lease was not taken")]
    Lease(#[from] TakeLeaseError),
    #[error("the tenant cannot be read")]
    Store(#[from] StoreError),
}

/// Takes the lease and reads the tenant, with patience.
pub(super) async fn load(shared: &Shared, tenant: TenantId) -> Result<Loaded, LoadError> {
    let give_up_at = Instant::now() + LOAD_PATIENCE;
    let mut pause = RETRY_AFTER_MIN;
    loop {
        let error = match try_load(shared, tenant).await {
            Ok(loaded) => return Ok(loaded),
            Err(error) => error,
        };
        if Instant::now() + pause > give_up_at {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        pause = longer(pause);
    }
}

/// The pause after this one.
pub(super) fn longer(pause: Duration) -> Duration {
    (pause * 2).min(RETRY_AFTER_MAX)
}

async fn try_load(shared: &Shared, tenant: TenantId) -> Result<Loaded, LoadError> {
    let store = &shared.store;
    // The semaphore is never closed.
    let _permit = shared.loads.acquire().await.ok();
    let now = shared.clock.now();
    // From here on nobody else appends: what is read now is the whole log.
    let lease = store.take_lease(tenant, &shared.node, now, LEASE_TTL).await?;
    let log = fold(store, tenant).await?;
    let (config, revisions) = configuration(store, tenant, log.revision).await?;
    let unanswered = unanswered(store, tenant, log.answered_at).await?;
    Ok(Loaded {
        lease,
        recovery: Recovery {
            tenant,
            log,
            config,
            epoch: lease.epoch,
        },
        revisions,
        unanswered,
    })
}

/// What the log comes to, from the latest snapshot on.
async fn fold(store: &Store, tenant: TenantId) -> Result<Snapshot, StoreError> {
    let mut log = match store.snapshot(tenant).await {
        Ok(snapshot) => snapshot.unwrap_or_default(),
        Err(error @ StoreError::Corrupt { .. }) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(tenant.id = %tenant, error, "a snapshot is of no use: the whole log is read");
            Snapshot::default()
        }
        Err(error) => return Err(error),
    };
    loop {
        let events = store.events_after(tenant, log.view.seq, PAGE_ROWS_MAX).await?;
        if events.is_empty() {
            return Ok(log);
        }
        for event in events {
            log.apply(&event);
        }
    }
}

/// The configuration at a revision, and the revisions after it.
async fn configuration(
    store: &Store,
    tenant: TenantId,
    revision: u64,
) -> Result<(TenantConfig, Vec<Revision>), StoreError> {
    let latest = store.load_config(tenant).await?;
    if latest.revision == revision {
        return Ok((latest, Vec::new()));
    }
    let mut config = TenantConfig::default();
    let mut later: Vec<Revision> = Vec::new();
    loop {
        let seen = later.last().map_or(config.revision, |last| last.number);
        let page = store.revisions_after(tenant, seen).await?;
        if page.is_empty() {
            return Ok((config, later));
        }
        for next in page {
            if next.number <= revision {
                config.apply(&next);
            } else {
                later.push(next);
            }
        }
    }
}

/// The tenant if no agent has answered a contact, as far as is noted; notes what the log knows.
async fn unanswered(
    store: &Store,
    tenant: TenantId,
    answered_at: Option<Timestamp>,
) -> Result<Option<Tenant>, StoreError> {
    let Some(tenant) = store.tenant(tenant).await? else {
        return Ok(None);
    };
    if tenant.first_call_at.is_some() {
        return Ok(None);
    }
    let Some(answered_at) = answered_at else {
        return Ok(Some(tenant));
    };
    store.record_first_call(&tenant, answered_at).await?;
    Ok(None)
}
