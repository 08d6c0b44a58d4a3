//! One contact's story in which every kind of event occurs.

use std::time::Duration;

use model::config::{
    Agent, ClaimedNumber, Disposition, Flow, Queue, RoutingProfile, RoutingProfileQueue, Status, StatusKind,
    TenantSettings,
};
use model::decision::Candidate;
use model::event::{DequeueReason, Direction, FlowOutcome};
use model::hours::{HoursOfOperation, OpenSpan};
use model::{
    AgentEvent, AgentId, CandidateVerdict, ConfigChange, ContactEvent, ContactId, Decision, DisconnectReason,
    DispositionId, Event, EventBody, FlowId, HoursId, LegId, LegKind, LineId, OfferId, OfferOutcome, PartyId,
    PhoneNumberId, QueueId, RoutingProfileId, SealedNotes, StatusId, TenantEvent, Timestamp, TrunkId, UserId,
};

pub(super) const CONTACT: ContactId = ContactId::from_bits(1);
pub(super) const CUSTOMER_LEG: LegId = LegId::from_bits(2);
const AGENT: AgentId = AgentId::from_bits(3);
const AGENT_LEG: LegId = LegId::from_bits(4);
const LATER_AGENT_LEG: LegId = LegId::from_bits(5);
const LINE: LineId = LineId::from_bits(6);
const OFFER: OfferId = OfferId::from_bits(7);
const LATER_OFFER: OfferId = OfferId::from_bits(8);
const QUEUE: QueueId = QueueId::from_bits(9);
const FLOW: FlowId = FlowId::from_bits(10);
const STATUS: StatusId = StatusId::from_bits(11);
const DISPOSITION: DispositionId = DispositionId::from_bits(12);
const PROFILE: RoutingProfileId = RoutingProfileId::from_bits(13);
const TRUNK: TrunkId = TrunkId::from_bits(14);
const USER: UserId = UserId::from_bits(15);
const NUMBER: PhoneNumberId = PhoneNumberId::from_bits(16);

/// The contact begins at second 10 and is disconnected at second 130.
pub(super) fn events() -> Vec<Event> {
    let mut story = Story { events: Vec::new() };
    story.prelude();
    story.until_connected();
    story.until_completed();
    story.events
}

pub(super) fn initiated() -> ContactEvent {
    ContactEvent::Initiated {
        leg: CUSTOMER_LEG,
        direction: Direction::Inbound,
        party: PartyId::from_bits(17),
        number: "+4930901820".parse().unwrap(),
        trunk: Some(TRUNK),
        flow: FLOW,
        test: false,
    }
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000) + Duration::from_secs(second)
}

struct Story {
    events: Vec<Event>,
}

impl Story {
    fn push(&mut self, second: u64, body: EventBody) {
        let seq = self.events.len() as u64 + 1;
        self.events.push(Event {
            seq,
            at: at(second),
            body,
        });
    }

    fn tenant(&mut self, second: u64, event: TenantEvent) {
        self.push(second, EventBody::Tenant(event));
    }

    fn agent(&mut self, second: u64, event: AgentEvent) {
        self.push(second, EventBody::Agent(AGENT, event));
    }

    fn contact(&mut self, second: u64, event: ContactEvent) {
        self.push(second, EventBody::Contact(CONTACT, event));
    }

    fn prelude(&mut self) {
        self.tenant(0, TenantEvent::Recovered { epoch: 3 });
        self.tenant(0, TenantEvent::ConfigApplied { revision: 1 });
        self.agent(1, AgentEvent::Reached);
        self.agent(2, AgentEvent::LineOpened { line: LINE });
        self.agent(2, AgentEvent::LineLost { line: LINE });
        self.agent(3, AgentEvent::LineOpened { line: LINE });
        self.agent(4, AgentEvent::StatusChanged { status: STATUS });
        self.agent(5, AgentEvent::Unreached);
        self.agent(6, AgentEvent::Reached);
    }

    fn until_connected(&mut self) {
        self.contact(10, initiated());
        let kind = LegKind::CustomerTrunk;
        self.contact(
            10,
            ContactEvent::LegStarted {
                leg: CUSTOMER_LEG,
                kind,
            },
        );
        self.contact(10, ContactEvent::LegConnected { leg: CUSTOMER_LEG });
        let block = "greet".to_owned();
        self.contact(11, ContactEvent::BlockEntered { flow: FLOW, block });
        self.contact(12, ContactEvent::DigitPressed { digit: '#' });
        let outcome = FlowOutcome::Queue;
        self.contact(13, ContactEvent::FlowEnded { flow: FLOW, outcome });
        self.contact(13, enqueued(13));
        self.contact(14, offered(OFFER, 34));
        self.contact(34, offer_ended(OFFER, OfferOutcome::Missed));
        self.agent(35, AgentEvent::StatusChanged { status: STATUS });
        self.tenant(36, TenantEvent::Checkpointed);
        self.contact(37, offered(LATER_OFFER, 57));
        self.contact(40, offer_ended(LATER_OFFER, OfferOutcome::Accepted));
        let kind = LegKind::Agent(AGENT);
        self.contact(40, ContactEvent::LegStarted { leg: AGENT_LEG, kind });
        self.contact(41, ContactEvent::LegConnected { leg: AGENT_LEG });
        self.contact(
            41,
            ContactEvent::ConnectedToAgent {
                agent: AGENT,
                leg: AGENT_LEG,
            },
        );
    }

    fn until_completed(&mut self) {
        self.contact(
            60,
            ContactEvent::AgentDetached {
                agent: AGENT,
                until: at(90),
            },
        );
        self.contact(60, leg_ended(AGENT_LEG, DisconnectReason::AgentLost, 59));
        self.contact(
            70,
            ContactEvent::AgentReattached {
                agent: AGENT,
                leg: LATER_AGENT_LEG,
            },
        );
        self.agent(71, AgentEvent::NextStatusChosen { status: Some(STATUS) });
        self.agent(72, AgentEvent::NextStatusChosen { status: None });
        let (reason, ended_at) = (DisconnectReason::CustomerHangup, at(130));
        self.contact(130, leg_ended(CUSTOMER_LEG, reason, 130));
        self.contact(130, ContactEvent::Disconnected { reason, ended_at });
        let reason = DequeueReason::Ended;
        self.contact(130, ContactEvent::Dequeued { queue: QUEUE, reason });
        let (contact, until) = (CONTACT, at(250));
        self.agent(130, AgentEvent::AfterContactWorkStarted { contact, until });
        let until = at(310);
        self.agent(240, AgentEvent::AfterContactWorkExtended { contact, until });
        self.agent(250, AgentEvent::AfterContactWorkEnded { contact });
        let ciphertext = "c2VhbGVkIHVuZGVyIHRoZSBwYXJ0eSdzIGtleQ==".to_owned();
        let completed = ContactEvent::Completed {
            disposition: Some(DISPOSITION),
            notes_sealed: Some(SealedNotes::from_ciphertext(ciphertext)),
        };
        self.contact(250, completed);
        self.agent(260, AgentEvent::LineClosed { line: LINE });
    }
}

fn enqueued(second: u64) -> ContactEvent {
    ContactEvent::Enqueued {
        queue: QUEUE,
        priority: 5,
        since: at(second),
    }
}

fn offered(offer: OfferId, expires: u64) -> ContactEvent {
    ContactEvent::Offered {
        offer,
        agent: AGENT,
        queue: QUEUE,
        expires_at: at(expires),
        decision: Decision {
            waited_ms: 1000,
            position: 1,
            waiting_count: 2,
            candidates: vec![
                candidate(AGENT, 4, CandidateVerdict::Chosen),
                candidate(AgentId::from_bits(99), 9, CandidateVerdict::IdleLessLong),
            ],
            candidates_left_out_count: 0,
        },
    }
}

fn candidate(agent: AgentId, idle_since: u64, verdict: CandidateVerdict) -> Candidate {
    Candidate {
        agent,
        routing_profile: PROFILE,
        idle_since: at(idle_since),
        verdict,
    }
}

const fn offer_ended(offer: OfferId, outcome: OfferOutcome) -> ContactEvent {
    ContactEvent::OfferEnded {
        offer,
        agent: AGENT,
        outcome,
    }
}

fn leg_ended(leg: LegId, reason: DisconnectReason, ended: u64) -> ContactEvent {
    ContactEvent::LegEnded {
        leg,
        reason,
        ended_at: at(ended),
    }
}

/// One change of every kind.
pub(super) fn changes() -> Vec<ConfigChange> {
    let name = || "Name".to_owned();
    vec![
        ConfigChange::PutSettings(TenantSettings {
            name: name(),
            ..TenantSettings::default()
        }),
        ConfigChange::PutAgent(Agent {
            id: AGENT,
            user: USER,
            name: name(),
            routing_profile: PROFILE,
        }),
        ConfigChange::PutDisposition(Disposition {
            id: DISPOSITION,
            name: name(),
        }),
        ConfigChange::PutFlow(Flow {
            id: FLOW,
            name: name(),
            document: r#"{"blocks":[]}"#.to_owned(),
        }),
        ConfigChange::PutHours(hours()),
        ConfigChange::PutPhoneNumber(ClaimedNumber {
            id: NUMBER,
            number: "+4930901820".parse().unwrap(),
            trunk: TRUNK,
            flow: FLOW,
        }),
        ConfigChange::PutQueue(queue()),
        ConfigChange::PutRoutingProfile(RoutingProfile {
            id: PROFILE,
            name: name(),
            queues: vec![RoutingProfileQueue {
                queue: QUEUE,
                priority: 1,
                delay_s: 0,
            }],
        }),
        ConfigChange::PutStatus(Status {
            id: STATUS,
            name: name(),
            kind: StatusKind::Available,
        }),
        ConfigChange::ReleasePhoneNumber(NUMBER),
    ]
}

fn hours() -> HoursOfOperation {
    HoursOfOperation {
        id: HoursId::from_bits(18),
        name: "Office".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        spans: vec![OpenSpan {
            weekday: 4,
            from_minute: 540,
            to_minute: 1020,
        }],
    }
}

fn queue() -> Queue {
    Queue {
        id: QUEUE,
        name: "Support".to_owned(),
        offer_timeout_s: 20,
        waiting_max: 100,
        service_level_s: 20,
        announce_position_every_s: 60,
        music: "music".to_owned(),
    }
}
