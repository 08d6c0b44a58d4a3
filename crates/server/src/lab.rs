//! The built-in lab trunk: this machine only, with fictitious numbers, so that a new tenant has one to claim.

use anyhow::{Context, Result};
use model::{PhoneNumberId, Timestamp, TrunkId};
use store::{Entropy, NewNumber, Store, Trunk, TrunkKind, expand_range};

/// Numbers kept free for fiction: 555-0100 to 555-0199 of a few North American areas.
const RANGES: [(&str, &str, &str); 3] = [
    ("US", "+12125550100", "+12125550199"),
    ("US", "+13125550100", "+13125550199"),
    ("US", "+16465550100", "+16465550199"),
];

/// Adds the lab trunk at the first start; whoever removed it since has done so for good. The first start makes the
/// operator after it, so that one that was cut off is made up for.
pub(crate) async fn ensure(store: &Store, now: Timestamp) -> Result<()> {
    if store.operator().await?.is_none() && add(store, now).await? {
        tracing::info!("added the lab trunk with its fictitious numbers");
    }
    Ok(())
}

/// Adds the lab trunk and its numbers, those that are missing; false if all were there.
pub(crate) async fn add(store: &Store, now: Timestamp) -> Result<bool> {
    let trunks = store.trunks().await?;
    let known = trunks.iter().find(|trunk| trunk.kind == TrunkKind::Lab);
    let trunk = match known {
        Some(trunk) => trunk.id,
        None => add_trunk(store, now).await?,
    };
    let added_count = add_numbers(store, trunk, now).await?;
    Ok(known.is_none() || added_count > 0)
}

async fn add_trunk(store: &Store, now: Timestamp) -> Result<TrunkId> {
    let trunk = Trunk {
        id: TrunkId::new(now, rand::random()),
        tenant: None,
        name: "Lab".to_owned(),
        kind: TrunkKind::Lab,
        calling_code: "1".to_owned(),
        sources: vec!["127.0.0.0/8".parse().context("a constant range")?],
        digest: None,
        outbound_address: None,
        registration: None,
        carries_emergency: false,
        created_at: now,
    };
    store.put_trunk(&trunk, Entropy::draw(&mut rand::rng())).await?;
    Ok(trunk.id)
}

async fn add_numbers(store: &Store, trunk: TrunkId, now: Timestamp) -> Result<u64> {
    let mut added_count = 0;
    for (country, first, last) in RANGES {
        let numbers: Vec<NewNumber> = expand_range(&first.parse()?, &last.parse()?)?
            .into_iter()
            .map(|number| NewNumber {
                id: PhoneNumberId::new(now, rand::random()),
                number,
                country: country.to_owned(),
            })
            .collect();
        added_count += store.add_numbers(trunk, &numbers).await?;
    }
    Ok(added_count)
}

#[cfg(test)]
mod tests {
    use store::{MasterKey, StoreConfig};

    use super::*;
    use crate::operator;

    async fn lab(store: &Store) -> Option<TrunkId> {
        let trunks = store.trunks().await.unwrap();
        let lab = trunks.iter().find(|trunk| trunk.kind == TrunkKind::Lab);
        lab.map(|trunk| trunk.id)
    }

    #[tokio::test]
    async fn the_lab_trunk_is_there_from_the_first_start_until_it_is_removed() {
        let dir = std::env::temp_dir().join(format!("offhook_lab_test_{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let config = StoreConfig::new(&dir, None);
        let store = Store::open(&config, MasterKey::new([7; 32])).await.unwrap();
        let now = Timestamp::EPOCH;
        ensure(&store, now).await.unwrap();
        let first = lab(&store).await.unwrap();
        assert_eq!(store.number_counts(first).await.unwrap().free_count, 300);
        operator::ensure(&store, &dir, now).await.unwrap();

        ensure(&store, now).await.unwrap();
        assert_eq!(lab(&store).await, Some(first));
        assert!(!add(&store, now).await.unwrap(), "it is there");

        store.delete_trunk(first).await.unwrap();
        ensure(&store, now).await.unwrap();
        assert_eq!(lab(&store).await, None, "the operator did not want it");

        assert!(add(&store, now).await.unwrap());
        let second = lab(&store).await.unwrap();
        assert_eq!(store.number_counts(second).await.unwrap().free_count, 300);
        store.close().await;
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[tokio::test]
    async fn a_first_start_that_was_cut_off_is_made_up_for() {
        let dir = std::env::temp_dir().join(format!("offhook_lab_cut_test_{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let config = StoreConfig::new(&dir, None);
        let store = Store::open(&config, MasterKey::new([7; 32])).await.unwrap();
        let trunk = add_trunk(&store, Timestamp::EPOCH).await.unwrap();
        ensure(&store, Timestamp::EPOCH).await.unwrap();
        assert_eq!(lab(&store).await, Some(trunk));
        assert_eq!(store.number_counts(trunk).await.unwrap().free_count, 300);
        store.close().await;
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
