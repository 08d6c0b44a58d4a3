//! The server's side of every method but INVITE and ACK (RFC 3261 section 17.2.2).

use super::{Change, Link, Reaction, Report, Resend, ResponseClass};
use crate::timer::TransactionTimer;

/// Answers a request and what is sent again of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum ServerRequest {
    /// Nothing was answered yet.
    Trying,
    /// A provisional response is out.
    Proceeding,
    /// The final response is out.
    Completed,
}

impl ServerRequest {
    /// Returns the machine and what it does first.
    pub(super) fn start() -> (Self, Reaction) {
        (
            Self::Trying,
            Reaction {
                report: Some(Report::Deliver),
                ..Reaction::NONE
            },
        )
    }

    pub(super) fn handle_retransmission(&mut self) -> Reaction {
        match self {
            Self::Trying => Reaction::NONE,
            Self::Proceeding | Self::Completed => Reaction {
                resend: Some(Resend::Latest),
                ..Reaction::NONE
            },
        }
    }

    /// Takes a response of the user that is now the latest; nothing follows when it is too late.
    pub(super) fn handle_response(&mut self, class: ResponseClass, link: &Link) -> Reaction {
        let resend = Some(Resend::Latest);
        match (*self, class) {
            (Self::Trying | Self::Proceeding, ResponseClass::Provisional) => {
                *self = Self::Proceeding;
                Reaction {
                    resend,
                    ..Reaction::NONE
                }
            }
            (Self::Trying | Self::Proceeding, ResponseClass::Success | ResponseClass::Failure) => {
                *self = Self::Completed;
                let lifetime = link.start(TransactionTimer::J);
                Reaction {
                    resend,
                    lifetime,
                    pacing: Change::Clear,
                    ..Reaction::NONE
                }
            }
            (Self::Completed, _) => Reaction::NONE,
        }
    }

    pub(super) fn handle_lifetime(&mut self) -> Reaction {
        match self {
            Self::Trying | Self::Proceeding => Reaction::NONE,
            Self::Completed => Reaction::OVER,
        }
    }
}
