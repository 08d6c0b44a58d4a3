//! Transactions (RFC 3261 section 17, RFC 6026): four machines and the two tables that hold them.
//!
//! The machines know neither messages nor clocks: an input yields a [`Reaction`] that says what to
//! send again, which timers to set and whether the transaction user is to be told. The tables
//! match messages to machines and carry the reactions out.

pub(crate) mod client;
mod client_invite;
mod client_request;
pub(crate) mod server;
mod server_invite;
mod server_request;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::timer::{BaseTimers, TransactionTimer};

/// Names a transaction for as long as the process lives.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TransactionId(pub(crate) u64);

/// The classes of responses between which transactions distinguish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ResponseClass {
    /// 3xx to 6xx.
    Failure,
    /// 1xx.
    Provisional,
    /// 2xx.
    Success,
}

impl ResponseClass {
    /// Returns the class of a status code between 100 and 699.
    pub(crate) fn of(status: u16) -> Self {
        match status {
            0..200 => Self::Provisional,
            200..300 => Self::Success,
            300.. => Self::Failure,
        }
    }
}

/// What stays the same for a transaction's life: base intervals and kind of transport.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// The base intervals.
    pub(crate) base: BaseTimers,
    /// Whether the transport retransmits by itself.
    pub(crate) reliable: bool,
}

impl Link {
    /// Sets `timer` to its first duration.
    fn start(&self, timer: TransactionTimer) -> Change {
        Change::Set(timer, timer.duration(&self.base, self.reliable))
    }

    /// Sets the retransmission timer `timer`, which reliable transports do not need.
    fn start_retransmitting(&self, timer: TransactionTimer) -> Change {
        if self.reliable {
            Change::Clear
        } else {
            self.start(timer)
        }
    }
}

/// What to do with one of a transaction's two timers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Change {
    /// Stop it.
    Clear,
    /// Leave it as it is.
    #[default]
    Keep,
    /// Let it fire after this time instead.
    Set(TransactionTimer, Duration),
}

/// Which message a machine wants on the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Resend {
    /// The ACK of a non-2xx final.
    Ack,
    /// The request at a client, the latest response at a server.
    Latest,
    /// A 100 Trying made by the transaction itself.
    Trying,
}

/// What the transaction user is to learn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Report {
    /// The message at hand is for the user.
    Deliver,
    /// Nobody answered, or nobody acknowledged.
    TimedOut,
}

/// What an input makes a machine want; empty when there is nothing to do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Reaction {
    /// Message to send.
    pub(crate) resend: Option<Resend>,
    /// What happens to the retransmission timer.
    pub(crate) pacing: Change,
    /// What happens to the timer that ends the state.
    pub(crate) lifetime: Change,
    /// What to tell the transaction user.
    pub(crate) report: Option<Report>,
    /// Whether the transaction has ended and is to be forgotten.
    pub(crate) is_over: bool,
}

impl Reaction {
    const NONE: Self = Self {
        resend: None,
        pacing: Change::Keep,
        lifetime: Change::Keep,
        report: None,
        is_over: false,
    };

    const OVER: Self = Self {
        is_over: true,
        ..Self::NONE
    };

    const TIMED_OUT: Self = Self {
        is_over: true,
        report: Some(Report::TimedOut),
        ..Self::NONE
    };
}
