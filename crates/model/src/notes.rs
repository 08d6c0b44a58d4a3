//! An agent's notes, as the log carries them.

/// An agent's notes on a contact, sealed under the key of the contact's party: opaque to all but `store`.
///
/// What an agent writes of a person is that person's data, so its text never stands in an event or a record: `store`
/// seals it before the engine is asked, and opens it for whoever may read it, as long as the party is not erased.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedNotes(String);

impl SealedNotes {
    /// Takes what `store` sealed; anything else never opens.
    #[must_use]
    pub const fn from_ciphertext(ciphertext: String) -> Self {
        Self(ciphertext)
    }

    /// What `store` sealed.
    #[must_use]
    pub fn ciphertext(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SealedNotes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedNotes(…)")
    }
}
