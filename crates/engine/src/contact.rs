//! One open contact, as its events tell it.

use model::event::{ContactEvent, Direction, LegKind};
use model::{
    Activity, AgentId, AgentState, ContactId, ContactRecord, LegId, OfferId, OfferOutcome, Phase, QueueId,
};
use routing::Place;

/// A contact that is not completed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contact {
    pub(crate) id: ContactId,
    /// The customer's leg.
    pub(crate) leg: LegId,
    /// The agent's leg, from its start to its end.
    pub(crate) agent_leg: Option<LegId>,
    /// Whether the customer's leg has not ended.
    pub(crate) has_customer: bool,
    /// The queue it is in, or came to its agent from.
    pub(crate) place: Option<(QueueId, Place)>,
    pub(crate) stage: Stage,
}

/// Where a contact is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Answered; the customer's leg is not up yet.
    Arriving,
    /// The customer's side is over; the agent may still have work with it.
    Disconnected,
    /// Dialed; not answered yet.
    Dialing { is_ringing: bool },
    /// In its flow, in this block.
    InFlow { block: String },
    /// Waits in its queue.
    Waiting,
    /// Offered to an agent.
    Offered { agent: AgentId, offer: OfferId },
    /// Accepted; the agent's leg is not up yet.
    Connecting { agent: AgentId, offer: OfferId },
    /// Customer and agent hear each other.
    Talking { agent: AgentId },
    /// The agent fell away and may come back.
    Detached { agent: AgentId },
}

impl Contact {
    /// Begins a contact from its `Initiated` event; none from another.
    pub(crate) const fn begin(id: ContactId, event: &ContactEvent) -> Option<Self> {
        let ContactEvent::Initiated { leg, direction, .. } = event else {
            return None;
        };
        let stage = match direction {
            Direction::Inbound => Stage::Arriving,
            Direction::Outbound => Stage::Dialing { is_ringing: false },
        };
        Some(Self {
            id,
            leg: *leg,
            agent_leg: None,
            has_customer: true,
            place: None,
            stage,
        })
    }

    /// The contact as a recovered engine finds it; none without a customer's leg. What it was in the middle of is
    /// told by the activity of the agent who holds it.
    pub(crate) fn found(record: &ContactRecord, holder: Option<&AgentState>) -> Option<Self> {
        let customer = record.legs.iter().find(|leg| !is_agents(leg.kind))?;
        let agent_leg = record
            .legs
            .iter()
            .find(|leg| is_agents(leg.kind) && leg.ended_at.is_none());
        let stage = match (record.disconnected_at, holder) {
            (Some(_), _) => Stage::Disconnected,
            (None, Some(agent)) => match agent.activity {
                Activity::Reserved { offer, .. } => Stage::Offered {
                    agent: agent.id,
                    offer,
                },
                Activity::Connecting { offer, .. } => Stage::Connecting {
                    agent: agent.id,
                    offer,
                },
                Activity::OnContact { .. } => Stage::Talking { agent: agent.id },
                Activity::AfterContactWork { .. } | Activity::Idle | Activity::Missed { .. } => {
                    Stage::Disconnected
                }
            },
            (None, None) => match record.phase.map(|(phase, _)| phase) {
                Some(Phase::Dialing) => Stage::Dialing { is_ringing: false },
                Some(Phase::Wait) => Stage::Waiting,
                Some(Phase::Flow | Phase::Hold | Phase::Ring | Phase::Talk) | None => Stage::Arriving,
            },
        };
        let place = record.queue.map(|queue| {
            let since = record.enqueued_at.unwrap_or(record.initiated_at);
            (
                queue,
                Place {
                    priority: 1,
                    since,
                    contact: record.id,
                },
            )
        });
        Some(Self {
            id: record.id,
            leg: customer.id,
            agent_leg: agent_leg.map(|leg| leg.id),
            has_customer: customer.ended_at.is_none(),
            place,
            stage,
        })
    }

    /// Whether its customer's side is not over.
    pub(crate) fn is_live(&self) -> bool {
        self.stage != Stage::Disconnected
    }

    /// The legs that have not ended, the customer's first.
    pub(crate) fn legs(&self) -> impl Iterator<Item = LegId> {
        self.has_customer
            .then_some(self.leg)
            .into_iter()
            .chain(self.agent_leg)
    }

    /// Takes the contact's next event in.
    pub(crate) fn apply(&mut self, event: &ContactEvent) {
        match event {
            ContactEvent::AgentDetached { agent, .. } => self.stage = Stage::Detached { agent: *agent },
            ContactEvent::AgentReattached { agent, .. } | ContactEvent::ConnectedToAgent { agent, .. } => {
                self.stage = Stage::Talking { agent: *agent };
            }
            ContactEvent::BlockEntered { block, .. } => self.stage = Stage::InFlow { block: block.clone() },
            ContactEvent::Disconnected { .. } => self.stage = Stage::Disconnected,
            ContactEvent::Enqueued {
                queue,
                priority,
                since,
            } => {
                let place = Place {
                    priority: *priority,
                    since: *since,
                    contact: self.id,
                };
                self.place = Some((*queue, place));
                self.stage = Stage::Waiting;
            }
            ContactEvent::LegEnded { leg, .. } => self.end_leg(*leg),
            ContactEvent::LegRinging { .. } => self.stage = Stage::Dialing { is_ringing: true },
            ContactEvent::LegStarted {
                leg,
                kind: LegKind::Agent(_),
            } => self.agent_leg = Some(*leg),
            ContactEvent::OfferEnded {
                offer,
                agent,
                outcome,
            } if self.is_live() => {
                self.stage = match outcome {
                    OfferOutcome::Accepted => Stage::Connecting {
                        agent: *agent,
                        offer: *offer,
                    },
                    OfferOutcome::Declined
                    | OfferOutcome::Failed
                    | OfferOutcome::Missed
                    | OfferOutcome::Withdrawn => Stage::Waiting,
                };
            }
            ContactEvent::Offered { offer, agent, .. } => {
                self.stage = Stage::Offered {
                    agent: *agent,
                    offer: *offer,
                };
            }
            ContactEvent::Completed { .. }
            | ContactEvent::Dequeued { .. }
            | ContactEvent::DigitPressed { .. }
            | ContactEvent::FlowEnded { .. }
            | ContactEvent::Initiated { .. }
            | ContactEvent::LegConnected { .. }
            | ContactEvent::LegStarted { .. }
            | ContactEvent::OfferEnded { .. } => {}
        }
    }

    fn end_leg(&mut self, leg: LegId) {
        if leg == self.leg {
            self.has_customer = false;
        }
        if self.agent_leg == Some(leg) {
            self.agent_leg = None;
        }
    }
}

const fn is_agents(kind: LegKind) -> bool {
    match kind {
        LegKind::Agent(_) => true,
        LegKind::CustomerBrowser | LegKind::CustomerTrunk => false,
    }
}
