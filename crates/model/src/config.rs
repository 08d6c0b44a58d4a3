//! The configuration of one tenant, and the revisions that change it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::hours::HoursOfOperation;
use crate::{
    AgentId, DispositionId, FlowId, HoursId, PhoneNumber, PhoneNumberId, QueueId, RoutingProfileId, StatusId,
    TrunkId, UserId,
};

/// Everything a tenant's contact center is configured with.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TenantConfig {
    /// The revision this is the result of; 0 is empty.
    pub revision: u64,
    /// Settings of the tenant as a whole.
    pub settings: TenantSettings,
    /// Agents.
    pub agents: BTreeMap<AgentId, Agent>,
    /// Dispositions.
    pub dispositions: BTreeMap<DispositionId, Disposition>,
    /// Contact flows.
    pub flows: BTreeMap<FlowId, Flow>,
    /// Hours of operation.
    pub hours: BTreeMap<HoursId, HoursOfOperation>,
    /// Claimed phone numbers.
    pub phone_numbers: BTreeMap<PhoneNumberId, ClaimedNumber>,
    /// Queues.
    pub queues: BTreeMap<QueueId, Queue>,
    /// Routing profiles.
    pub routing_profiles: BTreeMap<RoutingProfileId, RoutingProfile>,
    /// Agent statuses.
    pub statuses: BTreeMap<StatusId, Status>,
}

impl TenantConfig {
    /// Takes a revision in. Revisions come in order; one that was taken in before changes nothing.
    pub fn apply(&mut self, revision: &Revision) {
        if revision.number <= self.revision {
            return;
        }
        self.revision = revision.number;
        for change in &revision.changes {
            self.apply_change(change);
        }
    }

    fn apply_change(&mut self, change: &ConfigChange) {
        match change.clone() {
            ConfigChange::PutAgent(agent) => drop(self.agents.insert(agent.id, agent)),
            ConfigChange::PutDisposition(disposition) => {
                drop(self.dispositions.insert(disposition.id, disposition));
            }
            ConfigChange::PutFlow(flow) => drop(self.flows.insert(flow.id, flow)),
            ConfigChange::PutHours(hours) => drop(self.hours.insert(hours.id, hours)),
            ConfigChange::PutPhoneNumber(number) => drop(self.phone_numbers.insert(number.id, number)),
            ConfigChange::PutQueue(queue) => drop(self.queues.insert(queue.id, queue)),
            ConfigChange::PutRoutingProfile(profile) => {
                drop(self.routing_profiles.insert(profile.id, profile));
            }
            ConfigChange::PutSettings(settings) => self.settings = settings,
            ConfigChange::PutStatus(status) => drop(self.statuses.insert(status.id, status)),
            ConfigChange::ReleasePhoneNumber(id) => drop(self.phone_numbers.remove(&id)),
        }
    }

    /// The number that was called, if the tenant has claimed it.
    #[must_use]
    pub fn claimed_number(&self, number: &PhoneNumber) -> Option<&ClaimedNumber> {
        self.phone_numbers
            .values()
            .find(|claimed| claimed.number == *number)
    }

    /// The status that makes an agent routable, and the one that ends the day.
    #[must_use]
    pub fn status_of_kind(&self, kind: StatusKind) -> Option<StatusId> {
        self.statuses
            .values()
            .find(|status| status.kind == kind)
            .map(|status| status.id)
    }
}

/// One change of the configuration, committed as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// 1, 2, 3 … per tenant without gaps.
    pub number: u64,
    /// Who changed it; none for the system.
    pub by: Option<UserId>,
    /// The changes, in order.
    pub changes: Vec<ConfigChange>,
}

/// A change of one configured thing: its whole new value, or that it is gone.
#[derive(Debug, Clone, PartialEq)]
pub enum ConfigChange {
    /// Adds or replaces an agent.
    PutAgent(Agent),
    /// Adds or replaces a disposition.
    PutDisposition(Disposition),
    /// Adds or replaces a flow.
    PutFlow(Flow),
    /// Adds or replaces hours of operation.
    PutHours(HoursOfOperation),
    /// Claims a phone number or gives it another flow.
    PutPhoneNumber(ClaimedNumber),
    /// Adds or replaces a queue.
    PutQueue(Queue),
    /// Adds or replaces a routing profile.
    PutRoutingProfile(RoutingProfile),
    /// Replaces the tenant's settings.
    PutSettings(TenantSettings),
    /// Adds or replaces an agent status.
    PutStatus(Status),
    /// Gives a phone number back.
    ReleasePhoneNumber(PhoneNumberId),
}

/// Settings of a tenant as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSettings {
    /// The company's name.
    pub name: String,
    /// An IANA time zone name.
    pub time_zone: String,
    /// After-contact work ends by itself after so many seconds.
    pub after_contact_work_s: u32,
    /// One request for more after-contact work adds so many seconds.
    pub after_contact_work_extension_s: u32,
    /// A connected agent who fell away has so many seconds to come back before the contact returns to its queue.
    pub reattach_timeout_s: u32,
    /// At most so many contacts at the same time; one more is refused as busy.
    pub contacts_max: u32,
    /// A contact that waits for longer is ended.
    pub wait_max_s: u32,
}

impl TenantSettings {
    /// How long after-contact work lasts by itself.
    #[must_use]
    pub const fn after_contact_work(&self) -> Duration {
        Duration::from_secs(self.after_contact_work_s as u64)
    }

    /// How much one request for more after-contact work adds.
    #[must_use]
    pub const fn after_contact_work_extension(&self) -> Duration {
        Duration::from_secs(self.after_contact_work_extension_s as u64)
    }

    /// How long a connected agent who fell away has to come back.
    #[must_use]
    pub const fn reattach_timeout(&self) -> Duration {
        Duration::from_secs(self.reattach_timeout_s as u64)
    }

    /// How long a contact waits at most.
    #[must_use]
    pub const fn wait_max(&self) -> Duration {
        Duration::from_secs(self.wait_max_s as u64)
    }
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            name: String::new(),
            time_zone: "UTC".to_owned(),
            after_contact_work_s: 120,
            after_contact_work_extension_s: 60,
            reattach_timeout_s: 30,
            contacts_max: 1000,
            wait_max_s: 4 * 3600,
        }
    }
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// The user who is this agent.
    pub user: UserId,
    /// What colleagues call them.
    pub name: String,
    /// Which queues they serve.
    pub routing_profile: RoutingProfileId,
}

/// An outcome an agent can pick in after-contact work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition {
    /// Its id.
    pub id: DispositionId,
    /// What people call it.
    pub name: String,
}

/// A contact flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its id.
    pub id: FlowId,
    /// What people call it.
    pub name: String,
    /// The flow document, in the language of the crate `flow`; it was validated before it came here.
    pub document: String,
}

/// A phone number that a tenant has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedNumber {
    /// Its id.
    pub id: PhoneNumberId,
    /// The number.
    pub number: PhoneNumber,
    /// The trunk it is reached over.
    pub trunk: TrunkId,
    /// The flow that decides about its calls.
    pub flow: FlowId,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// What people call it.
    pub name: String,
    /// An offer ends by itself after so many seconds.
    pub offer_timeout_s: u32,
    /// At most so many contacts wait; one more takes the flow's exit for it.
    pub waiting_max: u32,
    /// A call counts as within the service level when it is answered in so many seconds.
    pub service_level_s: u32,
    /// The position is announced so often, in seconds; 0 never.
    pub announce_position_every_s: u32,
    /// The prompt that is repeated while waiting.
    pub music: String,
}

/// Which queues an agent serves, and in what order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingProfile {
    /// Its id.
    pub id: RoutingProfileId,
    /// What people call it.
    pub name: String,
    /// One entry per queue.
    pub queues: Vec<RoutingProfileQueue>,
}

/// One queue of a routing profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoutingProfileQueue {
    /// The queue.
    pub queue: QueueId,
    /// 1 is served first.
    pub priority: u8,
    /// A contact must have waited so many seconds before agents of this profile get it.
    pub delay_s: u32,
}

/// An agent status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: StatusId,
    /// What people call it.
    pub name: String,
    /// What it means for routing.
    pub kind: StatusKind,
}

/// What a status means for routing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    /// Ready for contacts.
    Available,
    /// Away for a while.
    Break,
    /// Not working.
    Offline,
}
