//! What the task of a tenant is told, and who waits for its answers.

use std::collections::BTreeMap;

use api::backend::{LiveSubscription, Unavailable};
use engine::{Input, RefuseReason, RequestId};
use model::{AgentId, AgentRequest, ContactId, LegId, Refusal, Revision, Timestamp};
use tokio::sync::oneshot;

/// A message with the moment at which it came: however long the database keeps it waiting, what it tells happened then.
pub(super) struct Received {
    pub(super) at: Timestamp,
    pub(super) message: Message,
}

/// A message to a tenant's task. One whose reply is dropped was not answered: nobody can at the moment.
pub(super) enum Message {
    /// A customer's leg arrived or is to be dialed, and somebody waits for the contact it begins.
    Arrived {
        leg: LegId,
        /// [`Input::LegArrived`] or [`Input::CallPlaced`] for that leg.
        arrival: Input,
        reply: oneshot::Sender<Result<ContactId, RefuseReason>>,
    },
    /// Somebody wants a call back that was placed.
    Cancelled {
        contact: ContactId,
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// Revisions were committed; they follow one another.
    ConfigChanged {
        revisions: Vec<Revision>,
        reply: oneshot::Sender<()>,
    },
    /// Something happened.
    Input(Input),
    /// The lease was taken by another node.
    LeaseLost,
    /// Somebody wants to see the tenant live.
    Looked(oneshot::Sender<LiveSubscription>),
    /// An agent asks for something.
    Requested {
        agent: AgentId,
        request: AgentRequest,
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
}

impl Message {
    /// Whether it is a new call that may be turned away: an emergency call never is.
    pub(super) const fn is_call(&self) -> bool {
        let is_new = matches!(
            self,
            Self::Arrived { .. } | Self::Input(Input::CallPlaced(_) | Input::LegArrived(_))
        );
        is_new && !self.is_emergency()
    }

    /// Whether its sender waits for an answer, and so learns at once when it is dropped. Who calls an emergency
    /// service waits for as long as they want to.
    pub(super) const fn is_question(&self) -> bool {
        match self {
            Self::Arrived { .. } => !self.is_emergency(),
            Self::Cancelled { .. }
            | Self::ConfigChanged { .. }
            | Self::Looked(_)
            | Self::Requested { .. } => true,
            Self::Input(_) | Self::LeaseLost => false,
        }
    }

    const fn is_emergency(&self) -> bool {
        let (Self::Arrived { arrival: input, .. } | Self::Input(input)) = self else {
            return false;
        };
        matches!(input, Input::CallPlaced(placement) if placement.to.is_emergency())
    }

    /// Whether things stay right without it when far too much waits: it can be asked again, or another like it will
    /// come.
    pub(super) const fn may_be_dropped(&self) -> bool {
        let can_miss = matches!(
            self,
            Self::Input(Input::AgentHeard(_) | Input::DigitPressed { .. })
        );
        can_miss || self.is_call() || self.is_question()
    }
}

/// The name of requests whose answer nobody waits for.
pub(super) const NOBODYS: RequestId = RequestId(u64::MAX);

/// Who waits for the answers to one batch of messages.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) arrivals: BTreeMap<LegId, oneshot::Sender<Result<ContactId, RefuseReason>>>,
    pub(super) reconfigured: Vec<oneshot::Sender<()>>,
    pub(super) viewers: Vec<oneshot::Sender<LiveSubscription>>,
    requests: BTreeMap<RequestId, oneshot::Sender<Result<(), Refusal>>>,
}

impl Waiting {
    /// Names a request whose answer is waited for.
    pub(super) fn expect_reply(&mut self, reply: oneshot::Sender<Result<(), Refusal>>) -> RequestId {
        let id = RequestId(self.requests.len() as u64);
        self.requests.insert(id, reply);
        id
    }

    pub(super) fn reply(&mut self, id: RequestId, result: Result<(), Refusal>) {
        if let Some(reply) = self.requests.remove(&id) {
            answer(reply, result);
        }
    }

    /// Says what became of an arrival; false when whoever waited for it has gone.
    pub(super) fn answer_arrival(&mut self, leg: LegId, result: Result<ContactId, RefuseReason>) -> bool {
        let reply = self.arrivals.remove(&leg);
        reply.is_none_or(|reply| reply.send(result).is_ok())
    }

    /// Answers who is left.
    pub(super) fn finish(self, live: impl Fn() -> LiveSubscription) {
        for reply in self.reconfigured {
            answer(reply, ());
        }
        for reply in self.viewers {
            answer(reply, live());
        }
    }
}

/// Who stopped waiting needs no answer.
fn answer<T>(reply: oneshot::Sender<T>, value: T) {
    drop(reply.send(value));
}

/// A leg's arrival did not begin a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArriveError {
    /// The engine turned it away.
    #[error("the leg was turned away")]
    Refused(RefuseReason),
    /// The tenant's engine cannot be reached, or its events cannot be stored.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
