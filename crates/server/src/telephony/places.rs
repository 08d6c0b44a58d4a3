//! How many of something that is bounded a tenant has, known to whoever asks for more.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::TenantId;

/// The places that are taken.
#[derive(Clone, Default)]
pub(super) struct Places {
    taken: Arc<Mutex<BTreeMap<TenantId, u16>>>,
}

/// A place, given back when dropped.
pub(super) struct Ticket {
    places: Places,
    tenant: TenantId,
}

impl Places {
    /// Takes places for a tenant, all or none.
    pub(super) fn take(&self, tenant: TenantId, count: u16, max: u16) -> Option<Vec<Ticket>> {
        let mut taken = self.lock();
        let before = taken.get(&tenant).copied().unwrap_or_default();
        let after = before.checked_add(count).filter(|after| *after <= max)?;
        taken.insert(tenant, after);
        let ticket = |_| Ticket {
            places: self.clone(),
            tenant,
        };
        Some((0..count).map(ticket).collect())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TenantId, u16>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_has_a_bounded_number_of_places_and_gets_them_back() {
        let places = Places::default();
        let [ana, bo] = [TenantId::from_bits(1), TenantId::from_bits(2)];
        let first = places.take(ana, 60, 100).unwrap();
        assert!(places.take(ana, 41, 100).is_none());
        let second = places.take(ana, 40, 100);
        assert!(second.is_some() && places.take(bo, 100, 100).is_some());
        drop(first);
        assert!(places.take(ana, 60, 100).is_some());
        drop(second);
        assert!(places.lock().is_empty());
    }
}
