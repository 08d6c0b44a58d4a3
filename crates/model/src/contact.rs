//! The contact record: one contact's story, folded from its events.

use crate::event::{ContactEvent, Direction, DisconnectReason, LegKind, OfferOutcome};
use crate::{
    AgentId, ContactId, DispositionId, FlowId, LegId, PartyId, PhoneNumber, QueueId, SealedNotes, Timestamp,
    TrunkId,
};

/// The part of a contact's life an instant belongs to. Phases follow one another without gap or overlap from
/// initiated to disconnected.
///
/// An outbound contact is initiated when the call is placed: until the customer answers it is in a phase of its own,
/// so that neither the flow nor an agent is charged with the ringing of somebody else's phone. Its legs are metered
/// like all others, from the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The customer is called and has not answered; outbound contacts begin with it.
    Dialing,
    /// The flow has the contact.
    Flow,
    /// Connected to an agent who is away for the moment: the customer hears music.
    Hold,
    /// An offer is out, or the agent's leg is being set up.
    Ring,
    /// Customer and agent hear each other.
    Talk,
    /// Waiting in a queue.
    Wait,
}

/// The milliseconds spent in each phase; their sum is initiated to disconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Intervals {
    /// Dialing the customer.
    pub dialing_ms: u64,
    /// In the flow.
    pub flow_ms: u64,
    /// Waiting in a queue.
    pub wait_ms: u64,
    /// Ringing at agents.
    pub ring_ms: u64,
    /// Talking.
    pub talk_ms: u64,
    /// On hold.
    pub hold_ms: u64,
}

impl Intervals {
    /// All phases together.
    #[must_use]
    pub const fn total_ms(&self) -> u64 {
        self.dialing_ms + self.flow_ms + self.wait_ms + self.ring_ms + self.talk_ms + self.hold_ms
    }

    const fn add(&mut self, phase: Phase, ms: u64) {
        match phase {
            Phase::Dialing => self.dialing_ms += ms,
            Phase::Flow => self.flow_ms += ms,
            Phase::Hold => self.hold_ms += ms,
            Phase::Ring => self.ring_ms += ms,
            Phase::Talk => self.talk_ms += ms,
            Phase::Wait => self.wait_ms += ms,
        }
    }
}

/// Where a segment of a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentPlace {
    /// With an agent.
    Agent(AgentId),
    /// In a flow.
    Flow(FlowId),
    /// In a queue.
    Queue(QueueId),
}

/// A numbered stay of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// 1, 2, 3 …
    pub number: u32,
    /// Where.
    pub place: SegmentPlace,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// One leg of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegRecord {
    /// The leg.
    pub id: LegId,
    /// Whose it is.
    pub kind: LegKind,
    /// When it began to be set up.
    pub started_at: Timestamp,
    /// When it began to carry audio both ways.
    pub connected_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub reason: Option<DisconnectReason>,
}

impl LegRecord {
    /// Connected time in milliseconds, up to `now` while the leg lasts.
    #[must_use]
    pub fn connected_ms(&self, now: Timestamp) -> u64 {
        self.connected_at
            .map_or(0, |from| self.ended_at.unwrap_or(now).millis_since(from))
    }
}

/// One contact's story.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactRecord {
    /// The contact.
    pub id: ContactId,
    /// Who began it.
    pub direction: Direction,
    /// The person on the other side.
    pub party: PartyId,
    /// The tenant's number: the one that was called, or the one that called.
    pub number: PhoneNumber,
    /// The trunk; none for a browser caller.
    pub trunk: Option<TrunkId>,
    /// A call made to try things out.
    pub test: bool,
    /// When it began.
    pub initiated_at: Timestamp,
    /// When it first waited in a queue.
    pub enqueued_at: Option<Timestamp>,
    /// When customer and agent first heard each other.
    pub connected_at: Option<Timestamp>,
    /// When the customer's side was over.
    pub disconnected_at: Option<Timestamp>,
    /// When all work was done.
    pub completed_at: Option<Timestamp>,
    /// Why the customer's side was over.
    pub disconnect_reason: Option<DisconnectReason>,
    /// The queue it was in last.
    pub queue: Option<QueueId>,
    /// The agent it was with last.
    pub agent: Option<AgentId>,
    /// How many offers were not taken.
    pub missed_offers_count: u32,
    /// The outcome.
    pub disposition: Option<DispositionId>,
    /// What the agent noted.
    pub notes_sealed: Option<SealedNotes>,
    /// Milliseconds per phase; of an open contact, the phases that are over.
    pub intervals: Intervals,
    /// The stays; an outbound contact has none before it is answered.
    pub segments: Vec<Segment>,
    /// The legs.
    pub legs: Vec<LegRecord>,
    /// The phase it is in and since when; none once disconnected.
    pub phase: Option<(Phase, Timestamp)>,
}

impl ContactRecord {
    /// Begins a record from a contact's first event; none if it is not `Initiated`.
    #[must_use]
    pub fn begin(id: ContactId, event: &ContactEvent, at: Timestamp) -> Option<Self> {
        let ContactEvent::Initiated {
            direction,
            party,
            number,
            trunk,
            flow,
            test,
            ..
        } = event
        else {
            return None;
        };
        let mut record = Self {
            id,
            direction: *direction,
            party: *party,
            number: number.clone(),
            trunk: *trunk,
            test: *test,
            initiated_at: at,
            enqueued_at: None,
            connected_at: None,
            disconnected_at: None,
            completed_at: None,
            disconnect_reason: None,
            queue: None,
            agent: None,
            missed_offers_count: 0,
            disposition: None,
            notes_sealed: None,
            intervals: Intervals::default(),
            segments: Vec::new(),
            legs: Vec::new(),
            phase: None,
        };
        match direction {
            Direction::Inbound => {
                record.phase = Some((Phase::Flow, at));
                record.begin_segment(SegmentPlace::Flow(*flow), at);
            }
            Direction::Outbound => record.phase = Some((Phase::Dialing, at)),
        }
        Some(record)
    }

    /// Whether the customer gave up before an agent was there.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.connected_at.is_none()
            && self.enqueued_at.is_some()
            && self.disconnect_reason == Some(DisconnectReason::CustomerHangup)
    }

    /// Takes the contact's next event in.
    pub fn apply(&mut self, event: &ContactEvent, at: Timestamp) {
        match event {
            ContactEvent::AgentDetached { .. } => self.enter(Phase::Hold, at),
            ContactEvent::AgentReattached { .. } => self.enter(Phase::Talk, at),
            ContactEvent::Completed {
                disposition,
                notes_sealed,
            } => {
                self.completed_at = Some(at);
                self.disposition = *disposition;
                self.notes_sealed.clone_from(notes_sealed);
            }
            ContactEvent::ConnectedToAgent { agent, .. } => {
                self.agent = Some(*agent);
                self.connected_at.get_or_insert(at);
                self.begin_segment(SegmentPlace::Agent(*agent), at);
                self.enter(Phase::Talk, at);
            }
            ContactEvent::Disconnected { reason, ended_at } => self.disconnect(*reason, *ended_at),
            ContactEvent::Enqueued { queue, .. } => {
                self.queue = Some(*queue);
                self.enqueued_at.get_or_insert(at);
                self.begin_segment(SegmentPlace::Queue(*queue), at);
                self.enter(Phase::Wait, at);
            }
            ContactEvent::BlockEntered { flow, .. } if self.segments.is_empty() => {
                self.begin_segment(SegmentPlace::Flow(*flow), at);
            }
            ContactEvent::LegConnected { leg } => {
                if let Some(leg) = self.leg_mut(*leg) {
                    leg.connected_at.get_or_insert(at);
                }
                if self.phase.is_some_and(|(phase, _)| phase == Phase::Dialing) {
                    self.enter(Phase::Flow, at);
                }
            }
            ContactEvent::LegEnded {
                leg,
                reason,
                ended_at,
            } => {
                if let Some(leg) = self.leg_mut(*leg) {
                    leg.ended_at.get_or_insert(*ended_at);
                    leg.reason.get_or_insert(*reason);
                }
            }
            ContactEvent::LegStarted { leg, kind } => self.legs.push(LegRecord {
                id: *leg,
                kind: *kind,
                started_at: at,
                connected_at: None,
                ended_at: None,
                reason: None,
            }),
            ContactEvent::OfferEnded { outcome, .. } => self.end_offer(*outcome, at),
            ContactEvent::Offered { .. } => self.enter(Phase::Ring, at),
            ContactEvent::BlockEntered { .. }
            | ContactEvent::Dequeued { .. }
            | ContactEvent::DigitPressed { .. }
            | ContactEvent::FlowEnded { .. }
            | ContactEvent::Initiated { .. }
            | ContactEvent::LegRinging { .. } => {}
        }
    }

    fn end_offer(&mut self, outcome: OfferOutcome, at: Timestamp) {
        match outcome {
            OfferOutcome::Accepted => {}
            OfferOutcome::Declined | OfferOutcome::Failed | OfferOutcome::Missed => {
                self.missed_offers_count += 1;
                self.enter(Phase::Wait, at);
            }
            OfferOutcome::Withdrawn => self.enter(Phase::Wait, at),
        }
    }

    fn disconnect(&mut self, reason: DisconnectReason, ended_at: Timestamp) {
        if let Some((phase, since)) = self.phase.take() {
            self.intervals.add(phase, ended_at.millis_since(since));
        }
        if let Some(segment) = self.segments.last_mut() {
            segment.ended_at.get_or_insert(ended_at);
        }
        self.disconnected_at = Some(ended_at);
        self.disconnect_reason = Some(reason);
    }

    fn enter(&mut self, phase: Phase, at: Timestamp) {
        if let Some((left, since)) = self.phase {
            self.intervals.add(left, at.millis_since(since));
            self.phase = Some((phase, at));
        }
    }

    fn begin_segment(&mut self, place: SegmentPlace, at: Timestamp) {
        if let Some(segment) = self.segments.last_mut() {
            segment.ended_at.get_or_insert(at);
        }
        let number = u32::try_from(self.segments.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        self.segments.push(Segment {
            number,
            place,
            started_at: at,
            ended_at: None,
        });
    }

    fn leg_mut(&mut self, id: LegId) -> Option<&mut LegRecord> {
        self.legs.iter_mut().find(|leg| leg.id == id)
    }
}
