use std::net::IpAddr;

use sip::{Flaw, Host, Verdict};

use crate::fixtures::read;
use crate::verdict::{Row, capabilities, check, frame, request};

const FOLDER: &str = "rfc5118";

const TABLE: &[Row] = &[
    Row("ipv6-good", "accept", "accept"),
    Row("ipv6-bad", "400", "400"),
    Row("port-ambiguous", "accept", "accept"),
    Row("port-unambiguous", "accept", "accept"),
    Row("via-received-param-with-delim", "accept", "accept"),
    Row("via-received-param-no-delim", "accept", "accept"),
    Row("ipv6-in-sdp", "accept", "accept"),
    Row("mult-ip-in-header", "accept", "accept"),
    Row("mult-ip-in-sdp", "accept", "accept"),
    Row("ipv4-mapped-ipv6", "accept", "accept"),
    Row("ipv6-bug-abnf-3-colons", "accept", "accept"),
    Row("ipv6-correct-abnf-2-colons", "accept", "accept"),
];

#[test]
fn each_message_gets_its_verdict() {
    check(FOLDER, load, &capabilities(&["application/sdp"]), TABLE);
}

#[test]
fn a_port_is_what_follows_the_brackets() {
    let port = |file| request(&load(file)).uri.port();
    assert_eq!(port("port-ambiguous"), None);
    assert_eq!(port("port-unambiguous"), Some(5070));
}

#[test]
fn the_received_address_is_read_with_and_without_brackets() {
    let received = |file| request(&load(file)).headers.via().unwrap().unwrap().received();
    let address: IpAddr = "2001:db8::9:255".parse().unwrap();
    assert_eq!(received("via-received-param-with-delim"), Some(address));
    assert_eq!(received("via-received-param-no-delim"), Some(address));
}

#[test]
fn three_colons_mean_two_and_are_never_repeated() {
    let uri = request(&load("ipv6-bug-abnf-3-colons")).uri;
    let address = Host::V6("2001:db8::192.0.2.1".parse().unwrap());
    assert_eq!(uri.host(), Some(&address));
    assert!(!uri.to_string().contains(":::"));
}

#[test]
fn a_length_beyond_the_datagram_is_refused_even_if_an_rfc_prints_it() {
    let printed = replace_line_ends(&read(FOLDER, "ipv6-in-sdp"));
    let Verdict::Answer { flaw, .. } = frame(&printed).read() else {
        panic!("it is answered")
    };
    assert_eq!(flaw, Flaw::BodyTooShort);
}

/// Reads a file of the RFC's archive and mends what is not under test: its lines end in LF, its
/// Content-Length values fit none of its bodies, and one file lacks the empty line.
fn load(file: &str) -> Vec<u8> {
    let text = String::from_utf8(replace_line_ends(&read(FOLDER, file))).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let is_length = |line: &&str| line.starts_with("Content-Length:");
    let mut lines: Vec<_> = head.lines().filter(|line| !is_length(line)).collect();
    let length = format!("Content-Length: {}", body.len());
    lines.push(&length);
    format!("{}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()
}

fn replace_line_ends(text: &[u8]) -> Vec<u8> {
    String::from_utf8(text.to_vec())
        .unwrap()
        .replace('\n', "\r\n")
        .into_bytes()
}
