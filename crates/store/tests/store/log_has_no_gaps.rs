use model::{AgentEvent, AgentId, ContactEvent, ContactId, EventBody, LegId, LiveView, Timestamp};
use store::{AppendError, LogHead, Snapshot};

use crate::fixture::{OTHER_TENANT, TENANT, append, at, event, lease, on_every_database};

#[test]
fn what_was_appended_is_there_after_a_restart() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        // More than fits into one statement.
        let results = store
            .append(&[append(lease, 1, 150), append(lease, 151, 151)])
            .await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        // Dropped without closing, as a crash does.
        drop(store);

        let store = database.open().await;
        let head = store.log_head(TENANT).await.unwrap();
        assert_eq!(
            head,
            LogHead {
                last_seq: 151,
                epoch: 1
            }
        );
        let expected: Vec<_> = (1..=151).map(event).collect();
        assert_eq!(store.events_after(TENANT, 0, 1000).await.unwrap(), expected);
        assert_eq!(store.events_after(TENANT, 149, 1).await.unwrap(), [event(150)]);
        assert_eq!(store.events_after(TENANT, 151, 1000).await.unwrap(), []);
        assert_eq!(store.events_after(OTHER_TENANT, 0, 1000).await.unwrap(), []);
    });
}

#[test]
fn events_that_do_not_follow_are_refused() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        assert!(store.append(&[append(lease, 1, 3)]).await[0].is_ok());
        for (from, to) in [(3, 3), (1, 4), (5, 5), (0, 1)] {
            let results = store.append(&[append(lease, from, to)]).await;
            assert!(
                matches!(results[0], Err(AppendError::SeqMismatch { .. })),
                "{from}..={to}: {results:?}"
            );
        }
        let mut gap = append(lease, 4, 6);
        gap.events.remove(1);
        let results = store.append(&[gap]).await;
        assert!(matches!(results[0], Err(AppendError::SeqMismatch { .. })));
        assert_eq!(store.log_head(TENANT).await.unwrap().last_seq, 3);
        assert_eq!(store.events_after(TENANT, 0, 1000).await.unwrap().len(), 3);
    });
}

#[test]
fn within_a_group_what_stands_before_a_gap_is_stored() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let group = [append(lease, 1, 2), append(lease, 4, 4), append(lease, 3, 3)];
        let results = store.append(&group).await;
        assert!(results[0].is_ok());
        assert!(matches!(
            results[1],
            Err(AppendError::SeqMismatch { last_seq: 2 })
        ));
        // It stood behind what was refused, so its writer decided it on events that never happened.
        assert!(matches!(
            results[2],
            Err(AppendError::SeqMismatch { last_seq: 2 })
        ));
        assert_eq!(store.log_head(TENANT).await.unwrap().last_seq, 2);
    });
}

#[test]
fn a_contact_has_its_events_and_the_work_after_it() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let contact = ContactId::from_bits(1);
        let agent = AgentId::from_bits(1);
        let mut append = append(lease, 1, 4);
        append.events[1].body = EventBody::Contact(
            contact,
            ContactEvent::LegConnected {
                leg: LegId::from_bits(1),
            },
        );
        append.events[2].body = EventBody::Agent(agent, AgentEvent::AfterContactWorkEnded { contact });
        append.events[3].body = EventBody::Agent(agent, AgentEvent::Reached);
        let expected = append.events[1..=2].to_vec();
        assert!(store.append(&[append]).await[0].is_ok());
        assert_eq!(store.contact_events(TENANT, contact).await.unwrap(), expected);
        assert_eq!(store.contact_events(OTHER_TENANT, contact).await.unwrap(), []);
    });
}

#[test]
fn the_latest_snapshot_counts() {
    on_every_database(async |database| {
        let store = database.open().await;
        let snapshot = |seq| Snapshot {
            view: LiveView {
                seq,
                ..LiveView::default()
            },
            ..Snapshot::default()
        };
        store.put_snapshot(TENANT, &snapshot(7)).await.unwrap();
        store.put_snapshot(TENANT, &snapshot(5)).await.unwrap();
        assert_eq!(store.snapshot(TENANT).await.unwrap(), Some(snapshot(7)));
        assert_eq!(store.snapshot(OTHER_TENANT).await.unwrap(), None);
    });
}

#[test]
fn time_beyond_the_calendar_survives() {
    on_every_database(async |database| {
        let store = database.open().await;
        let lease = lease(&store, TENANT).await;
        let mut append = append(lease, 1, 2);
        append.events[0].at = Timestamp::from_millis(i64::MIN);
        append.events[1].at = at(0);
        let expected = append.events.clone();
        assert!(store.append(&[append]).await[0].is_ok());
        assert_eq!(store.events_after(TENANT, 0, 10).await.unwrap(), expected);
    });
}
