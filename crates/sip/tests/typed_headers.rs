//! Typed views on header fields: what reads, as what, and what does not.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use sip::{
    CSeq, Contacts, HeaderError, HeaderName, HeaderValue, Headers, Method, MinSe, NameAddr, RAck, Refresher,
    Replaces, RetryAfter, SessionExpires, Transport, Via,
};

fn headers(lines: &[(HeaderName, &str)]) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in lines {
        headers.push(name.clone(), value.as_bytes().to_vec());
    }
    headers
}

#[test]
fn addresses_read_as_written_and_print_in_one_form() {
    let table = [
        ("sip:a@example.com;tag=1", "<sip:a@example.com>;tag=1"),
        ("<sip:a@example.com;x=y>;tag=1", "<sip:a@example.com;x=y>;tag=1"),
        (
            "Alice Smith <sip:a@example.com>",
            "\"Alice Smith\" <sip:a@example.com>",
        ),
        (
            "\"A \\\"B\\\" \\\\\"<sip:a@example.com>",
            "\"A \\\"B\\\" \\\\\" <sip:a@example.com>",
        ),
        (
            "\"<sip:b@example.com>\" <sip:a@example.com>",
            "\"<sip:b@example.com>\" <sip:a@example.com>",
        ),
        ("\"\" <sip:a@example.com>", "\"\" <sip:a@example.com>"),
        ("<tel:+15551234> ; tag = 2", "<tel:+15551234>;tag=2"),
        (
            "<sip:a@example.com>;text=\"a;b, c\"",
            "<sip:a@example.com>;text=\"a;b, c\"",
        ),
        ("<urn:service:sos>", "<urn:service:sos>"),
    ];
    for (text, printed) in table {
        let address = NameAddr::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(String::from_utf8(address.to_bytes()).unwrap(), printed);
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let refused = [
        "",
        "Alice",
        "<sip:a@example.com",
        "sip:a@example.com>",
        "\"Alice <sip:a@example.com>",
        "\"Alice\" sip:a@example.com",
        "Bell, Alexander <sip:a@example.com>",
        "sip:a@example.com?X=y",
        "<sip:a@example.com> x",
        "<sip:a@example.com>;;",
        "<>",
        "<sip:a@example.com>;tag=",
        "<sip:a@example.com>, <sip:b@example.com>",
        "a\0b <sip:a@b>",
    ];
    for text in refused {
        assert!(NameAddr::parse(text.as_bytes()).is_err(), "{text:?}");
    }
}

#[test]
fn vias_of_all_lines_come_in_order() {
    let headers = headers(&[
        (
            HeaderName::Via,
            "SIP/2.0/UDP a.example.com;branch=z9hG4bK1 , SIP / 2.0 / tcp [::1] : 5070",
        ),
        (
            HeaderName::Via,
            "SIP/2.0/WSS c.example.com;rport=9;received=192.0.2.1",
        ),
    ]);
    let vias = headers.vias().unwrap();
    assert_eq!(vias.len(), 3);
    assert_eq!(headers.via().unwrap().as_ref(), vias.first());
    assert!(vias[0].has_unique_branch() && !vias[1].has_unique_branch());
    assert_eq!(
        (&vias[1].transport, vias[1].sent_by.port),
        (&Transport::Tcp, Some(5070))
    );
    assert_eq!(vias[2].rport(), Some(9));
    assert_eq!(vias[2].received(), Some([192, 0, 2, 1].into()));
}

#[test]
fn what_is_no_via_is_refused() {
    let refused = [
        "",
        "SIP/2.0/UDP",
        "SIP/2.0/UDP ;branch=1",
        "SIP/3.0/UDP a",
        "HTTP/2.0/UDP a",
        "SIP/2.0 UDP a",
        "SIP/2.0/UDPa",
        "SIP/2.0/UDP a:0",
        "SIP/2.0/UDP a:99999",
        "SIP/2.0/UDP a;",
        "SIP/2.0/UDP a;branch",
        "SIP/2.0/UDP a;rport=x",
        "SIP/2.0/UDP [::1",
        "SIP/2.0/UDP a b",
        "SIP/2.0/UDP a,",
        "SIP/2.0/UDP [::1]]",
    ];
    for text in refused {
        assert!(Via::parse(text.as_bytes()).is_err(), "{text:?}");
    }
}

#[test]
fn a_star_stands_alone() {
    assert_eq!(
        headers(&[(HeaderName::Contact, "*")]).contacts(),
        Ok(Some(Contacts::All))
    );
    let mixed = headers(&[(HeaderName::Contact, "*"), (HeaderName::Contact, "<sip:a@b>")]);
    let repeated = HeaderError::Repeated {
        header: HeaderName::Contact,
    };
    assert_eq!(mixed.contacts(), Err(repeated));
    assert!(
        headers(&[(HeaderName::Contact, "<sip:a@b>, *")])
            .contacts()
            .is_err()
    );
    assert_eq!(Headers::new().contacts(), Ok(None));
}

#[test]
fn single_fields_may_not_be_repeated() {
    let twice = headers(&[(HeaderName::CSeq, "1 ACK"), (HeaderName::CSeq, "1 ACK")]);
    assert_eq!(
        twice.cseq(),
        Err(HeaderError::Repeated {
            header: HeaderName::CSeq
        })
    );
}

#[test]
fn structured_values_print_as_they_read() {
    check(
        "1 INVITE",
        &CSeq {
            number: 1,
            method: Method::Invite,
        },
    );
    check(
        "7 314159 INVITE",
        &RAck {
            rseq: 7,
            cseq: 314_159,
            method: Method::Invite,
        },
    );
    check("90", &MinSe { secs: 90 });
    let refresher = Some(Refresher::Uac);
    check(
        "1800;refresher=uac",
        &SessionExpires {
            secs: 1800,
            refresher,
        },
    );
    check(
        "120;duration=60",
        &RetryAfter {
            secs: 120,
            duration_secs: Some(60),
        },
    );
    let [call_id, to_tag, from_tag] = ["1@a", "2", "3"].map(str::to_owned);
    let replaces = Replaces {
        call_id,
        to_tag,
        from_tag,
        is_early_only: true,
    };
    check("1@a;to-tag=2;from-tag=3;early-only", &replaces);
}

fn check<T: HeaderValue + PartialEq + std::fmt::Debug>(text: &str, value: &T) {
    assert_eq!(T::parse(text.as_bytes()).as_ref(), Ok(value));
    assert_eq!(String::from_utf8(value.to_bytes()).unwrap(), text);
}

#[test]
fn numbers_take_digits_that_fit() {
    for text in [
        "",
        "-1 ACK",
        "+1 ACK",
        "1",
        "1ACK",
        "4294967296 ACK",
        "1 ACK x",
        "0x1 ACK",
        "1 A,B",
    ] {
        assert!(CSeq::parse(text.as_bytes()).is_err(), "{text:?}");
    }
    assert_eq!(CSeq::parse(b"4294967295 ACK").unwrap().number, u32::MAX);
    let expires = |text| headers(&[(HeaderName::Expires, text)]).expires();
    assert_eq!(expires("99999999999"), Ok(Some(u32::MAX)));
    assert!(expires("soon").is_err() && expires("-1").is_err());
    assert!(SessionExpires::parse(b"90;refresher=me").is_err());
}

#[test]
fn retry_after_may_carry_a_comment() {
    let value = RetryAfter::parse(b"120 (I'm (really) in a \\) meeting);duration=60;x").unwrap();
    assert_eq!(
        value,
        RetryAfter {
            secs: 120,
            duration_secs: Some(60)
        }
    );
    assert!(RetryAfter::parse(b"120 (unclosed").is_err());
}

#[test]
fn credentials_keep_their_parameters_in_order_and_apart() {
    let text = "Digest username=\"bob\", realm=\"a, \\\"b\\\"\",uri=sip:b@example.com;x=y, \
        nc=0000000a,algorithm=SHA-256,qop=auth";
    let headers = headers(&[(HeaderName::Authorization, text)]);
    let credentials = headers.authorization().unwrap().remove(0);
    let value = |name| credentials.params.get(name);
    assert_eq!(credentials.scheme, "Digest");
    assert_eq!(value("realm"), Some("a, \"b\""));
    assert_eq!(value("URI"), Some("sip:b@example.com;x=y"));
    assert_eq!(value("nc"), Some("0000000a"));
    assert_eq!(value("algorithm"), Some("SHA-256"));
    let names: Vec<_> = credentials.params.iter().map(|param| param.name()).collect();
    assert_eq!(names, ["username", "realm", "uri", "nc", "algorithm", "qop"]);
}

#[test]
fn credentials_with_a_parameter_twice_are_refused() {
    let twice = headers(&[(HeaderName::Authorization, "Digest realm=\"a\", Realm=\"b\"")]);
    assert!(twice.authorization().is_err());
}

#[test]
fn lists_join_over_lines() {
    let headers = headers(&[
        (HeaderName::Supported, "100rel , timer"),
        (HeaderName::Supported, ""),
        (HeaderName::Supported, "replaces"),
        (HeaderName::Allow, "INVITE,ACK"),
        (
            HeaderName::Reason,
            "Q.850;cause=16;text=\"Normal, call clearing\", SIP;cause=200",
        ),
        (HeaderName::Privacy, "id;critical"),
        (
            HeaderName::Diversion,
            "<sip:1@a>;reason=unconditional,<tel:+2>;reason=no-answer",
        ),
        (HeaderName::Accept, "application/sdp;level=1, text/*"),
    ]);
    assert_eq!(headers.supported().unwrap(), ["100rel", "timer", "replaces"]);
    assert_eq!(headers.allow().unwrap(), [Method::Invite, Method::Ack]);
    let causes: Vec<_> = headers
        .reason()
        .unwrap()
        .iter()
        .map(|reason| reason.cause())
        .collect();
    assert_eq!(causes, [Some(16), Some(200)]);
    assert_eq!(headers.privacy(), ["id", "critical"]);
    assert_eq!(headers.diversion().unwrap().len(), 2);
    let ranges = headers.accept().unwrap().unwrap();
    assert!(ranges[0].covers("application/SDP") && ranges[1].covers("text/plain"));
    assert!(!ranges[1].covers("application/sdp"));
}

#[test]
fn header_names_know_their_short_forms_and_no_case() {
    let name = |text: &str| text.parse::<HeaderName>().unwrap();
    assert_eq!(name("v"), HeaderName::Via);
    assert_eq!(name("CALL-id"), HeaderName::CallId);
    assert_eq!(name("x"), HeaderName::SessionExpires);
    assert_eq!(name("X-Custom"), name("x-custom"));
    assert_eq!(name("X-Custom").as_str(), "X-Custom");
    assert!("X Custom".parse::<HeaderName>().is_err() && "".parse::<HeaderName>().is_err());
}
