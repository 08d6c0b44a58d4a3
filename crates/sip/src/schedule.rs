//! Everything an endpoint may wake up for, ordered by time.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::admission::AdmissionId;
use crate::registration::RegistrationId;
use crate::session::DialogId;
use crate::timer::TransactionTimer;
use crate::transaction::TransactionId;
use crate::transport::{Destination, StreamId};

/// Every reason for which an endpoint wants to be called at a certain time.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Deadline {
    /// The 2xx we sent was never acknowledged: the dialog ends.
    AckOverdue(DialogId),
    /// Nobody decided about a request in time: it is refused.
    AdmissionOverdue(AdmissionId),
    /// A cancelled INVITE got no final response: it is forgotten.
    CancelOverdue(TransactionId),
    /// A timer of a client transaction.
    Client(TransactionId, TransactionTimer),
    /// A connection we asked for did not come up.
    ConnectOverdue(Destination),
    /// Both sides offered at once; ours is due again (RFC 3261 section 14.1).
    GlareRetry(DialogId),
    /// The called party rang too long: the INVITE is cancelled.
    NoAnswer(DialogId),
    /// A reliable provisional response was not acknowledged with PRACK: send it again.
    ProvisionalRetransmission(DialogId),
    /// A registration is to be refreshed or tried again.
    Registration(RegistrationId),
    /// A timer of a server transaction.
    Server(TransactionId, TransactionTimer),
    /// The far side did not refresh the session (RFC 4028 section 10).
    SessionExpiry(DialogId),
    /// It is our turn to refresh the session.
    SessionRefresh(DialogId),
    /// A stream has been silent or half a message old for too long.
    StreamIdle(StreamId),
    /// The 2xx is to be sent again until its ACK comes (RFC 3261 section 13.3.1.4).
    SuccessRetransmission(DialogId),
}

/// Names an entry of the schedule, so that it can be taken out again.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct TimerKey {
    at: Instant,
    number: u64,
}

/// Deadlines by time; those of the same time in the order in which they were set.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    due: BTreeMap<TimerKey, Deadline>,
    number: u64,
}

impl Schedule {
    /// Adds a deadline.
    pub(crate) fn set(&mut self, at: Instant, deadline: Deadline) -> TimerKey {
        self.number += 1;
        let key = TimerKey {
            at,
            number: self.number,
        };
        self.due.insert(key, deadline);
        key
    }

    /// Takes a deadline out; one that has already fired is ignored.
    pub(crate) fn clear(&mut self, key: &mut Option<TimerKey>) {
        if let Some(key) = key.take() {
            self.due.remove(&key);
        }
    }

    /// Moves the deadline in `slot`, or adds it there.
    pub(crate) fn reset(&mut self, slot: &mut Option<TimerKey>, at: Instant, deadline: Deadline) {
        self.clear(slot);
        *slot = Some(self.set(at, deadline));
    }

    /// Returns the earliest deadline.
    pub(crate) fn first(&self) -> Option<(Instant, Deadline)> {
        self.due
            .first_key_value()
            .map(|(key, deadline)| (key.at, *deadline))
    }

    /// Takes out the earliest deadline that is not after `now`.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<Deadline> {
        let entry = self.due.first_entry()?;
        (entry.key().at <= now).then(|| entry.remove())
    }

    /// Returns how many deadlines are set.
    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }
}
