//! A tenant and everything around it, in virtual time.

mod acts;
mod commands;
mod crash;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::{Engine, Head, Input, PlayId, RefuseReason, RequestId};
use model::{
    AgentId, ContactId, ContactRecord, Event, LegId, LiveView, Refusal, TenantConfig, TenantId, Timestamp,
    UsageRecord,
};
use routing::OutboundTrunk;

pub use self::crash::Loss;
use crate::building::Building;
use crate::invariants;
use crate::reference::Reference;

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
    trunks: Vec<OutboundTrunk>,
    /// What each customer's leg hears.
    playing: BTreeMap<LegId, PlayId>,
    /// How long a leg takes from now on until it carries audio.
    connect_delay: Duration,
    /// The legs of which no end of a prompt is told any more.
    untold: BTreeSet<LegId>,
    heard: BTreeSet<AgentId>,
    made_count: u128,
    replies: BTreeMap<RequestId, Result<(), Refusal>>,
    refused: BTreeMap<LegId, RefuseReason>,
    /// What is lost of the engine's output, because the process is about to end.
    losing: Option<Loss>,

    log: Vec<Event>,
    view: LiveView,
    completed: BTreeMap<ContactId, ContactRecord>,
    usage: Vec<UsageRecord>,
    /// The contact of each leg that arrived or was dialed and was not refused.
    contacts: BTreeMap<LegId, ContactId>,
    reference: Reference,
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
            trunks: building.trunks.clone(),
            playing: BTreeMap::new(),
            connect_delay: Duration::ZERO,
            untold: BTreeSet::new(),
            heard: BTreeSet::new(),
            made_count: 0,
            replies: BTreeMap::new(),
            refused: BTreeMap::new(),
            losing: None,
            log: Vec::new(),
            view,
            completed: BTreeMap::new(),
            usage: Vec::new(),
            contacts: BTreeMap::new(),
            reference: Reference::default(),
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

    /// Why a call was turned away or not placed; none of one that was not.
    #[must_use]
    pub fn refusal_of(&self, leg: LegId) -> Option<RefuseReason> {
        self.refused.get(&leg).copied()
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
                    self.check();
                    self.check_timeout();
                }
            }
        }
        self.now = self.now.max(end);
    }

    fn input(&mut self, input: Input) {
        if self.losing != Some(Loss::Everything) {
            self.reference.see_input(&input, self.now);
        }
        self.engine.handle_input(input, self.now);
        self.drain();
        self.check();
    }

    fn drain(&mut self) {
        while let Some(event) = self.engine.poll_event() {
            if self.losing != Some(Loss::Everything) {
                self.take_event(event);
            }
        }
        while let Some(command) = self.engine.poll_command() {
            if self.losing.is_none() {
                self.reference.see_command(&command.body, self.now);
                self.carry_out(command);
            }
        }
    }

    fn take_event(&mut self, event: Event) {
        self.faults.extend(invariants::of_event(&event, self.log.last()));
        self.reference.see_event(&event);
        self.fold(&event);
        self.log.push(event);
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
            self.faults.extend(invariants::of_completed(&record, of_contact));
            self.completed.insert(record.id, record);
        }
    }

    fn check(&mut self) {
        // What is lost leaves the world out of step until the next process has taken over.
        if self.losing.is_some() {
            return;
        }
        let config = self.engine.config();
        let mut faults = invariants::of_view(&self.view, config, self.now);
        faults.extend(self.reference.compare(&self.view, config, self.now));
        for contact in self.reference.take_completed() {
            if let Some(record) = self.completed.get(&contact) {
                faults.extend(self.reference.compare_record(record, &self.usage));
            }
        }
        let played_to = self.playing.keys().filter(|leg| self.reference.is_bridged(**leg));
        faults.extend(played_to.map(|leg| format!("{leg} is played to while somebody talks")));
        for fault in faults {
            self.fault(fault);
        }
    }

    fn check_timeout(&mut self) {
        if let Some((at, deadline)) = self.engine.poll_timeout().filter(|(at, _)| *at <= self.now) {
            self.fault(format!("{deadline:?} at {at} is not in the future"));
        }
    }

    pub(crate) fn fault(&mut self, what: String) {
        self.faults.push(format!("{}: {what}", self.now));
    }

    fn make(&mut self) -> u128 {
        self.made_count += 1;
        self.made_count
    }

    fn make_request(&mut self) -> RequestId {
        RequestId(u64::try_from(self.make()).unwrap_or(0))
    }

    /// The answer to a request that was just made.
    fn take_reply(&mut self, id: RequestId) -> Result<(), Refusal> {
        let answer = self.replies.remove(&id);
        if answer.is_none() && self.losing.is_none() {
            self.fault("a request was not answered".to_owned());
        }
        answer.unwrap_or(Ok(()))
    }
}

fn seed_bytes(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes
}
