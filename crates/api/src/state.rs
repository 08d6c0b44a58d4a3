//! What every handler works with.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{ConfigChange, PartyId, TenantConfig, TenantId};
use store::{CommitRevisionError, Entropy, Revealed, Store, StoreError};

use crate::attempts::Attempts;
use crate::auth::Caller;
use crate::auth::password::Passwords;
use crate::backend::Backend;
use crate::error::Error;
use crate::live::Hubs;

/// What every handler works with. Clones share everything.
#[derive(Clone)]
pub struct ApiState {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) store: Store,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) attempts: Arc<Attempts>,
    pub(crate) hubs: Arc<Hubs>,
}

impl ApiState {
    /// Joins the store and the running contact center.
    #[must_use]
    pub fn new(store: Store, backend: Arc<dyn Backend>) -> Self {
        let hubs = Hubs::new(Arc::clone(&backend), store.clone());
        Self {
            passwords: Arc::new(Passwords::new(backend.random())),
            attempts: Arc::default(),
            hubs: Arc::new(hubs),
            backend,
            store,
        }
    }

    /// The tenant's configuration as it was committed last.
    pub(crate) async fn config(&self, tenant: TenantId) -> Result<TenantConfig, Error> {
        Ok(self.store.load_config(tenant).await?)
    }

    /// Commits changes on top of the configuration they were decided on, and tells the tenant's engine.
    pub(crate) async fn change_config(
        &self,
        caller: &Caller,
        decided_on: &TenantConfig,
        changes: Vec<ConfigChange>,
    ) -> Result<(), Error> {
        let now = self.backend.now();
        let committed = self
            .store
            .commit_revision(caller.tenant, decided_on.revision, caller.user(), changes, now)
            .await;
        let revision = committed.map_err(|error| match error {
            CommitRevisionError::NumberTaken(_) => Error::NumberTaken,
            CommitRevisionError::RevisionMismatch { .. } => Error::ConfigChanged,
            CommitRevisionError::Store(error) => error.into(),
        })?;
        if self
            .backend
            .config_changed(caller.tenant, revision)
            .await
            .is_err()
        {
            // It is committed and in the outbox: the engine takes it in when it is back.
            tracing::warn!(tenant.id = %caller.tenant, "a tenant's engine was not told of a revision");
        }
        Ok(())
    }

    /// The numbers of the people on the other side; those who are anonymous or erased have none.
    pub(crate) async fn callers(
        &self,
        tenant: TenantId,
        parties: &[PartyId],
    ) -> Result<BTreeMap<PartyId, String>, Error> {
        Ok(callers(&self.store, tenant, parties).await?)
    }

    /// Randomness for one operation of the store.
    pub(crate) fn entropy(&self) -> Entropy {
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(&self.backend.random().to_be_bytes());
        seed[16..].copy_from_slice(&self.backend.random().to_be_bytes());
        Entropy::from_seed(seed)
    }
}

/// The numbers of the people on the other side; those who are anonymous or erased have none.
pub(crate) async fn callers(
    store: &Store,
    tenant: TenantId,
    parties: &[PartyId],
) -> Result<BTreeMap<PartyId, String>, StoreError> {
    let revealed = store.reveal(tenant, parties).await?.into_iter();
    let addresses = revealed.filter_map(|(party, revealed)| match revealed {
        Revealed::Address(address) => Some((party, address)),
        Revealed::Anonymous | Revealed::Erased => None,
    });
    Ok(addresses.collect())
}
