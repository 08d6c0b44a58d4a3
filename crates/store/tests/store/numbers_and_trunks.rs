use model::{ConfigChange, TrunkId};
use store::{
    DeleteTrunkError, DigestCredentials, NewNumber, NumberSearch, Registration, Secret, Store, Trunk,
    TrunkKind, UsableTrunk,
};

use crate::fixture::{
    OTHER_TENANT, TENANT, TRUNK, at, claimed, entropy, lab_trunk, number_id, on_every_database, sign_up,
    sqlite_path, trunk,
};

const OWN_TRUNK: TrunkId = TrunkId::from_bits(77);

#[test]
fn a_trunk_keeps_its_secrets_sealed() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let mut carrier = trunk(OWN_TRUNK);
        carrier.tenant = Some(TENANT);
        carrier.kind = TrunkKind::Carrier;
        carrier.carries_emergency = true;
        carrier.outbound_address = Some("sip.carrier.example:5060".to_owned());
        carrier.digest = Some(DigestCredentials {
            username: "acme".to_owned(),
            realm: "offhook".to_owned(),
            ha1_md5: Secret::new("0123456789abcdef0123456789abcdef"),
            ha1_sha256: Secret::new("fedcba98"),
        });
        carrier.registration = Some(Registration {
            registrar: "sip.carrier.example".to_owned(),
            username: "acme".to_owned(),
            password: Secret::new("open sesame"),
            expires_s: 600,
        });
        store.put_trunk(&carrier, entropy(1)).await.unwrap();
        assert_eq!(store.trunk(OWN_TRUNK).await.unwrap(), Some(carrier.clone()));
        assert!(!format!("{carrier:?}").contains("sesame"));

        (carrier.name, carrier.digest, carrier.sources) = ("Renamed".to_owned(), None, Vec::new());
        store.put_trunk(&carrier, entropy(2)).await.unwrap();
        assert_eq!(store.trunks().await.unwrap(), [carrier]);
        store.close().await;
        let Some(path) = sqlite_path(&database.config) else {
            return;
        };
        let bytes = std::fs::read(path).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"open sesame"));
    });
}

#[test]
fn calls_may_use_the_tenants_own_trunks_and_the_operators() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        sign_up(&store, OTHER_TENANT, "bo@other.example").await;
        let carrier = |number, tenant, outbound: Option<&str>, second| Trunk {
            tenant,
            kind: TrunkKind::Carrier,
            calling_code: "49".to_owned(),
            outbound_address: outbound.map(str::to_owned),
            carries_emergency: outbound.is_some(),
            created_at: at(second),
            ..trunk(TrunkId::from_bits(number))
        };
        let address = Some("sip.carrier.example:5060");
        for trunk in [
            trunk(TRUNK),
            carrier(11, None, None, 2),
            carrier(12, Some(TENANT), None, 4),
            carrier(13, Some(TENANT), address, 3),
            carrier(14, Some(OTHER_TENANT), address, 1),
        ] {
            store.put_trunk(&trunk, entropy(1)).await.unwrap();
        }
        let usable = store.usable_trunks(TENANT).await.unwrap();
        let ids: Vec<u128> = usable.iter().map(|trunk| trunk.id.bits()).collect();
        assert_eq!(ids, [13, 12, TRUNK.bits(), 11]);
        let own = UsableTrunk {
            id: TrunkId::from_bits(13),
            kind: TrunkKind::Carrier,
            calling_code: "49".to_owned(),
            has_outbound_address: true,
            carries_emergency: true,
        };
        assert_eq!(usable[0], own);
        assert!(!usable[1].has_outbound_address && !usable[1].carries_emergency);
        assert_eq!(usable[2].kind, TrunkKind::Lab);
    });
}

#[test]
fn whoever_signs_up_gets_a_lab_number_while_one_is_free() {
    on_every_database(async |database| {
        let store = database.open().await;
        let mut carrier = trunk(OWN_TRUNK);
        carrier.kind = TrunkKind::Carrier;
        store.put_trunk(&carrier, entropy(1)).await.unwrap();
        let german = NewNumber {
            id: number_id(500),
            number: "+4930901820".parse().unwrap(),
            country: "DE".to_owned(),
        };
        store.add_numbers(OWN_TRUNK, &[german]).await.unwrap();
        let trunks = async || {
            let numbers = store.sign_up_numbers(10).await.unwrap();
            let trunks = numbers.iter().map(|number| (number.trunk, number.trunk_kind));
            trunks.collect::<Vec<_>>()
        };
        assert_eq!(trunks().await, [(OWN_TRUNK, TrunkKind::Carrier)]);
        lab_trunk(&store, 2).await;
        assert_eq!(trunks().await, [(TRUNK, TrunkKind::Lab); 2]);
        sign_up(&store, TENANT, "maya@acme.example").await;
        claim(&store, 0).await;
        let claimed = store.claimed_numbers(TENANT).await.unwrap();
        assert_eq!(claimed[0].trunk_kind, TrunkKind::Lab);
    });
}

#[test]
fn free_numbers_are_found_by_country_and_digits() {
    on_every_database(async |database| {
        let store = database.open().await;
        lab_trunk(&store, 3).await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        sign_up(&store, OTHER_TENANT, "bo@other.example").await;
        let mut own = trunk(OWN_TRUNK);
        own.tenant = Some(TENANT);
        store.put_trunk(&own, entropy(1)).await.unwrap();
        let german = NewNumber {
            id: number_id(500),
            number: "+4930901820".parse().unwrap(),
            country: "DE".to_owned(),
        };
        assert_eq!(store.add_numbers(OWN_TRUNK, &[german]).await.unwrap(), 1);

        for (tenant, country, contains, expected) in [
            (
                None,
                None,
                None,
                vec!["+12025550100", "+12025550101", "+12025550102"],
            ),
            (Some(TENANT), None, Some("1820"), vec!["+4930901820"]),
            (Some(OTHER_TENANT), None, Some("1820"), vec![]),
            (Some(TENANT), Some("us"), Some("01-02"), vec!["+12025550102"]),
            (Some(TENANT), Some("FR"), None, vec![]),
            (
                None,
                None,
                Some("%"),
                vec!["+12025550100", "+12025550101", "+12025550102"],
            ),
        ] {
            let search = NumberSearch {
                country: country.map(str::to_owned),
                contains: contains.map(str::to_owned),
            };
            let found = store.available_numbers(tenant, &search, 10).await.unwrap();
            let found: Vec<&str> = found.iter().map(|number| number.number.as_str()).collect();
            assert_eq!(found, expected, "{search:?}");
        }
        let first = store
            .available_numbers(None, &NumberSearch::default(), 1)
            .await
            .unwrap();
        assert_eq!(first.len(), 1);
        let counts = store.number_counts(first[0].trunk).await.unwrap();
        assert_eq!((counts.claimed_count, counts.free_count), (0, 3));
        assert_eq!(
            store.available_countries(Some(TENANT)).await.unwrap(),
            ["DE", "US"]
        );
        assert_eq!(store.available_countries(None).await.unwrap(), ["US"]);
    });
}

#[test]
fn a_call_is_routed_by_trunk_and_claimed_number() {
    on_every_database(async |database| {
        let store = database.open().await;
        lab_trunk(&store, 2).await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        claim(&store, 0).await;
        let owner = store
            .number_owner(TRUNK, &claimed(0).number)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((owner.tenant, owner.number), (TENANT, number_id(0)));
        assert_eq!(store.number_owner(TRUNK, &claimed(1).number).await.unwrap(), None);
        assert_eq!(
            store.number_owner(OWN_TRUNK, &claimed(0).number).await.unwrap(),
            None
        );
        for (trunk, number, expected) in [
            (TRUNK, 0, true),
            (TRUNK, 1, true),
            (TRUNK, 2, false),
            (OWN_TRUNK, 0, false),
        ] {
            let number = claimed(number).number;
            assert_eq!(
                store.has_number(trunk, &number).await.unwrap(),
                expected,
                "{number}"
            );
        }
        let free = store
            .available_numbers(Some(TENANT), &NumberSearch::default(), 10)
            .await
            .unwrap();
        assert_eq!(free.len(), 1);
    });
}

#[test]
fn adding_numbers_again_adds_nothing() {
    on_every_database(async |database| {
        let store = database.open().await;
        lab_trunk(&store, 100).await;
        let again = NewNumber {
            id: number_id(900),
            number: claimed(0).number,
            country: "US".to_owned(),
        };
        assert_eq!(store.add_numbers(TRUNK, &[again]).await.unwrap(), 0);
    });
}

#[test]
fn a_trunk_with_claimed_numbers_stays() {
    on_every_database(async |database| {
        let store = database.open().await;
        lab_trunk(&store, 2).await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        claim(&store, 0).await;
        assert!(matches!(
            store.delete_trunk(TRUNK).await,
            Err(DeleteTrunkError::NumbersClaimed)
        ));
        let release = vec![ConfigChange::ReleasePhoneNumber(number_id(0))];
        store
            .commit_revision(TENANT, 2, None, release, at(2))
            .await
            .unwrap();
        assert!(store.delete_trunk(TRUNK).await.unwrap());
        assert!(!store.delete_trunk(TRUNK).await.unwrap());
        assert_eq!(
            store.available_countries(None).await.unwrap(),
            Vec::<String>::new()
        );
    });
}

async fn claim(store: &Store, index: u32) {
    let changes = vec![ConfigChange::PutPhoneNumber(claimed(index))];
    store
        .commit_revision(TENANT, 1, None, changes, at(1))
        .await
        .unwrap();
}
