//! The trunks as they are known here, and whose a request is.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

use model::{PhoneNumber, TrunkId};
use sip::digest::{Algorithm, DigestResponse, Secret};
use sip::endpoint::{AdmissionRequest, Proof};
use sip::{NameAddr, PeerGroup, Peers, Uri, unescape};
use store::{DigestCredentials, Trunk};

use crate::carrier::{CarrierAddress, ParseCarrierAddressError};

use super::limits::{CALLER_CHARS_MAX, TRUNKS_TRIED_MAX};

/// The trunks, as read from the store not long ago.
#[derive(Default)]
pub(super) struct Trunks {
    trunks: Vec<Trunk>,
    /// Where those that are registered are registered.
    registrars: BTreeMap<TrunkId, IpAddr>,
    /// When they were read; none before the first time.
    pub(super) read_at: Option<Instant>,
}

/// Whose a request is.
#[derive(Debug)]
pub(super) enum Claim {
    /// It must prove to be a trunk's; these are the realm to be named.
    Challenge(String),
    /// It says it is this trunk's and brings a proof.
    Digest(TrunkId, Proof),
    /// Its source is this trunk's.
    Source(TrunkId),
    /// Nobody's.
    Stranger,
}

impl Trunks {
    pub(super) fn replace(&mut self, mut trunks: Vec<Trunk>, now: Instant) {
        for trunk in &mut trunks {
            let is_new = self.trunks.iter().all(|known| known.id != trunk.id);
            if is_new {
                warn_of_unreadable_addresses(trunk);
            }
            let Some(digest) = trunk.digest.take_if(|digest| proves_nothing(digest)) else {
                continue;
            };
            if is_new {
                let username = digest.username;
                tracing::warn!(
                    trunk.id = %trunk.id,
                    username,
                    "the trunk's user name or password is empty, so nobody is let in by it: remove the trunk and add it \
                     anew"
                );
            }
        }
        self.trunks = trunks;
        self.read_at = Some(now);
    }

    /// Takes in where the registrars are now.
    pub(super) fn set_registrars(&mut self, registrars: BTreeMap<TrunkId, IpAddr>) {
        self.registrars = registrars;
    }

    /// The addresses of all trunks.
    pub(super) fn peers(&self) -> Peers {
        Peers::new(self.trunks.iter().map(|trunk| {
            let ranges = trunk.sources.iter();
            let ranges = ranges.map(|range| (range.address(), range.prefix_len()));
            let registrar = self.registrars.get(&trunk.id);
            let registrar = registrar.map(|address| (*address, ADDRESS_BITS));
            (group(trunk.id), ranges.chain(registrar).collect())
        }))
    }

    /// Whose a request is: its source counts before what it says.
    pub(super) fn claim(&self, asked: &AdmissionRequest) -> Claim {
        if let Some(trunk) = self.of_source(asked.source.address.ip()).next() {
            return Claim::Source(trunk.id);
        }
        if let Some(authorization) = &asked.authorization
            && let Some((trunk, proof)) = self.proof_for(authorization)
        {
            return Claim::Digest(trunk, proof);
        }
        let said = asked.from.uri.user();
        let mut provable = self.trunks.iter().filter_map(|trunk| trunk.digest.as_ref());
        let known = provable
            .clone()
            .find(|digest| said == Some(digest.username.as_str()));
        match known.or_else(|| provable.next()) {
            Some(digest) => Claim::Challenge(digest.realm.clone()),
            None => Claim::Stranger,
        }
    }

    /// The trunks a call may have come over: the one that let it in, and others with the same source.
    pub(super) fn candidates(&self, admitted: TrunkId, source: IpAddr) -> Vec<(TrunkId, String)> {
        let first = self.trunks.iter().filter(|trunk| trunk.id == admitted);
        let others = self.of_source(source).filter(|trunk| trunk.id != admitted);
        let candidates = first.chain(others).take(TRUNKS_TRIED_MAX);
        candidates
            .map(|trunk| (trunk.id, trunk.calling_code.clone()))
            .collect()
    }

    fn of_source(&self, source: IpAddr) -> impl Iterator<Item = &Trunk> {
        let source = source.to_canonical();
        let contains = move |trunk: &&Trunk| {
            let registrar = self.registrars.get(&trunk.id);
            registrar.is_some_and(|address| address.to_canonical() == source)
                || trunk.sources.iter().any(|range| range.contains(source))
        };
        self.trunks.iter().filter(contains)
    }

    fn proof_for(&self, authorization: &DigestResponse) -> Option<(TrunkId, Proof)> {
        let (trunk, digest) = self.trunks.iter().find_map(|trunk| {
            let digest = trunk.digest.as_ref()?;
            (digest.username == authorization.username && digest.realm == authorization.realm)
                .then_some((trunk, digest))
        })?;
        let ha1 = match authorization.algorithm {
            Algorithm::Md5 => &digest.ha1_md5,
            Algorithm::Sha256 => &digest.ha1_sha256,
        };
        let proof = Proof {
            algorithms: ALGORITHMS.to_vec(),
            realm: digest.realm.clone(),
            secret: Secret::Ha1(authorization.algorithm, ha1.expose().to_owned()),
            username: digest.username.clone(),
        };
        Some((trunk.id, proof))
    }
}

/// What an earlier version stored may be more than is read today.
fn warn_of_unreadable_addresses(trunk: &Trunk) {
    for (option, error) in unreadable_addresses(trunk) {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(
            trunk.id = %trunk.id,
            option,
            error,
            "an address of the trunk cannot be read, so nothing is sent there: remove the trunk and add it anew"
        );
    }
}

fn unreadable_addresses(trunk: &Trunk) -> Vec<(&'static str, ParseCarrierAddressError)> {
    let registrar = trunk.registration.as_ref();
    let registrar = registrar.map(|registration| &registration.registrar);
    let addresses = [
        ("--outbound", trunk.outbound_address.as_ref()),
        ("--registrar", registrar),
    ];
    let unreadable = addresses.into_iter().filter_map(|(option, address)| {
        let error = address?.parse::<CarrierAddress>().err()?;
        Some((option, error))
    });
    unreadable.collect()
}

/// Whether anybody could bring what is asked for, because its user name or its password is empty.
fn proves_nothing(digest: &DigestCredentials) -> bool {
    let nothing = Secret::Password(String::new());
    let is_of_nothing = |algorithm, ha1: &store::Secret| {
        let of_nothing = nothing.ha1(algorithm, &digest.username, &digest.realm);
        of_nothing.is_some_and(|of_nothing| of_nothing.eq_ignore_ascii_case(ha1.expose()))
    };
    digest.username.trim().is_empty()
        || is_of_nothing(Algorithm::Md5, &digest.ha1_md5)
        || is_of_nothing(Algorithm::Sha256, &digest.ha1_sha256)
}

/// The name of a trunk's addresses.
pub(super) fn group(trunk: TrunkId) -> PeerGroup {
    PeerGroup(trunk.bits())
}

/// An address alone; no kind has more bits.
const ADDRESS_BITS: u8 = 128;

/// The algorithms offered to whoever must prove something, preferred first (RFC 8760 section 2.3).
pub(super) const ALGORITHMS: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Md5];

/// The phone number a URI names, in the way the trunk's country writes it.
pub(super) fn number_of(uri: &Uri, calling_code: &str) -> Option<PhoneNumber> {
    let user = String::from_utf8(unescape(uri.user()?)).ok()?;
    // Parameters of a number stand in the user part (RFC 3261 section 19.1.6).
    let number = user.split(';').next()?;
    PhoneNumber::normalise(number, calling_code).ok()
}

/// The address of a caller as it is kept: E.164, or the dialable characters of another number, such as an extension. None
/// of one who does not want to be known, or names no number: what else stands there is whatever the caller likes.
pub(super) fn caller_address(caller: &NameAddr, is_private: bool, calling_code: &str) -> Option<String> {
    if is_private || is_anonymous(&caller.uri) {
        return None;
    }
    if let Some(number) = number_of(&caller.uri, calling_code) {
        return Some(number.to_string());
    }
    let user = String::from_utf8(unescape(caller.uri.user()?)).ok()?;
    let number = user.split(';').next()?;
    // RFC 3966 section 5.1.1: separators that only people see.
    let number: String = number
        .chars()
        .filter(|character| !"-.() ".contains(*character))
        .collect();
    let is_dialable = |character: char| character.is_ascii_digit() || "+*#".contains(character);
    let has_digit = number.contains(|character: char| character.is_ascii_digit());
    let is_number = has_digit && number.chars().all(is_dialable) && number.len() <= CALLER_CHARS_MAX;
    is_number.then_some(number)
}

/// RFC 3323 section 4.1.1.3, and what carriers write instead.
fn is_anonymous(uri: &Uri) -> bool {
    let user = uri.user().unwrap_or_default();
    let host = uri.host().map(ToString::to_string).unwrap_or_default();
    host == "anonymous.invalid"
        || ["anonymous", "restricted", "unavailable", "unknown"]
            .iter()
            .any(|word| user.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use sip::{AdmissionId, Flow, Method, TransportId, TransportKind};
    use store::TrunkKind;

    use super::*;
    use crate::carrier_trunk::carrier_trunk;

    fn address(text: &str) -> NameAddr {
        NameAddr::new(text.parse().unwrap())
    }

    fn trunk(number: u128, sources: &[&str], username: Option<&str>) -> Trunk {
        Trunk {
            sources: sources.iter().map(|source| source.parse().unwrap()).collect(),
            digest: username.map(|username| DigestCredentials {
                username: username.to_owned(),
                realm: format!("{username}.example"),
                ha1_md5: store::Secret::new("md5"),
                ha1_sha256: store::Secret::new("sha256"),
            }),
            ..carrier_trunk(number)
        }
    }

    /// Where the second trunk is registered.
    const REGISTRAR: &str = "192.0.3.5";

    /// An INVITE of `user` from `source`, with credentials for a realm or without.
    fn asked(source: &str, user: &str, credentials: Option<(&str, &str)>) -> AdmissionRequest {
        AdmissionRequest {
            admission: AdmissionId(1),
            authorization: credentials.map(|(username, realm)| DigestResponse {
                algorithm: Algorithm::Md5,
                count: None,
                nonce: String::new(),
                opaque: None,
                realm: realm.to_owned(),
                response: String::new(),
                uri: String::new(),
                username: username.to_owned(),
            }),
            from: address(&format!("sip:{user}@carrier.example")),
            method: Method::Invite,
            request_uri: "sip:+4930901820@192.0.2.1".parse().unwrap(),
            source: Flow {
                address: source.parse().unwrap(),
                stream: None,
                transport: TransportId(1),
            },
            to: address("sip:+4930901820@192.0.2.1"),
            transport: TransportKind::Udp,
        }
    }

    /// What is made of a request, in short.
    fn claim(trunks: &[Trunk], asked: &AdmissionRequest) -> String {
        let known = Trunks {
            trunks: trunks.to_vec(),
            registrars: BTreeMap::from([(TrunkId::from_bits(2), REGISTRAR.parse().unwrap())]),
            read_at: None,
        };
        match known.claim(asked) {
            Claim::Challenge(realm) => format!("challenge {realm}"),
            Claim::Digest(trunk, proof) => format!("digest {} {}", trunk.bits(), proof.realm),
            Claim::Source(trunk) => format!("source {}", trunk.bits()),
            Claim::Stranger => "stranger".to_owned(),
        }
    }

    #[test]
    fn a_request_is_a_trunks_by_its_source_or_by_its_proof_and_else_a_strangers() {
        let by_source = trunk(1, &["192.0.2.0/24"], None);
        let ana = trunk(2, &[], Some("ana"));
        let bo = trunk(3, &["198.51.100.7"], Some("bo"));
        let all = [by_source, ana, bo];
        for (trunks, source, user, credentials, expected) in [
            (&all[..], "192.0.2.9:5060", "x", None, "source 1"),
            (&all, "198.51.100.7:5060", "x", None, "source 3"),
            (&all, "192.0.3.5:5060", "x", None, "source 2"),
            (&all, "[::ffff:192.0.3.5]:5060", "x", None, "source 2"),
            (&all[..1], "192.0.3.5:5060", "x", None, "stranger"),
            (&all, "203.0.113.1:5060", "x", None, "challenge ana.example"),
            (&all, "203.0.113.1:5060", "bo", None, "challenge bo.example"),
            (
                &all,
                "203.0.113.1:5060",
                "x",
                Some(("bo", "bo.example")),
                "digest 3 bo.example",
            ),
            (
                &all,
                "203.0.113.1:5060",
                "x",
                Some(("bo", "ana.example")),
                "challenge ana.example",
            ),
            (
                &all[..1],
                "203.0.113.1:5060",
                "x",
                Some(("bo", "bo.example")),
                "stranger",
            ),
        ] {
            let asked = asked(source, user, credentials);
            assert_eq!(claim(trunks, &asked), expected, "{source} {user} {credentials:?}");
        }
    }

    #[test]
    fn an_address_of_an_earlier_version_that_cannot_be_read_is_told() {
        for (outbound, registrar, expected) in [
            (None, "carrier.example", &[][..]),
            (Some("carrier.example;lr"), "carrier.example", &["--outbound"]),
            (Some("carrier.example"), "192.0.2", &["--registrar"]),
            (Some("0.0.0.0"), "a b", &["--outbound", "--registrar"]),
        ] {
            let mut trunk = trunk(1, &[], None);
            trunk.outbound_address = outbound.map(str::to_owned);
            trunk.registration = Some(store::Registration {
                registrar: registrar.to_owned(),
                username: "offhook".to_owned(),
                password: store::Secret::new("secret"),
                expires_s: 600,
            });
            let told = unreadable_addresses(&trunk);
            let told: Vec<_> = told.into_iter().map(|(option, _)| option).collect();
            assert_eq!(told, expected, "{outbound:?} {registrar}");
        }
    }

    #[test]
    fn an_empty_user_name_or_password_proves_nothing() {
        let digest = |username: &str, password: &str| {
            let secret = Secret::Password(password.to_owned());
            let ha1 = |algorithm| store::Secret::new(secret.ha1(algorithm, username, "offhook").unwrap());
            DigestCredentials {
                username: username.to_owned(),
                realm: "offhook".to_owned(),
                ha1_md5: ha1(Algorithm::Md5),
                ha1_sha256: ha1(Algorithm::Sha256),
            }
        };
        for (username, password, expected) in [
            ("", "", "stranger"),
            ("", "secret", "stranger"),
            (" ", "secret", "stranger"),
            ("ana", "", "stranger"),
            ("ana", "secret", "digest 1 offhook"),
        ] {
            let mut trunk = trunk(1, &[], None);
            trunk.digest = Some(digest(username, password));
            let mut known = Trunks::default();
            known.replace(vec![trunk], Instant::now());
            let asked = asked("203.0.113.1:5060", "x", Some((username, "offhook")));
            let claimed = claim(&known.trunks, &asked);
            assert_eq!(claimed, expected, "{username:?} {password:?}");
        }
    }

    #[test]
    fn a_call_may_be_for_a_number_of_each_trunk_with_its_source_and_of_no_other() {
        let mut lab = trunk(1, &["127.0.0.0/8"], None);
        lab.kind = TrunkKind::Lab;
        let known = Trunks {
            trunks: vec![
                lab,
                trunk(2, &["127.0.0.1"], None),
                trunk(3, &["192.0.2.0/24"], None),
                trunk(4, &[], Some("ana")),
            ],
            ..Trunks::default()
        };
        for (admitted, source, expected) in [
            (1, "127.0.0.1", &[1, 2][..]),
            (1, "127.0.0.2", &[1]),
            (3, "192.0.2.9", &[3]),
            (4, "203.0.113.1", &[4]),
        ] {
            let candidates = known.candidates(TrunkId::from_bits(admitted), source.parse().unwrap());
            let candidates: Vec<u128> = candidates.iter().map(|(trunk, _)| trunk.bits()).collect();
            assert_eq!(candidates, expected, "{admitted} {source}");
        }
    }

    #[test]
    fn numbers_are_read_in_the_ways_carriers_write_them() {
        for (uri, calling_code, expected) in [
            ("sip:+12125550100@192.0.2.1", "1", Some("+12125550100")),
            ("sip:12125550100@192.0.2.1", "1", Some("+12125550100")),
            ("sip:2125550100@192.0.2.1", "1", Some("+12125550100")),
            (
                "sip:%2B4930901820@192.0.2.1;user=phone",
                "49",
                Some("+4930901820"),
            ),
            ("sip:030901820;npdi@192.0.2.1", "49", Some("+4930901820")),
            ("tel:+49-30-901820", "49", Some("+4930901820")),
            ("sip:alice@192.0.2.1", "49", None),
            ("sip:192.0.2.1", "49", None),
        ] {
            let number = number_of(&uri.parse().unwrap(), calling_code);
            assert_eq!(
                number.map(|number| number.to_string()).as_deref(),
                expected,
                "{uri}"
            );
        }
    }

    #[test]
    fn callers_are_kept_by_number_or_not_at_all() {
        for (uri, is_private, expected) in [
            ("sip:030901820@carrier.example", false, Some("+4930901820")),
            ("sip:030901820@carrier.example", true, None),
            ("sip:*21-7#;x=y@pbx.example", false, Some("*217#")),
            ("sip:%3Cb%3E1@pbx.example", false, None),
            ("sip:alice@pbx.example", false, None),
            ("sip:+@pbx.example", false, None),
            ("sip:anonymous@anonymous.invalid", false, None),
            ("sip:Anonymous@carrier.example", false, None),
            ("sip:carrier.example", false, None),
        ] {
            let kept = caller_address(&address(uri), is_private, "49");
            assert_eq!(kept.as_deref(), expected, "{uri}");
        }
        let long = format!("sip:{}@pbx.example", "*1".repeat(17));
        assert_eq!(caller_address(&address(&long), false, "49"), None);
    }
}
