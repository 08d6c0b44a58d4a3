//! Calls to customers: from which number, over which trunk, to whom.

use api::backend::{CallOrder, PlaceCallError, Unavailable};
use engine::{Input, Placement, RefuseReason};
use model::config::ClaimedNumber;
use model::{ContactId, Dialed, LegId, PhoneNumber, TenantConfig, TenantId};
use routing::{NoTrunk, OutboundTrunk, choose_trunk};
use store::{Entropy, StoreError, Trunk, TrunkKind};

use crate::tenants::ArriveError;

use super::Node;

impl Node {
    pub(super) async fn place(
        &self,
        tenant: TenantId,
        order: CallOrder,
    ) -> Result<ContactId, PlaceCallError> {
        let live = self.tenants.live(tenant).await?;
        let from = calling_number(&live.config, order.from.as_ref())?;
        let trunks = self
            .store
            .trunks()
            .await
            .map_err(|error| unstored(tenant, &error))?;
        let own = trunks.iter().find(|trunk| trunk.id == from.trunk);
        let own = own.ok_or(PlaceCallError::NoTrunk)?;
        let to = Dialed::read(&order.to, &own.calling_code).map_err(|_| PlaceCallError::NotUnderstood)?;
        let usable = usable(&trunks, tenant, self.telephony.calls_lab_numbers());
        let placement = Placement {
            leg: LegId::new(self.clock.now(), rand::random()),
            party: self.called_party(tenant, &to).await?,
            from: from.number.clone(),
            trunk: choose_trunk(&to, own.id, &usable),
            to,
            flow: order.flow,
            ring_timeout: order.ring_timeout,
            test: false,
        };
        let placed = self.tenants.arrive(tenant, Input::CallPlaced(placement)).await;
        placed.map_err(not_placed)
    }

    /// Whom the contact is with. Who calls an emergency service is with nobody whose number would be kept.
    async fn called_party(&self, tenant: TenantId, to: &Dialed) -> Result<model::PartyId, Unavailable> {
        let address = match to {
            Dialed::Emergency(_) => None,
            Dialed::Number(number) => Some(number.as_str()),
        };
        let (now, entropy) = (self.clock.now(), Entropy::draw(&mut rand::rng()));
        let party = self.store.party_for(tenant, address, now, entropy).await;
        party.map_err(|error| unstored(tenant, &error))
    }
}

/// The number that calls: the one that is asked for, or the tenant's first.
fn calling_number<'a>(
    config: &'a TenantConfig,
    wanted: Option<&PhoneNumber>,
) -> Result<&'a ClaimedNumber, PlaceCallError> {
    let mut claimed = config.phone_numbers.values();
    match wanted {
        None => claimed.next().ok_or(PlaceCallError::NoPhoneNumber),
        Some(wanted) => claimed
            .find(|claimed| claimed.number == *wanted)
            .ok_or(PlaceCallError::NotClaimed),
    }
}

/// The trunks that a tenant's calls may go out over, its own before the operator's.
fn usable(trunks: &[Trunk], tenant: TenantId, calls_lab_numbers: bool) -> Vec<OutboundTrunk> {
    let takes_calls = |trunk: &&Trunk| match trunk.kind {
        TrunkKind::Carrier => trunk.outbound_address.is_some(),
        TrunkKind::Lab => calls_lab_numbers,
    };
    let own = trunks.iter().filter(|trunk| trunk.tenant == Some(tenant));
    let operators = trunks.iter().filter(|trunk| trunk.tenant.is_none());
    let usable = own.chain(operators).filter(takes_calls);
    usable
        .map(|trunk| OutboundTrunk {
            id: trunk.id,
            carries_emergency: trunk.carries_emergency,
        })
        .collect()
}

fn unstored(tenant: TenantId, error: &StoreError) -> Unavailable {
    let error = error as &dyn std::error::Error;
    tracing::warn!(tenant.id = %tenant, error, "a call cannot be placed");
    Unavailable
}

fn not_placed(error: ArriveError) -> PlaceCallError {
    let reason = match error {
        ArriveError::Refused(reason) => reason,
        ArriveError::Unavailable(unavailable) => return unavailable.into(),
    };
    match reason {
        RefuseReason::Busy => PlaceCallError::LimitReached,
        RefuseReason::NoFlow => PlaceCallError::NoFlow,
        RefuseReason::NotClaimed => PlaceCallError::NotClaimed,
        RefuseReason::NoTrunk(NoTrunk::NoneForEmergency) => PlaceCallError::NoEmergencyTrunk,
        RefuseReason::NoTrunk(NoTrunk::NoneForNumber) => PlaceCallError::NoTrunk,
        RefuseReason::Unavailable => Unavailable.into(),
    }
}

#[cfg(test)]
mod tests {
    use model::{Timestamp, TrunkId};

    use super::*;

    #[test]
    fn calls_go_out_over_trunks_that_take_them_the_tenants_own_first() {
        let [ana, bo] = [TenantId::from_bits(1), TenantId::from_bits(2)];
        let trunk = |id, tenant, outbound: Option<&str>| Trunk {
            id: TrunkId::from_bits(id),
            tenant,
            name: "Carrier".to_owned(),
            kind: TrunkKind::Carrier,
            calling_code: "49".to_owned(),
            sources: Vec::new(),
            digest: None,
            outbound_address: outbound.map(str::to_owned),
            registration: None,
            carries_emergency: id == 4,
            created_at: Timestamp::from_millis(0),
        };
        let address = Some("sip.carrier.example");
        let trunks = [
            trunk(1, None, None),
            trunk(2, None, address),
            trunk(3, Some(bo), address),
            trunk(4, Some(ana), address),
        ];
        let usable = usable(&trunks, ana, true);
        let usable: Vec<_> = usable
            .iter()
            .map(|one| (one.id.bits(), one.carries_emergency))
            .collect();
        assert_eq!(usable, [(4, true), (2, false)]);
    }
}
