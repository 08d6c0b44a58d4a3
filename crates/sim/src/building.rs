//! The configuration of a simulated tenant, from text.

use std::collections::BTreeMap;

use model::config::{
    Agent, ClaimedNumber, ConfigChange, Disposition, Flow, Queue, RoutingProfile, RoutingProfileQueue,
    Status, StatusKind,
};
use model::hours::HoursOfOperation;
use model::{
    AgentId, DispositionId, FlowId, HoursId, PhoneNumberId, QueueId, Revision, RoutingProfileId, StatusId,
    TenantConfig, TrunkId, UserId,
};
use routing::OutboundTrunk;

/// The country that stories play in.
pub(crate) const CALLING_CODE: &str = "1";

/// A tenant's configuration with the names by which a story speaks of it.
#[derive(Debug, Clone, Default)]
pub struct Building {
    pub(crate) config: TenantConfig,
    pub(crate) names: BTreeMap<u128, String>,
    /// The agents who are at work from the start.
    pub(crate) available: Vec<AgentId>,
    pub(crate) trunks: Vec<OutboundTrunk>,
    changes: Vec<ConfigChange>,
}

/// A line of a story's head cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ParseBuildingError {
    /// It begins with no known word.
    #[error("`{0}`: expected queue, profile, agent, number, release, trunk, flow or settings")]
    UnknownLine(String),
    /// A setting is unknown or has no number.
    #[error("`{0}` is no setting with a number")]
    UnknownSetting(String),
    /// The line has too few words.
    #[error("`{0}` is not complete")]
    Incomplete(String),
}

/// The first bits of ids, so that those of different kinds differ in a story too.
const FIRST: u128 = 1 << 64;

impl Building {
    /// Reads the head of a story: a line for each queue, routing profile, agent, number, trunk, flow and setting.
    ///
    /// # Errors
    /// When a line cannot be read.
    pub fn parse(head: &str) -> Result<Self, ParseBuildingError> {
        let mut building = Self::default();
        building.add_fixtures();
        for line in head.lines().filter(|line| !line.trim().is_empty()) {
            building.read(line)?;
        }
        building.config.apply(&Revision {
            number: 1,
            by: None,
            changes: std::mem::take(&mut building.changes),
        });
        Ok(building)
    }

    /// Reads a line of the same kind as a change of the configuration.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn change(&mut self, line: &str) -> Result<Vec<ConfigChange>, ParseBuildingError> {
        self.read(line)?;
        Ok(std::mem::take(&mut self.changes))
    }

    /// The agents, in the order of their names' appearance.
    pub fn agents(&self) -> impl Iterator<Item = AgentId> {
        self.config.agents.keys().copied()
    }

    pub(crate) fn status(&self, kind: StatusKind) -> StatusId {
        let found = self.config.status_of_kind(kind);
        found.expect("every building has a status of each kind")
    }

    pub(crate) fn named(&self, name: &str) -> Option<u128> {
        let mut named = self.names.iter().filter(|(_, known)| *known == name);
        named.next().map(|(bits, _)| *bits)
    }

    fn name(&mut self, name: &str) -> u128 {
        if let Some(known) = self.named(name) {
            return known;
        }
        let bits = FIRST + self.names.len() as u128;
        self.names.insert(bits, name.to_owned());
        bits
    }

    fn add_fixtures(&mut self) {
        for (name, kind) in [
            ("available", StatusKind::Available),
            ("break", StatusKind::Break),
            ("offline", StatusKind::Offline),
        ] {
            let id = StatusId::from_bits(self.name(name));
            let name = name.to_owned();
            self.changes
                .push(ConfigChange::PutStatus(Status { id, name, kind }));
        }
        let id = DispositionId::from_bits(self.name("solved"));
        let name = "Solved".to_owned();
        self.changes
            .push(ConfigChange::PutDisposition(Disposition { id, name }));
        let id = HoursId::from_bits(self.name("always"));
        self.changes.push(ConfigChange::PutHours(HoursOfOperation {
            id,
            name: "Always".to_owned(),
            time_zone: "UTC".to_owned(),
            spans: HoursOfOperation::always(),
        }));
    }

    fn read(&mut self, line: &str) -> Result<(), ParseBuildingError> {
        let mut words = line.split_whitespace();
        let incomplete = || ParseBuildingError::Incomplete(line.to_owned());
        let kind = words.next().ok_or_else(incomplete)?;
        if kind == "settings" {
            return self.read_settings(words);
        }
        let name = words.next().ok_or_else(incomplete)?;
        match kind {
            "queue" => self.read_queue(name, words),
            "profile" => self.read_profile(name, words),
            "agent" => self.read_agent(name, words).ok_or_else(incomplete),
            "number" => self.read_number(name, words.next().ok_or_else(incomplete)?),
            "release" => {
                let id = PhoneNumberId::from_bits(self.name(name));
                self.changes.push(ConfigChange::ReleasePhoneNumber(id));
                Ok(())
            }
            "trunk" => {
                let id = TrunkId::from_bits(self.name(name));
                let carries_emergency = words.next() == Some("carries-emergency");
                self.trunks.push(OutboundTrunk {
                    id,
                    calling_code: CALLING_CODE.to_owned(),
                    carries_emergency,
                });
                Ok(())
            }
            "flow" => {
                let document = line.split_once('{').ok_or_else(incomplete)?.1;
                self.read_flow(name, &format!("{{{document}"));
                Ok(())
            }
            _ => Err(ParseBuildingError::UnknownLine(line.to_owned())),
        }
    }

    fn read_settings<'a>(&mut self, words: impl Iterator<Item = &'a str>) -> Result<(), ParseBuildingError> {
        let mut settings = self.config.settings.clone();
        for (setting, number) in pairs(words)? {
            match setting {
                "after-contact-work" => settings.after_contact_work_s = number,
                "contacts-max" => settings.contacts_max = number,
                "reattach" => settings.reattach_timeout_s = number,
                "wait-max" => settings.wait_max_s = number,
                _ => return Err(ParseBuildingError::UnknownSetting(setting.to_owned())),
            }
        }
        self.config.settings = settings.clone();
        self.changes.push(ConfigChange::PutSettings(settings));
        Ok(())
    }

    fn read_queue<'a>(
        &mut self,
        name: &str,
        words: impl Iterator<Item = &'a str>,
    ) -> Result<(), ParseBuildingError> {
        let mut queue = Queue {
            id: QueueId::from_bits(self.name(name)),
            name: name.to_owned(),
            offer_timeout_s: 20,
            waiting_max: 100,
            service_level_s: 20,
            announce_position_every_s: 0,
            music: "music".to_owned(),
        };
        for (setting, number) in pairs(words)? {
            match setting {
                "announce" => queue.announce_position_every_s = number,
                "max" => queue.waiting_max = number,
                "offer-timeout" => queue.offer_timeout_s = number,
                _ => return Err(ParseBuildingError::UnknownSetting(setting.to_owned())),
            }
        }
        self.changes.push(ConfigChange::PutQueue(queue));
        Ok(())
    }

    /// `profile NAME QUEUE PRIORITY:DELAY …`, the delay in seconds.
    fn read_profile<'a>(
        &mut self,
        name: &str,
        words: impl Iterator<Item = &'a str>,
    ) -> Result<(), ParseBuildingError> {
        let words: Vec<&str> = words.collect();
        let mut queues = Vec::new();
        for pair in words.chunks(2) {
            let [queue, order] = pair else {
                return Err(ParseBuildingError::Incomplete(words.join(" ")));
            };
            let unknown = || ParseBuildingError::UnknownSetting((*order).to_owned());
            let (priority, delay) = order.split_once(':').ok_or_else(unknown)?;
            queues.push(RoutingProfileQueue {
                queue: QueueId::from_bits(self.name(queue)),
                priority: priority.parse().map_err(|_| unknown())?,
                delay_s: delay.parse().map_err(|_| unknown())?,
            });
        }
        let id = RoutingProfileId::from_bits(self.name(name));
        let name = name.to_owned();
        self.changes.push(ConfigChange::PutRoutingProfile(RoutingProfile {
            id,
            name,
            queues,
        }));
        Ok(())
    }

    /// `agent NAME PROFILE [available]`.
    fn read_agent<'a>(&mut self, name: &str, mut words: impl Iterator<Item = &'a str>) -> Option<()> {
        let routing_profile = RoutingProfileId::from_bits(self.name(words.next()?));
        let bits = self.name(name);
        let id = AgentId::from_bits(bits);
        if words.next() == Some("available") {
            self.available.push(id);
        }
        self.changes.push(ConfigChange::PutAgent(Agent {
            id,
            user: UserId::from_bits(bits),
            name: name.to_owned(),
            routing_profile,
        }));
        Some(())
    }

    fn read_number(&mut self, number: &str, flow: &str) -> Result<(), ParseBuildingError> {
        let parsed = number.parse();
        let claimed = ClaimedNumber {
            id: PhoneNumberId::from_bits(self.name(number)),
            number: parsed.map_err(|_| ParseBuildingError::Incomplete(number.to_owned()))?,
            trunk: TrunkId::from_bits(self.name("trunk")),
            flow: FlowId::from_bits(self.name(flow)),
        };
        self.changes.push(ConfigChange::PutPhoneNumber(claimed));
        Ok(())
    }

    /// Names after a dollar sign stand for ids.
    fn read_flow(&mut self, name: &str, document: &str) {
        let id = FlowId::from_bits(self.name(name));
        let mut document = document.to_owned();
        for (bits, known) in &self.names {
            let in_queue = format!("\"queue\":\"${known}\"");
            document = document.replace(&in_queue, &format!("\"queue\":\"{}\"", QueueId::from_bits(*bits)));
            let in_hours = format!("\"hours\":\"${known}\"");
            document = document.replace(&in_hours, &format!("\"hours\":\"{}\"", HoursId::from_bits(*bits)));
        }
        let name = name.to_owned();
        self.changes
            .push(ConfigChange::PutFlow(Flow { id, name, document }));
    }
}

/// Words and numbers in turn; a trailing `s` of a number is for the reader.
fn pairs<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<(&'a str, u32)>, ParseBuildingError> {
    let words: Vec<&str> = words.collect();
    let pair = |pair: &[&'a str]| match pair {
        [setting, number] => {
            let number = number.trim_end_matches('s').parse();
            number
                .map(|number| (*setting, number))
                .map_err(|_| ParseBuildingError::UnknownSetting((*setting).to_owned()))
        }
        _ => Err(ParseBuildingError::Incomplete(words.join(" "))),
    };
    words.chunks(2).map(pair).collect()
}
