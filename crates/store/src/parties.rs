//! Parties: the people on the other side. Logs name them by id only; what identifies them is here, sealed.
//!
//! Each party, an anonymous one too, has a random key of its own, sealed under the master key; the address and what
//! agents note of the party are sealed under the party's key. A party is found again by a keyed hash of the address.
//! Erasing a party destroys key, address and hash: what is left, in backups of the log too, names nobody.

use std::collections::BTreeMap;

use model::{PartyId, TenantId, Timestamp};
use sqlx::any::AnyRow;

use crate::limits::{BULK_ROWS_MAX, LOOKUP_KEYS_KEPT_MAX};
use crate::row::Columns;
use crate::secret::Key;
use crate::sql::placeholders;
use crate::{Entropy, Store, StoreError};

/// What is known of a party.
#[derive(Clone, PartialEq, Eq)]
pub enum Revealed {
    /// The address it calls from.
    Address(String),
    /// It called without an address.
    Anonymous,
    /// It was erased.
    Erased,
}

/// Leaves the address out: callers' numbers do not belong in logs.
impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Address(_) => "Address(…)",
            Self::Anonymous => "Anonymous",
            Self::Erased => "Erased",
        })
    }
}

impl Store {
    /// The party with that address, created if need be. Without an address it is a new one each time: two
    /// anonymous callers are not the same person.
    ///
    /// `address` is compared as it stands, so normalise it before.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn party_for(
        &self,
        tenant: TenantId,
        address: Option<&str>,
        now: Timestamp,
        mut entropy: Entropy,
    ) -> Result<PartyId, StoreError> {
        let Some(address) = address else {
            let id = PartyId::new(now, u128::from_le_bytes(entropy.bytes()));
            let (_, data_key_sealed) = self.new_data_key(tenant, id, &mut entropy);
            self.insert_party(tenant, id, &data_key_sealed, None, now).await?;
            return Ok(id);
        };
        let lookup_hash = self
            .lookup_key(tenant, &mut entropy)
            .await?
            .keyed_hash(address.as_bytes());
        if let Some(known) = self.party_by_hash(tenant, &lookup_hash).await? {
            return Ok(known);
        }
        let id = PartyId::new(now, u128::from_le_bytes(entropy.bytes()));
        let (data_key, data_key_sealed) = self.new_data_key(tenant, id, &mut entropy);
        let address = SealedAddress {
            lookup_hash: lookup_hash.clone(),
            sealed: data_key.seal(&address_purpose(tenant, id), address.as_bytes(), &mut entropy),
        };
        if self
            .insert_party(tenant, id, &data_key_sealed, Some(address), now)
            .await?
        {
            return Ok(id);
        }
        // Another call of the same person came first.
        let known = self.party_by_hash(tenant, &lookup_hash).await?;
        known.ok_or_else(|| StoreError::corrupt("a party", "it was erased while it was looked up"))
    }

    /// What is known of parties of the tenant; ids of others are left out.
    ///
    /// # Errors
    /// When the database does not answer, or was opened with another master key.
    pub async fn reveal(
        &self,
        tenant: TenantId,
        parties: &[PartyId],
    ) -> Result<BTreeMap<PartyId, Revealed>, StoreError> {
        let mut revealed = BTreeMap::new();
        for some in parties.chunks(BULK_ROWS_MAX) {
            let statement = format!(
                "SELECT id, data_key_sealed, address_sealed, erased_at FROM parties \
                 WHERE tenant_id = $1 AND id IN {}",
                placeholders(2, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(tenant.to_string());
            let rows = some
                .iter()
                .fold(query, |query, id| query.bind(id.to_string()))
                .fetch_all(&mut *self.db().reader().await?)
                .await?;
            for row in rows {
                let id = row.parsed("id")?;
                revealed.insert(id, self.unseal_party(tenant, id, &row)?);
            }
        }
        Ok(revealed)
    }

    /// Erases a party for good, with what was noted of it; false if there is none such, or it was erased before. A later
    /// call from the same address is a new party.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn erase_party(
        &self,
        tenant: TenantId,
        party: PartyId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let erased = sqlx::query(
            "UPDATE parties SET lookup_hash = NULL, data_key_sealed = NULL, address_sealed = NULL, \
             erased_at = $1 \
             WHERE tenant_id = $2 AND id = $3 AND erased_at IS NULL",
        )
        .bind(now.as_millis())
        .bind(tenant.to_string())
        .bind(party.to_string())
        .execute(&mut *self.db().writer().await?)
        .await?;
        Ok(erased.rows_affected() > 0)
    }

    /// The key under which a party's data is sealed; none once the party is erased.
    pub(crate) async fn data_key(&self, tenant: TenantId, party: PartyId) -> Result<Option<Key>, StoreError> {
        let row = sqlx::query("SELECT data_key_sealed FROM parties WHERE tenant_id = $1 AND id = $2")
            .bind(tenant.to_string())
            .bind(party.to_string())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?;
        let sealed = row.map(|row| row.text_or_none("data_key_sealed")).transpose()?;
        sealed
            .flatten()
            .map(|sealed| self.unseal_data_key(tenant, party, &sealed))
            .transpose()
    }

    async fn lookup_key(&self, tenant: TenantId, entropy: &mut Entropy) -> Result<Key, StoreError> {
        if let Some(key) = self.lookup_keys().get(&tenant) {
            return Ok(key.clone());
        }
        let key = self.read_lookup_key(tenant, entropy).await?;
        let mut known = self.lookup_keys();
        if known.len() >= LOOKUP_KEYS_KEPT_MAX {
            known.clear();
        }
        known.insert(tenant, key.clone());
        Ok(key)
    }

    async fn read_lookup_key(&self, tenant: TenantId, entropy: &mut Entropy) -> Result<Key, StoreError> {
        let purpose = format!("lookup key of {tenant}");
        if let Some(sealed) = self.lookup_key_sealed(tenant).await? {
            return self.unseal_key("a lookup key", &purpose, &sealed);
        }
        let key: [u8; 32] = entropy.bytes();
        sqlx::query(
            "INSERT INTO tenant_keys (tenant_id, lookup_key_sealed) VALUES ($1, $2) \
             ON CONFLICT (tenant_id) DO NOTHING",
        )
        .bind(tenant.to_string())
        .bind(self.master_key().seal(&purpose, &key, entropy))
        .execute(&mut *self.db().writer().await?)
        .await?;
        // Another call may have come first: the one that is stored counts.
        let sealed = self.lookup_key_sealed(tenant).await?.unwrap_or_default();
        self.unseal_key("a lookup key", &purpose, &sealed)
    }

    async fn lookup_key_sealed(&self, tenant: TenantId) -> Result<Option<String>, StoreError> {
        sqlx::query("SELECT lookup_key_sealed FROM tenant_keys WHERE tenant_id = $1")
            .bind(tenant.to_string())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| row.text("lookup_key_sealed"))
            .transpose()
    }

    async fn party_by_hash(
        &self,
        tenant: TenantId,
        lookup_hash: &str,
    ) -> Result<Option<PartyId>, StoreError> {
        sqlx::query("SELECT id FROM parties WHERE tenant_id = $1 AND lookup_hash = $2")
            .bind(tenant.to_string())
            .bind(lookup_hash.to_owned())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| row.parsed("id"))
            .transpose()
    }

    async fn insert_party(
        &self,
        tenant: TenantId,
        id: PartyId,
        data_key_sealed: &str,
        address: Option<SealedAddress>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (lookup_hash, address_sealed) = address
            .map(|address| (address.lookup_hash, address.sealed))
            .unzip();
        let inserted = sqlx::query(
            "INSERT INTO parties (tenant_id, id, lookup_hash, data_key_sealed, address_sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(tenant.to_string())
        .bind(id.to_string())
        .bind(lookup_hash)
        .bind(data_key_sealed.to_owned())
        .bind(address_sealed)
        .bind(now.as_millis())
        .execute(&mut *self.db().writer().await?)
        .await?;
        Ok(inserted.rows_affected() > 0)
    }

    fn unseal_party(&self, tenant: TenantId, id: PartyId, row: &AnyRow) -> Result<Revealed, StoreError> {
        if row.int_or_none("erased_at")?.is_some() {
            return Ok(Revealed::Erased);
        }
        let Some(sealed) = row.text_or_none("address_sealed")? else {
            return Ok(Revealed::Anonymous);
        };
        let data_key = self.unseal_data_key(tenant, id, &row.text("data_key_sealed")?)?;
        let address = data_key.unseal_secret("a party's address", &address_purpose(tenant, id), &sealed)?;
        Ok(Revealed::Address(address.expose().to_owned()))
    }

    /// A new key for a party, and the same sealed.
    fn new_data_key(&self, tenant: TenantId, id: PartyId, entropy: &mut Entropy) -> (Key, String) {
        let key = Key(entropy.bytes());
        let sealed = self.master_key().seal(&key_purpose(tenant, id), &key.0, entropy);
        (key, sealed)
    }

    fn unseal_data_key(&self, tenant: TenantId, id: PartyId, sealed: &str) -> Result<Key, StoreError> {
        self.unseal_key("a party's key", &key_purpose(tenant, id), sealed)
    }

    fn unseal_key(&self, what: &'static str, purpose: &str, sealed: &str) -> Result<Key, StoreError> {
        let bytes = self
            .master_key()
            .unseal(purpose, sealed)
            .map_err(|source| StoreError::corrupt(what, source))?;
        let bytes = bytes
            .try_into()
            .map_err(|_| StoreError::corrupt(what, "it is not of 32 bytes"))?;
        Ok(Key(bytes))
    }
}

struct SealedAddress {
    lookup_hash: String,
    sealed: String,
}

fn key_purpose(tenant: TenantId, id: PartyId) -> String {
    format!("key of {tenant} {id}")
}

fn address_purpose(tenant: TenantId, id: PartyId) -> String {
    format!("address of {tenant} {id}")
}
