//! What another parser of SIP reads out of the same messages. Where both accept, they must agree on
//! what routes and identifies a message; where one does not, the table says which and who is right.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use bytes::Bytes;
use ezk_sip_types::header::typed::{CSeq, CallID, ContentLength, FromTo, Via};
use ezk_sip_types::msg::{Line, MessageLine, PullParser};
use ezk_sip_types::parse::Parse;
use ezk_sip_types::print::AppendCtx;
use ezk_sip_types::{Headers, Name};
use sip::{Datagram, Message, Verdict, frame_datagram};

#[path = "torture/fixtures.rs"]
mod fixtures;
#[path = "differential/generated.rs"]
mod generated;

/// What routes and identifies a message.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    start: String,
    uri: Option<String>,
    body: Vec<u8>,
    call_id: String,
    cseq: String,
    from_tag: Option<String>,
    to_tag: Option<String>,
    branches: Vec<Option<String>>,
}

/// Messages the two read differently, with who is right and why. What we alone refuse is not here: the
/// torture tables say why.
const DISAGREEMENTS: &[(&str, &str)] = &[
    (
        "rfc4475/wsinv.dat",
        "ours: white space may stand around `;` and `=` of From (RFC 4475 §3.1.1.1)",
    ),
    (
        "rfc4475/intmeth.dat",
        "ours: `%66` in a branch is no escape, for only URIs have any",
    ),
    (
        "rfc4475/badaspec.dat",
        "either: a space within the angle brackets may be forgiven (RFC 4475 §3.1.2.14)",
    ),
    (
        "rfc4475/unkscm.dat",
        "ours: another scheme is well formed and answered 416 (RFC 4475 §3.3.2)",
    ),
    ("rfc4475/novelsc.dat", "ours: as before (RFC 4475 §3.3.3)"),
    (
        "rfc4475/unksm2.dat",
        "ours: From and To may have any scheme (RFC 4475 §3.3.4)",
    ),
    (
        "hardening/utf8_invalid.dat",
        "ours: a display name in Latin-1 costs no call",
    ),
];

#[test]
fn what_both_accept_they_read_alike() {
    let mut found = Vec::new();
    for (place, bytes) in fixtures::all() {
        let bytes = with_line_ends(bytes);
        // What stands in a broken body or an exotic URI is for the torture tables to say.
        let own = generated::without_body(own(&bytes));
        if own.is_some() && own != generated::without_body(other(&bytes)) {
            found.push(place);
        }
    }
    let known: Vec<_> = DISAGREEMENTS.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(found, known);
}

fn own(bytes: &[u8]) -> Option<Facts> {
    let Datagram::Message(frame) = frame_datagram(bytes) else {
        return None;
    };
    let Verdict::Accept(message) = frame.read() else {
        return None;
    };
    let (start, uri, body) = match &message {
        Message::Request(request) => {
            let uri = request.uri.to_string();
            (request.method.to_string(), Some(uri), request.body.to_vec())
        }
        Message::Response(response) => (response.status.to_string(), None, response.body.to_vec()),
    };
    let headers = message.headers();
    let cseq = headers.cseq().ok()??;
    let tag = |party: sip::NameAddr| party.tag().map(str::to_owned);
    let branch = |via: &sip::Via| via.branch().map(str::to_owned);
    Some(Facts {
        start,
        uri,
        body,
        call_id: headers.call_id().ok()??.to_owned(),
        cseq: format!("{} {}", cseq.number, cseq.method),
        from_tag: tag(headers.from().ok()??),
        to_tag: tag(headers.to().ok()??),
        branches: headers.vias().ok()?.iter().map(branch).collect(),
    })
}

fn other(bytes: &[u8]) -> Option<Facts> {
    let bytes = Bytes::copy_from_slice(bytes);
    let mut lines = PullParser::new(&bytes, 0);
    let start = str::from_utf8(lines.next()?.ok()?).ok()?;
    let (start, uri) = match MessageLine::parse(&bytes)(start).ok()?.1 {
        MessageLine::Request(line) => {
            let uri = line.uri.default_print_ctx().to_string();
            (line.method.to_string(), Some(uri))
        }
        MessageLine::Response(line) => (line.code.into_u16().to_string(), None),
    };
    let mut headers = Headers::new();
    for line in lines.by_ref() {
        let line = str::from_utf8(line.ok()?).ok()?;
        let line = Line::parse(&bytes, line).ok()?.1;
        headers.insert(line.name, line.value);
    }
    let rest = bytes.get(lines.head_end()..)?;
    let length = headers
        .get_named::<ContentLength>()
        .map_or(rest.len(), |length| length.0);
    let cseq: CSeq = headers.get_named().ok()?;
    let call_id: CallID = headers.get_named().ok()?;
    let from: FromTo = headers.get(Name::FROM).ok()?;
    let to: FromTo = headers.get(Name::TO).ok()?;
    let vias: Vec<Via> = headers.get_named().ok()?;
    let branch = |via: &Via| via.params.get_val("branch").map(|branch| branch.to_string());
    Some(Facts {
        start,
        uri,
        body: rest.get(..length.min(rest.len()))?.to_vec(),
        call_id: call_id.0.to_string(),
        cseq: format!("{} {}", cseq.cseq, cseq.method),
        from_tag: from.tag.map(|tag| tag.to_string()),
        to_tag: to.tag.map(|tag| tag.to_string()),
        branches: vias.iter().map(branch).collect(),
    })
}

/// The archive of RFC 5118 ends its lines in LF.
fn with_line_ends(bytes: Vec<u8>) -> Vec<u8> {
    if bytes.windows(2).any(|pair| pair == b"\r\n") {
        return bytes;
    }
    let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    lines.join(&b"\r\n"[..])
}
