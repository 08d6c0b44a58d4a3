//! What is printed reads back as what it was, and no bytes make the reader panic.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "torture/fixtures.rs"]
mod fixtures;

use proptest::collection::vec;
use proptest::prelude::*;
use sip::{
    CSeq, Datagram, HeaderName, HeaderValue, Headers, Host, Message, Method, NameAddr, Request, Response,
    SentBy, StatusCode, StreamEvent, StreamFramer, Transport, Uri, Verdict, Via, frame_datagram,
};

proptest! {
    #[test]
    fn a_printed_message_reads_back_over_datagram_and_stream(message in message()) {
        let bytes = message.encode();
        prop_assert_eq!(by_datagram(&bytes), Some(Verdict::Accept(message.clone())));
        prop_assert_eq!(by_stream(&bytes), Some(Verdict::Accept(message)));
    }

    #[test]
    fn whatever_is_accepted_prints_to_what_reads_the_same(bytes in mutated_fixture()) {
        if let Some(Verdict::Accept(message)) = by_datagram(&bytes) {
            touch(message.headers());
            let printed = message.encode();
            prop_assert_eq!(by_datagram(&printed), Some(Verdict::Accept(message.clone())));
            prop_assert_eq!(by_stream(&printed), Some(Verdict::Accept(message)));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..600)) {
        by_datagram(&bytes);
        by_stream(&bytes);
    }

    #[test]
    fn no_uri_panics_and_what_reads_prints_the_same(text in "(sip|sips|tel|[a-z]{1,4}):[ -~]{0,40}") {
        if let Ok(uri) = Uri::parse(text.as_bytes()) {
            prop_assert_eq!(Uri::parse(uri.to_string().as_bytes()), Ok(uri.clone()));
            prop_assert!(uri.is_equivalent(&uri));
        }
    }

    #[test]
    fn any_user_survives_in_a_uri(user in "\\PC{1,20}") {
        let uri = Uri::sip(Some(&user), host());
        let read = Uri::parse(uri.to_string().as_bytes()).unwrap();
        prop_assert_eq!(sip::unescape(read.user().unwrap()), user.into_bytes());
    }

    #[test]
    fn any_display_name_survives_in_an_address(name in vec(any::<u8>(), 0..30), tag in "[a-z0-9]{1,9}") {
        let mut address = NameAddr::new(Uri::sip(Some("a"), host())).with_tag(&tag);
        let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        address.display_name = Some(name.into_iter().filter(|byte| !is_line_end(byte)).collect());
        let mut headers = Headers::new();
        headers.push_value(HeaderName::From, &address);
        prop_assert_eq!(headers.from(), Ok(Some(address)));
    }

    #[test]
    fn no_header_value_begins_a_line_of_its_own(value in "[ -~\r\n]{0,60}") {
        let mut request = Request::new(Method::Options, Uri::sip(None, host()));
        request.headers.push(HeaderName::Subject, value.clone());
        request.headers.set(HeaderName::UserAgent, value);
        let printed = String::from_utf8(request.encode()).unwrap();
        prop_assert_eq!(printed.split("\r\n").count(), 6);
    }
}

fn message() -> impl Strategy<Value = Message> {
    let method = prop::sample::select(vec![
        Method::Invite,
        Method::Bye,
        Method::Register,
        Method::from_token("X-!Y%41").unwrap(),
    ]);
    let extension = (
        "X-[a-z]{1,8}",
        vec(any::<u8>().prop_filter("one line", one_line), 0..40),
    );
    let extensions = vec(extension, 0..5);
    let body = vec(any::<u8>(), 0..200);
    let status = prop_oneof![Just(None), (100_u16..700).prop_map(StatusCode::new)];
    (method, "\\PC{1,8}", any::<u32>(), extensions, body, status).prop_map(
        |(method, user, number, extensions, body, status)| {
            let mut request = Request::new(method.clone(), Uri::sip(Some(&user), host()));
            fill(&mut request.headers, &CSeq { number, method });
            for (name, value) in extensions {
                request.headers.push(name.parse().unwrap(), value);
            }
            request.body = body.into();
            match status {
                None => Message::Request(request),
                Some(status) => {
                    let response = Response::for_request(&request, status).with_reason(user);
                    Message::Response(Response {
                        body: request.body,
                        ..response
                    })
                }
            }
        },
    )
}

fn fill(headers: &mut Headers, cseq: &CSeq) {
    let sent_by = SentBy {
        host: host(),
        port: Some(5060),
    };
    headers.push_value(HeaderName::Via, &Via::new(Transport::Udp, sent_by, "z9hG4bK1"));
    let party = NameAddr::new(Uri::sip(Some("a"), host())).with_tag("1");
    headers.push_value(HeaderName::From, &party);
    headers.push_value(HeaderName::To, &party);
    headers.push(HeaderName::CallId, "1@example.com");
    headers.push(HeaderName::CSeq, cseq.to_bytes());
}

fn one_line(byte: &u8) -> bool {
    !matches!(byte, b'\r' | b'\n')
}

fn host() -> Host {
    Host::parse("example.com").unwrap()
}

/// A message of RFC 4475 with a few bytes replaced, inserted or removed.
fn mutated_fixture() -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    (prop::sample::select(fixtures::all()), vec(edit, 0..4)).prop_map(|((_, mut bytes), edits)| {
        for (index, byte, kind) in edits {
            let position = index.index(bytes.len());
            match kind {
                0 => bytes[position] = byte,
                1 => bytes.insert(position, byte),
                _ => drop(bytes.remove(position)),
            }
        }
        bytes
    })
}

fn by_datagram(bytes: &[u8]) -> Option<Verdict> {
    match frame_datagram(bytes) {
        Datagram::Message(frame) => Some(frame.read()),
        Datagram::KeepAlive => None,
    }
}

fn by_stream(bytes: &[u8]) -> Option<Verdict> {
    let mut framer = StreamFramer::new();
    framer.push(bytes);
    match framer.poll_event()? {
        StreamEvent::Message(frame) | StreamEvent::Fatal(frame) => Some(frame.read()),
        StreamEvent::Ping | StreamEvent::Pong => None,
    }
}

/// Reads every typed view once, for its panics.
fn touch(headers: &Headers) {
    let views = (
        (
            headers.vias(),
            headers.contacts(),
            headers.route(),
            headers.record_route(),
        ),
        (
            headers.require(),
            headers.supported(),
            headers.allow(),
            headers.accept(),
        ),
        (
            headers.content_type(),
            headers.expires(),
            headers.session_expires(),
            headers.min_se(),
        ),
        (
            headers.rseq(),
            headers.rack(),
            headers.authorization(),
            headers.www_authenticate(),
        ),
        (
            headers.retry_after(),
            headers.reason(),
            headers.replaces(),
            headers.event(),
        ),
        (
            headers.p_asserted_identity(),
            headers.diversion(),
            headers.refer_to(),
            headers.privacy(),
        ),
    );
    drop(views);
}
