//! The client's side of INVITE (RFC 3261 section 17.1.1, with the Accepted state of RFC 6026).

use std::time::Duration;

use super::{Change, Link, Reaction, Report, Resend, ResponseClass};
use crate::timer::TransactionTimer;

/// Sends an INVITE until somebody answers, then absorbs what is sent again.
#[derive(Clone, Copy, Debug)]
pub(super) enum ClientInvite {
    /// Nothing has come back yet; the value is the current retransmission interval.
    Calling(Duration),
    /// A provisional response has come.
    Proceeding,
    /// A non-2xx final has come and was acknowledged.
    Completed,
    /// A 2xx has come; further ones go to the transaction user.
    Accepted,
}

impl ClientInvite {
    /// Returns the machine and what it does first.
    pub(super) fn start(link: &Link) -> (Self, Reaction) {
        let reaction = Reaction {
            resend: Some(Resend::Latest),
            pacing: link.start_retransmitting(TransactionTimer::A),
            lifetime: link.start(TransactionTimer::B),
            ..Reaction::NONE
        };
        (Self::Calling(link.base.t1), reaction)
    }

    pub(super) fn handle_response(&mut self, class: ResponseClass, link: &Link) -> Reaction {
        match (*self, class) {
            (Self::Calling(_) | Self::Proceeding, ResponseClass::Provisional) => {
                *self = Self::Proceeding;
                Reaction {
                    pacing: Change::Clear,
                    lifetime: Change::Clear,
                    report: Some(Report::Deliver),
                    ..Reaction::NONE
                }
            }
            (Self::Calling(_) | Self::Proceeding, ResponseClass::Success) => {
                *self = Self::Accepted;
                Reaction {
                    pacing: Change::Clear,
                    lifetime: link.start(TransactionTimer::M),
                    report: Some(Report::Deliver),
                    ..Reaction::NONE
                }
            }
            (Self::Calling(_) | Self::Proceeding, ResponseClass::Failure) => {
                *self = Self::Completed;
                Reaction {
                    resend: Some(Resend::Ack),
                    pacing: Change::Clear,
                    lifetime: link.start(TransactionTimer::D),
                    report: Some(Report::Deliver),
                    ..Reaction::NONE
                }
            }
            (Self::Completed, ResponseClass::Failure) => Reaction {
                resend: Some(Resend::Ack),
                ..Reaction::NONE
            },
            (Self::Accepted, ResponseClass::Success) => Reaction {
                report: Some(Report::Deliver),
                ..Reaction::NONE
            },
            (Self::Completed, ResponseClass::Provisional | ResponseClass::Success)
            | (Self::Accepted, ResponseClass::Provisional | ResponseClass::Failure) => Reaction::NONE,
        }
    }

    /// Ends a call nobody answers although it was cancelled (RFC 3261 section 9.1).
    pub(super) fn handle_give_up(&mut self) -> Reaction {
        match self {
            Self::Calling(_) | Self::Proceeding => Reaction::TIMED_OUT,
            Self::Completed | Self::Accepted => Reaction::NONE,
        }
    }

    pub(super) fn handle_pacing(&mut self) -> Reaction {
        let Self::Calling(interval) = self else {
            return Reaction::NONE;
        };
        *interval *= 2;
        Reaction {
            resend: Some(Resend::Latest),
            pacing: Change::Set(TransactionTimer::A, *interval),
            ..Reaction::NONE
        }
    }

    pub(super) fn handle_lifetime(&mut self) -> Reaction {
        match self {
            Self::Calling(_) => Reaction::TIMED_OUT,
            Self::Proceeding => Reaction::NONE,
            Self::Completed | Self::Accepted => Reaction::OVER,
        }
    }
}
