//! Noting when a tenant's first call was answered.

use model::Timestamp;
use store::{Store, StoreError, Tenant};

use super::limits::{FIRST_CALL_TRIES, RETRY_AFTER_MIN};
use super::load::longer;

/// Notes it, with patience. Should it fail for good, loading the tenant finds it in the log.
pub(super) async fn note(store: Store, tenant: Tenant, answered_at: Timestamp) {
    let mut pause = RETRY_AFTER_MIN;
    for _ in 0..FIRST_CALL_TRIES {
        let Err(error) = store.record_first_call(&tenant, answered_at).await else {
            return;
        };
        warn(&tenant, &error);
        tokio::time::sleep(pause).await;
        pause = longer(pause);
    }
}

fn warn(tenant: &Tenant, error: &StoreError) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(tenant.id = %tenant.id, error, "the first call was not noted yet");
}
