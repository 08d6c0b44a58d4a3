//! Callers and agents who do as they please, from a seed.

use std::time::Duration;

use model::config::StatusKind;
use model::{Activity, AgentId, AgentRequest, AgentState, DisconnectReason, LegId, Timestamp};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::building::{Building, ParseBuildingError};
use crate::world::World;

/// How a simulated day went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Events in the log.
    pub events_count: usize,
    /// Contacts on which all work is done.
    pub completed_count: usize,
    /// Contacts that talked to an agent.
    pub answered_count: usize,
    /// Times the process was ended and taken over.
    pub crashes_count: u32,
    /// What was wrong, each with its time.
    pub faults: Vec<String>,
}

const BUILDING: &str = include_str!("random.txt");

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
        match self.below(1000) {
            0..60 => {
                let number = ["+12125550100", "+12125550101", "+12125550199"][self.below(3) as usize];
                let leg = self.world.call(number);
                self.calls.push(leg);
            }
            60..75 => self.end_a_call(DisconnectReason::CustomerHangup),
            75..77 => self.end_a_call(DisconnectReason::MediaTimeout),
            77..100 => {
                if let Some(leg) = self.a_call() {
                    let digit = ['1', '2', '7', '#'][self.below(4) as usize];
                    self.world.press(leg, digit);
                }
            }
            999 if self.below(8) == 0 => {
                self.crashes_count += 1;
                let seed = self.random.next_u64();
                self.world.crash(seed);
            }
            _ => {
                let index = self.below(5) as usize;
                let agent = self.agents[index];
                self.let_act(agent);
            }
        }
    }

    fn let_act(&mut self, agent: AgentId) {
        let known = self.world.view().agents.get(agent).cloned();
        let state = known.unwrap_or_else(|| AgentState::new(agent, self.world.now()));
        match self.below(100) {
            0..2 => self.world.lose_line(agent),
            2..3 => self.world.silence(agent),
            3..8 => {
                let status = self.statuses[self.below(4) as usize];
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
                let (disposition, notes) = (None, None);
                self.ask(
                    agent,
                    AgentRequest::CompleteContact {
                        contact,
                        disposition,
                        notes,
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

    fn below(&mut self, end: u32) -> u32 {
        self.random.next_u32() % end
    }

    fn close(mut self, seed: u64) -> Outcome {
        for leg in std::mem::take(&mut self.calls) {
            self.world.end_leg(leg, DisconnectReason::CustomerHangup);
        }
        for agent in self.agents.clone() {
            self.world.silence(agent);
        }
        let end = self.world.now() + CLOSING_TIME;
        self.world.run_until(end);
        let mut faults: Vec<String> = self
            .world
            .faults()
            .iter()
            .map(|fault| format!("seed {seed}, {fault}"))
            .collect();
        let left = self.world.view().contacts.keys();
        faults.extend(left.map(|contact| format!("seed {seed}: {contact} never ended")));
        Outcome {
            events_count: self.world.log().len(),
            completed_count: self.world.completed().len(),
            answered_count: self
                .world
                .completed()
                .values()
                .filter(|record| record.connected_at.is_some())
                .count(),
            crashes_count: self.crashes_count,
            faults,
        }
    }
}
