//! Messages of our own: what a response copies, what a Via notes, how a message prints.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use expect_test::expect;
use sip::{HeaderName, Host, Method, NameAddr, Request, Response, StatusCode, Uri, Via};
use sip::{SentBy, Transport};

fn invite() -> Request {
    let host = || Host::parse("example.com").unwrap();
    let uri = Uri::sip(Some("+49 30"), host())
        .with_port(5070)
        .with_param("transport", Some("tcp"));
    let mut request = Request::new(Method::Invite, uri);
    let sent_by = SentBy {
        host: host(),
        port: None,
    };
    let headers = &mut request.headers;
    headers.push_value(HeaderName::Via, &Via::new(Transport::Udp, sent_by, "z9hG4bK1"));
    headers.push(
        HeaderName::Via,
        "SIP/2.0/UDP b;branch=z9hG4bK2, SIP/2.0/UDP c;branch=z9hG4bK3",
    );
    let from = NameAddr::new(Uri::sip(Some("a"), host()))
        .with_display_name("A \"B\"")
        .with_tag("1");
    headers.push_value(HeaderName::From, &from);
    headers.push(HeaderName::To, "<sip:b@example.com>");
    headers.push(HeaderName::CallId, "1");
    headers.push(HeaderName::CSeq, "1 INVITE");
    headers.push(HeaderName::Timestamp, "54");
    headers.push(HeaderName::Subject, "secret");
    request.body = "v=0".into();
    request
}

#[test]
fn a_request_prints_its_fields_in_order_and_the_length_last() {
    let printed = String::from_utf8(invite().encode()).unwrap().replace('\r', "");
    expect![[r#"
        INVITE sip:+49%2030@example.com:5070;transport=tcp SIP/2.0
        Via: SIP/2.0/UDP example.com;branch=z9hG4bK1;rport
        Via: SIP/2.0/UDP b;branch=z9hG4bK2, SIP/2.0/UDP c;branch=z9hG4bK3
        From: "A \"B\"" <sip:a@example.com>;tag=1
        To: <sip:b@example.com>
        Call-ID: 1
        CSeq: 1 INVITE
        Timestamp: 54
        Subject: secret
        Content-Length: 3

        v=0"#]]
    .assert_eq(&printed);
}

#[test]
fn a_response_copies_the_way_and_the_identity_and_nothing_else() {
    let ringing = Response::for_request(&invite(), StatusCode::RINGING).with_to_tag("2");
    let printed = String::from_utf8(ringing.encode()).unwrap().replace('\r', "");
    expect![[r#"
        SIP/2.0 180 Ringing
        Via: SIP/2.0/UDP example.com;branch=z9hG4bK1;rport
        Via: SIP/2.0/UDP b;branch=z9hG4bK2, SIP/2.0/UDP c;branch=z9hG4bK3
        From: "A \"B\"" <sip:a@example.com>;tag=1
        To: <sip:b@example.com>;tag=2
        Call-ID: 1
        CSeq: 1 INVITE
        Content-Length: 0

    "#]]
    .assert_eq(&printed);
    let trying = Response::for_request(&invite(), StatusCode::TRYING);
    assert_eq!(trying.headers.get_str(&HeaderName::Timestamp), Some("54"));
}

#[test]
fn a_to_tag_is_never_replaced() {
    let mut headers = invite().headers;
    headers.ensure_to_tag("2");
    headers.ensure_to_tag("3");
    assert_eq!(headers.to().unwrap().unwrap().tag(), Some("2"));
}

#[test]
fn the_top_via_notes_where_the_request_came_from() {
    let mut headers = invite().headers;
    headers.note_source("192.0.2.9:40000".parse().unwrap()).unwrap();
    let via = headers.via().unwrap().unwrap();
    assert_eq!(via.received(), Some([192, 0, 2, 9].into()));
    assert_eq!(via.rport(), Some(40_000));
    assert_eq!(headers.vias().unwrap().len(), 3);

    let mut same = sip::Headers::new();
    same.push(HeaderName::Via, "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1");
    same.note_source("192.0.2.9:40000".parse().unwrap()).unwrap();
    let untouched = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1";
    assert_eq!(same.get_str(&HeaderName::Via), Some(untouched));
}

#[test]
fn vias_come_off_one_by_one() {
    let mut headers = invite().headers;
    for left in [2, 1, 0] {
        headers.pop_via().unwrap();
        assert_eq!(headers.vias().unwrap().len(), left);
    }
    assert!(headers.pop_via().is_err());
}

#[test]
fn setting_a_field_keeps_its_place_and_leaves_one() {
    let mut headers = invite().headers;
    headers.set(HeaderName::Via, "SIP/2.0/UDP d");
    assert_eq!(headers.get_all(&HeaderName::Via).count(), 1);
    assert_eq!(headers.iter().next().unwrap().name, HeaderName::Via);
    headers.set(HeaderName::UserAgent, "Offhook");
    assert_eq!(headers.iter().last().unwrap().name, HeaderName::UserAgent);
    headers.push(HeaderName::ContentLength, "999");
    assert!(!headers.contains(&HeaderName::ContentLength));
}
