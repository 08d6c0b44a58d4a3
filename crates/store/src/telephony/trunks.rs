//! Trunks: carriers' SIP sides.

use model::{TenantId, Timestamp, TrunkId};
use sqlx::any::AnyRow;

use crate::names::Named;
use crate::row::Columns;
use crate::secret::{Entropy, Key, Secret};
use crate::telephony::SourceRange;
use crate::{Store, StoreError};

/// A trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Its id.
    pub id: TrunkId,
    /// The tenant it belongs to; none when it is the operator's, over which every tenant may have numbers.
    pub tenant: Option<TenantId>,
    /// What people call it.
    pub name: String,
    /// What is on its other side.
    pub kind: TrunkKind,
    /// The digits of the country that national numbers belong to, for example `49`.
    pub calling_code: String,
    /// Requests from these addresses are the trunk's.
    pub sources: Vec<SourceRange>,
    /// Who the other side is when it proves itself by digest.
    pub digest: Option<DigestCredentials>,
    /// Where outbound calls are sent, `host` or `host:port`, with `;transport=tcp` if need be.
    pub outbound_address: Option<String>,
    /// How we register with the carrier.
    pub registration: Option<Registration>,
    /// Whether emergency calls may go out over it.
    pub carries_emergency: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

/// What is on the other side of a trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrunkKind {
    /// A carrier.
    Carrier,
    /// The built-in lab: this machine only, with fictitious numbers.
    Lab,
}

/// What the other side of a trunk proves itself with. Of its password, only what the algorithms of RFC 8760
/// need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestCredentials {
    /// The user name.
    pub username: String,
    /// The realm both hashes are for.
    pub realm: String,
    /// H(username:realm:password) by MD5, in hex.
    pub ha1_md5: Secret,
    /// H(username:realm:password) by SHA-256, in hex.
    pub ha1_sha256: Secret,
}

/// How we register with a carrier. The realm is the carrier's and not known beforehand, so the password is
/// kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The registrar, `host` or `host:port`.
    pub registrar: String,
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// For how long a registration is asked for, in seconds.
    pub expires_s: u32,
}

/// A trunk that a tenant's calls may use, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsableTrunk {
    /// Its id.
    pub id: TrunkId,
    /// What is on its other side.
    pub kind: TrunkKind,
    /// The digits of the country that national numbers belong to, for example `49`.
    pub calling_code: String,
    /// Whether there is an address that outbound calls are sent to.
    pub has_outbound_address: bool,
    /// Whether emergency calls may go out over it.
    pub carries_emergency: bool,
}

/// The trunk was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteTrunkError {
    /// Tenants have numbers on it.
    #[error("phone numbers of this trunk are claimed: release them first")]
    NumbersClaimed,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Adds or replaces a trunk.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn put_trunk(&self, trunk: &Trunk, mut entropy: Entropy) -> Result<(), StoreError> {
        let key = self.master_key();
        let id = trunk.id;
        let mut seal = |field, secret: &Secret| key.seal_secret(&purpose(id, field), secret, &mut entropy);
        let sources: Vec<String> = trunk.sources.iter().map(ToString::to_string).collect();
        let digest = trunk.digest.as_ref();
        let registration = trunk.registration.as_ref();
        sqlx::query(PUT_TRUNK)
            .bind(id.to_string())
            .bind(trunk.tenant.map(|tenant| tenant.to_string()))
            .bind(trunk.name.clone())
            .bind(trunk.kind.name())
            .bind(trunk.calling_code.clone())
            .bind(sources.join(" "))
            .bind(digest.map(|digest| digest.username.clone()))
            .bind(digest.map(|digest| digest.realm.clone()))
            .bind(digest.map(|digest| seal("ha1_md5", &digest.ha1_md5)))
            .bind(digest.map(|digest| seal("ha1_sha256", &digest.ha1_sha256)))
            .bind(trunk.outbound_address.clone())
            .bind(registration.map(|registration| registration.registrar.clone()))
            .bind(registration.map(|registration| registration.username.clone()))
            .bind(registration.map(|registration| seal("registration", &registration.password)))
            .bind(registration.map(|registration| i64::from(registration.expires_s)))
            .bind(i64::from(trunk.carries_emergency))
            .bind(trunk.created_at.as_millis())
            .execute(&mut *self.db().writer().await?)
            .await?;
        Ok(())
    }

    /// All trunks, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn trunks(&self) -> Result<Vec<Trunk>, StoreError> {
        sqlx::query("SELECT * FROM trunks ORDER BY created_at, id")
            .fetch_all(&mut *self.db().reader().await?)
            .await?
            .iter()
            .map(|row| trunk(row, self.master_key()))
            .collect()
    }

    /// The trunks that a tenant's calls may use: its own, then the operator's, the oldest first. It opens no secret, so
    /// that it may be asked with each call.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn usable_trunks(&self, tenant: TenantId) -> Result<Vec<UsableTrunk>, StoreError> {
        sqlx::query(
            "SELECT id, kind, calling_code, carries_emergency, \
             CAST(CASE WHEN outbound_address IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_outbound_address FROM trunks \
             WHERE tenant_id = $1 OR tenant_id IS NULL \
             ORDER BY CASE WHEN tenant_id IS NULL THEN 1 ELSE 0 END, created_at, id",
        )
        .bind(tenant.to_string())
        .fetch_all(&mut *self.db().reader().await?)
        .await?
        .iter()
        .map(usable_trunk)
        .collect()
    }

    /// A trunk.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn trunk(&self, id: TrunkId) -> Result<Option<Trunk>, StoreError> {
        sqlx::query("SELECT * FROM trunks WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *self.db().reader().await?)
            .await?
            .map(|row| trunk(&row, self.master_key()))
            .transpose()
    }

    /// Deletes a trunk and its free numbers; false if there is none with that id.
    ///
    /// # Errors
    /// When a tenant has claimed one of its numbers.
    pub async fn delete_trunk(&self, id: TrunkId) -> Result<bool, DeleteTrunkError> {
        let mut transaction = self.db().begin().await?;
        let claimed =
            sqlx::query("SELECT id FROM phone_numbers WHERE trunk_id = $1 AND tenant_id IS NOT NULL LIMIT 1")
                .bind(id.to_string())
                .fetch_optional(&mut *transaction)
                .await
                .map_err(StoreError::from)?;
        if claimed.is_some() {
            return Err(DeleteTrunkError::NumbersClaimed);
        }
        // A claim between the two statements keeps its row, and the foreign key then refuses the last one.
        sqlx::query("DELETE FROM phone_numbers WHERE trunk_id = $1 AND tenant_id IS NULL")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::from)?;
        let deleted = sqlx::query("DELETE FROM trunks WHERE id = $1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::from)?;
        transaction.commit().await?;
        Ok(deleted.rows_affected() > 0)
    }
}

const PUT_TRUNK: &str = "INSERT INTO trunks \
    (id, tenant_id, name, kind, calling_code, sources, digest_username, digest_realm, ha1_md5_sealed, \
     ha1_sha256_sealed, outbound_address, registrar, registration_username, registration_password_sealed, \
     registration_expires_s, carries_emergency, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, \
     calling_code = excluded.calling_code, sources = excluded.sources, \
     digest_username = excluded.digest_username, digest_realm = excluded.digest_realm, \
     ha1_md5_sealed = excluded.ha1_md5_sealed, ha1_sha256_sealed = excluded.ha1_sha256_sealed, \
     outbound_address = excluded.outbound_address, registrar = excluded.registrar, \
     registration_username = excluded.registration_username, \
     registration_password_sealed = excluded.registration_password_sealed, \
     registration_expires_s = excluded.registration_expires_s, \
     carries_emergency = excluded.carries_emergency";

/// A value sealed for one trunk does not open as another's.
fn purpose(id: TrunkId, field: &str) -> String {
    format!("trunk {id} {field}")
}

fn usable_trunk(row: &AnyRow) -> Result<UsableTrunk, StoreError> {
    Ok(UsableTrunk {
        id: row.parsed("id")?,
        kind: row.named("kind")?,
        calling_code: row.text("calling_code")?,
        has_outbound_address: row.flag("has_outbound_address")?,
        carries_emergency: row.flag("carries_emergency")?,
    })
}

fn trunk(row: &AnyRow, key: &Key) -> Result<Trunk, StoreError> {
    let id = row.parsed("id")?;
    let unseal = |column: &'static str, field| {
        let sealed = row.text(column)?;
        key.unseal_secret(column, &purpose(id, field), &sealed)
    };
    let digest = match row.text_or_none("digest_username")? {
        Some(username) => Some(DigestCredentials {
            username,
            realm: row.text("digest_realm")?,
            ha1_md5: unseal("ha1_md5_sealed", "ha1_md5")?,
            ha1_sha256: unseal("ha1_sha256_sealed", "ha1_sha256")?,
        }),
        None => None,
    };
    let registration = match row.text_or_none("registrar")? {
        Some(registrar) => Some(Registration {
            registrar,
            username: row.text("registration_username")?,
            password: unseal("registration_password_sealed", "registration")?,
            expires_s: row.unsigned("registration_expires_s")?,
        }),
        None => None,
    };
    let sources: Result<Vec<SourceRange>, _> =
        row.text("sources")?.split_whitespace().map(str::parse).collect();
    Ok(Trunk {
        id,
        tenant: row.parsed_or_none("tenant_id")?,
        name: row.text("name")?,
        kind: row.named("kind")?,
        calling_code: row.text("calling_code")?,
        sources: sources.map_err(|error| StoreError::corrupt("sources", error))?,
        digest,
        outbound_address: row.text_or_none("outbound_address")?,
        registration,
        carries_emergency: row.flag("carries_emergency")?,
        created_at: row.at("created_at")?,
    })
}
