use sip::HeaderName;

use crate::fixtures::read;
use crate::verdict::{Row, capabilities, check, request};

const FOLDER: &str = "hardening";

const TABLE: &[Row] = &[
    Row("cseq_method_60k.dat", "400", "400, close"),
    Row("callid_60k.dat", "400", "400, close"),
    Row("accept_x500.dat", "400", "400, close"),
    Row("headers_x5000.dat", "400", "400, close"),
    Row("via_x200.dat", "400", "400"),
    Row("nested_parens_from.dat", "400", "400, close"),
    Row("content_length_-1.dat", "400", "400, close"),
    Row("content_length_4294967296.dat", "400", "400, close"),
    Row("content_length_184467440737.dat", "400", "400, close"),
    Row("content_length_0x10.dat", "400", "400, close"),
    Row("content_length_+5.dat", "400", "400, close"),
    Row("content_length_1e3.dat", "400", "400, close"),
    Row("content_length_blank.dat", "400", "400, close"),
    Row("content_length_999999999999.dat", "400", "400, close"),
    Row("cseq_2_32.dat", "400", "400"),
    Row("maxfwd_256.dat", "accept", "accept"),
    Row("expires_neg.dat", "accept", "accept"),
    // Bodies are opaque here; whoever reads SDP judges these.
    Row("sdp_format_2_32.dat", "accept", "accept"),
    Row("sdp_fmtp_nul.dat", "accept", "accept"),
    Row("sdp_port_99999.dat", "accept", "accept"),
    Row("sdp_port_neg.dat", "accept", "accept"),
    Row("sdp_4000_formats.dat", "accept", "accept"),
    Row("sdp_3000_mlines.dat", "accept", "accept"),
    Row("sdp_only_v.dat", "accept", "accept"),
    Row("sdp_empty_body.dat", "accept", "accept"),
    Row("sdp_zero_clock_ptime.dat", "accept", "accept"),
    Row("sdes_short_key.dat", "accept", "accept"),
    Row("sdp_broadcast_c.dat", "accept", "accept"),
    Row("sdp_hold_0000.dat", "accept", "accept"),
    Row("multipart_no_close.dat", "refuse 415", "refuse 415"),
    Row("multipart_boundary_empty.dat", "400", "400"),
    Row("multipart_nested_500.dat", "refuse 415", "refuse 415"),
    Row("smuggle_space_colon.dat", "accept", "accept"),
    Row("crlf_injection_uri.dat", "accept", "accept"),
    Row("cl_te_two_lengths.dat", "400", "400, close"),
    // Well formed and without credentials, which is for authentication to refuse.
    Row("message_unauth.dat", "accept", "accept"),
    Row("subscribe_unauth.dat", "accept", "accept"),
    Row("refer_unauth.dat", "accept", "accept"),
    Row("invite_replaces_unauth.dat", "accept", "accept"),
    Row("via_255.dat", "discard", "discard"),
    Row("xss_user_agent.dat", "accept", "accept"),
    Row("binary_garbage.dat", "discard", "wait"),
    Row("only_crlf.dat", "keep-alive", "pong, ping"),
    Row("half_request_tcp.dat", "400", "wait"),
    Row("utf8_invalid.dat", "accept", "accept"),
];

#[test]
fn each_message_gets_its_verdict() {
    let capabilities = capabilities(&["application/sdp", "text/plain"]);
    check(FOLDER, |file| read(FOLDER, file), &capabilities, TABLE);
}

#[test]
fn every_spelling_of_an_internal_header_is_the_same_header() {
    let mut headers = request(&read(FOLDER, "smuggle_space_colon.dat")).headers;
    let internal: HeaderName = "X-Internal-Tenant".parse().unwrap();
    assert_eq!(headers.get_all(&internal).count(), 2);
    headers.remove(&internal);
    assert!(
        headers
            .iter()
            .all(|header| !header.name.as_str().to_lowercase().contains("tenant"))
    );
}

#[test]
fn an_escaped_line_end_stays_escaped() {
    let request = request(&read(FOLDER, "crlf_injection_uri.dat"));
    let text = String::from_utf8(request.encode()).unwrap();
    let injected = |line: &str| line.to_lowercase().starts_with("x-internal-tenant");
    assert!(!text.split("\r\n").any(injected));
}

#[test]
fn a_display_name_keeps_bytes_that_are_no_text() {
    let headers = request(&read(FOLDER, "utf8_invalid.dat")).headers;
    let from = headers.from().unwrap().unwrap();
    assert_eq!(from.display_name.as_deref(), Some(&b"\xff\xfe\xc0\x80"[..]));
    assert_eq!(from.tag(), Some("h"));
    assert!(
        headers.contains(&HeaderName::CSeq),
        "the fields after it are there"
    );
}

#[test]
fn hop_counts_and_expiries_beyond_their_range_stay_in_it() {
    let hops = request(&read(FOLDER, "maxfwd_256.dat")).headers.max_forwards();
    assert_eq!(hops.unwrap(), Some(255));
    let registration = request(&read(FOLDER, "expires_neg.dat")).headers;
    assert_eq!(registration.expires().unwrap(), Some(u32::MAX));
    let contacts = registration.contacts().unwrap().unwrap();
    assert_eq!(
        contacts.as_slice()[0].expires(),
        Some(3600),
        "malformed counts as an hour"
    );
}

#[test]
fn an_answer_never_repeats_an_oversized_field() {
    for file in ["callid_60k.dat", "cseq_method_60k.dat", "headers_x5000.dat"] {
        let sip::Verdict::Answer { response, .. } = crate::verdict::frame(&read(FOLDER, file)).read() else {
            panic!("{file} is answered");
        };
        assert!(response.encode().len() < 1_000, "{file}");
    }
}

#[test]
fn no_message_cut_short_is_taken_for_another() {
    for (_, message) in crate::fixtures::all() {
        let step = message.len() / 200 + 1;
        for end in (0..message.len()).step_by(step) {
            let sip::Datagram::Message(frame) = sip::frame_datagram(&message[..end]) else {
                continue;
            };
            if let sip::Verdict::Accept(sip::Message::Request(request)) = frame.read() {
                assert!(message.starts_with(request.method.as_str().as_bytes()));
            }
        }
    }
}
