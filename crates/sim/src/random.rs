//! Callers and agents who do as they please, from a seed.

use std::time::Duration;

use model::config::StatusKind;
use model::event::Direction;
use model::{Activity, AgentId, AgentRequest, AgentState, DisconnectReason, LegId, LegKind, Timestamp};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::building::{Building, ParseBuildingError};
use crate::world::{Loss, World};

/// How a simulated day went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Events in the log.
    pub events_count: usize,
    /// Contacts on which all work is done.
    pub completed_count: usize,
    /// Contacts that talked to an agent.
    pub answered_count: usize,
    /// Contacts that began with a call of ours.
    pub outbound_count: usize,
    /// Times the process was ended and taken over.
    pub crashes_count: u32,
    /// What was wrong, each with its time.
    pub faults: Vec<String>,
    /// The last events before something was wrong.
    pub trail: Vec<String>,
}

const BUILDING: &str = include_str!("random.txt");

/// What is changed during a day, in any order.
const CHANGES: [&str; 12] = [
    "queue support  offer-timeout 20s  announce 45s",
    "queue support  offer-timeout 5s  max 3",
    "queue sales  offer-timeout 15s  max 5",
    "profile support  support 1:0",
    "profile support  sales 1:10  support 1:0",
    "profile sales  sales 1:0  support 2:30",
    "profile sales  sales 1:0",
    "agent ana sales",
    "agent ana both",
    "release +12125550101",
    "number +12125550101 menu",
    "settings after-contact-work 60s  reattach 30s  wait-max 1800s  contacts-max 40",
];

/// Events that are told of a day that went wrong.
const TRAIL: usize = 30;
const STEP: Duration = Duration::from_millis(700);
/// Long enough for everything that was begun to end by itself.
const CLOSING_TIME: Duration = Duration::from_secs(3600);
const START: Timestamp = Timestamp::from_millis(1_767_571_200_000);

/// Simulates a tenant for some hours and then closing time, in which nobody calls any more and all hang up.
///
/// # Errors
/// Never: the building is this file's own.
pub fn run(seed: u64, hours: u32) -> Result<Outcome, ParseBuildingError> {
    let building = Building::parse(BUILDING)?;
    let mut day = Day {
        world: World::open(&building, seed, START),
        agents: building.agents().collect(),
        statuses: [
            StatusKind::Available,
            StatusKind::Available,
            StatusKind::Break,
            StatusKind::Offline,
        ]
        .map(|kind| building.status(kind)),
        building,
        calls: Vec::new(),
        random: ChaCha12Rng::seed_from_u64(seed),
        crashes_count: 0,
    };
    let end = START + Duration::from_secs(u64::from(hours) * 3600);
    while day.world.now() < end && day.world.faults().is_empty() {
        day.step();
    }
    Ok(day.close(seed))
}

struct Day {
    building: Building,
    world: World,
    /// The five of the building.
    agents: Vec<AgentId>,
    statuses: [model::StatusId; 4],
    calls: Vec<LegId>,
    random: ChaCha12Rng,
    crashes_count: u32,
}

impl Day {
    fn step(&mut self) {
        let next = self.world.now() + STEP * self.below(4);
        self.world.run_until(next);
        if self.below(4_000) == 0 {
            return self.crash();
        }
        self.act();
    }

    fn act(&mut self) {
        match self.below(1000) {
            0..45 => self.call(),
            45..65 => self.place(),
            65..110 => self.let_far_end_act(),
            110..125 => self.end_a_call(DisconnectReason::CustomerHangup),
            125..127 => self.end_a_call(DisconnectReason::MediaTimeout),
            127..150 => {
                if let Some(leg) = self.a_call() {
                    let digit = self.one_of(['1', '2', '7', '#']);
                    self.world.press(leg, digit);
                }
            }
            150..152 => self.configure(),
            152 => {
                // At once, late, too late for an agent, too late for a customer.
                let delay_s = self.one_of([0, 0, 3, 9, 45]);
                self.world.delay_legs(Duration::from_secs(delay_s));
            }
            153 => {
                if let Some(leg) = self.a_call() {
                    self.world.lose_ends(leg);
                }
            }
            _ => {
                let index = self.below(5) as usize;
                let agent = self.agents[index];
                self.let_act(agent);
            }
        }
    }

    fn call(&mut self) {
        let number = self.one_of(["+12125550100", "+12125550101", "+12125550199"]);
        let kind = self.one_of([LegKind::CustomerTrunk, LegKind::CustomerBrowser]);
        let leg = self.world.call(number, kind);
        self.calls.push(leg);
    }

    fn place(&mut self) {
        let from = self.one_of(["+12125550100", "+12125550101", "+12125550199"]);
        let to = self.one_of(["+12125550142", "212 555 0143", "911", "12"]);
        let ring_timeout = self.one_of([None, Some(1), Some(20), Some(3600)]);
        let ring_timeout = ring_timeout.map(Duration::from_secs);
        self.calls.extend(self.world.place_call(from, to, ring_timeout));
    }

    /// Something happens to a call that was perhaps placed, and is perhaps not answered yet.
    fn let_far_end_act(&mut self) {
        let Some(leg) = self.a_call() else {
            return;
        };
        match self.below(8) {
            0..3 => self.world.ring(leg),
            3..6 => self.world.answer(leg),
            6 => {
                if let Some(contact) = self.world.contact_of(leg) {
                    let _refused = self.world.cancel(contact);
                }
            }
            _ => {
                let reason = self.one_of([
                    DisconnectReason::Busy,
                    DisconnectReason::CarrierError,
                    DisconnectReason::NoAnswer,
                    DisconnectReason::Rejected,
                ]);
                self.world.fail(leg, reason);
            }
        }
    }

    fn configure(&mut self) {
        if self.below(5) == 0 {
            return self.world.repeat_revision();
        }
        let line = self.one_of(CHANGES);
        let changes = self.building.change(line);
        self.world
            .configure(changes.expect("each of the changes can be read"));
    }

    fn crash(&mut self) {
        self.crashes_count += 1;
        let seed = self.random.next_u64();
        match self.below(3) {
            0 => self.world.crash(seed),
            1 => self.crash_while_acting(Loss::Commands, seed),
            _ => self.crash_while_acting(Loss::Everything, seed),
        }
    }

    fn crash_while_acting(&mut self, loss: Loss, seed: u64) {
        self.world.begin_losing(loss);
        self.act();
        self.world.crash(seed);
    }

    fn let_act(&mut self, agent: AgentId) {
        let known = self.world.view().agents.get(agent).cloned();
        let state = known.unwrap_or_else(|| AgentState::new(agent, self.world.now()));
        match self.below(100) {
            0 => self.world.lose_line(agent),
            1 => self.world.close_line(agent),
            2 => self.world.silence(agent),
            3 => self.world.end_agent_leg(agent),
            4..8 => {
                let status = self.one_of(self.statuses);
                self.ask(agent, AgentRequest::SetStatus(status));
            }
            8..30 => {
                self.world.hear(agent);
                if state.line.is_none() || self.below(50) == 0 {
                    self.world.open_line(agent);
                }
            }
            _ => self.let_work(agent, &state),
        }
    }

    fn let_work(&mut self, agent: AgentId, state: &AgentState) {
        let chance = self.below(10);
        match state.activity {
            Activity::Reserved { offer, .. } if chance < 6 => {
                self.ask(agent, AgentRequest::AcceptOffer(offer))
            }
            Activity::Reserved { offer, .. } if chance == 6 => {
                self.ask(agent, AgentRequest::DeclineOffer(offer))
            }
            Activity::OnContact { contact, .. } if chance == 0 => {
                self.ask(agent, AgentRequest::EndContact(contact))
            }
            Activity::AfterContactWork { contact, .. } if chance < 3 => {
                self.ask(
                    agent,
                    AgentRequest::CompleteContact {
                        contact,
                        disposition: None,
                        notes_sealed: None,
                    },
                );
            }
            Activity::AfterContactWork { contact, .. } if chance == 3 => {
                self.ask(agent, AgentRequest::ExtendAfterContactWork(contact));
            }
            Activity::Missed { .. } if chance < 3 => {
                self.ask(agent, AgentRequest::SetStatus(self.statuses[0]))
            }
            Activity::AfterContactWork { .. }
            | Activity::Connecting { .. }
            | Activity::Idle
            | Activity::Missed { .. }
            | Activity::OnContact { .. }
            | Activity::Reserved { .. } => {}
        }
    }

    /// A refusal is an answer like any other here: agents ask for what is too late as well.
    fn ask(&mut self, agent: AgentId, request: AgentRequest) {
        let _refused = self.world.request(agent, request);
    }

    fn end_a_call(&mut self, reason: DisconnectReason) {
        if let Some(leg) = self.a_call() {
            self.world.end_leg(leg, reason);
        }
    }

    fn a_call(&mut self) -> Option<LegId> {
        let count = u32::try_from(self.calls.len()).ok().filter(|count| *count > 0)?;
        // The latest are the ones that are most likely still there.
        let back = self.below(count.min(30)) as usize;
        self.calls.iter().rev().nth(back).copied()
    }

    fn one_of<T: Copy, const N: usize>(&mut self, all: [T; N]) -> T {
        let count = u32::try_from(N).expect("a handful");
        all[self.below(count) as usize]
    }

    fn below(&mut self, end: u32) -> u32 {
        self.random.next_u32() % end
    }

    /// Closing time; a day that went wrong ends where it did, with what happened just before.
    fn close(mut self, seed: u64) -> Outcome {
        let mut trail = Vec::new();
        if self.world.faults().is_empty() {
            self.send_all_home();
        } else {
            let log = self.world.log();
            let last = &log[log.len().saturating_sub(TRAIL)..];
            trail.extend(last.iter().map(|event| format!("{} {:?}", event.at, event.body)));
        }
        let faults = self.world.faults().iter();
        let completed = self.world.completed();
        let answered = completed.values().filter(|record| record.connected_at.is_some());
        let outbound = completed
            .values()
            .filter(|record| record.direction == Direction::Outbound);
        Outcome {
            events_count: self.world.log().len(),
            completed_count: completed.len(),
            answered_count: answered.count(),
            outbound_count: outbound.count(),
            crashes_count: self.crashes_count,
            faults: faults.map(|fault| format!("seed {seed}, {fault}")).collect(),
            trail,
        }
    }

    fn send_all_home(&mut self) {
        for leg in std::mem::take(&mut self.calls) {
            self.world.end_leg(leg, DisconnectReason::CustomerHangup);
        }
        for agent in self.agents.clone() {
            self.world.silence(agent);
        }
        let end = self.world.now() + CLOSING_TIME;
        self.world.run_until(end);
        let left: Vec<_> = self.world.view().contacts.keys().copied().collect();
        for contact in left {
            self.world.fault(format!("{contact} never ended"));
        }
    }
}
