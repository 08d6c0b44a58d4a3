use model::{ContactId, LegId, Meter, Timestamp, UsageRecord};
use store::{UsageCursor, UsageTotal};

use crate::fixture::{OTHER_TENANT, TENANT, append, at, lease, on_every_database};

#[test]
fn usage_is_summed_by_meter_and_period_in_started_seconds() {
    on_every_database(async |database| {
        let store = database.open().await;
        let mut append = append(lease(&store, TENANT).await, 1, 9);
        append.usage = vec![
            usage(1, Meter::InboundTrunkSeconds, 100, 1),
            usage(2, Meter::InboundTrunkSeconds, 199, 59_001),
            usage(2, Meter::AgentBrowserSeconds, 199, 1000),
            // A period ends before its end.
            usage(3, Meter::InboundTrunkSeconds, 200, 5000),
            usage(4, Meter::InboundTrunkSeconds, 99, 5000),
            UsageRecord {
                test: true,
                ..usage(5, Meter::InboundTrunkSeconds, 150, 2000)
            },
        ];
        assert!(store.append(&[append]).await[0].is_ok());
        let total = |meter, test, record_count, seconds| UsageTotal {
            meter,
            test,
            record_count,
            seconds,
        };
        assert_eq!(
            store.usage_totals(TENANT, at(100), at(200)).await.unwrap(),
            [
                total(Meter::AgentBrowserSeconds, false, 1, 1),
                total(Meter::InboundTrunkSeconds, false, 2, 61),
                total(Meter::InboundTrunkSeconds, true, 1, 2),
            ]
        );
        assert_eq!(
            store.usage_totals(OTHER_TENANT, at(0), at(999)).await.unwrap(),
            []
        );
        assert_eq!(
            store
                .contact_usage(TENANT, ContactId::from_bits(1))
                .await
                .unwrap()
                .len(),
            6
        );
    });
}

#[test]
fn folding_the_same_event_again_changes_nothing() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let first = usage(1, Meter::InboundTrunkSeconds, 100, 1000);
        let mut once = append(lease, 1, 1);
        once.usage = vec![first.clone()];
        let mut again = append(lease, 2, 2);
        again.usage = vec![UsageRecord {
            quantity_ms: 99_000,
            ..first.clone()
        }];
        assert!(store.append(&[once, again]).await.iter().all(Result::is_ok));
        let records = store
            .usage_records(TENANT, Timestamp::EPOCH, at(999), None)
            .await
            .unwrap();
        assert_eq!(records, [first]);
    });
}

#[test]
fn pages_of_records_follow_one_another() {
    on_every_database(async |database| {
        let store = database.open().await;
        let mut append = append(lease(&store, TENANT).await, 1, 5);
        append.usage = vec![
            usage(2, Meter::AgentBrowserSeconds, 100, 1000),
            usage(2, Meter::InboundTrunkSeconds, 100, 1000),
            usage(3, Meter::AgentBrowserSeconds, 100, 1000),
            usage(1, Meter::AgentBrowserSeconds, 101, 1000),
        ];
        let expected = append.usage.clone();
        assert!(store.append(&[append]).await[0].is_ok());
        for from in 0..=expected.len() {
            let after = from.checked_sub(1).map(|last| UsageCursor::from(&expected[last]));
            let records = store
                .usage_records(TENANT, at(100), at(102), after)
                .await
                .unwrap();
            assert_eq!(records, expected[from..], "{from}");
        }
    });
}

fn usage(event_seq: u64, meter: Meter, ended: i64, quantity_ms: u64) -> UsageRecord {
    UsageRecord {
        tenant: TENANT,
        event_seq,
        contact: ContactId::from_bits(1),
        leg: LegId::from_bits(2),
        meter,
        started_at: at(0),
        ended_at: at(ended),
        quantity_ms,
        test: false,
    }
}
