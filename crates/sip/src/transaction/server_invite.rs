//! The server's side of INVITE (RFC 3261 section 17.2.1, with the Accepted state of RFC 6026).

use std::time::Duration;

use super::{Change, Link, Reaction, Report, Resend, ResponseClass};
use crate::timer::TransactionTimer;

/// Answers an INVITE and what is sent again of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum ServerInvite {
    /// The user has not yet answered finally; tells whether anything was sent.
    Proceeding { has_responded: bool },
    /// A non-2xx final is out; the value is the current retransmission interval.
    Completed(Duration),
    /// The non-2xx final was acknowledged.
    Confirmed,
    /// A 2xx is out, which the transaction user repeats until the ACK.
    Accepted,
}

impl ServerInvite {
    /// Returns the machine and what it does first.
    pub(super) fn start(link: &Link) -> (Self, Reaction) {
        let reaction = Reaction {
            pacing: link.start(TransactionTimer::Trying),
            report: Some(Report::Deliver),
            ..Reaction::NONE
        };
        (Self::Proceeding { has_responded: false }, reaction)
    }

    pub(super) fn handle_retransmission(&mut self) -> Reaction {
        match self {
            Self::Proceeding { has_responded: true } | Self::Completed(_) => Reaction {
                resend: Some(Resend::Latest),
                ..Reaction::NONE
            },
            Self::Proceeding { has_responded: false } | Self::Confirmed | Self::Accepted => Reaction::NONE,
        }
    }

    /// Takes a response of the user that is now the latest; nothing follows when it is too late.
    pub(super) fn handle_response(&mut self, class: ResponseClass, link: &Link) -> Reaction {
        let resend = Some(Resend::Latest);
        match (*self, class) {
            (Self::Proceeding { .. }, ResponseClass::Provisional) => {
                *self = Self::Proceeding { has_responded: true };
                Reaction {
                    resend,
                    pacing: Change::Clear,
                    ..Reaction::NONE
                }
            }
            (Self::Proceeding { .. }, ResponseClass::Success) => {
                *self = Self::Accepted;
                Reaction {
                    resend,
                    pacing: Change::Clear,
                    lifetime: link.start(TransactionTimer::L),
                    ..Reaction::NONE
                }
            }
            (Self::Proceeding { .. }, ResponseClass::Failure) => {
                *self = Self::Completed(link.base.t1);
                Reaction {
                    resend,
                    pacing: link.start_retransmitting(TransactionTimer::G),
                    lifetime: link.start(TransactionTimer::H),
                    ..Reaction::NONE
                }
            }
            (Self::Accepted, ResponseClass::Success) => Reaction {
                resend,
                ..Reaction::NONE
            },
            (Self::Accepted, ResponseClass::Provisional | ResponseClass::Failure)
            | (Self::Completed(_) | Self::Confirmed, _) => Reaction::NONE,
        }
    }

    pub(super) fn handle_ack(&mut self, link: &Link) -> Reaction {
        match self {
            Self::Completed(_) => {
                *self = Self::Confirmed;
                Reaction {
                    pacing: Change::Clear,
                    lifetime: link.start(TransactionTimer::I),
                    ..Reaction::NONE
                }
            }
            Self::Accepted => Reaction {
                report: Some(Report::Deliver),
                ..Reaction::NONE
            },
            Self::Proceeding { .. } | Self::Confirmed => Reaction::NONE,
        }
    }

    pub(super) fn handle_pacing(&mut self, link: &Link) -> Reaction {
        match self {
            Self::Proceeding { has_responded } => {
                *has_responded = true;
                Reaction {
                    resend: Some(Resend::Trying),
                    ..Reaction::NONE
                }
            }
            Self::Completed(interval) => {
                *interval = link.base.backed_off(*interval);
                Reaction {
                    resend: Some(Resend::Latest),
                    pacing: Change::Set(TransactionTimer::G, *interval),
                    ..Reaction::NONE
                }
            }
            Self::Confirmed | Self::Accepted => Reaction::NONE,
        }
    }

    pub(super) fn handle_lifetime(&mut self) -> Reaction {
        match self {
            Self::Proceeding { .. } => Reaction::NONE,
            Self::Completed(_) => Reaction::TIMED_OUT,
            Self::Confirmed | Self::Accepted => Reaction::OVER,
        }
    }
}
