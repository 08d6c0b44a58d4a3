//! The golden files were written by the first release of a version and are never changed: what they hold
//! must be read, and must fold, for ever.

mod story;

use model::event::EmergencyRefusal;
use model::{ContactEvent, ContactRecord, Event, EventBody, LiveView, TenantEvent, Timestamp};
use serde::Deserialize;

use super::{config, event, record, snapshot};
use crate::Snapshot;

const EVENTS_V1: &str = include_str!("../../tests/golden/events_v1.jsonl");
const RECORD_V1: &str = include_str!("../../tests/golden/record_v1.json");
const CHANGES_V1: &str = include_str!("../../tests/golden/config_v1.jsonl");

/// One line of a golden file: a row of the table `events`.
#[derive(Deserialize)]
struct Line<'a> {
    seq: u64,
    happened_at: i64,
    v: i64,
    #[serde(borrow)]
    body: &'a serde_json::value::RawValue,
}

fn golden_events() -> Vec<Event> {
    EVENTS_V1
        .lines()
        .map(|line| {
            let row: Line<'_> = serde_json::from_str(line).unwrap();
            event::decode(
                row.seq,
                Timestamp::from_millis(row.happened_at),
                row.v,
                row.body.get(),
            )
            .unwrap()
        })
        .collect()
}

#[test]
fn events_of_version_1_read_as_they_were_meant() {
    assert_eq!(golden_events(), story::events());
}

#[test]
fn events_of_version_1_fold_as_they_did() {
    let mut live = LiveView::default();
    let mut completed: Vec<ContactRecord> = golden_events()
        .iter()
        .filter_map(|event| live.apply(event))
        .collect();
    assert_eq!(live.seq, story::events().len() as u64);
    let folded = completed.pop().unwrap();
    assert_eq!(folded, record::decode(1, RECORD_V1.trim_end()).unwrap());
    assert_eq!(folded.intervals.total_ms(), 120_000);
}

#[test]
fn events_are_written_as_the_golden_file_has_them() {
    assert_eq!(event::VERSION, 1, "a new version has a golden file of its own");
    for (event, line) in story::events().iter().zip(EVENTS_V1.lines()) {
        let row: Line<'_> = serde_json::from_str(line).unwrap();
        assert_eq!(event::encode(event), row.body.get());
    }
}

#[test]
fn a_snapshot_whose_form_or_fold_has_changed_has_a_new_version() {
    let mut live = LiveView::default();
    let mut events = story::events();
    // In the middle of the story: a contact is open.
    events.truncate(24);
    for event in &events {
        live.apply(event);
    }
    assert_eq!(live.contacts.len(), 1);
    let taken = Snapshot {
        view: live,
        head_at: events[events.len() - 1].at,
        revision: 3,
        answered_at: Some(events[0].at),
    };
    assert_eq!(snapshot::VERSION, 1, "a new version has a golden file of its own");
    expect_test::expect_file!["../../tests/golden/snapshot_v1.json"].assert_eq(&snapshot::encode(&taken));
}

#[test]
fn a_snapshot_at_any_event_is_what_the_log_comes_to() {
    let mut live = LiveView::default();
    for event in story::events() {
        live.apply(&event);
        let taken = Snapshot {
            view: live.clone(),
            head_at: event.at,
            revision: 3,
            answered_at: Some(event.at),
        };
        assert_eq!(snapshot::decode(&snapshot::encode(&taken)).unwrap(), taken);
    }
}

#[test]
fn a_record_is_written_as_the_golden_file_has_it() {
    let stored = record::decode(1, RECORD_V1.trim_end()).unwrap();
    assert_eq!(record::encode(&stored), RECORD_V1.trim_end());
    let mut open = ContactRecord::begin(stored.id, &story::initiated(), Timestamp::from_millis(5)).unwrap();
    open.apply(
        &ContactEvent::LegStarted {
            leg: story::CUSTOMER_LEG,
            kind: model::LegKind::CustomerBrowser,
        },
        Timestamp::from_millis(6),
    );
    assert_eq!(record::decode(1, &record::encode(&open)).unwrap(), open);
}

#[test]
fn changes_of_the_configuration_read_and_are_written_as_the_golden_file_has_them() {
    let changes = story::changes();
    assert_eq!(CHANGES_V1.lines().count(), changes.len());
    for (change, line) in changes.iter().zip(CHANGES_V1.lines()) {
        assert_eq!(config::decode_change(1, line).unwrap(), *change);
        assert_eq!(config::encode_change(change), line);
    }
}

#[test]
fn what_cannot_be_read_is_an_error_and_says_why() {
    let at = Timestamp::EPOCH;
    for (version, body, expected) in [
        (
            2,
            "{}",
            "an event has version 2, which this version of Offhook does not know",
        ),
        (1, "{}", "an event cannot be read from the database"),
        (
            1,
            r#"{"about":"tenant","event":{"type":"of_the_future"}}"#,
            "an event cannot be read from the database",
        ),
    ] {
        assert_eq!(
            event::decode(1, at, version, body).unwrap_err().to_string(),
            expected,
            "{body}"
        );
    }
}

#[test]
fn after_contact_work_belongs_to_the_story_of_its_contact() {
    let of_contact = story::events()
        .iter()
        .filter(|event| event::contact(&event.body) == Some(story::CONTACT))
        .count();
    let about_contact = story::events()
        .iter()
        .filter(|event| matches!(event.body, EventBody::Contact(..)))
        .count();
    assert_eq!(of_contact, about_contact + 3);
}

#[test]
fn events_of_outbound_calls_are_written_and_read_as_they_were_since_they_came() {
    let ringing = ContactEvent::LegRinging {
        leg: story::CUSTOMER_LEG,
    };
    let refused = |reason| {
        EventBody::Tenant(TenantEvent::EmergencyCallRefused {
            from: "+4930901820".parse().unwrap(),
            to: "112".parse().unwrap(),
            reason,
        })
    };
    for (body, stored) in [
        (
            EventBody::Contact(story::CONTACT, ringing),
            r#"{"type":"leg_ringing","leg":"leg_00000000000000000000000002"}}"#,
        ),
        (
            refused(None),
            r#"{"type":"emergency_call_refused","from":"+4930901820","to":"112"}}"#,
        ),
        (
            refused(Some(EmergencyRefusal::NoTrunk)),
            r#"{"type":"emergency_call_refused","from":"+4930901820","to":"112","reason":"no_trunk"}}"#,
        ),
    ] {
        let (seq, at) = (1, Timestamp::EPOCH);
        let event = Event { seq, at, body };
        let written = event::encode(&event);
        assert!(written.ends_with(stored), "{written}");
        assert_eq!(event::decode(seq, at, 1, &written).unwrap(), event);
    }
}
