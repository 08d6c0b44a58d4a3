use model::contact::{Segment, SegmentPlace};
use model::{AgentId, ContactId, ContactRecord, DisconnectReason, QueueId, Timestamp};
use store::{Append, ContactQuery, QueueCounts, Store};

use crate::fixture::{OTHER_TENANT, TENANT, append, at, lease, on_every_database, record};

const AGENT: AgentId = AgentId::from_bits(40);
const QUEUE: QueueId = QueueId::from_bits(41);

#[test]
fn pages_follow_one_another_while_contacts_arrive() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        // Two and three began at the same moment.
        let records = vec![record(1, 10), record(2, 20), record(3, 20), record(4, 30)];
        put(&store, append(lease, 1, 1), records.clone()).await;
        let query = ContactQuery {
            limit: 2,
            ..ContactQuery::default()
        };
        let first = store.contact_records(TENANT, &query).await.unwrap();
        assert_eq!(first.records, [records[3].clone(), records[2].clone()]);
        put(&store, append(lease, 2, 2), vec![record(5, 40)]).await;
        let cursor = first.next.unwrap().to_string();
        let query = ContactQuery {
            before: Some(cursor.parse().unwrap()),
            ..query
        };
        let second = store.contact_records(TENANT, &query).await.unwrap();
        assert_eq!(second.records, [records[1].clone(), records[0].clone()]);
        assert_eq!(second.next, None);
        assert!(
            store
                .contact_records(OTHER_TENANT, &query)
                .await
                .unwrap()
                .records
                .is_empty()
        );
        for text in [
            "",
            "5",
            "x-cnt_00000000000000000000000001",
            "5-que_00000000000000000000000001",
        ] {
            assert!(text.parse::<store::ContactCursor>().is_err(), "{text}");
        }
    });
}

#[test]
fn a_record_is_replaced_by_its_later_state() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let open = record(1, 10);
        let mut completed = open.clone();
        completed.completed_at = Some(at(50));
        // Both states in one group: the last one stays.
        put(&store, append(lease, 1, 1), vec![open.clone(), record(2, 11)]).await;
        assert_eq!(store.open_contact_records(TENANT).await.unwrap().len(), 2);
        put(&store, append(lease, 2, 2), vec![open, completed.clone()]).await;
        let stored = store.contact_record(TENANT, completed.id).await.unwrap();
        assert_eq!(stored, Some(completed.clone()));
        assert_eq!(store.open_contact_records(TENANT).await.unwrap(), [record(2, 11)]);
        assert_eq!(
            store.contact_record(OTHER_TENANT, completed.id).await.unwrap(),
            None
        );
    });
}

#[test]
fn an_agent_lists_what_they_took_part_in() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let mut theirs = with_agent(record(2, 20), AGENT);
        theirs.agent = Some(AgentId::from_bits(99));
        put(
            &store,
            append(lease, 1, 1),
            vec![record(1, 10), theirs.clone(), record(3, 30)],
        )
        .await;
        put(&store, append(lease, 2, 2), vec![theirs.clone()]).await;
        let query = ContactQuery {
            agent: Some(AGENT),
            limit: 10,
            ..ContactQuery::default()
        };
        let page = store.contact_records(TENANT, &query).await.unwrap();
        assert_eq!(page.records, [theirs.clone()]);
        assert!(store.took_part(TENANT, AGENT, theirs.id).await.unwrap());
        assert!(
            !store
                .took_part(TENANT, AGENT, ContactId::from_bits(1))
                .await
                .unwrap()
        );
        assert!(!store.took_part(OTHER_TENANT, AGENT, theirs.id).await.unwrap());
    });
}

#[test]
fn a_queue_counts_answered_abandoned_and_within_the_service_level() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let records = vec![
            queued(record(1, 100), Some(at(120))),
            queued(record(2, 200), Some(at(221))),
            abandoned(queued(record(3, 300), None)),
            queued(record(4, 400), None),
            // Before the period.
            queued(record(5, 50), Some(at(51))),
            // In no queue.
            record(6, 500),
            test(queued(record(7, 600), Some(at(601)))),
        ];
        put(&store, append(lease, 1, 1), records).await;
        assert_eq!(
            store.queue_counts(TENANT, QUEUE, at(100), 20_000).await.unwrap(),
            QueueCounts {
                contact_count: 4,
                answered_count: 2,
                answered_in_threshold_count: 1,
                abandoned_count: 1,
                last_seq: 1,
            }
        );
        let other = store
            .queue_counts(OTHER_TENANT, QUEUE, at(0), 20_000)
            .await
            .unwrap();
        assert_eq!(other, QueueCounts::default());
    });
}

async fn put(store: &Store, mut append: Append, records: Vec<ContactRecord>) {
    append.records = records;
    let results = store.append(&[append]).await;
    assert!(results[0].is_ok(), "{results:?}");
}

fn queued(mut record: ContactRecord, connected_at: Option<Timestamp>) -> ContactRecord {
    record.queue = Some(QUEUE);
    record.enqueued_at = Some(record.initiated_at);
    record.connected_at = connected_at;
    record
}

fn abandoned(mut record: ContactRecord) -> ContactRecord {
    record.disconnect_reason = Some(DisconnectReason::CustomerHangup);
    record
}

fn test(mut record: ContactRecord) -> ContactRecord {
    record.test = true;
    record
}

fn with_agent(mut record: ContactRecord, agent: AgentId) -> ContactRecord {
    record.segments.push(Segment {
        number: 2,
        place: SegmentPlace::Agent(agent),
        started_at: at(21),
        ended_at: None,
    });
    record
}
