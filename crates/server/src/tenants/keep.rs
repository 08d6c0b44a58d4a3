//! Keeping leases, and finding tenants that were left behind.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use model::TenantId;
use store::Lease;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::Shared;
use super::limits::{LEASE_RENEWED_EVERY, LEASE_TTL};
use super::message::{Message, Received};

/// Renews the leases of this node and takes over what a crash left behind, at once and then again and again.
pub(super) async fn keep(shared: Weak<Shared>) {
    let mut every = tokio::time::interval(LEASE_RENEWED_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let Some(shared) = shared.upgrade() else { return };
        recover(&shared).await;
        renew(&shared).await;
    }
}

/// Loads the tenants that somebody must look after and nobody does.
async fn recover(shared: &Arc<Shared>) {
    let now = shared.clock.now();
    match shared.store.tenants_left_behind(&shared.node, now).await {
        Ok(tenants) => {
            for tenant in tenants {
                shared.wake(tenant);
            }
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "tenants that were left behind could not be found");
        }
    }
}

async fn renew(shared: &Shared) {
    let held: BTreeMap<TenantId, (Lease, mpsc::Sender<Received>)> = {
        let running = shared.lock();
        let entries = running.tenants.iter();
        entries
            .filter_map(|(tenant, entry)| Some((*tenant, (*entry.place.lease.get()?, entry.inbox.clone()))))
            .collect()
    };
    let leases: Vec<Lease> = held.values().map(|(lease, _)| *lease).collect();
    let at = shared.clock.now();
    match shared.store.renew_leases(&leases, at, LEASE_TTL).await {
        Ok(lost) => {
            for (_, inbox) in lost.iter().filter_map(|lease| held.get(&lease.tenant)) {
                let message = Message::LeaseLost;
                drop(inbox.try_send(Received { at, message }));
            }
        }
        // The next append or renewal tells.
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "leases could not be renewed");
        }
    }
}
