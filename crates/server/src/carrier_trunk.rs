//! The trunk that tests begin with.

use model::{Timestamp, TrunkId};
use store::{Trunk, TrunkKind};

/// A trunk to a carrier in Germany over which nobody can call or be called yet.
pub(crate) fn carrier_trunk(number: u128) -> Trunk {
    Trunk {
        id: TrunkId::from_bits(number),
        tenant: None,
        name: "Carrier".to_owned(),
        kind: TrunkKind::Carrier,
        calling_code: "49".to_owned(),
        sources: Vec::new(),
        digest: None,
        outbound_address: None,
        registration: None,
        carries_emergency: false,
        created_at: Timestamp::EPOCH,
    }
}
