use std::collections::BTreeSet;

use sip::{
    Datagram, Frame, Message, Method, Request, Scheme, StreamEvent, StreamFramer, UaCapabilities, Verdict,
    check_request, frame_datagram,
};

use crate::fixtures::indexed;

/// One message and its verdicts: by UDP and by TCP.
pub(crate) struct Row(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
);

/// Judges every file of `folder` and compares with `table`, which must name them all and no other.
pub(crate) fn check(
    folder: &str,
    read: impl Fn(&str) -> Vec<u8>,
    capabilities: &UaCapabilities,
    table: &[Row],
) {
    let named: BTreeSet<_> = table.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(
        named,
        indexed(folder).into_iter().collect(),
        "the table names exactly the files of the index"
    );
    let mut wrong = Vec::new();
    for Row(file, udp, tcp) in table {
        let bytes = read(file);
        let by_udp = over_udp(&bytes, capabilities);
        let by_tcp = over_tcp(&bytes, capabilities);
        if by_udp != *udp || by_tcp != *tcp {
            wrong.push(format!("    Row({file:?}, {by_udp:?}, {by_tcp:?}),"));
        }
    }
    assert!(wrong.is_empty(), "verdicts that differ:\n{}", wrong.join("\n"));
}

/// Reads a request that must be accepted over UDP.
pub(crate) fn request(datagram: &[u8]) -> Request {
    match frame(datagram).read() {
        Verdict::Accept(Message::Request(request)) => request,
        other => panic!("no acceptable request: {other:?}"),
    }
}

pub(crate) fn frame(datagram: &[u8]) -> Frame {
    match frame_datagram(datagram) {
        Datagram::Message(frame) => frame,
        Datagram::KeepAlive => panic!("a keep-alive is no message"),
    }
}

/// What a registrar and user agent of every method knows.
pub(crate) fn capabilities(content_types: &[&str]) -> UaCapabilities {
    use Method::*;
    UaCapabilities {
        methods: vec![
            Ack, Bye, Cancel, Info, Invite, Message, Notify, Options, Prack, Refer, Register, Subscribe,
            Update,
        ],
        options: ["100rel", "timer", "replaces"].map(str::to_owned).to_vec(),
        content_types: content_types.iter().map(|text| (*text).to_owned()).collect(),
        schemes: vec![Scheme::Sip, Scheme::Sips, Scheme::Tel],
    }
}

fn over_udp(datagram: &[u8], capabilities: &UaCapabilities) -> String {
    match frame_datagram(datagram) {
        Datagram::KeepAlive => "keep-alive".to_owned(),
        Datagram::Message(frame) => judge(frame, capabilities),
    }
}

fn over_tcp(bytes: &[u8], capabilities: &UaCapabilities) -> String {
    let mut framer = StreamFramer::new();
    framer.push(bytes);
    let mut events = Vec::new();
    while let Some(event) = framer.poll_event() {
        events.push(match event {
            StreamEvent::Ping => "ping".to_owned(),
            StreamEvent::Pong => "pong".to_owned(),
            StreamEvent::Message(frame) => judge(frame, capabilities),
            StreamEvent::Fatal(frame) => format!("{}, close", judge(frame, capabilities)),
        });
    }
    if framer.is_mid_message() {
        events.push("wait".to_owned());
    }
    events.join(", ")
}

/// Says `accept`; `400` when the message is bad; `refuse 501` when it asks for what we cannot do;
/// `discard`.
fn judge(frame: Frame, capabilities: &UaCapabilities) -> String {
    match frame.read() {
        Verdict::Accept(Message::Response(_)) => "accept".to_owned(),
        Verdict::Accept(Message::Request(request)) => match check_request(&request, capabilities) {
            Ok(()) => "accept".to_owned(),
            Err(response) => format!("refuse {}", response.status),
        },
        Verdict::Answer { response, .. } => response.status.to_string(),
        Verdict::Discard(_) => "discard".to_owned(),
    }
}
