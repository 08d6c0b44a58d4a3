//! Our registrations with carriers that want one (RFC 3261 section 10).

use std::collections::BTreeMap;
use std::net::SocketAddr;

use leg::Command;
use model::TrunkId;
use sip::digest::{ClientCredentials, Secret};
use sip::{Destination, NameAddr, RegistrationId, RegistrationRequest, RegistrationState, Uri};
use store::{Registration, Trunk};

use super::sockets::UDP;

const SIP_PORT: u16 = 5060;

/// The registrations of all trunks.
#[derive(Default)]
pub(super) struct Registrations {
    kept: BTreeMap<TrunkId, Kept>,
    last_id: u64,
}

struct Kept {
    id: RegistrationId,
    registration: Registration,
}

impl Registrations {
    /// The trunks that are to be registered anew, once their registrar is found.
    pub(super) fn wanted(&mut self, trunks: &[Trunk]) -> Vec<Trunk> {
        let mut wanted = Vec::new();
        for trunk in trunks {
            let Some(registration) = &trunk.registration else {
                continue;
            };
            let known = self.kept.get(&trunk.id);
            if known.is_some_and(|kept| kept.registration == *registration) {
                continue;
            }
            // A changed registration keeps its name: the endpoint puts it in the place of the old one.
            let id = match known {
                Some(kept) => kept.id,
                None => {
                    self.last_id += 1;
                    RegistrationId(self.last_id)
                }
            };
            let kept = Kept {
                id,
                registration: registration.clone(),
            };
            self.kept.insert(trunk.id, kept);
            wanted.push(trunk.clone());
        }
        wanted
    }

    /// What gives back the registrations that no trunk has any more.
    pub(super) fn unwanted(&mut self, trunks: &[Trunk]) -> Vec<Command> {
        let wants = |id: &TrunkId| {
            let mut wanting = trunks.iter().filter(|trunk| trunk.registration.is_some());
            wanting.any(|trunk| trunk.id == *id)
        };
        let gone: Vec<TrunkId> = self.kept.keys().filter(|id| !wants(id)).copied().collect();
        let given_back = gone.iter().filter_map(|id| self.kept.remove(id));
        given_back
            .map(|kept| Command::Unregister {
                registration: kept.id,
            })
            .collect()
    }

    /// What registers a trunk whose registrar was found; one that was not is looked for again.
    pub(super) fn found(&mut self, trunk: &Trunk, address: Option<SocketAddr>) -> Option<Command> {
        let kept = self.kept.get(&trunk.id)?;
        let registration = kept.registration.clone();
        let registrar = format!("sip:{}", registration.registrar).parse::<Uri>();
        let record = format!("sip:{}@{}", registration.username, registration.registrar).parse::<Uri>();
        let (Some(address), Ok(registrar), Ok(record)) = (address, registrar, record) else {
            tracing::warn!(trunk.id = %trunk.id, "the trunk's registrar is not found");
            self.kept.remove(&trunk.id);
            return None;
        };
        Some(Command::Register(Box::new(RegistrationRequest {
            address_of_record: NameAddr::new(record),
            contact_user: Some(registration.username.clone()),
            credentials: Some(ClientCredentials {
                secret: Secret::Password(registration.password.expose().to_owned()),
                username: registration.username.clone(),
            }),
            destination: Destination {
                address,
                transport: UDP,
            },
            expires_s: registration.expires_s,
            registrar,
            registration: kept.id,
        })))
    }

    /// Says how a registration stands.
    pub(super) fn changed(&self, id: RegistrationId, state: &RegistrationState) {
        let trunk = self.kept.iter().find(|(_, kept)| kept.id == id);
        let Some((trunk, _)) = trunk else { return };
        match state {
            RegistrationState::Registered { expires_s } => {
                tracing::info!(trunk.id = %trunk, expires_s, "registered with the carrier");
            }
            RegistrationState::Refused { retry_s, status } => {
                tracing::warn!(trunk.id = %trunk, %status, retry_s, "the carrier refuses our registration");
            }
            RegistrationState::Unreachable { retry_s } => {
                tracing::warn!(trunk.id = %trunk, retry_s, "the carrier's registrar does not answer");
            }
            RegistrationState::Unregistered => {
                tracing::info!(trunk.id = %trunk, "no longer registered with the carrier");
            }
        }
    }
}

/// The address of `host` or `host:port`.
pub(super) async fn resolve(registrar: &str) -> Option<SocketAddr> {
    let uri: Uri = format!("sip:{registrar}").parse().ok()?;
    let port = uri.port().unwrap_or(SIP_PORT);
    let host = uri.host()?;
    match host.ip() {
        Some(ip) => Some(SocketAddr::new(ip, port)),
        None => tokio::net::lookup_host((host.to_string(), port))
            .await
            .ok()?
            .next(),
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;
    use store::TrunkKind;

    use super::*;

    fn trunk(registrar: Option<&str>) -> Trunk {
        Trunk {
            id: TrunkId::from_bits(1),
            tenant: None,
            name: "Carrier".to_owned(),
            kind: TrunkKind::Carrier,
            calling_code: "49".to_owned(),
            sources: Vec::new(),
            digest: None,
            outbound_address: None,
            registration: registrar.map(|registrar| Registration {
                registrar: registrar.to_owned(),
                username: "offhook".to_owned(),
                password: store::Secret::new("secret"),
                expires_s: 600,
            }),
            carries_emergency: false,
            created_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn a_trunk_is_registered_once_again_when_it_changes_and_no_longer_when_it_goes() {
        let mut registrations = Registrations::default();
        let address = Some("192.0.2.1:5060".parse().unwrap());
        let first = [trunk(Some("carrier.example"))];
        assert_eq!(registrations.wanted(&first).len(), 1);
        let found = registrations.found(&first[0], address);
        let Some(Command::Register(request)) = found else {
            panic!("nothing is registered")
        };
        assert_eq!(request.registrar.to_string(), "sip:carrier.example");
        assert_eq!(
            request.address_of_record.uri.to_string(),
            "sip:offhook@carrier.example"
        );
        assert!(registrations.wanted(&first).is_empty());
        assert!(registrations.unwanted(&first).is_empty());
        assert_eq!(
            registrations.wanted(&[trunk(Some("other.example:5070"))]).len(),
            1
        );
        assert_eq!(registrations.unwanted(&[trunk(None)]).len(), 1);
        assert!(
            registrations.found(&first[0], address).is_none(),
            "it came too late"
        );
    }

    #[test]
    fn a_registrar_that_is_not_found_is_looked_for_again() {
        let mut registrations = Registrations::default();
        let trunks = [trunk(Some("carrier.example"))];
        registrations.wanted(&trunks);
        assert!(registrations.found(&trunks[0], None).is_none());
        assert_eq!(registrations.wanted(&trunks).len(), 1);
    }
}
