use std::time::Duration;

use model::TenantId;
use store::{Append, AppendError, Store, TakeLeaseError};

use crate::fixture::{OTHER_TENANT, TENANT, append, at, lease, on_every_database, record};

const TTL: Duration = Duration::from_secs(10);

#[test]
fn a_lease_is_taken_over_when_it_has_expired_or_was_given_back() {
    on_every_database(async |database| {
        let store = database.open().await;
        let first = store.take_lease(TENANT, "a", at(0), TTL).await.unwrap();
        assert_eq!((first.epoch, first.expires_at), (1, at(10)));
        let Err(TakeLeaseError::Held { node, expires_at }) = store.take_lease(TENANT, "b", at(9), TTL).await
        else {
            panic!("the lease is held");
        };
        assert_eq!((node.as_str(), expires_at), ("a", at(10)));

        assert_eq!(store.renew_leases(&[first], at(9), TTL).await.unwrap(), []);
        assert!(store.take_lease(TENANT, "b", at(18), TTL).await.is_err());
        let second = store.take_lease(TENANT, "b", at(19), TTL).await.unwrap();
        assert_eq!(second.epoch, 2);
        let other = store.take_lease(OTHER_TENANT, "a", at(19), TTL).await.unwrap();
        let lost = store.renew_leases(&[first, other], at(19), TTL).await.unwrap();
        assert_eq!(lost, [first], "one loss does not concern the others");
        // What a stale lease gives back changes nothing.
        store.release_lease(&first).await.unwrap();
        assert!(store.take_lease(TENANT, "a", at(20), TTL).await.is_err());

        store.release_lease(&second).await.unwrap();
        assert_eq!(store.take_lease(TENANT, "a", at(20), TTL).await.unwrap().epoch, 3);
    });
}

#[test]
fn a_node_that_was_restarted_takes_its_own_lease_at_once() {
    on_every_database(async |database| {
        let store = database.open().await;
        let before = store.take_lease(TENANT, "a", at(0), TTL).await.unwrap();
        assert!(store.append(&[append(before, 1, 1)]).await[0].is_ok());
        drop(store);
        let store = database.open().await;
        let after = store.take_lease(TENANT, "a", at(1), TTL).await.unwrap();
        assert_eq!(after.epoch, 2);
        assert!(store.append(&[append(after, 2, 2)]).await[0].is_ok());
        assert!(is_stale(&store.append(&[append(before, 3, 3)]).await[0]));
    });
}

#[test]
fn a_stale_lease_is_refused_while_other_tenants_of_the_group_are_stored() {
    on_every_database(async |database| {
        let store = database.open().await;
        let stale = lease(&store, TENANT).await;
        let current = store.take_lease(TENANT, "node-1", at(1), TTL).await.unwrap();
        let other = lease(&store, OTHER_TENANT).await;
        let group = [append(stale, 1, 1), append(other, 1, 2), append(other, 3, 3)];
        let results = store.append(&group).await;
        assert!(matches!(
            results[0],
            Err(AppendError::StaleLease { epoch: 1, current: 2 })
        ));
        assert!(results[1].is_ok() && results[2].is_ok());
        assert_eq!(seqs(&store, TENANT).await, [0; 0]);
        assert_eq!(seqs(&store, OTHER_TENANT).await, [1, 2, 3]);
        assert!(store.append(&[append(current, 1, 1)]).await[0].is_ok());
    });
}

#[test]
fn after_a_take_over_the_old_node_is_told_of_nothing_more() {
    on_every_database(async |database| {
        let (old, new) = (database.open().await, database.open().await);
        for round in 0..10 {
            let stale = lease(&old, TENANT).await;
            let from = old.log_head(TENANT).await.unwrap().last_seq + 1;
            let old = old.clone();
            let appending = tokio::spawn(async move {
                for seq in from.. {
                    if let Err(refused) = old.append(&[append(stale, seq, seq)]).await.remove(0) {
                        assert!(matches!(refused, AppendError::StaleLease { .. }), "{refused:?}");
                        return seq - 1;
                    }
                }
                unreachable!("the log has an end");
            });
            while new.log_head(TENANT).await.unwrap().last_seq < from + round {
                tokio::task::yield_now().await;
            }
            let current = lease(&new, TENANT).await;
            let head = new.log_head(TENANT).await.unwrap().last_seq;
            assert!(new.append(&[append(current, head + 1, head + 1)]).await[0].is_ok());
            assert_eq!(appending.await.unwrap(), head, "round {round}");
        }
    });
}

#[test]
fn an_append_that_waited_while_the_lease_was_taken_anew_does_not_refuse_its_successor() {
    on_every_database(async |database| {
        let store = database.open().await;
        let stale = lease(&store, TENANT).await;
        let current = lease(&store, TENANT).await;
        let group = [
            append(stale, 1, 1),
            append(current, 1, 1),
            append(stale, 2, 2),
            append(current, 2, 2),
        ];
        let results = store.append(&group).await;
        let stale: Vec<bool> = results.iter().map(is_stale).collect();
        assert_eq!(stale, [true, false, true, false]);
        assert!(results[1].is_ok() && results[3].is_ok());
        assert_eq!(seqs(&store, TENANT).await, [1, 2]);
    });
}

#[test]
fn projections_alone_need_the_lease_too() {
    on_every_database(async |database| {
        let store = database.open().await;
        let stale = lease(&store, TENANT).await;
        let current = lease(&store, TENANT).await;
        let projection = |lease| Append {
            records: vec![record(1, 1)],
            ..append(lease, 1, 0)
        };
        assert!(is_stale(&store.append(&[projection(stale)]).await[0]));
        assert!(store.open_contact_records(TENANT).await.unwrap().is_empty());
        assert!(store.append(&[projection(current)]).await[0].is_ok());
        assert_eq!(store.open_contact_records(TENANT).await.unwrap(), [record(1, 1)]);
        assert_eq!(store.log_head(TENANT).await.unwrap().last_seq, 0);
    });
}

#[test]
fn without_a_lease_nothing_is_appended() {
    on_every_database(async |database| {
        let store = database.open().await;
        let mut never_taken = lease(&store, TENANT).await;
        never_taken.tenant = OTHER_TENANT;
        let results = store.append(&[append(never_taken, 1, 1)]).await;
        assert!(matches!(
            results[0],
            Err(AppendError::StaleLease { epoch: 1, current: 0 })
        ));
        assert_eq!(seqs(&store, OTHER_TENANT).await, [0; 0]);
    });
}

#[test]
fn what_a_node_left_behind_is_found_by_the_next() {
    on_every_database(async |database| {
        let store = database.open().await;
        let left_behind =
            async |node: &str, second| store.tenants_left_behind(node, at(second)).await.unwrap();
        assert_eq!(left_behind("a", 0).await, []);

        // A crash: no lease is given back.
        let first = store.take_lease(TENANT, "a", at(0), TTL).await.unwrap();
        store.take_lease(OTHER_TENANT, "b", at(5), TTL).await.unwrap();
        assert_eq!(left_behind("a", 1).await, [TENANT], "its own at once");
        assert_eq!(
            left_behind("c", 9).await,
            [],
            "those of others not before they expire"
        );
        assert_eq!(left_behind("c", 10).await, [TENANT]);
        assert_eq!(left_behind("c", 15).await, [TENANT, OTHER_TENANT]);

        // An orderly end: only open contacts need somebody.
        store.release_lease(&first).await.unwrap();
        assert_eq!(left_behind("a", 11).await, []);
        let with_open_contacts = Append {
            records: vec![record(1, 1), record(2, 2)],
            ..append(first, 1, 1)
        };
        assert!(store.append(&[with_open_contacts]).await[0].is_ok());
        assert_eq!(left_behind("a", 11).await, [TENANT]);
    });
}

fn is_stale(result: &Result<(), AppendError>) -> bool {
    matches!(result, Err(AppendError::StaleLease { .. }))
}

async fn seqs(store: &Store, tenant: TenantId) -> Vec<u64> {
    let events = store.events_after(tenant, 0, 1000).await.unwrap();
    events.iter().map(|event| event.seq).collect()
}
