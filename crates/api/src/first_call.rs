//! How long it took from sign-up to the first answered call.

use model::Timestamp;
use serde::Serialize;
use store::Tenant;
use utoipa::ToSchema;

use crate::time::Time;

/// From sign-up to the first contact that an agent answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FirstCall {
    /// When the tenant signed up.
    pub(crate) signed_up_at: Time,
    /// When customer and agent first heard each other.
    #[schema(required = true)]
    pub(crate) first_call_at: Option<Time>,
    /// The time between.
    #[schema(required = true)]
    pub(crate) time_to_first_call_ms: Option<u64>,
}

impl FirstCall {
    /// The first call as it is stored.
    pub(crate) fn of(tenant: &Tenant) -> Self {
        Self::new(tenant.signed_up_at, tenant.first_call_at)
    }

    /// A first call, or that there was none yet.
    pub(crate) fn new(signed_up_at: Timestamp, first_call_at: Option<Timestamp>) -> Self {
        Self {
            signed_up_at: signed_up_at.into(),
            first_call_at: first_call_at.map(Time),
            time_to_first_call_ms: first_call_at.map(|at| at.millis_since(signed_up_at)),
        }
    }

    /// The same after a contact was answered: only the first counts.
    pub(crate) fn answered(self, at: Timestamp) -> Self {
        let first_call_at = self.first_call_at.map_or(at, |Time(first)| first);
        Self::new(self.signed_up_at.0, Some(first_call_at))
    }
}
