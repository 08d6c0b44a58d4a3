//! Digest authentication: the vectors of RFC 2617 and RFC 7616, nonce counts, replays, expiry.
#![expect(clippy::unwrap_used, reason = "tests may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "the virtual clock has to begin somewhere"
)]

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use sip::digest::{Algorithm, DigestChallenge, DigestResponse, NonceMint, NonceVerdict, Secret};
use sip::{Credentials, HeaderValue};

const RFC_2617: &str = concat!(
    "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", ",
    "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, ",
    "nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", ",
    "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
);

const RFC_7616_MD5: &str = concat!(
    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", ",
    "algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, ",
    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, ",
    "response=\"8ca523f5e9506fed4657c9700eebdbec\", ",
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
);

const RFC_7616_SHA_256: &str = concat!(
    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", ",
    "algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, ",
    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, ",
    "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\", ",
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
);

fn read(value: &str) -> Option<DigestResponse> {
    DigestResponse::read(&Credentials::parse(value.as_bytes()).ok()?).ok()
}

#[test]
fn the_published_vectors_are_proofs() {
    let rows = [
        (RFC_2617, "Circle Of Life", Algorithm::Md5),
        (RFC_7616_MD5, "Circle of Life", Algorithm::Md5),
        (RFC_7616_SHA_256, "Circle of Life", Algorithm::Sha256),
    ];
    for (value, password, algorithm) in rows {
        let credentials = read(value).unwrap();
        assert_eq!(credentials.algorithm, algorithm);
        let password = Secret::Password(password.to_owned());
        assert!(credentials.is_proof("GET", &password), "{value}");
        let ha1 = password.ha1(algorithm, "Mufasa", &credentials.realm).unwrap();
        assert!(
            credentials.is_proof("GET", &Secret::Ha1(algorithm, ha1)),
            "{value}"
        );
        assert!(
            !credentials.is_proof("POST", &password),
            "another method: {value}"
        );
        assert!(
            !credentials.is_proof("GET", &Secret::Password("circle".to_owned())),
            "{value}"
        );
    }
}

#[test]
fn a_nonce_count_is_eight_hexadecimal_digits() {
    let rows = [
        ("00000001", Some(1)),
        ("0000000a", Some(10)),
        ("00000100", Some(256)),
        ("FFFFFFFF", Some(u32::MAX)),
        ("1", None),
        ("+0000001", None),
        ("000000001", None),
        ("0000000g", None),
    ];
    for (text, count) in rows {
        let value = RFC_2617.replace("nc=00000001", &format!("nc={text}"));
        let parsed = read(&value);
        let parsed = parsed
            .and_then(|credentials| credentials.count)
            .map(|(count, _)| count);
        assert_eq!(parsed, count, "{text}");
    }
}

#[test]
fn credentials_with_doubled_or_missing_parts_are_malformed() {
    let rows = [
        "",
        "Digest",
        "Basic dXNlcjpwYXNz",
        "Digest username=\"a\"",
        "Digest username=\"a",
        &RFC_2617.replace("nc=00000001, ", ""),
        &format!("{RFC_2617}, username=\"Scar\""),
        &RFC_7616_MD5.replace("algorithm=MD5", "algorithm=MD5-sess"),
        &RFC_7616_MD5.replace("qop=auth", "qop=auth-int"),
    ];
    for value in rows {
        assert!(read(value).is_none(), "{value}");
    }
}

#[test]
fn written_headers_are_read_back() {
    let challenge = DigestChallenge {
        algorithm: Algorithm::Sha256,
        nonce: "n\"1\\".to_owned(),
        opaque: Some("o".to_owned()),
        qop_auth: true,
        realm: "offhook".to_owned(),
        stale: true,
    };
    let text = String::from_utf8(challenge.to_challenge().to_bytes()).unwrap();
    assert!(
        text.contains("algorithm=SHA-256, qop=\"auth\", stale=true"),
        "{text}"
    );
    let parsed = sip::Challenge::parse(text.as_bytes()).unwrap();
    assert_eq!(DigestChallenge::read(&parsed).unwrap(), challenge);
    let credentials = read(RFC_7616_SHA_256).unwrap();
    assert_eq!(
        DigestResponse::read(&credentials.to_credentials()).unwrap(),
        credentials
    );
}

#[test]
fn a_nonce_is_taken_with_any_new_count_and_never_twice() {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let now = Instant::now();
    let mut mint = NonceMint::new(&mut rng);
    let nonce = mint.issue(&mut rng, now);
    let rows = [
        (1, NonceVerdict::Fresh),
        (1, NonceVerdict::Replayed),
        (10, NonceVerdict::Fresh),
        (9, NonceVerdict::Fresh),
        (9, NonceVerdict::Replayed),
        (300, NonceVerdict::Fresh),
        (236, NonceVerdict::Replayed),
        (237, NonceVerdict::Fresh),
        (10, NonceVerdict::Replayed),
        (u32::MAX, NonceVerdict::Fresh),
        (300, NonceVerdict::Replayed),
    ];
    for (count, verdict) in rows {
        assert_eq!(mint.accept(&nonce, count, now), verdict, "{count}");
    }
}

#[test]
fn a_nonce_of_another_mint_a_changed_one_and_an_old_one_are_stale() {
    let mut rng = ChaCha12Rng::seed_from_u64(2);
    let now = Instant::now();
    let mut mint = NonceMint::new(&mut rng);
    let foreign = NonceMint::new(&mut rng).issue(&mut rng, now);
    let nonce = mint.issue(&mut rng, now);
    let changed = format!(
        "{}{}",
        if nonce.starts_with('f') { '0' } else { 'f' },
        &nonce[1..]
    );
    for stale in [foreign.as_str(), changed.as_str(), "", "zz", "\u{e9}"] {
        assert_eq!(mint.accept(stale, 1, now), NonceVerdict::Stale, "{stale}");
    }
    let later = now + Duration::from_secs(301);
    assert_eq!(mint.accept(&nonce, 1, later), NonceVerdict::Stale);
}

#[test]
fn nonces_cost_memory_only_after_a_proof_and_only_so_much() {
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    let start = Instant::now();
    let mut mint = NonceMint::new(&mut rng);
    let first = mint.issue(&mut rng, start);
    assert_eq!(mint.accept(&first, 1, start), NonceVerdict::Fresh);
    for second in 0..20_000 {
        let now = start + Duration::from_millis(second);
        let nonce = mint.issue(&mut rng, now);
        assert_eq!(mint.accept(&nonce, 1, now), NonceVerdict::Fresh);
    }
    assert_eq!(mint.used_count(), 16_384);
    let now = start + Duration::from_secs(20);
    assert_eq!(
        mint.accept(&first, 1, now),
        NonceVerdict::Stale,
        "forgotten, so never again"
    );
    let late = start + Duration::from_secs(400);
    let nonce = mint.issue(&mut rng, late);
    assert_eq!(mint.accept(&nonce, 1, late), NonceVerdict::Fresh);
    assert_eq!(mint.used_count(), 1);
}
