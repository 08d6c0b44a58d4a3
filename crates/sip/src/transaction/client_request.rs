//! The client's side of every method but INVITE and ACK (RFC 3261 section 17.1.2).

use std::time::Duration;

use super::{Change, Link, Reaction, Report, Resend, ResponseClass};
use crate::timer::TransactionTimer;

/// Sends a request until it is answered finally.
#[derive(Clone, Copy, Debug)]
pub(super) enum ClientRequest {
    /// Nothing has come back yet; the value is the current retransmission interval.
    Trying(Duration),
    /// A provisional response has come; retransmissions go on at T2.
    Proceeding,
    /// A final response has come.
    Completed,
}

impl ClientRequest {
    /// Returns the machine and what it does first.
    pub(super) fn start(link: &Link) -> (Self, Reaction) {
        let reaction = Reaction {
            resend: Some(Resend::Latest),
            pacing: link.start_retransmitting(TransactionTimer::E),
            lifetime: link.start(TransactionTimer::F),
            ..Reaction::NONE
        };
        (Self::Trying(link.base.t1), reaction)
    }

    pub(super) fn handle_response(&mut self, class: ResponseClass, link: &Link) -> Reaction {
        match (*self, class) {
            (Self::Trying(_) | Self::Proceeding, ResponseClass::Provisional) => {
                *self = Self::Proceeding;
                Reaction {
                    report: Some(Report::Deliver),
                    ..Reaction::NONE
                }
            }
            (Self::Trying(_) | Self::Proceeding, ResponseClass::Success | ResponseClass::Failure) => {
                *self = Self::Completed;
                Reaction {
                    pacing: Change::Clear,
                    lifetime: link.start(TransactionTimer::K),
                    report: Some(Report::Deliver),
                    ..Reaction::NONE
                }
            }
            (Self::Completed, _) => Reaction::NONE,
        }
    }

    pub(super) fn handle_pacing(&mut self, link: &Link) -> Reaction {
        let interval = match self {
            Self::Trying(interval) => {
                *interval = link.base.backed_off(*interval);
                *interval
            }
            Self::Proceeding => link.base.t2,
            Self::Completed => return Reaction::NONE,
        };
        Reaction {
            resend: Some(Resend::Latest),
            pacing: Change::Set(TransactionTimer::E, interval),
            ..Reaction::NONE
        }
    }

    pub(super) fn handle_lifetime(&mut self) -> Reaction {
        match self {
            Self::Trying(_) | Self::Proceeding => Reaction::TIMED_OUT,
            Self::Completed => Reaction::OVER,
        }
    }
}
