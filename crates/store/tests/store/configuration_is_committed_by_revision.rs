use model::config::Disposition;
use model::{ConfigChange, DispositionId, Revision, TenantConfig, UserId};
use store::CommitRevisionError;

use crate::fixture::{OTHER_TENANT, TENANT, at, claimed, lab_trunk, number_id, on_every_database, sign_up};

#[test]
fn the_present_configuration_is_the_fold_of_its_revisions() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let by = Some(UserId::from_bits(1));
        let mut written = store.revisions_after(TENANT, 0).await.unwrap();
        assert_eq!((written.len(), written[0].number, written[0].by), (1, 1, by));
        for (number, changes) in [
            (2, vec![disposition(1, "Resolved"), disposition(2, "Callback")]),
            (3, vec![disposition(1, "Solved")]),
        ] {
            let revision = store
                .commit_revision(TENANT, number - 1, by, changes.clone(), at(1))
                .await
                .unwrap();
            assert_eq!(revision, Revision { number, by, changes });
            written.push(revision);
        }
        assert_eq!(store.revisions_after(TENANT, 0).await.unwrap(), written);
        assert_eq!(store.revisions_after(TENANT, 2).await.unwrap(), written[2..]);

        let mut folded = TenantConfig::default();
        written.iter().for_each(|revision| folded.apply(revision));
        let loaded = store.load_config(TENANT).await.unwrap();
        assert_eq!(loaded, folded);
        assert_eq!(loaded.dispositions[&DispositionId::from_bits(1)].name, "Solved");
        assert_eq!(
            store.load_config(OTHER_TENANT).await.unwrap(),
            TenantConfig::default()
        );
        assert_eq!(store.tenant(TENANT).await.unwrap().unwrap().config_revision, 3);
    });
}

#[test]
fn of_two_changes_at_the_same_time_one_has_to_look_again() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let commit = |name| store.commit_revision(TENANT, 1, None, vec![disposition(1, name)], at(1));
        let (first, second) = tokio::join!(commit("A"), commit("B"));
        let refused = match (first, second) {
            (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
            (first, second) => panic!("{first:?} {second:?}"),
        };
        assert!(matches!(
            refused,
            CommitRevisionError::RevisionMismatch { current: 2 }
        ));
        assert_eq!(store.revisions_after(TENANT, 0).await.unwrap().len(), 2);
    });
}

#[test]
fn a_phone_number_is_claimed_and_released_with_the_configuration() {
    on_every_database(async |database| {
        let store = database.open().await;
        lab_trunk(&store, 2).await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        sign_up(&store, OTHER_TENANT, "bo@other.example").await;
        let claim = || vec![disposition(1, "A"), ConfigChange::PutPhoneNumber(claimed(0))];
        store
            .commit_revision(TENANT, 1, None, claim(), at(5))
            .await
            .unwrap();
        let numbers = store.claimed_numbers(TENANT).await.unwrap();
        assert_eq!(numbers.len(), 1);
        assert_eq!(numbers[0].claim.unwrap().claimed_at, at(5));

        let refused = store.commit_revision(OTHER_TENANT, 1, None, claim(), at(6)).await;
        assert!(
            matches!(refused, Err(CommitRevisionError::NumberTaken(number)) if number == claimed(0).number)
        );
        // Nothing of the refused revision was stored.
        assert_eq!(store.load_config(OTHER_TENANT).await.unwrap().revision, 1);
        assert!(
            store
                .load_config(OTHER_TENANT)
                .await
                .unwrap()
                .dispositions
                .is_empty()
        );

        // Another flow for a claimed number keeps the time of the claim.
        store
            .commit_revision(TENANT, 2, None, claim(), at(7))
            .await
            .unwrap();
        assert_eq!(store.claimed_numbers(TENANT).await.unwrap(), numbers);

        let release = vec![ConfigChange::ReleasePhoneNumber(number_id(0))];
        // A tenant cannot release what is another's.
        store
            .commit_revision(OTHER_TENANT, 1, None, release.clone(), at(8))
            .await
            .unwrap();
        assert_eq!(store.claimed_numbers(TENANT).await.unwrap(), numbers);
        store
            .commit_revision(TENANT, 3, None, release, at(8))
            .await
            .unwrap();
        assert_eq!(store.claimed_numbers(TENANT).await.unwrap(), []);
        assert!(store.load_config(TENANT).await.unwrap().phone_numbers.is_empty());
        store
            .commit_revision(OTHER_TENANT, 2, None, claim(), at(9))
            .await
            .unwrap();
    });
}

fn disposition(number: u128, name: &str) -> ConfigChange {
    ConfigChange::PutDisposition(Disposition {
        id: DispositionId::from_bits(number),
        name: name.to_owned(),
    })
}
