//! Connectivity checks, right and forged; `rtc-stun` is the oracle.

use std::net::SocketAddr;
use std::time::Instant;

use media::Received;
use media::sdp::{Fingerprint, IceCredentials, Setup, WebRtcRemote};
use media::webrtc::{DtlsCertificate, WebRtcError, WebRtcLeg};
use rtc_stun::attributes::{ATTR_ICE_CONTROLLED, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME, AttrType};
use rtc_stun::crypto::{RTCCryptoProvider, providers::RingProvider};
use rtc_stun::error_code::ErrorCodeAttribute;
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Getter, Message, Setter, TransactionId};
use rtc_stun::textattrs::TextAttribute;
use rtc_stun::xoraddr::XorMappedAddress;

use crate::browser::certificate;

const PASSWORD: &str = "a password of this leg";

fn remote(local_setup: Setup, algorithm: &str) -> WebRtcRemote {
    WebRtcRemote {
        ice: credentials("peer"),
        fingerprints: vec![Fingerprint {
            algorithm: algorithm.to_owned(),
            digest: vec![7; 32],
        }],
        local_setup,
        candidates: Vec::new(),
    }
}

fn credentials(ufrag: &str) -> IceCredentials {
    IceCredentials {
        ufrag: ufrag.to_owned(),
        password: PASSWORD.to_owned(),
    }
}

struct Target {
    leg: WebRtcLeg,
    now: Instant,
}

impl Target {
    fn new() -> Self {
        let now = Instant::now();
        let remote = remote(Setup::Active, "sha-256");
        let leg = WebRtcLeg::new(&certificate(), &credentials("ours"), &remote, now).unwrap();
        Self { leg, now }
    }

    fn receive(&mut self, datagram: &[u8], source: SocketAddr) -> Received {
        let mut buffer = datagram.to_vec();
        self.leg.receive(&mut buffer, datagram.len(), source, self.now)
    }

    /// The first datagram the leg sends.
    fn answer(&mut self) -> Option<(Message, SocketAddr)> {
        let mut buffer = [0; 1_600];
        let (len, destination) = self.leg.poll_transmit(&mut buffer)?;
        let mut message = Message::new();
        message.unmarshal_binary(&buffer[..len]).unwrap();
        Some((message, destination))
    }
}

/// Builds a check with `rtc-stun`; the attributes come before integrity and fingerprint.
fn check(username: &str, password: &str, attributes: &[(AttrType, &[u8])]) -> Vec<u8> {
    let mut message = Message::new();
    let start: [Box<dyn Setter>; 3] = [
        Box::new(BINDING_REQUEST),
        Box::new(TransactionId::new()),
        Box::new(TextAttribute::new(ATTR_USERNAME, username.to_owned())),
    ];
    message.build(&start).unwrap();
    message.add(ATTR_PRIORITY, &[1, 2, 3, 4]);
    for (kind, value) in attributes {
        message.add(*kind, value);
    }
    let crypto = RingProvider::new();
    MessageIntegrity::new_short_term_integrity_with_provider(password.to_owned(), crypto.crypto())
        .add_to(&mut message)
        .unwrap();
    FINGERPRINT.add_to(&mut message).unwrap();
    message.raw
}

fn somewhere() -> SocketAddr {
    "192.0.2.7:1234".parse().unwrap()
}

#[test]
fn a_check_is_answered_with_the_address_it_came_from() {
    for source in ["192.0.2.7:1234", "[2001:db8::7]:65535"] {
        let source: SocketAddr = source.parse().unwrap();
        let mut target = Target::new();
        let received = target.receive(&check("ours:peer", PASSWORD, &[]), source);
        assert_eq!(received, Received::Verified);
        let (answer, destination) = target.answer().unwrap();
        assert_eq!((answer.typ, destination), (BINDING_SUCCESS, source));
        let mut mapped = XorMappedAddress::default();
        mapped.get_from(&answer).unwrap();
        assert_eq!(SocketAddr::new(mapped.ip, mapped.port), source);
        let crypto = RingProvider::new();
        MessageIntegrity::check(&mut answer.clone(), PASSWORD.as_bytes(), crypto.crypto()).unwrap();
        FINGERPRINT.check(&answer).unwrap();
    }
}

#[test]
fn a_check_without_the_right_names_and_password_gets_no_answer() {
    let valid = check("ours:peer", PASSWORD, &[]);
    let mut without_fingerprint = valid[..valid.len() - 8].to_vec();
    without_fingerprint[3] -= 8;
    let trailing = [&valid[..], &[0; 4]].concat();
    let long = check("ours:peer", PASSWORD, &[(AttrType(0xC000), &[0; 600])]);
    let table: [(&str, Vec<u8>); 7] = [
        ("password", check("ours:peer", "a password of another", &[])),
        ("our name", check("other:peer", PASSWORD, &[])),
        ("peer's name", check("ours:other", PASSWORD, &[])),
        ("no colon", check("ourspeer", PASSWORD, &[])),
        ("no fingerprint", without_fingerprint),
        ("trailing bytes", trailing),
        ("longer than a check may be", long),
    ];
    for (name, datagram) in table {
        let mut target = Target::new();
        assert_eq!(
            target.receive(&datagram, somewhere()),
            Received::Refused,
            "{name}"
        );
        assert!(target.answer().is_none(), "{name}");
        assert_eq!(target.leg.remote(), None, "{name}");
    }
}

#[test]
fn no_cut_or_changed_bit_of_a_check_passes() {
    let valid = check("ours:peer", PASSWORD, &[(ATTR_USE_CANDIDATE, &[])]);
    let mut target = Target::new();
    for len in 0..valid.len() {
        assert_eq!(target.receive(&valid[..len], somewhere()), Received::Refused);
    }
    for bit in 0..valid.len() * 8 {
        let mut changed = valid.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            target.receive(&changed, somewhere()),
            Received::Refused,
            "bit {bit}"
        );
    }
    assert_eq!(target.receive(&valid, somewhere()), Received::Verified);
}

#[test]
fn a_nomination_added_on_the_path_behind_the_hash_is_ignored() {
    let first: SocketAddr = "192.0.2.1:1".parse().unwrap();
    let mut target = Target::new();
    target.receive(&check("ours:peer", PASSWORD, &[]), first);
    let mut message = Message::new();
    let valid = check("ours:peer", PASSWORD, &[]);
    message.unmarshal_binary(&valid[..valid.len()]).unwrap();
    message.raw.truncate(valid.len() - 8);
    message.length -= 8;
    message.add(ATTR_USE_CANDIDATE, &[]);
    FINGERPRINT.add_to(&mut message).unwrap();
    assert_eq!(target.receive(&message.raw, somewhere()), Received::Verified);
    assert_eq!(target.leg.remote(), Some(first));
    let real = check("ours:peer", PASSWORD, &[(ATTR_USE_CANDIDATE, &[])]);
    target.receive(&real, somewhere());
    assert_eq!(target.leg.remote(), Some(somewhere()));
}

#[test]
fn a_peer_that_believes_to_be_controlled_is_told_of_the_conflict() {
    let mut target = Target::new();
    let datagram = check("ours:peer", PASSWORD, &[(ATTR_ICE_CONTROLLED, &[0; 8])]);
    target.receive(&datagram, somewhere());
    assert_eq!(error_code(&mut target), 487);
    assert_eq!(target.leg.remote(), None);
}

#[test]
fn an_attribute_that_must_be_understood_is_refused_by_name() {
    let mut target = Target::new();
    let datagram = check("ours:peer", PASSWORD, &[(AttrType(0x7ABC), &[1, 2])]);
    target.receive(&datagram, somewhere());
    assert_eq!(error_code(&mut target), 420);
}

fn error_code(target: &mut Target) -> u16 {
    let (answer, _) = target.answer().unwrap();
    let mut code = ErrorCodeAttribute::default();
    code.get_from(&answer).unwrap();
    code.code.0
}

#[test]
fn offers_the_leg_cannot_answer_are_refused_at_once() {
    let certificate: DtlsCertificate = certificate();
    let (ours, now) = (credentials("ours"), Instant::now());
    let refusal = |remote: &WebRtcRemote| WebRtcLeg::new(&certificate, &ours, remote, now).err();
    let passive = remote(Setup::Passive, "sha-256");
    assert_eq!(refusal(&passive), Some(WebRtcError::PeerInsistsOnActive));
    let sha_1 = remote(Setup::Active, "sha-1");
    assert_eq!(refusal(&sha_1), Some(WebRtcError::NoSha256));
}
