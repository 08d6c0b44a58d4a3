//! What a contact center starts with: everything it takes to answer the first call.

use std::collections::BTreeMap;

use flow::{Block, Document};
use model::config::{
    Agent, ClaimedNumber, Disposition, Flow, Queue, RoutingProfile, RoutingProfileQueue, Status, StatusKind,
    TenantSettings,
};
use model::hours::HoursOfOperation;
use model::{
    AgentId, ConfigChange, DispositionId, FlowId, HoursId, PhoneNumber, PhoneNumberId, QueueId,
    RoutingProfileId, StatusId, Timestamp, TrunkId, UserId,
};

const OFFER_TIMEOUT_S: u32 = 20;
const SERVICE_LEVEL_S: u32 = 20;
const ANNOUNCE_POSITION_EVERY_S: u32 = 30;
const WAITING_MAX: u32 = 500;

const STATUSES: [(&str, StatusKind); 4] = [
    ("Available", StatusKind::Available),
    ("Break", StatusKind::Break),
    ("Lunch", StatusKind::Break),
    ("Offline", StatusKind::Offline),
];

const DISPOSITIONS: [&str; 4] = ["Resolved", "Follow-up", "Wrong number", "Spam"];

/// Who signs up, and with what.
#[derive(Debug, Clone)]
pub struct FirstTenant {
    /// The company's name.
    pub company: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// The user who is the first agent.
    pub user: UserId,
    /// What colleagues call them.
    pub user_name: String,
    /// A free number of the inventory, if there is one.
    pub number: Option<FreeNumber>,
}

/// A number that the inventory has to give.
#[derive(Debug, Clone)]
pub struct FreeNumber {
    /// Its id.
    pub id: PhoneNumberId,
    /// The number.
    pub number: PhoneNumber,
    /// The trunk it is reached over.
    pub trunk: TrunkId,
}

/// The agent and the configuration of a new tenant.
#[derive(Debug, Clone)]
pub struct DefaultSet {
    /// The agent that the first user is.
    pub agent: AgentId,
    /// The first revision.
    pub changes: Vec<ConfigChange>,
}

/// Makes a new tenant's configuration: queue Support, hours that are always open, routing profile Basic, agent
/// statuses, dispositions, flow Welcome, the first agent and the phone number.
///
/// `random` gives 128 bits at each call. Ids are made in the order in which things are shown.
pub fn default_set(first: FirstTenant, now: Timestamp, random: &mut dyn FnMut() -> u128) -> DefaultSet {
    // Ids of one millisecond would sort by chance; lists are shown in the order of their ids.
    let mut made_count = 0;
    let mut next = || {
        made_count += 1;
        (Timestamp::from_millis(now.as_millis() + made_count), random())
    };
    let mut changes = vec![ConfigChange::PutSettings(TenantSettings {
        name: first.company,
        time_zone: first.time_zone.clone(),
        ..TenantSettings::default()
    })];
    let hours = HoursOfOperation {
        id: id(HoursId::new, &mut next),
        name: "Business hours".to_owned(),
        time_zone: first.time_zone,
        spans: HoursOfOperation::always(),
    };
    let queue = support_queue(id(QueueId::new, &mut next));
    let profile = basic_profile(id(RoutingProfileId::new, &mut next), queue.id);
    let flow = Flow {
        id: id(FlowId::new, &mut next),
        name: "Welcome".to_owned(),
        document: welcome_flow(hours.id, queue.id).to_json(),
    };
    let agent = Agent {
        id: id(AgentId::new, &mut next),
        user: first.user,
        name: first.user_name,
        routing_profile: profile.id,
    };
    let agent_id = agent.id;
    for (name, kind) in STATUSES {
        let status = Status {
            id: id(StatusId::new, &mut next),
            name: name.to_owned(),
            kind,
        };
        changes.push(ConfigChange::PutStatus(status));
    }
    for name in DISPOSITIONS {
        let disposition = Disposition {
            id: id(DispositionId::new, &mut next),
            name: name.to_owned(),
        };
        changes.push(ConfigChange::PutDisposition(disposition));
    }
    let number = first.number.map(|free| {
        let FreeNumber { id, number, trunk } = free;
        ConfigChange::PutPhoneNumber(ClaimedNumber {
            id,
            number,
            trunk,
            flow: flow.id,
        })
    });
    changes.extend([
        ConfigChange::PutHours(hours),
        ConfigChange::PutQueue(queue),
        ConfigChange::PutRoutingProfile(profile),
        ConfigChange::PutFlow(flow),
        ConfigChange::PutAgent(agent),
    ]);
    changes.extend(number);
    DefaultSet {
        agent: agent_id,
        changes,
    }
}

fn id<T>(new: fn(Timestamp, u128) -> T, next: &mut dyn FnMut() -> (Timestamp, u128)) -> T {
    let (at, random) = next();
    new(at, random)
}

fn support_queue(id: QueueId) -> Queue {
    Queue {
        id,
        name: "Support".to_owned(),
        offer_timeout_s: OFFER_TIMEOUT_S,
        waiting_max: WAITING_MAX,
        service_level_s: SERVICE_LEVEL_S,
        announce_position_every_s: ANNOUNCE_POSITION_EVERY_S,
        music: "music-on-hold".to_owned(),
    }
}

fn basic_profile(id: RoutingProfileId, queue: QueueId) -> RoutingProfile {
    RoutingProfile {
        id,
        name: "Basic".to_owned(),
        queues: vec![RoutingProfileQueue {
            queue,
            priority: 1,
            delay_s: 0,
        }],
    }
}

/// Greets, checks the hours, gives the contact to the queue; says why where that cannot be. Only who is about to wait is
/// asked to hold.
fn welcome_flow(hours: HoursId, queue: QueueId) -> Document {
    let play = |prompt: &str, next: &str| Block::PlayPrompt {
        prompts: vec![prompt.to_owned()],
        next: next.to_owned(),
    };
    let blocks = [
        ("greet", play("welcome", "hours")),
        (
            "hours",
            Block::CheckHours {
                hours,
                open: "hold".to_owned(),
                closed: "closed".to_owned(),
            },
        ),
        ("hold", play("please-hold", "queue")),
        (
            "queue",
            Block::TransferToQueue {
                queue,
                priority: model::event::PRIORITY_DEFAULT,
                at_capacity: "busy".to_owned(),
            },
        ),
        ("busy", play("all-busy", "end")),
        ("closed", play("closed", "end")),
        ("end", Block::Disconnect {}),
    ];
    Document {
        version: 1,
        start: "greet".to_owned(),
        blocks: blocks
            .map(|(name, block)| (name.to_owned(), block))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    }
}

#[cfg(test)]
mod tests {
    use flow::{Exit, References, validate};
    use model::{Revision, TenantConfig};

    use super::*;

    /// The prompts of the blocks that follow one another when the hours say this and the queue has room.
    fn heard(document: &Document, hours: Exit) -> Vec<&str> {
        let mut heard = Vec::new();
        let mut next = Some(document.start.as_str());
        while let Some(block) = next.and_then(|name| document.blocks.get(name)) {
            heard.extend(block.prompts().iter().map(String::as_str));
            next = block.exit(Exit::Next).or_else(|| block.exit(hours));
        }
        heard
    }

    #[test]
    fn who_calls_after_hours_is_not_asked_to_hold() {
        let document = welcome_flow(HoursId::from_bits(1), QueueId::from_bits(2));
        assert_eq!(heard(&document, Exit::Open), ["welcome", "please-hold"]);
        assert_eq!(heard(&document, Exit::Closed), ["welcome", "closed"]);
    }

    #[test]
    fn a_new_contact_center_can_answer_a_call() {
        let now = Timestamp::from_millis(1_795_000_000_000);
        let mut random = 0;
        let first = FirstTenant {
            company: "Acme".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            user: UserId::from_bits(1),
            user_name: "maya".to_owned(),
            number: Some(FreeNumber {
                id: PhoneNumberId::from_bits(2),
                number: "+12125550142".parse().unwrap(),
                trunk: TrunkId::from_bits(3),
            }),
        };
        let set = default_set(first, now, &mut || {
            random += 1;
            random
        });
        let mut config = TenantConfig::default();
        config.apply(&Revision {
            number: 1,
            by: None,
            changes: set.changes,
        });

        let claimed = config.claimed_number(&"+12125550142".parse().unwrap()).unwrap();
        let document = Document::parse(&config.flows[&claimed.flow].document).unwrap();
        let references = References {
            has_hours: &|hours| config.hours[&hours].is_open(now),
            has_prompt: &|_| true,
            has_queue: &|queue| config.queues.contains_key(&queue),
        };
        assert_eq!(validate(&document, references), []);
        let profile = &config.routing_profiles[&config.agents[&set.agent].routing_profile];
        assert!(config.queues.contains_key(&profile.queues[0].queue));
        let statuses: Vec<_> = config
            .statuses
            .values()
            .map(|status| status.name.as_str())
            .collect();
        assert_eq!(statuses, ["Available", "Break", "Lunch", "Offline"]);
        let dispositions: Vec<_> = config
            .dispositions
            .values()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(dispositions, DISPOSITIONS);
    }
}
