//! All reasons to wake up.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactId, Timestamp};

/// Why an engine wants to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deadline {
    /// After-contact work ends by itself.
    AfterContactWorkEnds(ContactId),
    /// An agent who accepted has no audio yet.
    AgentConnectExpires(ContactId),
    /// Nothing was heard of an agent's browser for too long.
    AgentUnreachable,
    /// The place in the queue is due to be said again.
    AnnouncePosition(ContactId),
    /// Open contacts are noted as well.
    Checkpoint,
    /// An answered customer's leg is not up yet.
    CustomerConnectExpires(ContactId),
    /// No key was pressed.
    DigitTimeout(ContactId),
    /// An offer ends by itself.
    OfferExpires(ContactId),
    /// The end of a prompt should have been told long ago.
    PlaybackOverdue(ContactId),
    /// A contact whose agent fell away goes back to its queue.
    ReattachEnds(ContactId),
    /// Nobody has answered what was dialed.
    RingExpires(ContactId),
    /// A contact has waited long enough for the agents of another routing profile.
    RoutingDelay,
    /// A contact has waited for too long.
    WaitMax(ContactId),
}

impl Deadline {
    /// The contact it is about.
    const fn contact(self) -> Option<ContactId> {
        match self {
            Self::AfterContactWorkEnds(contact)
            | Self::AgentConnectExpires(contact)
            | Self::AnnouncePosition(contact)
            | Self::CustomerConnectExpires(contact)
            | Self::DigitTimeout(contact)
            | Self::OfferExpires(contact)
            | Self::PlaybackOverdue(contact)
            | Self::ReattachEnds(contact)
            | Self::RingExpires(contact)
            | Self::WaitMax(contact) => Some(contact),
            Self::AgentUnreachable | Self::Checkpoint | Self::RoutingDelay => None,
        }
    }
}

/// The deadlines that are set, each at most once.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    by_time: BTreeSet<(Timestamp, Deadline)>,
    times: BTreeMap<Deadline, Timestamp>,
    by_contact: BTreeMap<ContactId, BTreeSet<Deadline>>,
}

impl Deadlines {
    /// Sets a deadline, in place of its earlier time.
    pub(crate) fn set(&mut self, deadline: Deadline, at: Timestamp) {
        self.cancel(deadline);
        self.times.insert(deadline, at);
        self.by_time.insert((at, deadline));
        if let Some(contact) = deadline.contact() {
            self.by_contact.entry(contact).or_default().insert(deadline);
        }
    }

    pub(crate) fn set_if_absent(&mut self, deadline: Deadline, at: Timestamp) {
        if !self.times.contains_key(&deadline) {
            self.set(deadline, at);
        }
    }

    pub(crate) fn cancel(&mut self, deadline: Deadline) {
        let Some(at) = self.times.remove(&deadline) else {
            return;
        };
        self.by_time.remove(&(at, deadline));
        if let Some(contact) = deadline.contact()
            && let Some(of_contact) = self.by_contact.get_mut(&contact)
        {
            of_contact.remove(&deadline);
            if of_contact.is_empty() {
                self.by_contact.remove(&contact);
            }
        }
    }

    /// Cancels all of a contact's deadlines.
    pub(crate) fn forget(&mut self, contact: ContactId) {
        for deadline in self.by_contact.remove(&contact).unwrap_or_default() {
            self.cancel(deadline);
        }
    }

    /// Takes out the next deadline that is due.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<Deadline> {
        let (at, deadline) = *self.by_time.first()?;
        if at > now {
            return None;
        }
        self.cancel(deadline);
        Some(deadline)
    }

    pub(crate) fn next(&self) -> Option<(Timestamp, Deadline)> {
        self.by_time.first().copied()
    }
}
