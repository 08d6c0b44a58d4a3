use model::event::Direction;
use model::{
    AgentId, ContactEvent, ContactId, ContactRecord, DisconnectReason, Event, EventBody, FlowId, LegId,
    LegKind, Meter, PartyId, TenantEvent, TenantId, Timestamp, UsageRecord,
};

use crate::meter;

const TENANT: TenantId = TenantId::from_bits(1);
const CONTACT: ContactId = ContactId::from_bits(2);
const LEG: LegId = LegId::from_bits(3);
const AGENT_LEG: LegId = LegId::from_bits(4);
const AGENT: AgentId = AgentId::from_bits(5);

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn initiated(direction: Direction, test: bool) -> ContactEvent {
    ContactEvent::Initiated {
        leg: LEG,
        direction,
        party: PartyId::from_bits(6),
        number: "+12125550100".parse().unwrap(),
        trunk: None,
        flow: FlowId::from_bits(7),
        test,
    }
}

const fn started(leg: LegId, kind: LegKind) -> ContactEvent {
    ContactEvent::LegStarted { leg, kind }
}

const fn connected(leg: LegId) -> ContactEvent {
    ContactEvent::LegConnected { leg }
}

fn ended(leg: LegId, ended_at: i64) -> ContactEvent {
    ContactEvent::LegEnded {
        leg,
        reason: DisconnectReason::CustomerHangup,
        ended_at: at(ended_at),
    }
}

/// Folds a contact's events, each with its time, numbered from 1, and collects what they meter.
fn fold(story: &[(i64, ContactEvent)]) -> Vec<UsageRecord> {
    let mut record: Option<ContactRecord> = None;
    let mut metered = Vec::new();
    for (seq, (millis, contact_event)) in (1..).zip(story) {
        let event = Event {
            seq,
            at: at(*millis),
            body: EventBody::Contact(CONTACT, contact_event.clone()),
        };
        match &mut record {
            None => record = ContactRecord::begin(CONTACT, contact_event, event.at),
            Some(record) => {
                metered.extend(meter(TENANT, record, &event));
                record.apply(contact_event, event.at);
            }
        }
    }
    metered
}

#[test]
fn each_kind_of_leg_has_its_meter() {
    let cases = [
        (
            LegKind::Agent(AGENT),
            Direction::Inbound,
            Meter::AgentBrowserSeconds,
        ),
        (
            LegKind::Agent(AGENT),
            Direction::Outbound,
            Meter::AgentBrowserSeconds,
        ),
        (
            LegKind::CustomerBrowser,
            Direction::Inbound,
            Meter::CustomerBrowserSeconds,
        ),
        (
            LegKind::CustomerBrowser,
            Direction::Outbound,
            Meter::CustomerBrowserSeconds,
        ),
        (
            LegKind::CustomerTrunk,
            Direction::Inbound,
            Meter::InboundTrunkSeconds,
        ),
        (
            LegKind::CustomerTrunk,
            Direction::Outbound,
            Meter::OutboundTrunkSeconds,
        ),
    ];
    for (kind, direction, expected) in cases {
        let metered = fold(&[
            (0, initiated(direction, false)),
            (0, started(LEG, kind)),
            (10, connected(LEG)),
            (30, ended(LEG, 30)),
        ]);
        let meters: Vec<Meter> = metered.iter().map(|record| record.meter).collect();
        assert_eq!(meters, [expected], "{kind:?} {direction:?}");
    }
}

#[test]
fn a_leg_is_metered_once_from_connected_to_ended() {
    // (what, events after `Initiated` at 0, the event that meters, metered from and until)
    type Row<'a> = (&'a str, &'a [(i64, ContactEvent)], Option<(u64, i64, i64)>);
    let trunk = started(LEG, LegKind::CustomerTrunk);
    let rows: [Row<'_>; 8] = [
        (
            "an ordinary leg",
            &[
                (1, trunk.clone()),
                (5, connected(LEG)),
                (1_006, ended(LEG, 1_006)),
            ],
            Some((4, 5, 1_006)),
        ),
        (
            "a leg that never connected",
            &[(1, trunk.clone()), (9, ended(LEG, 9))],
            None,
        ),
        (
            "a leg that rang and was not answered",
            &[
                (1, trunk.clone()),
                (2, ContactEvent::LegRinging { leg: LEG }),
                (60_001, ended(LEG, 60_001)),
            ],
            None,
        ),
        (
            "a leg that rang before it was answered",
            &[
                (1, trunk.clone()),
                (2, ContactEvent::LegRinging { leg: LEG }),
                (9_000, connected(LEG)),
                (9_500, ended(LEG, 9_500)),
            ],
            Some((5, 9_000, 9_500)),
        ),
        (
            "a leg that is still up",
            &[(1, trunk.clone()), (5, connected(LEG))],
            None,
        ),
        (
            "a leg whose end is reported twice",
            &[
                (1, trunk.clone()),
                (5, connected(LEG)),
                (8, ended(LEG, 8)),
                (9, ended(LEG, 9)),
            ],
            Some((4, 5, 8)),
        ),
        (
            "a leg that was found open after a crash",
            &[
                (1, trunk.clone()),
                (5, connected(LEG)),
                (60_000, ended(LEG, 9_000)),
            ],
            Some((4, 5, 9_000)),
        ),
        (
            "a leg that connected after the last sign of life",
            &[(1, trunk), (500, connected(LEG)), (60_000, ended(LEG, 400))],
            Some((4, 500, 500)),
        ),
    ];
    for (what, events, expected) in rows {
        let begun = std::iter::once((0, initiated(Direction::Inbound, false)));
        let story: Vec<_> = begun.chain(events.iter().cloned()).collect();
        let metered: Vec<_> = fold(&story)
            .iter()
            .map(|record| {
                (
                    record.event_seq,
                    record.started_at,
                    record.ended_at,
                    record.quantity_ms,
                )
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(seq, from, until)| (*seq, at(*from), at(*until), (until - from).unsigned_abs()))
            .collect();
        assert_eq!(metered, expected, "{what}");
    }
}

#[test]
fn every_leg_of_a_contact_is_metered_on_its_own_and_marked_as_test() {
    let metered = fold(&[
        (0, initiated(Direction::Inbound, true)),
        (0, started(LEG, LegKind::CustomerBrowser)),
        (100, connected(LEG)),
        (5_000, started(AGENT_LEG, LegKind::Agent(AGENT))),
        (5_100, connected(AGENT_LEG)),
        (9_100, ended(LEG, 9_100)),
        (9_100, ended(AGENT_LEG, 9_101)),
    ]);
    let expected = [
        (LEG, Meter::CustomerBrowserSeconds, 9_000),
        (AGENT_LEG, Meter::AgentBrowserSeconds, 4_001),
    ];
    assert_eq!(metered.len(), expected.len());
    for (record, (leg, meter, quantity_ms)) in metered.iter().zip(expected) {
        assert_eq!(
            (record.leg, record.meter, record.quantity_ms),
            (leg, meter, quantity_ms)
        );
        assert_eq!(
            (record.tenant, record.contact, record.test),
            (TENANT, CONTACT, true)
        );
    }
}

#[test]
fn what_is_no_end_of_a_leg_meters_nothing() {
    let record = ContactRecord::begin(CONTACT, &initiated(Direction::Inbound, false), at(0)).unwrap();
    let event = Event {
        seq: 1,
        at: at(1),
        body: EventBody::Tenant(TenantEvent::Checkpointed),
    };
    assert_eq!(meter(TENANT, &record, &event), None);
}
