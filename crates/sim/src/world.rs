//! A tenant and everything around it, in virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::{Audio, Command, CommandBody, Engine, Head, Input, PlayId, RequestId};
use model::{
    AgentId, AgentRequest, ContactId, ContactRecord, DisconnectReason, Event, LegId, LegKind, LineId,
    LiveView, PartyId, Refusal, TenantConfig, TenantId, Timestamp, UsageRecord,
};

use crate::building::Building;
use crate::invariants;

/// How long a prompt takes to play.
const PROMPT: Duration = Duration::from_secs(3);
/// How often a browser says that it is there.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(3);
/// Ids of the world's making, so that they differ from the engine's.
const TENANT: TenantId = TenantId::from_bits(1);

/// What the world does by itself, later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Later {
    ConnectLeg(LegId),
    FinishPlay(LegId, PlayId),
    Heartbeat(AgentId),
}

/// A tenant's engine with its surroundings.
pub struct World {
    now: Timestamp,
    engine: Engine,
    epoch: u64,
    later: BTreeSet<(Timestamp, Later)>,
    /// What each customer's leg hears.
    playing: BTreeMap<LegId, PlayId>,
    /// The legs of which no end of a prompt is told any more.
    untold: BTreeSet<LegId>,
    heard: BTreeSet<AgentId>,
    made_count: u128,
    replies: BTreeMap<RequestId, Result<(), Refusal>>,
    refused: BTreeSet<LegId>,

    log: Vec<Event>,
    view: LiveView,
    completed: BTreeMap<ContactId, ContactRecord>,
    usage: Vec<UsageRecord>,
    /// The contact of each leg that arrived and was not refused.
    contacts: BTreeMap<LegId, ContactId>,
    faults: Vec<String>,
}

impl World {
    /// Opens a building at a time. The seed decides the engine's ids.
    #[must_use]
    pub fn open(building: &Building, seed: u64, now: Timestamp) -> Self {
        let view = LiveView::default();
        let config = building.config.clone();
        let engine = Engine::recover(&view, config, Head::default(), 1, seed_bytes(seed), now);
        let mut world = Self {
            now,
            engine,
            epoch: 1,
            later: BTreeSet::new(),
            playing: BTreeMap::new(),
            untold: BTreeSet::new(),
            heard: BTreeSet::new(),
            made_count: 0,
            replies: BTreeMap::new(),
            refused: BTreeSet::new(),
            log: Vec::new(),
            view,
            completed: BTreeMap::new(),
            usage: Vec::new(),
            contacts: BTreeMap::new(),
            faults: Vec::new(),
        };
        world.drain();
        world
    }

    /// The present time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The events so far.
    #[must_use]
    pub fn log(&self) -> &[Event] {
        &self.log
    }

    /// The fold of the log.
    #[must_use]
    pub const fn view(&self) -> &LiveView {
        &self.view
    }

    /// The records of contacts on which all work is done.
    #[must_use]
    pub const fn completed(&self) -> &BTreeMap<ContactId, ContactRecord> {
        &self.completed
    }

    /// What was metered.
    #[must_use]
    pub fn usage(&self) -> &[UsageRecord] {
        &self.usage
    }

    /// The configuration in force.
    #[must_use]
    pub const fn config(&self) -> &TenantConfig {
        self.engine.config()
    }

    /// What was wrong, each with its time; nothing, in a world that is in order.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// The contact that began with a leg.
    #[must_use]
    pub fn contact_of(&self, leg: LegId) -> Option<ContactId> {
        self.contacts.get(&leg).copied()
    }

    /// Whether a call was turned away.
    #[must_use]
    pub fn was_refused(&self, leg: LegId) -> bool {
        self.refused.contains(&leg)
    }

    /// Lets time pass, doing what is due on the way.
    pub fn run_until(&mut self, end: Timestamp) {
        loop {
            let later = self.later.first().map(|(at, _)| *at);
            let timeout = self.engine.poll_timeout().map(|(at, _)| at);
            let Some(next) = later.into_iter().chain(timeout).min().filter(|at| *at <= end) else {
                break;
            };
            self.now = self.now.max(next);
            match self.later.first().copied().filter(|(at, _)| *at == next) {
                Some(due) => {
                    self.later.remove(&due);
                    self.happen(due.1);
                }
                None => {
                    self.engine.handle_timeout(self.now);
                    self.drain();
                    self.check_timeout();
                }
            }
        }
        self.now = self.now.max(end);
    }

    /// A customer calls a number over its trunk.
    pub fn call(&mut self, to: &str) -> LegId {
        let leg = LegId::from_bits(self.make());
        let claimed = to.parse().ok();
        let claimed = claimed.and_then(|to| self.config().claimed_number(&to).cloned());
        let to = to.parse().expect("the world dials numbers in E.164");
        let party = PartyId::from_bits(self.make());
        self.input(Input::LegArrived {
            leg,
            kind: LegKind::CustomerTrunk,
            party,
            to,
            trunk: claimed.map(|claimed| claimed.trunk),
            test: false,
        });
        leg
    }

    /// A leg falls away.
    pub fn end_leg(&mut self, leg: LegId, reason: DisconnectReason) {
        self.playing.remove(&leg);
        self.input(Input::LegEnded { leg, reason });
    }

    /// From now on the end of what a leg hears is told to nobody, as when a message is lost.
    pub fn lose_ends(&mut self, leg: LegId) {
        self.untold.insert(leg);
    }

    /// A customer presses a key.
    pub fn press(&mut self, leg: LegId, digit: char) {
        self.input(Input::DigitPressed { leg, digit });
    }

    /// An agent asks for something.
    ///
    /// # Errors
    /// When it had no effect.
    pub fn request(&mut self, agent: AgentId, request: AgentRequest) -> Result<(), Refusal> {
        let id = RequestId(u64::try_from(self.make()).unwrap_or(0));
        self.input(Input::AgentRequested { agent, request, id });
        let answer = self.replies.remove(&id);
        if answer.is_none() {
            self.fault("a request was not answered".to_owned());
        }
        answer.unwrap_or(Ok(()))
    }

    /// An agent's browser opens its line.
    pub fn open_line(&mut self, agent: AgentId) {
        let line = LineId::from_bits(self.make());
        self.input(Input::LineOpened { agent, line });
    }

    /// An agent's line falls away.
    pub fn lose_line(&mut self, agent: AgentId) {
        if let Some(line) = self.view.agents.get(agent).and_then(|agent| agent.line) {
            self.input(Input::LineLost { agent, line });
        }
    }

    /// An agent's browser is heard, and from now on.
    pub fn hear(&mut self, agent: AgentId) {
        if self.heard.insert(agent) {
            self.happen(Later::Heartbeat(agent));
        }
    }

    /// An agent's browser falls silent.
    pub fn silence(&mut self, agent: AgentId) {
        self.heard.remove(&agent);
    }

    /// The process ends at once, and another takes over: calls and lines are gone.
    pub fn crash(&mut self, seed: u64) {
        self.epoch += 1;
        self.later.clear();
        self.playing.clear();
        self.heard.clear();
        let head = self.log.last().map_or_else(Head::default, |last| Head {
            seq: last.seq,
            at: last.at,
        });
        let config = self.engine.config().clone();
        self.engine = Engine::recover(&self.view, config, head, self.epoch, seed_bytes(seed), self.now);
        self.drain();
        self.check();
    }

    fn input(&mut self, input: Input) {
        self.engine.handle_input(input, self.now);
        self.drain();
        self.check();
    }

    fn happen(&mut self, later: Later) {
        match later {
            Later::ConnectLeg(leg) => self.input(Input::LegConnected { leg }),
            Later::FinishPlay(leg, play) => {
                if self.playing.get(&leg) == Some(&play) && !self.untold.contains(&leg) {
                    self.input(Input::PlayFinished { leg, play });
                }
            }
            Later::Heartbeat(agent) => {
                if self.heard.contains(&agent) {
                    self.later
                        .insert((self.now + HEARTBEAT_EVERY, Later::Heartbeat(agent)));
                    self.input(Input::AgentHeard(agent));
                }
            }
        }
    }

    fn drain(&mut self) {
        while let Some(event) = self.engine.poll_event() {
            self.faults.extend(invariants::of_event(&event, self.log.last()));
            self.fold(&event);
            self.log.push(event);
        }
        while let Some(command) = self.engine.poll_command() {
            self.carry_out(command);
        }
    }

    fn fold(&mut self, event: &Event) {
        if let model::EventBody::Contact(contact, contact_event) = &event.body {
            if let model::ContactEvent::Initiated { leg, .. } = contact_event {
                self.contacts.insert(*leg, *contact);
            }
            if let Some(record) = self.view.contacts.get(contact) {
                self.usage.extend(metering::meter(TENANT, record, event));
            }
        }
        if let Some(record) = self.view.apply(event) {
            let of_contact = self.usage.iter().filter(|usage| usage.contact == record.id);
            let faults = invariants::of_completed(&record, of_contact);
            self.faults.extend(faults);
            self.completed.insert(record.id, record);
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command.body {
            CommandBody::Answer { leg } | CommandBody::StartAgentLeg { leg, .. } => {
                self.later.insert((self.now, Later::ConnectLeg(leg)));
            }
            CommandBody::Bridge { .. } => {}
            CommandBody::HangUp { leg, .. } => drop(self.playing.remove(&leg)),
            CommandBody::Play {
                leg,
                play,
                audio,
                repeat,
            } => {
                self.playing.insert(leg, play);
                if !repeat {
                    self.later
                        .insert((self.now + playing_time(&audio), Later::FinishPlay(leg, play)));
                }
            }
            CommandBody::Refuse { leg, .. } => drop(self.refused.insert(leg)),
            CommandBody::Reply { id, outcome } => drop(self.replies.insert(id, outcome)),
            CommandBody::StopPlay { leg, play } => {
                if self.playing.get(&leg) == Some(&play) {
                    self.playing.remove(&leg);
                }
            }
        }
    }

    fn check(&mut self) {
        let faults = invariants::of_view(&self.view, self.engine.config(), self.now);
        for fault in faults {
            self.fault(fault);
        }
    }

    fn check_timeout(&mut self) {
        self.check();
        if let Some((at, deadline)) = self.engine.poll_timeout().filter(|(at, _)| *at <= self.now) {
            self.fault(format!("{deadline:?} at {at} is not in the future"));
        }
    }

    fn fault(&mut self, what: String) {
        self.faults.push(format!("{}: {what}", self.now));
    }

    fn make(&mut self) -> u128 {
        self.made_count += 1;
        self.made_count
    }
}

fn playing_time(audio: &[Audio]) -> Duration {
    PROMPT * u32::try_from(audio.len()).unwrap_or(u32::MAX)
}

fn seed_bytes(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes
}
