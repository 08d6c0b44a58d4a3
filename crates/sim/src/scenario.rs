//! Stories in the domain's words.
//!
//! The head configures the tenant ([`Building`]). After an empty line each line is a time, `MM:SS` or `MM:SS.mmm`,
//! and what somebody does then:
//!
//! ```text
//! call NAME to NUMBER            hangup NAME [by AGENT]         silence NAME        (its audio stops for good)
//! press NAME DIGIT               accept NAME by AGENT           decline NAME by AGENT
//! complete NAME by AGENT         extend NAME by AGENT           status AGENT STATUS
//! line AGENT opened|lost         browser AGENT heard|silent     crash               wait
//! lose-ends NAME                 (the end of what it hears is told to nobody)
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use model::{
    Activity, AgentId, AgentRequest, ContactId, DisconnectReason, DispositionId, LegId, OfferId, StatusId,
    Timestamp,
};

use crate::building::{Building, ParseBuildingError};
use crate::transcript::{Names, summary};
use crate::world::World;

/// A story cannot be told.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlayError {
    /// Its head cannot be read.
    #[error(transparent)]
    Head(#[from] ParseBuildingError),
    /// A line cannot be read, or names somebody unknown.
    #[error("line `{0}` cannot be read")]
    Line(String),
}

/// Midnight of a Monday.
const START: Timestamp = Timestamp::from_millis(1_767_571_200_000);

/// Plays a story and gives back its transcript: what was done after `>`, then the events it caused; at the end a line
/// for each completed contact, and what was wrong, if anything was.
///
/// # Errors
/// When the story cannot be read.
pub fn play(story: &str) -> Result<String, PlayError> {
    let (head, lines) = story.split_once("\n\n").unwrap_or((story, ""));
    let head: Vec<&str> = head.lines().filter(|line| !line.starts_with('#')).collect();
    let building = Building::parse(&head.join("\n"))?;
    let mut stage = Stage::open(building);
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        stage.act(line).ok_or_else(|| PlayError::Line(line.to_owned()))?;
    }
    Ok(stage.close())
}

struct Stage {
    building: Building,
    world: World,
    names: Names,
    calls: BTreeMap<String, LegId>,
    transcript: String,
    told_count: usize,
}

impl Stage {
    fn open(building: Building) -> Self {
        let mut world = World::open(&building, 1, START);
        let available = building.status(model::config::StatusKind::Available);
        for agent in &building.available {
            world.hear(*agent);
            world.open_line(*agent);
            let chosen = world.request(*agent, AgentRequest::SetStatus(available));
            debug_assert_eq!(chosen, Ok(()), "an idle agent may go available");
        }
        let names = Names {
            configured: building.names.clone(),
            ..Names::default()
        };
        let told_count = world.log().len();
        Self {
            building,
            world,
            names,
            calls: BTreeMap::new(),
            transcript: String::new(),
            told_count,
        }
    }

    fn act(&mut self, line: &str) -> Option<()> {
        let (time, action) = line.split_once(char::is_whitespace)?;
        let at = START + parse_time(time)?;
        self.world.run_until(at);
        self.tell();
        let action = action.trim();
        self.say(at, &format!("> {action}"));
        let words: Vec<&str> = action.split_whitespace().collect();
        self.perform(&words)?;
        self.world.run_until(at);
        self.tell();
        Some(())
    }

    fn perform(&mut self, words: &[&str]) -> Option<()> {
        match words {
            ["call", name, "to", number] => self.call(name, number),
            ["crash"] => self.world.crash(2),
            ["hangup", name] => {
                let leg = *self.calls.get(*name)?;
                self.world.end_leg(leg, DisconnectReason::CustomerHangup);
            }
            ["silence", name] => {
                let leg = *self.calls.get(*name)?;
                self.world.end_leg(leg, DisconnectReason::MediaTimeout);
            }
            ["lose-ends", name] => {
                let leg = *self.calls.get(*name)?;
                self.world.lose_ends(leg);
            }
            ["press", name, digit] => {
                let leg = *self.calls.get(*name)?;
                self.world.press(leg, digit.chars().next()?);
            }
            ["line", agent, "opened"] => {
                let agent = self.agent(agent)?;
                self.world.open_line(agent);
            }
            ["line", agent, "lost"] => {
                let agent = self.agent(agent)?;
                self.world.lose_line(agent);
            }
            ["browser", agent, "heard"] => {
                let agent = self.agent(agent)?;
                self.world.hear(agent);
            }
            ["browser", agent, "silent"] => {
                let agent = self.agent(agent)?;
                self.world.silence(agent);
            }
            ["status", agent, status] => {
                let status = StatusId::from_bits(self.building.named(status)?);
                self.request(agent, AgentRequest::SetStatus(status))?;
            }
            ["wait"] => {}
            [verb, name, "by", agent] => {
                let request = self.about_contact(verb, name, agent)?;
                self.request(agent, request)?;
            }
            _ => return None,
        }
        Some(())
    }

    fn call(&mut self, name: &str, number: &str) {
        let leg = self.world.call(number);
        self.calls.insert(name.to_owned(), leg);
        if let Some(contact) = self.world.contact_of(leg) {
            self.names.contacts.insert(contact, name.to_owned());
        }
        if self.world.was_refused(leg) {
            self.say(self.world.now(), &format!("{name} refused"));
        }
    }

    fn about_contact(&self, verb: &str, name: &str, agent: &str) -> Option<AgentRequest> {
        let contact = self.contact(name)?;
        Some(match verb {
            "accept" => AgentRequest::AcceptOffer(self.offer(agent)?),
            "complete" => AgentRequest::CompleteContact {
                contact,
                disposition: Some(DispositionId::from_bits(self.building.named("solved")?)),
                notes: None,
            },
            "decline" => AgentRequest::DeclineOffer(self.offer(agent)?),
            "extend" => AgentRequest::ExtendAfterContactWork(contact),
            "hangup" => AgentRequest::EndContact(contact),
            _ => return None,
        })
    }

    fn request(&mut self, agent: &str, request: AgentRequest) -> Option<()> {
        let agent = self.agent(agent)?;
        if let Err(refusal) = self.world.request(agent, request) {
            self.say(self.world.now(), &format!("refused: {refusal}"));
        }
        Some(())
    }

    fn agent(&self, name: &str) -> Option<AgentId> {
        self.building.named(name).map(AgentId::from_bits)
    }

    fn contact(&self, name: &str) -> Option<ContactId> {
        let leg = self.calls.get(name)?;
        self.world.contact_of(*leg)
    }

    /// The offer that is out to an agent; one that never was when there is none, to see it refused.
    fn offer(&self, agent: &str) -> Option<OfferId> {
        let state = self.world.view().agents.get(self.agent(agent)?)?;
        Some(match state.activity {
            Activity::Reserved { offer, .. } => offer,
            Activity::AfterContactWork { .. }
            | Activity::Connecting { .. }
            | Activity::Idle
            | Activity::Missed { .. }
            | Activity::OnContact { .. } => OfferId::from_bits(0),
        })
    }

    fn tell(&mut self) {
        let log = self.world.log();
        let news: Vec<_> = log[self.told_count..].to_vec();
        self.told_count = log.len();
        for event in news {
            self.names.learn(&event);
            if let Some(told) = self.names.tell(&event, START) {
                self.say(event.at, &told);
            }
        }
    }

    fn say(&mut self, at: Timestamp, line: &str) {
        let ms = at.millis_since(START);
        let (minutes, seconds, ms) = (ms / 60_000, ms / 1000 % 60, ms % 1000);
        let fraction = if ms == 0 {
            String::new()
        } else {
            format!(".{ms:03}")
        };
        self.transcript
            .push_str(&format!("{minutes:02}:{seconds:02}{fraction}  {line}\n"));
    }

    fn close(mut self) -> String {
        self.transcript.push('\n');
        for (name, leg) in &self.calls {
            let contact = self.world.contact_of(*leg);
            let Some(record) = contact.and_then(|contact| self.world.completed().get(&contact)) else {
                continue;
            };
            let line = summary(record, self.world.usage());
            self.transcript.push_str(&format!("{name}: {line}\n"));
        }
        for fault in self.world.faults() {
            self.transcript.push_str(&format!("FAULT {fault}\n"));
        }
        self.transcript
    }
}

fn parse_time(text: &str) -> Option<Duration> {
    let (minutes, seconds) = text.split_once(':')?;
    let (seconds, ms) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let minutes: u64 = minutes.parse().ok()?;
    let seconds: u64 = seconds.parse().ok()?;
    Some(Duration::from_millis(
        (minutes * 60 + seconds) * 1000 + ms.parse::<u64>().ok()?,
    ))
}
