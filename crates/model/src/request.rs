//! What an agent asks for, and the answers that are not errors.

use crate::{ContactId, DispositionId, OfferId, SealedNotes, StatusId};

/// What an agent asks of the contact center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentRequest {
    /// Take the offered contact.
    AcceptOffer(OfferId),
    /// Finish after-contact work.
    CompleteContact {
        /// The contact.
        contact: ContactId,
        /// The outcome.
        disposition: Option<DispositionId>,
        /// What the agent noted.
        notes_sealed: Option<SealedNotes>,
    },
    /// Turn the offered contact down.
    DeclineOffer(OfferId),
    /// Hang up.
    EndContact(ContactId),
    /// More time for after-contact work.
    ExtendAfterContactWork(ContactId),
    /// Change status, at once or when the work in hand is done.
    SetStatus(StatusId),
}

/// Why a request had no effect. Being late is normal: the world moved on first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// After-contact work has lasted as long as it may, or would with more time.
    #[error("after-contact work cannot be extended any further")]
    AfterContactWorkLimit,
    /// The contact is not in the state that the request needs.
    #[error("the contact has moved on: it is no longer in a state that allows this")]
    ContactMovedOn,
    /// There is no line to start a leg on.
    #[error("your phone line is not open: go available again to open it")]
    LineClosed,
    /// The contact is somebody else's.
    #[error("the contact is not yours")]
    NotYours,
    /// The offer was taken back, missed or answered before.
    #[error("the offer has ended")]
    OfferEnded,
    /// There is no such agent.
    #[error("there is no such agent")]
    UnknownAgent,
    /// There is no such disposition.
    #[error("there is no such disposition: choose one from the list")]
    UnknownDisposition,
    /// There is no such status.
    #[error("there is no such status: choose one from the list")]
    UnknownStatus,
}
