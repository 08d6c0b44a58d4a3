use model::PartyId;
use store::{MasterKey, OpenError, Revealed, Store};

use crate::fixture::{OTHER_TENANT, TENANT, at, entropy, on_every_database, sqlite_path};

const ADDRESS: &str = "+4930901820";

#[test]
fn a_person_is_one_party_per_tenant() {
    on_every_database(async |database| {
        let store = database.open().await;
        let party = async |tenant, address, seed| {
            store
                .party_for(tenant, address, at(0), entropy(seed))
                .await
                .unwrap()
        };
        let first = party(TENANT, Some(ADDRESS), 1).await;
        assert_eq!(party(TENANT, Some(ADDRESS), 2).await, first);
        assert_ne!(party(TENANT, Some("+4930901821"), 3).await, first);
        let elsewhere = party(OTHER_TENANT, Some(ADDRESS), 4).await;
        assert_ne!(elsewhere, first);
        let anonymous = party(TENANT, None, 5).await;
        assert_ne!(party(TENANT, None, 6).await, anonymous);

        let revealed = store
            .reveal(TENANT, &[first, anonymous, elsewhere])
            .await
            .unwrap();
        assert_eq!(revealed.len(), 2);
        assert!(revealed[&first] == Revealed::Address(ADDRESS.to_owned()));
        assert!(revealed[&anonymous] == Revealed::Anonymous);
        assert_eq!(store.reveal(TENANT, &[]).await.unwrap().len(), 0);
    });
}

#[test]
fn two_calls_of_one_person_at_the_same_time_are_one_party() {
    on_every_database(async |database| {
        let store = database.open().await;
        let calls: Vec<_> = (1..=8)
            .map(|seed| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .party_for(TENANT, Some(ADDRESS), at(0), entropy(seed))
                        .await
                        .unwrap()
                })
            })
            .collect();
        let mut parties = Vec::new();
        for call in calls {
            parties.push(call.await.unwrap());
        }
        parties.dedup();
        assert_eq!(parties.len(), 1);
    });
}

#[test]
fn an_erased_person_is_unknown_for_good() {
    on_every_database(async |database| {
        let store = database.open().await;
        let erased = store
            .party_for(TENANT, Some(ADDRESS), at(0), entropy(1))
            .await
            .unwrap();
        assert!(!store.erase_party(OTHER_TENANT, erased, at(1)).await.unwrap());
        assert!(store.erase_party(TENANT, erased, at(1)).await.unwrap());
        assert!(!store.erase_party(TENANT, erased, at(2)).await.unwrap());
        assert!(store.reveal(TENANT, &[erased]).await.unwrap()[&erased] == Revealed::Erased);
        let later = store
            .party_for(TENANT, Some(ADDRESS), at(3), entropy(2))
            .await
            .unwrap();
        assert_ne!(later, erased);
    });
}

#[test]
fn an_address_stands_nowhere_in_the_clear() {
    on_every_database(async |database| {
        let store = database.open().await;
        store
            .party_for(TENANT, Some(ADDRESS), at(0), entropy(1))
            .await
            .unwrap();
        store.close().await;
        let Some(path) = sqlite_path(&database.config) else {
            return;
        };
        let bytes = std::fs::read(path).unwrap();
        let found = bytes
            .windows(ADDRESS.len())
            .any(|window| window == ADDRESS.as_bytes());
        assert!(!found);
    });
}

#[test]
fn another_master_key_is_refused_before_it_does_harm() {
    on_every_database(async |database| {
        drop(database.open().await);
        let opened = Store::open(&database.config, MasterKey::new([8; 32])).await;
        assert!(matches!(opened, Err(OpenError::WrongMasterKey)));
    });
}

#[test]
fn a_page_of_parties_is_revealed_at_once() {
    on_every_database(async |database| {
        let store = database.open().await;
        let mut parties: Vec<PartyId> = Vec::new();
        for number in 0..100_u8 {
            let address = format!("+49309018{number:02}");
            parties.push(
                store
                    .party_for(TENANT, Some(&address), at(0), entropy(number))
                    .await
                    .unwrap(),
            );
        }
        let revealed = store.reveal(TENANT, &parties).await.unwrap();
        for (number, party) in parties.iter().enumerate() {
            assert!(revealed[party] == Revealed::Address(format!("+49309018{number:02}")));
        }
    });
}
