//! What agents note of the people on the other side: sealed before it goes into the log, opened for who may read it.

use model::{ContactId, ContactRecord, PartyId, SealedNotes, TenantId};

use crate::{Entropy, Store, StoreError};

/// An agent's notes, as far as they are left.
#[derive(Clone, PartialEq, Eq)]
pub enum RevealedNotes {
    /// They were erased with the data of the contact's party.
    Erased,
    /// What the agent wrote.
    Text(String),
}

/// Leaves the text out: what is noted of people does not belong in logs.
impl std::fmt::Debug for RevealedNotes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Erased => "Erased",
            Self::Text(_) => "Text(…)",
        })
    }
}

impl Store {
    /// Seals notes on a contact under the key of its party, to open for that contact alone; none if the party is
    /// erased, for of nobody nothing is kept.
    ///
    /// # Errors
    /// When the database does not answer, or was opened with another master key.
    pub async fn seal_notes(
        &self,
        tenant: TenantId,
        party: PartyId,
        contact: ContactId,
        text: &str,
        mut entropy: Entropy,
    ) -> Result<Option<SealedNotes>, StoreError> {
        let key = self.data_key(tenant, party).await?;
        Ok(key.map(|key| {
            let ciphertext = key.seal(&purpose(tenant, contact), text.as_bytes(), &mut entropy);
            SealedNotes::from_ciphertext(ciphertext)
        }))
    }

    /// The notes on a contact; none if nothing was noted.
    ///
    /// # Errors
    /// When the database does not answer, or was opened with another master key, or the notes are of another contact.
    pub async fn reveal_notes(
        &self,
        tenant: TenantId,
        record: &ContactRecord,
    ) -> Result<Option<RevealedNotes>, StoreError> {
        let Some(sealed) = &record.notes_sealed else {
            return Ok(None);
        };
        let Some(key) = self.data_key(tenant, record.party).await? else {
            return Ok(Some(RevealedNotes::Erased));
        };
        let purpose = purpose(tenant, record.id);
        let text = key.unseal_secret("an agent's notes", &purpose, sealed.ciphertext())?;
        Ok(Some(RevealedNotes::Text(text.expose().to_owned())))
    }
}

fn purpose(tenant: TenantId, contact: ContactId) -> String {
    format!("notes of {tenant} {contact}")
}
