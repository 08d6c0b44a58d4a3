//! Telling what the outbox holds: revisions that the tenant's engine may not have heard of, because the process ended
//! or the database stood still between their commit and the telling.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use model::{TenantId, Timestamp};
use store::{OutboxItem, Store};

use crate::clock::Clock;
use crate::tenants::Tenants;

/// Most revisions are told by who commits them; this finds the others.
const LOOKED_EVERY: Duration = Duration::from_secs(2);

const MESSAGES_AT_ONCE: u32 = 100;

/// Tells and ticks off what waits, again and again.
pub(crate) async fn tell(store: Store, clock: Arc<Clock>, tenants: Tenants) {
    let mut every = tokio::time::interval(LOOKED_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        if let Err(error) = tell_once(&store, &tenants, clock.now()).await {
            tracing::warn!(
                error = error.as_ref() as &dyn std::error::Error,
                "the outbox was not told yet"
            );
        }
    }
}

/// Tells and ticks off the oldest of what waits. A message that cannot be told now does not hold up the others, and one
/// that can never be is given up.
pub(crate) async fn tell_once(store: &Store, tenants: &Tenants, now: Timestamp) -> Result<()> {
    let mut told = Vec::new();
    for item in store.pending_outbox(MESSAGES_AT_ONCE).await? {
        if item.message.kind != "config_revision" {
            continue;
        }
        let Some(number) = revision_of(&item) else {
            tracing::error!(tenant.id = %item.tenant, message.id = item.id, "a message of the outbox cannot be read");
            told.push(item.id);
            continue;
        };
        match tell_revision(store, tenants, item.tenant, number).await {
            Ok(()) => told.push(item.id),
            Err(error) => {
                let error = error.as_ref() as &dyn std::error::Error;
                tracing::warn!(tenant.id = %item.tenant, error, "a revision was not told yet");
            }
        }
    }
    if !told.is_empty() {
        store.complete_outbox(&told, now).await?;
    }
    Ok(())
}

fn revision_of(item: &OutboxItem) -> Option<u64> {
    let body: serde_json::Value = serde_json::from_str(&item.message.body).ok()?;
    body["revision"].as_u64()
}

/// A tenant that is not loaded reads its revisions when it is.
async fn tell_revision(store: &Store, tenants: &Tenants, tenant: TenantId, number: u64) -> Result<()> {
    if !tenants.is_loaded(tenant) {
        return Ok(());
    }
    let revisions = store.revisions_after(tenant, number.saturating_sub(1)).await?;
    if let Some(revision) = revisions.into_iter().next() {
        tenants.config_changed(tenant, revision).await?;
    }
    Ok(())
}
