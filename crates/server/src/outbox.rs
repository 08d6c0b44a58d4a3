//! Telling what the outbox holds: revisions that the tenant's engine may not have heard of, because the process ended
//! or the database stood still between their commit and the telling.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use model::Timestamp;
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

/// Tells and ticks off the oldest of what waits.
pub(crate) async fn tell_once(store: &Store, tenants: &Tenants, now: Timestamp) -> Result<()> {
    let mut told = Vec::new();
    for item in store.pending_outbox(MESSAGES_AT_ONCE).await? {
        if item.message.kind == "config_revision" {
            tell_revision(store, tenants, &item).await?;
            told.push(item.id);
        }
    }
    if !told.is_empty() {
        store.complete_outbox(&told, now).await?;
    }
    Ok(())
}

/// A tenant that is not loaded reads its revisions when it is.
async fn tell_revision(store: &Store, tenants: &Tenants, item: &OutboxItem) -> Result<()> {
    if !tenants.is_loaded(item.tenant) {
        return Ok(());
    }
    let body: serde_json::Value =
        serde_json::from_str(&item.message.body).context("a message of the outbox")?;
    let number = body["revision"]
        .as_u64()
        .context("a message of the outbox has no revision")?;
    let revisions = store
        .revisions_after(item.tenant, number.saturating_sub(1))
        .await?;
    if let Some(revision) = revisions.into_iter().next() {
        tenants.config_changed(item.tenant, revision).await?;
    }
    Ok(())
}
