//! Events: what happened to one tenant's contacts and agents, in order.
//!
//! Events are facts in the past tense. Everything that is counted, shown or billed is folded from them.

use crate::{
    AgentId, ContactId, Decision, DispositionId, EmergencyNumber, FlowId, LegId, LineId, OfferId, PartyId,
    PhoneNumber, QueueId, SealedNotes, StatusId, Timestamp, TrunkId,
};

/// One event of a tenant's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Position in the tenant's log: 1, 2, 3 … without gaps.
    pub seq: u64,
    /// When it was decided. Never goes back within a tenant.
    pub at: Timestamp,
    /// What happened.
    pub body: EventBody,
}

/// What an event is about, and what happened to it.
#[derive(Debug, Clone, PartialEq)]
pub enum EventBody {
    /// Something happened to an agent.
    Agent(AgentId, AgentEvent),
    /// Something happened to a contact.
    Contact(ContactId, ContactEvent),
    /// Something happened to the tenant as a whole.
    Tenant(TenantEvent),
}

/// What happens to an agent.
#[derive(Debug, Clone, PartialEq)]
pub enum AgentEvent {
    /// After-contact work ended, by the agent or by its time limit.
    AfterContactWorkEnded {
        /// The contact that was worked on.
        contact: ContactId,
    },
    /// After-contact work got more time.
    AfterContactWorkExtended {
        /// The contact that is worked on.
        contact: ContactId,
        /// When it will end by itself.
        until: Timestamp,
    },
    /// After-contact work began.
    AfterContactWorkStarted {
        /// The contact that is worked on.
        contact: ContactId,
        /// When it will end by itself.
        until: Timestamp,
    },
    /// The agent's line closed because the agent or the browser closed it.
    LineClosed {
        /// The line.
        line: LineId,
    },
    /// The agent's line stopped answering.
    LineLost {
        /// The line.
        line: LineId,
    },
    /// The agent's line is up: legs can start on it at once.
    LineOpened {
        /// The line.
        line: LineId,
    },
    /// A status was chosen that takes effect when the work in hand is done.
    NextStatusChosen {
        /// The status to come; none takes the choice back.
        status: Option<StatusId>,
    },
    /// The agent's browser is heard again.
    Reached,
    /// The agent's status changed.
    StatusChanged {
        /// The new status.
        status: StatusId,
    },
    /// Nothing was heard of the agent's browser for too long: not routable until it is.
    Unreached,
}

/// The priority with which contacts wait where nobody chose one; 1 is the highest.
pub const PRIORITY_DEFAULT: u8 = 5;

/// What happens to a contact.
#[derive(Debug, Clone, PartialEq)]
pub enum ContactEvent {
    /// The agent's side fell away while connected; the customer hears music.
    AgentDetached {
        /// The agent.
        agent: AgentId,
        /// When the contact returns to its queue unless the agent is back.
        until: Timestamp,
    },
    /// The agent's side is back.
    AgentReattached {
        /// The agent.
        agent: AgentId,
        /// The agent's new leg.
        leg: LegId,
    },
    /// The flow entered a block.
    BlockEntered {
        /// The flow.
        flow: FlowId,
        /// The block's name in the flow.
        block: String,
    },
    /// All work on the contact is done.
    Completed {
        /// The outcome the agent picked.
        disposition: Option<DispositionId>,
        /// What the agent noted.
        notes_sealed: Option<SealedNotes>,
    },
    /// Customer and agent hear each other.
    ConnectedToAgent {
        /// The agent.
        agent: AgentId,
        /// The agent's leg.
        leg: LegId,
    },
    /// The contact left its queue without an agent.
    Dequeued {
        /// The queue it left.
        queue: QueueId,
        /// Why it left.
        reason: DequeueReason,
    },
    /// The customer pressed a key.
    DigitPressed {
        /// `0` to `9`, `*`, `#` or `A` to `D`.
        digit: char,
    },
    /// The customer's side of the contact is over.
    Disconnected {
        /// Why.
        reason: DisconnectReason,
        /// When it was over: earlier than the event's own time only when a crash was found afterwards.
        ended_at: Timestamp,
    },
    /// The contact waits in a queue.
    Enqueued {
        /// The queue.
        queue: QueueId,
        /// 1 is the highest, [`PRIORITY_DEFAULT`] the usual one.
        priority: u8,
        /// Waiting counts from here: earlier than the event when the contact returns to the head of its queue.
        since: Timestamp,
    },
    /// The flow ended.
    FlowEnded {
        /// The flow.
        flow: FlowId,
        /// How it ended.
        outcome: FlowOutcome,
    },
    /// A contact began.
    Initiated {
        /// The customer's leg.
        leg: LegId,
        /// Whether the customer or the contact center began it.
        direction: Direction,
        /// The person on the other side; what identifies them is kept apart.
        party: PartyId,
        /// The tenant's number: the one that was called, or the one that calls.
        number: PhoneNumber,
        /// The trunk it comes or goes over; none for a browser caller.
        trunk: Option<TrunkId>,
        /// The flow that decides; of an outbound contact, once it is answered.
        flow: FlowId,
        /// A call made to try things out, marked as such for ever.
        test: bool,
    },
    /// A leg carries audio both ways from now on; its metered time starts. The customer's leg of an outbound contact
    /// was answered.
    LegConnected {
        /// The leg.
        leg: LegId,
    },
    /// A leg is over; its metered time ends.
    LegEnded {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: DisconnectReason,
        /// When it ended: earlier than the event's own time only when a crash was found afterwards.
        ended_at: Timestamp,
    },
    /// It rings at the far end of a leg that was dialed.
    LegRinging {
        /// The leg.
        leg: LegId,
    },
    /// A leg began to be set up; the customer's leg of an outbound contact is dialed.
    LegStarted {
        /// The leg.
        leg: LegId,
        /// Whose leg it is.
        kind: LegKind,
    },
    /// The contact is proposed to an agent.
    Offered {
        /// The offer.
        offer: OfferId,
        /// The agent.
        agent: AgentId,
        /// The queue it was taken from.
        queue: QueueId,
        /// When the offer ends by itself.
        expires_at: Timestamp,
        /// Why this contact and this agent.
        decision: Decision,
    },
    /// An offer is over.
    OfferEnded {
        /// The offer.
        offer: OfferId,
        /// The agent.
        agent: AgentId,
        /// How it ended.
        outcome: OfferOutcome,
    },
}

/// What happens to a tenant as a whole.
#[derive(Debug, Clone, PartialEq)]
pub enum TenantEvent {
    /// Contacts were open and well at this time; a crash loses at most what came after.
    Checkpointed,
    /// A revision of the configuration is in force.
    ConfigApplied {
        /// The revision.
        revision: u64,
    },
    /// A call to an emergency service was not placed.
    EmergencyCallRefused {
        /// The tenant's number that was to call.
        from: PhoneNumber,
        /// What was dialed.
        to: EmergencyNumber,
        /// Why; none of calls that were refused before reasons were kept.
        reason: Option<EmergencyRefusal>,
    },
    /// A node took the tenant over and recovered it from the log.
    Recovered {
        /// The fencing number of the lease under which it appends.
        epoch: u64,
    },
}

impl ContactEvent {
    /// The agent it names.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        match self {
            Self::AgentDetached { agent, .. }
            | Self::AgentReattached { agent, .. }
            | Self::ConnectedToAgent { agent, .. }
            | Self::OfferEnded { agent, .. }
            | Self::Offered { agent, .. } => Some(*agent),
            Self::BlockEntered { .. }
            | Self::Completed { .. }
            | Self::Dequeued { .. }
            | Self::DigitPressed { .. }
            | Self::Disconnected { .. }
            | Self::Enqueued { .. }
            | Self::FlowEnded { .. }
            | Self::Initiated { .. }
            | Self::LegConnected { .. }
            | Self::LegEnded { .. }
            | Self::LegRinging { .. }
            | Self::LegStarted { .. } => None,
        }
    }
}

/// Why a call to an emergency service was not placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmergencyRefusal {
    /// More contacts are open than the tenant may have, those kept for emergency calls included.
    LimitReached,
    /// There is no such flow, or it cannot run.
    NoFlow,
    /// No trunk of the tenant carries emergency calls in a country where the number is one.
    NoTrunk,
    /// The number that was to call is not the tenant's.
    NotClaimed,
}

/// Who began the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The customer called.
    Inbound,
    /// The contact center called.
    Outbound,
}

/// Whose leg it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegKind {
    /// An agent's, on their line.
    Agent(AgentId),
    /// A customer's in a browser.
    CustomerBrowser,
    /// A customer's over a trunk.
    CustomerTrunk,
}

/// Why a contact left a queue without an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DequeueReason {
    /// The customer hung up while waiting.
    Abandoned,
    /// The system ended it.
    Ended,
}

/// How a flow ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowOutcome {
    /// It ended the contact.
    Disconnect,
    /// It could not go on.
    Failed,
    /// It gave the contact to a queue.
    Queue,
}

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferOutcome {
    /// The agent took it.
    Accepted,
    /// The agent turned it down.
    Declined,
    /// The agent's side failed before both heard each other.
    Failed,
    /// Its time ran out.
    Missed,
    /// The contact went away first.
    Withdrawn,
}

/// Why a leg or a contact ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DisconnectReason {
    /// The agent hung up.
    AgentHangup,
    /// The agent's side failed and nobody else could take over.
    AgentLost,
    /// The number that was dialed is in use.
    Busy,
    /// Whoever placed the call took it back before it was answered.
    Cancelled,
    /// The carrier ended or refused the call.
    CarrierError,
    /// The customer hung up.
    CustomerHangup,
    /// The flow said goodbye.
    FlowEnded,
    /// The flow could not go on.
    FlowFailed,
    /// A limit was reached.
    LimitReached,
    /// No audio arrived for too long.
    MediaTimeout,
    /// Nobody answered what was dialed.
    NoAnswer,
    /// The other party's leg ended, so this one did.
    OtherPartyEnded,
    /// Whoever was dialed turned the call down.
    Rejected,
    /// The session timer ran out: the peer is gone.
    SessionExpired,
    /// Offhook was restarted and found the contact open.
    SystemRestarted,
    /// Too long in the queue or in the call.
    TimeLimit,
    /// Nobody has the number that was dialed.
    UnassignedNumber,
}

/// On whose side the reason lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonClass {
    /// The agent.
    Agent,
    /// The carrier or the network between.
    Carrier,
    /// The customer.
    Customer,
    /// Offhook, or what the tenant configured or asked for.
    System,
}

impl DisconnectReason {
    /// On whose side the reason lies.
    #[must_use]
    pub const fn class(self) -> ReasonClass {
        match self {
            Self::AgentHangup | Self::AgentLost => ReasonClass::Agent,
            Self::CarrierError | Self::MediaTimeout | Self::SessionExpired => ReasonClass::Carrier,
            Self::Busy | Self::CustomerHangup | Self::NoAnswer | Self::Rejected => ReasonClass::Customer,
            Self::Cancelled
            | Self::FlowEnded
            | Self::FlowFailed
            | Self::LimitReached
            | Self::OtherPartyEnded
            | Self::SystemRestarted
            | Self::TimeLimit
            | Self::UnassignedNumber => ReasonClass::System,
        }
    }
}
