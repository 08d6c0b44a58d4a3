use expect_test::expect_file;
use model::config::{Agent, Disposition, Flow, Queue, TenantSettings};
use model::event::Direction;
use model::{
    AgentId, ConfigChange, ContactEvent, DisconnectReason, DispositionId, EventBody, FlowId, LegId, LegKind,
    Meter, PartyId, QueueId, Revision, RoutingProfileId, SealedNotes, TenantId, UserId,
};

use super::*;

const CONTACT: ContactId = ContactId::from_bits(1);
const LEG: LegId = LegId::from_bits(2);

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis)
}

fn config() -> TenantConfig {
    let mut config = TenantConfig::default();
    config.apply(&Revision {
        number: 1,
        by: None,
        changes: vec![
            ConfigChange::PutSettings(TenantSettings {
                name: "Acme".to_owned(),
                ..TenantSettings::default()
            }),
            ConfigChange::PutFlow(Flow {
                id: FlowId::from_bits(3),
                name: "Welcome".to_owned(),
                document: String::new(),
            }),
            ConfigChange::PutQueue(Queue {
                id: QueueId::from_bits(4),
                name: "Support".to_owned(),
                offer_timeout_s: 20,
                waiting_max: 1,
                service_level_s: 20,
                announce_position_every_s: 0,
                music: "music".to_owned(),
            }),
            ConfigChange::PutAgent(Agent {
                id: AgentId::from_bits(5),
                user: UserId::from_bits(6),
                name: "Maya".to_owned(),
                routing_profile: RoutingProfileId::from_bits(7),
            }),
            ConfigChange::PutDisposition(Disposition {
                id: DispositionId::from_bits(8),
                name: "Resolved".to_owned(),
            }),
        ],
    });
    config
}

#[test]
fn a_contact_is_told_with_names_and_times_since_its_beginning() {
    let (leg, reason) = (LEG, DisconnectReason::CustomerHangup);
    let story_of_contact = [
        (
            0,
            ContactEvent::Initiated {
                leg,
                direction: Direction::Inbound,
                party: PartyId::from_bits(9),
                number: "+12125550100".parse().unwrap(),
                trunk: None,
                flow: FlowId::from_bits(3),
                test: true,
            },
        ),
        (
            0,
            ContactEvent::LegStarted {
                leg,
                kind: LegKind::CustomerBrowser,
            },
        ),
        (250, ContactEvent::LegConnected { leg }),
        (
            1_250,
            ContactEvent::Enqueued {
                queue: QueueId::from_bits(4),
                priority: 5,
                since: at(1_250),
            },
        ),
        (
            61_000,
            ContactEvent::LegEnded {
                leg,
                reason,
                ended_at: at(61_000),
            },
        ),
        (
            61_000,
            ContactEvent::Disconnected {
                reason,
                ended_at: at(61_000),
            },
        ),
        (
            61_000,
            ContactEvent::Completed {
                disposition: Some(DispositionId::from_bits(8)),
                notes_sealed: Some(SealedNotes::from_ciphertext("c2VhbGVk".to_owned())),
            },
        ),
    ];
    let mut record = ContactRecord::begin(CONTACT, &story_of_contact[0].1, at(0)).unwrap();
    let mut events = Vec::new();
    for (seq, (millis, contact_event)) in (7..).zip(story_of_contact) {
        record.apply(&contact_event, at(millis));
        events.push(Event {
            seq,
            at: at(millis),
            body: EventBody::Contact(CONTACT, contact_event),
        });
    }
    let usage = UsageRecord {
        tenant: TenantId::from_bits(1),
        event_seq: 11,
        contact: CONTACT,
        leg,
        meter: Meter::CustomerBrowserSeconds,
        started_at: at(250),
        ended_at: at(61_000),
        quantity_ms: 60_750,
        test: true,
    };
    let written = RevealedNotes::Text("a \u{1b}[31mred\u{1b}[0m herring".to_owned());
    let told = |notes| Told {
        record: &record,
        events: &events,
        notes: Some(notes),
        usage: std::slice::from_ref(&usage),
    };
    expect_file!["story.txt"].assert_eq(&story(&told(&written), &config()));
    let erased = story(&told(&RevealedNotes::Erased), &config());
    assert!(
        erased.contains(" completed disposition=\"Resolved\" notes=erased\n"),
        "{erased}"
    );
}
