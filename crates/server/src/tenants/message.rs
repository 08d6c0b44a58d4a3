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
    /// A customer's leg arrived, and somebody waits for the contact it begins.
    Arrived {
        leg: LegId,
        /// [`Input::LegArrived`] for that leg.
        arrival: Input,
        reply: oneshot::Sender<Result<ContactId, RefuseReason>>,
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
    /// Whether it is a new call.
    pub(super) const fn is_call(&self) -> bool {
        matches!(
            self,
            Self::Arrived { .. } | Self::Input(Input::CallPlaced(_) | Input::LegArrived(_))
        )
    }

    /// Whether its sender waits for an answer, and so learns at once when it is dropped.
    pub(super) const fn is_question(&self) -> bool {
        match self {
            Self::Arrived { .. } | Self::ConfigChanged { .. } | Self::Looked(_) | Self::Requested { .. } => {
                true
            }
            Self::Input(_) | Self::LeaseLost => false,
        }
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

    pub(super) fn answer_arrival(&mut self, leg: LegId, result: Result<ContactId, RefuseReason>) {
        if let Some(reply) = self.arrivals.remove(&leg) {
            answer(reply, result);
        }
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
