//! Keeping leases, and finding tenants that were left behind.

use std::sync::{Arc, Weak};

use store::{Lease, RenewLeaseError};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::Shared;
use super::limits::{LEASE_RENEWED_EVERY, LEASE_TTL};
use super::message::Message;

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
    let held: Vec<(Lease, mpsc::Sender<Message>)> = {
        let running = shared.lock();
        let entries = running.tenants.values();
        entries
            .filter_map(|entry| Some((*entry.place.lease.get()?, entry.inbox.clone())))
            .collect()
    };
    for (lease, inbox) in held {
        let now = shared.clock.now();
        match shared.store.renew_lease(&lease, now, LEASE_TTL).await {
            Ok(_) => {}
            Err(RenewLeaseError::Lost) => drop(inbox.try_send(Message::LeaseLost)),
            // The next append or renewal tells.
            Err(RenewLeaseError::Store(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(tenant.id = %lease.tenant, error, "a lease could not be renewed");
            }
        }
    }
}
