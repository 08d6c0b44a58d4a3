//! Calls that go out: where their carrier is, and what is sent to it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use leg::{Command, Dial};
use model::{Dialed, DisconnectReason, LegId, PhoneNumber, TenantId, TrunkId};
use relay::Precedence;
use sip::digest::ClientCredentials;
use sip::{BoundTo, Destination, NameAddr};
use store::{Store, StoreError, Trunk, TrunkKind};
use tokio::sync::Semaphore;

use crate::carrier::{CarrierAddress, ParseCarrierAddressError};

use super::super::registrations::credentials;
use super::super::sockets::{TCP, UDP};
use super::super::trunks::group;
use super::{Happening, Ownership, Task};

/// A call that is to go out.
pub(in crate::telephony) struct Outbound {
    pub(super) tenant: TenantId,
    pub(super) trunk: TrunkId,
    pub(super) from: PhoneNumber,
    pub(super) to: Dialed,
    pub(super) ring_timeout: Duration,
}

/// The carrier of a trunk.
pub(in crate::telephony) struct Carrier {
    address: CarrierAddress,
    credentials: Option<ClientCredentials>,
    found_at: SocketAddr,
}

/// A trunk takes no calls from us.
#[derive(Debug, thiserror::Error)]
enum NoCarrier {
    #[error("the trunk has no outbound address, or is gone")]
    NoAddress,
    #[error("its outbound address is not found in the DNS, or is of a kind of IP that --sip does not speak")]
    NotFound,
    #[error("the trunk cannot be read")]
    Store(#[from] StoreError),
    #[error("its outbound address cannot be read: remove the trunk and add it anew")]
    UnreadableAddress(#[from] ParseCarrierAddressError),
}

impl Task {
    /// Calls somebody, once the trunk's carrier was looked for in the background.
    pub(super) fn dial(&mut self, leg: LegId, call: Outbound) {
        let ownership = Ownership {
            tenant: call.tenant,
            source: None,
            _place: None,
        };
        self.tenants.insert(leg, ownership);
        let (store, happenings) = (self.store.clone(), self.happenings.clone());
        let (trunk, lab, sip) = (call.trunk, self.lab, self.sip.ip());
        // An emergency call waits for nobody's turn.
        let lookups = (!call.to.is_emergency()).then(|| Arc::clone(&self.lookups));
        self.dialing.insert(leg, call);
        tokio::spawn(async move {
            let found = find(&store, trunk, (lab, sip), lookups.as_deref()).await;
            let found = found.inspect_err(|error| {
                let error = error as &dyn std::error::Error;
                tracing::warn!(leg.id = %leg, trunk.id = %trunk, error, "a call finds no carrier");
            });
            let found = found.ok().map(Box::new);
            let _ = happenings.send(Happening::CarrierFound(leg, found)).await;
        });
    }

    /// Sends the call to its carrier, unless it was called off meanwhile.
    pub(super) fn take_carrier(&mut self, leg: LegId, carrier: Option<Box<Carrier>>) {
        let Some(call) = self.dialing.remove(&leg) else {
            return;
        };
        let Some(carrier) = carrier else {
            return self.not_dialed(leg, DisconnectReason::CarrierError);
        };
        let precedence = match call.to.is_emergency() {
            true => Precedence::Emergency,
            false => Precedence::Ordinary,
        };
        // Without this look each call in vain would cost a port, which then rests.
        if self.live.legs.is_full() && precedence == Precedence::Ordinary {
            return self.not_dialed(leg, DisconnectReason::LimitReached);
        }
        let worker = self.worker_of(call.tenant);
        let port = match self.live.open_rtp(worker, carrier.found_at.ip(), precedence) {
            Ok(port) => port,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(leg.id = %leg, error, "a call of ours has no port for its audio");
                return self.not_dialed(leg, DisconnectReason::LimitReached);
            }
        };
        let from = carrier.address.uri_of(call.from.as_str());
        let request_uri = carrier.address.uri_of(&call.to.to_string());
        let dial = Dial {
            leg,
            bound_to: BoundTo::Group(group(call.trunk)),
            credentials: carrier.credentials,
            destination: Destination {
                address: carrier.found_at,
                transport: match carrier.address.is_tcp {
                    true => TCP,
                    false => UDP,
                },
            },
            // RFC 3325 section 9.1: a carrier that does not go by From goes by what we assert.
            headers: vec![("P-Asserted-Identity".to_owned(), format!("<{from}>"))],
            from: NameAddr::new(from),
            is_emergency: call.to.is_emergency(),
            port,
            to: NameAddr::new(request_uri.clone()),
            request_uri,
            ring_timeout: call.ring_timeout,
        };
        self.live.command(Command::Dial(Box::new(dial)));
    }

    /// Ends a call whose carrier is being looked for; false when there is none.
    pub(super) fn call_off(&mut self, leg: LegId, reason: DisconnectReason) -> bool {
        let is_waiting = self.dialing.remove(&leg).is_some();
        if is_waiting {
            self.not_dialed(leg, reason);
        }
        is_waiting
    }

    fn not_dialed(&mut self, leg: LegId, reason: DisconnectReason) {
        if let Some(ownership) = self.tenants.remove(&leg) {
            self.tell(ownership.tenant, engine::Input::LegEnded { leg, reason });
        }
    }
}

/// Where this node takes the calls that it sends to itself over the lab trunk, whose other side is the loopback; none
/// where it does not listen there.
pub(in crate::telephony) fn lab_address(sip: SocketAddr) -> Option<SocketAddr> {
    let ip = match sip.ip() == Ipv4Addr::UNSPECIFIED {
        true => Ipv4Addr::LOCALHOST.into(),
        false => sip.ip(),
    };
    // The lab trunk knows its calls by their source, which is an address of IPv4.
    let is_lab = ip.is_ipv4() && ip.is_loopback();
    is_lab.then(|| SocketAddr::new(ip, sip.port()))
}

async fn find(
    store: &Store,
    trunk: TrunkId,
    (lab, sip): (Option<SocketAddr>, IpAddr),
    lookups: Option<&Semaphore>,
) -> Result<Carrier, NoCarrier> {
    let turn = match lookups {
        Some(lookups) => Some(lookups.acquire().await),
        None => None,
    };
    let trunk = store.trunk(trunk).await?.ok_or(NoCarrier::NoAddress)?;
    // A silent DNS must not keep calls that arrive from the database.
    drop(turn);
    let address = address_of(&trunk, lab)?;
    Ok(Carrier {
        found_at: address.resolve(sip).await.ok_or(NoCarrier::NotFound)?,
        address,
        // The carrier knows us by what we register with.
        credentials: trunk.registration.as_ref().map(credentials),
    })
}

fn address_of(trunk: &Trunk, lab: Option<SocketAddr>) -> Result<CarrierAddress, NoCarrier> {
    match (trunk.kind, &trunk.outbound_address) {
        (TrunkKind::Lab, _) => Ok(lab.ok_or(NoCarrier::NoAddress)?.into()),
        (TrunkKind::Carrier, Some(address)) => Ok(address.parse()?),
        (TrunkKind::Carrier, None) => Err(NoCarrier::NoAddress),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier_trunk::carrier_trunk;

    #[test]
    fn an_address_of_an_earlier_version_that_cannot_be_read_is_told_from_none() {
        let trunk = |outbound_address: Option<&str>| Trunk {
            outbound_address: outbound_address.map(str::to_owned),
            ..carrier_trunk(1)
        };
        let found = |address| address_of(&trunk(address), None);
        assert!(found(Some("sip.carrier.example")).is_ok());
        assert!(matches!(found(None), Err(NoCarrier::NoAddress)));
        for stored in ["carrier.example;lr", "192.0.2", "0.0.0.0"] {
            let refused = found(Some(stored));
            assert!(
                matches!(refused, Err(NoCarrier::UnreadableAddress(_))),
                "{stored}: {refused:?}"
            );
        }
    }
}
