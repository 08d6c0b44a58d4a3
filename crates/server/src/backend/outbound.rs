//! Calls to customers: from which number, over which trunk, to whom.

use api::backend::{CallOrder, PlaceCallError, Unavailable};
use engine::{Input, Placement, RefuseReason};
use model::{ContactId, Dialed, EmergencyNumber, LegId, TenantConfig, TenantId, TrunkId};
use routing::{NoTrunk, OutboundTrunk, OwnNumber, UnclearCall, choose_trunk, read_call};
use store::{Entropy, StoreError, TrunkKind, UsableTrunk};

use crate::tenants::ArriveError;

use super::Node;

impl Node {
    /// Places a call. Of an emergency call that is refused the operator's log tells too: who dialed may tell nobody.
    pub(super) async fn place(
        &self,
        tenant: TenantId,
        order: CallOrder,
    ) -> Result<ContactId, PlaceCallError> {
        let (emergency, placed) = match self.numbers_and_trunks(tenant).await {
            Ok((numbers, trunks)) => {
                let read = read_call(&order.to, order.from.as_ref(), &numbers);
                let emergency = emergency_in(&order.to, &read);
                let placed = match read {
                    Ok((from, to)) => self.place_from(tenant, from, to, &order, &trunks).await,
                    Err(why) => Err(unclear(why)),
                };
                (emergency, placed)
            }
            Err(unavailable) => {
                let emergency = EmergencyNumber::recognise_anywhere(&order.to);
                (emergency, Err(unavailable.into()))
            }
        };
        let (Some(number), Err(error)) = (emergency, placed) else {
            return placed;
        };
        let error = of_emergency(error);
        let told = &error as &dyn std::error::Error;
        tracing::warn!(tenant.id = %tenant, %number, error = told, "an emergency call was refused");
        Err(error)
    }

    async fn numbers_and_trunks(
        &self,
        tenant: TenantId,
    ) -> Result<(Vec<OwnNumber>, Vec<UsableTrunk>), Unavailable> {
        let live = self.tenants.live(tenant).await?;
        let trunks = self.store.usable_trunks(tenant).await;
        let trunks = trunks.map_err(|error| unstored(tenant, &error))?;
        Ok((own_numbers(&live.config, &trunks), trunks))
    }

    async fn place_from(
        &self,
        tenant: TenantId,
        from: &OwnNumber,
        to: Dialed,
        order: &CallOrder,
        trunks: &[UsableTrunk],
    ) -> Result<ContactId, PlaceCallError> {
        let usable = outbound(trunks, self.telephony.calls_lab_numbers());
        let trunk = choose_trunk(&to, from.trunk, &usable);
        if let (Dialed::Number(number), Ok(trunk)) = (&to, trunk)
            && is_lab(trunk, trunks)
        {
            let is_there = self.store.has_number(trunk, number).await;
            if !is_there.map_err(|error| unstored(tenant, &error))? {
                return Err(PlaceCallError::NotCarried);
            }
        }
        let placement = Placement {
            leg: LegId::new(self.clock.now(), rand::random()),
            party: self.called_party(tenant, &to).await?,
            from: from.number.clone(),
            trunk,
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

/// The emergency number that was dialed, if one was. A tenant without numbers has no country.
fn emergency_in(to: &str, read: &Result<(&OwnNumber, Dialed), UnclearCall>) -> Option<EmergencyNumber> {
    match read {
        Ok((_, Dialed::Emergency(number))) => Some(number.clone()),
        Err(UnclearCall::NoNumber) => EmergencyNumber::recognise_anywhere(to),
        Ok((_, Dialed::Number(_)))
        | Err(UnclearCall::NotClaimed | UnclearCall::NotUnderstood | UnclearCall::OwnNumber) => None,
    }
}

/// Who needs help must not wait for us to come back.
fn of_emergency(error: PlaceCallError) -> PlaceCallError {
    if matches!(error, PlaceCallError::Unavailable(_)) {
        PlaceCallError::EmergencyUnavailable
    } else {
        error
    }
}

fn own_numbers(config: &TenantConfig, trunks: &[UsableTrunk]) -> Vec<OwnNumber> {
    let code_of = |trunk: TrunkId| trunks.iter().find(|one| one.id == trunk);
    let claimed = config.phone_numbers.values();
    claimed
        .map(|claimed| OwnNumber {
            number: claimed.number.clone(),
            trunk: claimed.trunk,
            calling_code: code_of(claimed.trunk)
                .map(|trunk| trunk.calling_code.clone())
                .unwrap_or_default(),
        })
        .collect()
}

/// Whether a trunk leads to the numbers of this installation's lab and nowhere else.
fn is_lab(trunk: TrunkId, trunks: &[UsableTrunk]) -> bool {
    let trunk = trunks.iter().find(|one| one.id == trunk);
    trunk.is_some_and(|trunk| trunk.kind == TrunkKind::Lab)
}

/// Those of a tenant's trunks that take calls at the moment.
fn outbound(trunks: &[UsableTrunk], calls_lab_numbers: bool) -> Vec<OutboundTrunk> {
    let takes_calls = |trunk: &&UsableTrunk| match trunk.kind {
        TrunkKind::Carrier => trunk.has_outbound_address,
        TrunkKind::Lab => calls_lab_numbers,
    };
    let outbound = trunks.iter().filter(takes_calls);
    outbound
        .map(|trunk| OutboundTrunk {
            id: trunk.id,
            calling_code: trunk.calling_code.clone(),
            carries_emergency: trunk.carries_emergency,
        })
        .collect()
}

fn unstored(tenant: TenantId, error: &StoreError) -> Unavailable {
    let error = error as &dyn std::error::Error;
    tracing::warn!(tenant.id = %tenant, error, "a call cannot be placed");
    Unavailable
}

const fn unclear(why: UnclearCall) -> PlaceCallError {
    match why {
        UnclearCall::NoNumber => PlaceCallError::NoPhoneNumber,
        UnclearCall::NotClaimed => PlaceCallError::NotClaimed,
        UnclearCall::NotUnderstood => PlaceCallError::NotUnderstood,
        UnclearCall::OwnNumber => PlaceCallError::OwnNumber,
    }
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
    use super::*;

    #[test]
    fn an_emergency_call_is_known_before_it_is_known_why_it_is_refused() {
        let own = OwnNumber {
            number: "+493055550100".parse().unwrap(),
            trunk: TrunkId::from_bits(1),
            calling_code: "49".to_owned(),
        };
        for (to, numbers, expected) in [
            ("110", &[][..], Some("110")),
            ("999", &[][..], Some("999")),
            ("+49 30 901820", &[][..], None),
            ("110", std::slice::from_ref(&own), Some("110")),
            ("999", std::slice::from_ref(&own), None),
        ] {
            let read = read_call(to, None, numbers);
            let emergency = emergency_in(to, &read);
            let emergency = emergency.as_ref().map(EmergencyNumber::as_str);
            assert_eq!(emergency, expected, "{to} of {}", numbers.len());
        }
    }

    #[test]
    fn who_needs_help_is_not_told_to_try_again_in_a_moment() {
        let refused = of_emergency(Unavailable.into());
        assert_eq!(refused, PlaceCallError::EmergencyUnavailable);
        let limit = PlaceCallError::LimitReached;
        assert_eq!(of_emergency(limit), limit);
    }

    #[test]
    fn calls_go_out_over_trunks_that_take_them() {
        let trunk = |id, kind, has_outbound_address| UsableTrunk {
            id: TrunkId::from_bits(id),
            kind,
            calling_code: "49".to_owned(),
            has_outbound_address,
            carries_emergency: id == 3,
        };
        let trunks = [
            trunk(1, TrunkKind::Carrier, false),
            trunk(2, TrunkKind::Lab, false),
            trunk(3, TrunkKind::Carrier, true),
        ];
        for (calls_lab_numbers, expected) in [(true, &[(2, false), (3, true)][..]), (false, &[(3, true)])] {
            let outbound = outbound(&trunks, calls_lab_numbers);
            let outbound: Vec<_> = outbound
                .iter()
                .map(|one| (one.id.bits(), one.carries_emergency))
                .collect();
            assert_eq!(outbound, expected);
        }
    }
}
