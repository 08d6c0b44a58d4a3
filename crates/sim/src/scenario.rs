//! Stories in the domain's words.
//!
//! The head configures the tenant ([`Building`]). After an empty line each line is a time, `MM:SS` or `MM:SS.mmm`,
//! and what somebody does then:
//!
//! ```text
//! call NAME to NUMBER            hangup NAME [by AGENT]         silence NAME        (its audio stops for good)
//! press NAME DIGIT               accept NAME by AGENT           decline NAME by AGENT
//! complete NAME by AGENT         extend NAME by AGENT           status AGENT STATUS
//! line AGENT opened|closed|lost  browser AGENT heard|silent     crash               wait
//! lose-ends NAME                 (the end of what it hears is told to nobody)
//! place NAME from NUMBER to NUMBER [within SECONDS]             cancel NAME
//! ring NAME                      answer NAME                    fail NAME REASON    (busy, rejected, …)
//! config LINE                    (a line as in the head)
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use engine::RefuseReason;
use model::{
    Activity, AgentId, AgentRequest, ContactId, DisconnectReason, DispositionId, LegId, LegKind, OfferId,
    Refusal, StatusId, Timestamp,
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
        match action.split_once(char::is_whitespace) {
            Some(("config", line)) => self.configure(line)?,
            Some(_) | None => self.perform(&words)?,
        }
        self.world.run_until(at);
        self.tell();
        Some(())
    }

    fn perform(&mut self, words: &[&str]) -> Option<()> {
        match words {
            ["crash"] => self.world.crash(2),
            ["wait"] => {}
            ["call", name, "to", number] => {
                let leg = self.world.call(number, LegKind::CustomerTrunk);
                self.meet(name, leg);
            }
            ["place", name, "from", from, "to", to] => {
                let leg = self.world.place_call(from, to, None)?;
                self.meet(name, leg);
            }
            ["place", name, "from", from, "to", to, "within", timeout] => {
                let timeout = Duration::from_secs(timeout.trim_end_matches('s').parse().ok()?);
                let leg = self.world.place_call(from, to, Some(timeout))?;
                self.meet(name, leg);
            }
            ["cancel", name] => {
                let contact = self.contact(name)?;
                let answer = self.world.cancel(contact);
                self.say_refusal(answer);
            }
            ["line", agent, change] => self.change_line(agent, change)?,
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
            [verb, name, "by", agent] => {
                let request = self.about_contact(verb, name, agent)?;
                self.request(agent, request)?;
            }
            [verb, name, rest @ ..] => self.do_to_leg(verb, name, rest)?,
            [] | [_] => return None,
        }
        Some(())
    }

    /// What happens to a customer's leg.
    fn do_to_leg(&mut self, verb: &str, name: &str, rest: &[&str]) -> Option<()> {
        let leg = *self.calls.get(name)?;
        match (verb, rest) {
            ("answer", []) => self.world.answer(leg),
            ("fail", [reason]) => self.world.fail(leg, failure(reason)?),
            ("hangup", []) => self.world.end_leg(leg, DisconnectReason::CustomerHangup),
            ("lose-ends", []) => self.world.lose_ends(leg),
            ("press", [digit]) => self.world.press(leg, digit.chars().next()?),
            ("ring", []) => self.world.ring(leg),
            ("silence", []) => self.world.end_leg(leg, DisconnectReason::MediaTimeout),
            _ => return None,
        }
        Some(())
    }

    fn change_line(&mut self, agent: &str, change: &str) -> Option<()> {
        let agent = self.agent(agent)?;
        match change {
            "closed" => self.world.close_line(agent),
            "lost" => self.world.lose_line(agent),
            "opened" => self.world.open_line(agent),
            _ => return None,
        }
        Some(())
    }

    fn configure(&mut self, line: &str) -> Option<()> {
        let changes = self.building.change(line).ok()?;
        self.names.configured.clone_from(&self.building.names);
        self.world.configure(changes);
        Some(())
    }

    fn meet(&mut self, name: &str, leg: LegId) {
        self.calls.insert(name.to_owned(), leg);
        if let Some(contact) = self.world.contact_of(leg) {
            self.names.contacts.insert(contact, name.to_owned());
        }
        if let Some(reason) = self.world.refusal_of(leg) {
            let reason = refusal(reason);
            self.say(self.world.now(), &format!("{name} refused: {reason}"));
        }
    }

    fn about_contact(&self, verb: &str, name: &str, agent: &str) -> Option<AgentRequest> {
        let contact = self.contact(name)?;
        Some(match verb {
            "accept" => AgentRequest::AcceptOffer(self.offer(agent)?),
            "complete" => AgentRequest::CompleteContact {
                contact,
                disposition: Some(DispositionId::from_bits(self.building.named("solved")?)),
                notes_sealed: None,
            },
            "decline" => AgentRequest::DeclineOffer(self.offer(agent)?),
            "extend" => AgentRequest::ExtendAfterContactWork(contact),
            "hangup" => AgentRequest::EndContact(contact),
            _ => return None,
        })
    }

    fn request(&mut self, agent: &str, request: AgentRequest) -> Option<()> {
        let agent = self.agent(agent)?;
        let answer = self.world.request(agent, request);
        self.say_refusal(answer);
        Some(())
    }

    fn say_refusal(&mut self, answer: Result<(), Refusal>) {
        if let Err(refusal) = answer {
            self.say(self.world.now(), &format!("refused: {refusal}"));
        }
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

fn refusal(reason: RefuseReason) -> String {
    match reason {
        RefuseReason::Busy => "as many contacts as there may be".to_owned(),
        RefuseReason::NoFlow => "no flow".to_owned(),
        RefuseReason::NoTrunk(reason) => reason.to_string(),
        RefuseReason::NotClaimed => "the number is not the tenant's".to_owned(),
        RefuseReason::Unavailable => "unavailable".to_owned(),
    }
}

/// What the far end or the carrier says of a call that was dialed.
fn failure(word: &str) -> Option<DisconnectReason> {
    Some(match word {
        "busy" => DisconnectReason::Busy,
        "carrier" => DisconnectReason::CarrierError,
        "rejected" => DisconnectReason::Rejected,
        "unassigned" => DisconnectReason::UnassignedNumber,
        _ => return None,
    })
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
