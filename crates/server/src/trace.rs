//! `offhook trace`: one contact's events as they are in the log, readable.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Result, bail};
use model::{ContactId, ContactRecord, Event, TenantConfig, Timestamp, UsageRecord};
use serde_json::Value;
use store::{RevealedNotes, Store};

/// Fields of stored events that are times, in milliseconds since the Unix epoch.
const TIMES: [&str; 5] = ["ended_at", "expires_at", "idle_since", "since", "until"];

/// What a person may want to know of one contact, as text.
pub(crate) async fn trace(store: &Store, contact: ContactId) -> Result<String> {
    for tenant in store.tenant_ids().await? {
        let Some(record) = store.contact_record(tenant, contact).await? else {
            continue;
        };
        let events = store.contact_events(tenant, contact).await?;
        let notes = store.reveal_notes(tenant, &record).await?;
        let usage = store.contact_usage(tenant, contact).await?;
        let config = store.load_config(tenant).await?;
        let told = Told {
            record: &record,
            events: &events,
            notes: notes.as_ref(),
            usage: &usage,
        };
        return Ok(story(&told, &config));
    }
    bail!("there is no contact {contact} in this database")
}

/// What is stored of a contact.
struct Told<'a> {
    record: &'a ContactRecord,
    events: &'a [Event],
    notes: Option<&'a RevealedNotes>,
    usage: &'a [UsageRecord],
}

/// The story of a contact: head, events with their times, phases and metered legs.
fn story(told: &Told<'_>, config: &TenantConfig) -> String {
    let record = told.record;
    let names = names(config);
    let test = if record.test { ", a test call" } else { "" };
    let mut text = format!("{} of {:?}{test}\n\n", record.id, config.settings.name);
    for event in told.events {
        let line = Line {
            event,
            began_at: record.initiated_at,
            names: &names,
            notes: told.notes,
        };
        line.write(&mut text);
    }
    let phases = record.intervals;
    let phases = [
        ("flow", phases.flow_ms),
        ("wait", phases.wait_ms),
        ("ring", phases.ring_ms),
        ("talk", phases.talk_ms),
        ("hold", phases.hold_ms),
    ];
    let phases = phases.map(|(phase, ms)| format!("{phase} {}", seconds(ms)));
    let whole = if record.phase.is_some() {
        "so far"
    } else {
        "together"
    };
    let total = seconds(record.intervals.total_ms());
    let _ = writeln!(text, "\n{}; {whole} {total}", phases.join(", "));
    for metered in told.usage {
        let (meter, leg) = (metered.meter.name(), metered.leg);
        let _ = writeln!(
            text,
            "metered {meter} {}: {} of {leg}",
            metered.seconds(),
            seconds(metered.quantity_ms)
        );
    }
    text
}

/// What configured things are called, by their ids.
fn names(config: &TenantConfig) -> BTreeMap<String, &str> {
    let agents = config
        .agents
        .values()
        .map(|one| (one.id.to_string(), one.name.as_str()));
    let dispositions = config.dispositions.values();
    let dispositions = dispositions.map(|one| (one.id.to_string(), one.name.as_str()));
    let flows = config
        .flows
        .values()
        .map(|one| (one.id.to_string(), one.name.as_str()));
    let profiles = config.routing_profiles.values();
    let profiles = profiles.map(|one| (one.id.to_string(), one.name.as_str()));
    let queues = config
        .queues
        .values()
        .map(|one| (one.id.to_string(), one.name.as_str()));
    agents
        .chain(dispositions)
        .chain(flows)
        .chain(profiles)
        .chain(queues)
        .collect()
}

/// One event on one line.
struct Line<'a> {
    event: &'a Event,
    began_at: Timestamp,
    names: &'a BTreeMap<String, &'a str>,
    notes: Option<&'a RevealedNotes>,
}

impl Line<'_> {
    fn write(&self, text: &mut String) {
        let stored = store::stored::event_json(self.event);
        let event = &stored["event"];
        let kind = event["type"].as_str().unwrap_or_default();
        let after = self.after(self.event.at);
        let _ = write!(
            text,
            "{}  {after:>12}  #{:<6} {kind}",
            self.event.at, self.event.seq
        );
        if stored["about"] == "agent" {
            let _ = write!(text, " agent={}", self.value("id", &stored["id"]));
        }
        for (field, value) in event.as_object().into_iter().flatten() {
            if field == "notes_sealed" {
                let _ = write!(text, " notes={}", self.revealed_notes());
            } else if field != "type" && !value.is_null() {
                let _ = write!(text, " {field}={}", self.value(field, value));
            }
        }
        text.push('\n');
    }

    fn value(&self, field: &str, value: &Value) -> String {
        match value {
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(field, item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Number(number) if TIMES.contains(&field) => {
                let millis = number.as_i64().unwrap_or_default();
                self.after(Timestamp::from_millis(millis))
            }
            Value::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| format!("{name}={}", self.value(name, value)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(" "))
            }
            // As JSON, so that what a caller or an agent wrote cannot steer the terminal.
            Value::String(id) => match self.names.get(id) {
                Some(name) => format!("{name:?}"),
                None if is_word(id) => id.clone(),
                None => format!("{id:?}"),
            },
            Value::Bool(_) | Value::Null | Value::Number(_) => value.to_string(),
        }
    }

    /// What the agent wrote, as JSON like all that people write; a bare word if it is gone.
    fn revealed_notes(&self) -> String {
        match self.notes {
            Some(RevealedNotes::Text(notes)) => format!("{notes:?}"),
            Some(RevealedNotes::Erased) | None => "erased".to_owned(),
        }
    }

    /// Time since the contact began.
    fn after(&self, at: Timestamp) -> String {
        if at < self.began_at {
            return format!("-{}", seconds(self.began_at.millis_since(at)));
        }
        format!("+{}", seconds(at.millis_since(self.began_at)))
    }
}

fn is_word(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03} s", ms / 1000, ms % 1000)
}
