//! What an engine is told, and what it wants done.

use std::time::Duration;

use model::{
    AgentId, AgentRequest, ContactId, Dialed, DisconnectReason, FlowId, LegId, LegKind, LineId, PartyId,
    PhoneNumber, Refusal, Revision, TrunkId,
};
use routing::NoTrunk;

/// Something that happened outside. None is impossible: what comes too late changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// An agent's browser was heard.
    AgentHeard(AgentId),
    /// An agent asked for something; [`CommandBody::Reply`] answers.
    AgentRequested {
        /// The agent.
        agent: AgentId,
        /// What is asked for.
        request: AgentRequest,
        /// Names the request in its answer.
        id: RequestId,
    },
    /// Somebody takes back a call that is not answered yet; [`CommandBody::Reply`] answers. One that was answered
    /// meanwhile goes on.
    CallCancelled {
        /// The contact of the call.
        contact: ContactId,
        /// Names the request in its answer.
        id: RequestId,
    },
    /// Somebody is to be called; [`CommandBody::Dial`] or [`CommandBody::Refuse`] follows.
    CallPlaced(Placement),
    /// The next revision of the configuration was committed.
    ConfigChanged(Revision),
    /// The peer of a leg pressed a key.
    DigitPressed {
        /// The leg.
        leg: LegId,
        /// `0` to `9`, `*`, `#` or `A` to `D`.
        digit: char,
    },
    /// A customer calls and waits for [`CommandBody::Answer`] or [`CommandBody::Refuse`].
    LegArrived(Arrival),
    /// A leg carries audio both ways: of one that was dialed, the far end has answered.
    LegConnected {
        /// The leg.
        leg: LegId,
    },
    /// A leg is over, or could not be set up.
    LegEnded {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: DisconnectReason,
    },
    /// It rings at the far end of a leg that was dialed.
    LegRinging {
        /// The leg.
        leg: LegId,
    },
    /// The agent or the browser closed the agent's line.
    LineClosed {
        /// The agent.
        agent: AgentId,
        /// The line.
        line: LineId,
    },
    /// The agent's line stopped answering; it does not come back under this id.
    LineLost {
        /// The agent.
        agent: AgentId,
        /// The line.
        line: LineId,
    },
    /// The agent's line is up. It takes the place of an earlier one.
    LineOpened {
        /// The agent.
        agent: AgentId,
        /// The line.
        line: LineId,
    },
    /// A playback reached its end.
    PlayFinished {
        /// The leg it was played to.
        leg: LegId,
        /// The playback.
        play: PlayId,
    },
}

/// A customer's leg that waits to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The customer's leg.
    pub leg: LegId,
    /// [`LegKind::CustomerTrunk`] or [`LegKind::CustomerBrowser`].
    pub kind: LegKind,
    /// The person on the other side.
    pub party: PartyId,
    /// The number that was called.
    pub to: PhoneNumber,
    /// The trunk it came over; none for a browser caller.
    pub trunk: Option<TrunkId>,
    /// A call made to try things out.
    pub test: bool,
}

/// A call that somebody wants made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The leg to be: the customer's.
    pub leg: LegId,
    /// The person who is called.
    pub party: PartyId,
    /// The number that calls: one the tenant has claimed.
    pub from: PhoneNumber,
    /// Who is called. Not noted in any event: it is the party's.
    pub to: Dialed,
    /// What [`routing::choose_trunk`] said for it.
    pub trunk: Result<TrunkId, NoTrunk>,
    /// The flow that runs when it is answered; none for that of the number that calls.
    pub flow: Option<FlowId>,
    /// How long it may ring, within [`limits`](crate::limits); none for [`RING_TIMEOUT`](crate::limits::RING_TIMEOUT).
    pub ring_timeout: Option<Duration>,
    /// A call made to try things out.
    pub test: bool,
}

/// Names a request until it is answered; chosen by the asker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Names one playback, so that its end is not taken for another's. Never used twice within an engine's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayId(pub u64);

/// Something to be done once the events before it are stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Names it: one that is not after the last that was carried out is not carried out again.
    pub number: CommandNumber,
    /// What to do.
    pub body: CommandBody,
}

/// Names a command of a tenant. Numbers order as commands were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandNumber {
    /// The fencing number of the lease under which it was given.
    pub epoch: u64,
    /// 1, 2, 3 … within the lease.
    pub count: u64,
}

/// What to do. A command about a leg that is gone does nothing: it was late.
#[derive(Debug, Clone, PartialEq)]
pub enum CommandBody {
    /// Answers a customer's leg that arrived.
    Answer {
        /// The leg.
        leg: LegId,
    },
    /// Lets two legs hear each other and nobody else.
    Bridge {
        /// One leg.
        a: LegId,
        /// The other.
        b: LegId,
    },
    /// Calls somebody over a trunk; [`Input::LegRinging`], and [`Input::LegConnected`] or [`Input::LegEnded`] follow.
    Dial {
        /// The new leg.
        leg: LegId,
        /// The trunk.
        trunk: TrunkId,
        /// The number to show.
        from: PhoneNumber,
        /// Whom to call.
        to: Dialed,
        /// How long it may ring; the engine hangs up by then.
        ring_timeout: Duration,
        /// The contact it is for.
        contact: ContactId,
    },
    /// Ends a leg. Its end is recorded already: [`Input::LegEnded`] for it changes nothing any more.
    HangUp {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: DisconnectReason,
    },
    /// Plays to a leg, in place of what it hears now; [`Input::PlayFinished`] follows unless it repeats, is
    /// replaced or stopped.
    Play {
        /// The leg.
        leg: LegId,
        /// Names the playback.
        play: PlayId,
        /// What to play, in order.
        audio: Vec<Audio>,
        /// Start over after the end, until stopped.
        repeat: bool,
    },
    /// Turns an arrived leg away, or says that a call is not placed; no contact began.
    Refuse {
        /// The leg; of a call that is not placed, the one it would have been.
        leg: LegId,
        /// Why.
        reason: RefuseReason,
    },
    /// Answers an agent's request.
    Reply {
        /// The request.
        id: RequestId,
        /// Done, or why not.
        outcome: Result<(), Refusal>,
    },
    /// Starts a leg on an agent's open line; [`Input::LegConnected`] or [`Input::LegEnded`] follows.
    StartAgentLeg {
        /// The new leg.
        leg: LegId,
        /// The agent.
        agent: AgentId,
        /// The line.
        line: LineId,
        /// The contact it is for.
        contact: ContactId,
    },
    /// Ends a playback, unless another has taken its place.
    StopPlay {
        /// The leg.
        leg: LegId,
        /// The playback.
        play: PlayId,
    },
}

/// Something to be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audio {
    /// The place in the queue, 1 is the head.
    Position(u32),
    /// A prompt by its name.
    Prompt(String),
}

/// Why an arrived leg is turned away, or a call is not placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefuseReason {
    /// The tenant has as many contacts as it may have; never said to an emergency call.
    Busy,
    /// The tenant has no flow for the number, or not the flow that was asked for.
    NoFlow,
    /// The call cannot go out.
    NoTrunk(NoTrunk),
    /// The number that was to call is not the tenant's.
    NotClaimed,
    /// Nobody can decide about it at the moment; said in an engine's stead, never by one.
    Unavailable,
}
