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

/// Adds the lab trunk and its numbers at the first start.
pub(crate) async fn ensure(store: &Store, now: Timestamp) -> Result<()> {
    if store
        .trunks()
        .await?
        .iter()
        .any(|trunk| trunk.kind == TrunkKind::Lab)
    {
        return Ok(());
    }
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
    for (country, first, last) in RANGES {
        let numbers: Vec<NewNumber> = expand_range(&first.parse()?, &last.parse()?)?
            .into_iter()
            .map(|number| NewNumber {
                id: PhoneNumberId::new(now, rand::random()),
                number,
                country: country.to_owned(),
            })
            .collect();
        store.add_numbers(trunk.id, &numbers).await?;
    }
    tracing::info!("added the lab trunk with its fictitious numbers");
    Ok(())
}
