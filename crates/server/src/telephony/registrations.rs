//! Our registrations with carriers that want one (RFC 3261 section 10).

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use leg::Command;
use model::TrunkId;
use sip::digest::{ClientCredentials, Secret};
use sip::{Destination, NameAddr, RegistrationId, RegistrationRequest, RegistrationState, Uri};
use store::{Registration, Trunk};

use super::limits::REGISTRAR_SOUGHT_EVERY;
use super::sockets::UDP;
use crate::carrier::CarrierAddress;

/// The registrations of all trunks.
#[derive(Default)]
pub(super) struct Registrations {
    kept: BTreeMap<TrunkId, Kept>,
    /// Those that are being given back.
    leaving: BTreeMap<RegistrationId, TrunkId>,
    last_id: u64,
    last_search: u64,
}

/// A registration from the moment a trunk wants it until it is given back; its name stays the same throughout.
struct Kept {
    /// What was asked of whom last.
    asked: Option<(Registration, SocketAddr)>,
    id: RegistrationId,
    registration: Registration,
    registrar: Registrar,
}

/// What is known of where the registrar is.
enum Registrar {
    Found,
    /// It is to be looked for, not before this time.
    Lost(Instant),
    /// It is being looked for.
    Sought(Search),
}

/// Names one search for a registrar, so that the outcome of an earlier one is told apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Search(u64);

/// A registrar that is to be looked for in the DNS.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) registrar: String,
    pub(super) search: Search,
    pub(super) trunk: TrunkId,
}

impl Registrations {
    /// The registrars that are to be found now: of new and changed registrations, and of those that were not found or
    /// no longer answer.
    pub(super) fn wanted(&mut self, trunks: &[Trunk], now: Instant) -> Vec<Wanted> {
        let registered = trunks
            .iter()
            .filter_map(|trunk| Some((trunk.id, trunk.registration.as_ref()?)));
        registered
            .filter_map(|(trunk, registration)| self.seek(trunk, registration, now))
            .collect()
    }

    fn seek(&mut self, trunk: TrunkId, registration: &Registration, now: Instant) -> Option<Wanted> {
        let kept = self.kept.entry(trunk).or_insert_with(|| {
            self.last_id += 1;
            Kept {
                asked: None,
                id: RegistrationId(self.last_id),
                registration: registration.clone(),
                registrar: Registrar::Lost(now),
            }
        });
        let is_changed = kept.registration != *registration;
        let is_due = matches!(kept.registrar, Registrar::Lost(at) if at <= now);
        if !is_changed && !is_due {
            return None;
        }
        self.last_search += 1;
        let search = Search(self.last_search);
        kept.registration = registration.clone();
        kept.registrar = Registrar::Sought(search);
        Some(Wanted {
            registrar: registration.registrar.clone(),
            search,
            trunk,
        })
    }

    /// What gives back the registrations that no trunk has any more.
    pub(super) fn unwanted(&mut self, trunks: &[Trunk]) -> Vec<Command> {
        let wants = |id: &TrunkId| {
            let mut wanting = trunks.iter().filter(|trunk| trunk.registration.is_some());
            wanting.any(|trunk| trunk.id == *id)
        };
        let gone: Vec<TrunkId> = self.kept.keys().filter(|id| !wants(id)).copied().collect();
        let mut given_back = Vec::new();
        for trunk in gone {
            let Some(Kept {
                id: registration,
                asked,
                ..
            }) = self.kept.remove(&trunk)
            else {
                continue;
            };
            if asked.is_some() {
                self.leaving.insert(registration, trunk);
            }
            given_back.push(Command::Unregister { registration });
        }
        given_back
    }

    /// What registers a trunk whose registrar was found. One that was not is looked for again; what an earlier search
    /// found counts for nothing.
    pub(super) fn found(
        &mut self,
        trunk: TrunkId,
        search: Search,
        address: Option<SocketAddr>,
        now: Instant,
    ) -> Option<Command> {
        let kept = self.kept.get_mut(&trunk)?;
        if !matches!(kept.registrar, Registrar::Sought(current) if current == search) {
            return None;
        }
        let request = address.and_then(|address| request(kept.id, &kept.registration, address));
        let Some(request) = request else {
            tracing::warn!(trunk.id = %trunk, "the trunk's registrar is not found");
            kept.registrar = Registrar::Lost(now + REGISTRAR_SOUGHT_EVERY);
            return None;
        };
        kept.registrar = Registrar::Found;
        let asked = (kept.registration.clone(), request.destination.address);
        if kept.asked.as_ref() == Some(&asked) {
            // The endpoint tries it again by itself, and less and less often.
            return None;
        }
        kept.asked = Some(asked);
        Some(Command::Register(Box::new(request)))
    }

    /// Where the registrars are that trunks were registered with: calls to who is registered come from there.
    pub(super) fn registrars(&self) -> BTreeMap<TrunkId, IpAddr> {
        let found = self.kept.iter().filter_map(|(trunk, kept)| {
            let (_, address) = kept.asked.as_ref()?;
            Some((*trunk, address.ip()))
        });
        found.collect()
    }

    /// Says how a registration stands. A registrar that does not answer may have moved: it is looked for again.
    pub(super) fn changed(&mut self, id: RegistrationId, state: &RegistrationState, now: Instant) {
        if let Some(trunk) = self.leaving.get(&id) {
            if *state == RegistrationState::Unregistered {
                tracing::info!(trunk.id = %trunk, "no longer registered with the carrier");
                self.leaving.remove(&id);
            }
            return;
        }
        let trunk = self.kept.iter_mut().find(|(_, kept)| kept.id == id);
        let Some((trunk, kept)) = trunk else { return };
        match state {
            RegistrationState::Registered { expires_s } => {
                tracing::info!(trunk.id = %trunk, expires_s, "registered with the carrier");
            }
            RegistrationState::Refused { retry_s, status } => {
                tracing::warn!(trunk.id = %trunk, %status, retry_s, "the carrier refuses our registration");
            }
            RegistrationState::Unreachable { retry_s } => {
                tracing::warn!(trunk.id = %trunk, retry_s, "the carrier's registrar does not answer");
                if matches!(kept.registrar, Registrar::Found) {
                    kept.registrar = Registrar::Lost(now);
                }
            }
            // Told of those alone that are given back.
            RegistrationState::Unregistered => {}
        }
    }
}

/// What is asked of the registrar at this address; none when its name is no host.
fn request(
    id: RegistrationId,
    registration: &Registration,
    address: SocketAddr,
) -> Option<RegistrationRequest> {
    let registrar: Uri = format!("sip:{}", registration.registrar).parse().ok()?;
    let record: Uri = format!("sip:{}@{}", registration.username, registration.registrar)
        .parse()
        .ok()?;
    Some(RegistrationRequest {
        address_of_record: NameAddr::new(record),
        contact_user: Some(registration.username.clone()),
        credentials: Some(credentials(registration)),
        destination: Destination {
            address,
            transport: UDP,
        },
        expires_s: registration.expires_s,
        registrar,
        registration: id,
    })
}

/// What a carrier's challenges are answered with.
pub(super) fn credentials(registration: &Registration) -> ClientCredentials {
    ClientCredentials {
        secret: Secret::Password(registration.password.expose().to_owned()),
        username: registration.username.clone(),
    }
}

/// The address of `host` or `host:port`, where SIP is spoken at `sip`.
pub(super) async fn resolve(registrar: &str, sip: IpAddr) -> Option<SocketAddr> {
    registrar.parse::<CarrierAddress>().ok()?.resolve(sip).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier_trunk::carrier_trunk;

    fn trunk(registrar: Option<&str>) -> Trunk {
        Trunk {
            registration: registrar.map(|registrar| Registration {
                registrar: registrar.to_owned(),
                username: "offhook".to_owned(),
                password: store::Secret::new("secret"),
                expires_s: 600,
            }),
            ..carrier_trunk(1)
        }
    }

    fn at(address: &str) -> Option<SocketAddr> {
        Some(address.parse().unwrap())
    }

    /// Looks for the one registrar that is wanted.
    fn search(registrations: &mut Registrations, trunks: &[Trunk], now: Instant) -> Search {
        let wanted = registrations.wanted(trunks, now);
        let [wanted] = wanted.as_slice() else {
            panic!("wanted: {wanted:?}")
        };
        wanted.search
    }

    fn registered(command: Option<Command>) -> RegistrationRequest {
        let Some(Command::Register(request)) = command else {
            panic!("nothing is registered")
        };
        *request
    }

    const ID: TrunkId = TrunkId::from_bits(1);

    #[test]
    fn a_trunk_is_registered_once_again_when_it_changes_and_no_longer_when_it_goes() {
        let (mut registrations, now) = (Registrations::default(), Instant::now());
        let first = [trunk(Some("carrier.example"))];
        let sought = search(&mut registrations, &first, now);
        let request = registered(registrations.found(ID, sought, at("192.0.2.1:5060"), now));
        assert_eq!(request.registrar.to_string(), "sip:carrier.example");
        assert_eq!(
            request.address_of_record.uri.to_string(),
            "sip:offhook@carrier.example"
        );
        assert_eq!(
            registrations.registrars(),
            BTreeMap::from([(ID, "192.0.2.1".parse().unwrap())])
        );
        assert!(registrations.wanted(&first, now).is_empty());
        assert!(registrations.unwanted(&first).is_empty());
        let other = [trunk(Some("other.example:5070"))];
        let sought = search(&mut registrations, &other, now);
        assert_eq!(registrations.unwanted(&[trunk(None)]).len(), 1);
        assert!(registrations.registrars().is_empty());
        let late = registrations.found(ID, sought, at("192.0.2.1:5060"), now);
        assert!(late.is_none(), "it came too late");
    }

    #[test]
    fn a_registrar_that_is_not_found_is_looked_for_again_under_the_same_name() {
        let (mut registrations, now) = (Registrations::default(), Instant::now());
        let first = [trunk(Some("carrier.example"))];
        let sought = search(&mut registrations, &first, now);
        let before = registered(registrations.found(ID, sought, at("192.0.2.1:5060"), now));
        let moved = [trunk(Some("moved.example"))];
        let sought = search(&mut registrations, &moved, now);
        assert!(registrations.found(ID, sought, None, now).is_none());
        assert!(registrations.wanted(&moved, now).is_empty(), "not at once");
        let later = now + REGISTRAR_SOUGHT_EVERY;
        let sought = search(&mut registrations, &moved, later);
        let after = registered(registrations.found(ID, sought, at("192.0.2.2:5060"), later));
        assert_eq!(after.registration, before.registration);
        let given_back = registrations.unwanted(&[]);
        assert!(
            matches!(&given_back[..], [Command::Unregister { registration }] if *registration == before.registration)
        );
        assert_eq!(registrations.leaving.len(), 1);
        registrations.changed(before.registration, &RegistrationState::Unregistered, later);
        assert!(registrations.leaving.is_empty());
    }

    #[test]
    fn what_a_search_finds_counts_for_nothing_once_the_registration_has_changed() {
        let (mut registrations, now) = (Registrations::default(), Instant::now());
        let first = [trunk(Some("carrier.example"))];
        let stale = search(&mut registrations, &first, now);
        let moved = [trunk(Some("moved.example"))];
        let current = search(&mut registrations, &moved, now);
        let found = registrations.found(ID, stale, at("192.0.2.1:5060"), now);
        assert!(found.is_none());
        let request = registered(registrations.found(ID, current, at("192.0.2.2:5060"), now));
        assert_eq!(request.registrar.to_string(), "sip:moved.example");
        assert_eq!(Some(request.destination.address), at("192.0.2.2:5060"));
    }

    #[test]
    fn a_registrar_that_does_not_answer_is_looked_for_and_followed_when_it_has_moved() {
        let (mut registrations, now) = (Registrations::default(), Instant::now());
        let trunks = [trunk(Some("carrier.example"))];
        let sought = search(&mut registrations, &trunks, now);
        let request = registered(registrations.found(ID, sought, at("192.0.2.1:5060"), now));
        let silent = RegistrationState::Unreachable { retry_s: 30 };
        registrations.changed(request.registration, &silent, now);
        let sought = search(&mut registrations, &trunks, now);
        let same = registrations.found(ID, sought, at("192.0.2.1:5060"), now);
        assert!(same.is_none(), "the endpoint tries it again by itself");
        registrations.changed(request.registration, &silent, now);
        let sought = search(&mut registrations, &trunks, now);
        let moved = registered(registrations.found(ID, sought, at("192.0.2.2:5060"), now));
        assert_eq!(moved.registration, request.registration);
        assert_eq!(Some(moved.destination.address), at("192.0.2.2:5060"));
    }
}
