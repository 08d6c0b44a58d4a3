//! Outbound calls that ring in several places.
#![expect(clippy::unwrap_used, reason = "tests may panic")]
#![expect(clippy::wildcard_enum_match_arm, reason = "anything else fails the test")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, header, sdp};
use sip::ForkId;
use sip::endpoint::{Command, Event};

/// Answers the INVITE as a telephone with this tag would.
fn respond(pair: &mut Pair, status: &str, tag: &str, body: &str) {
    let invite = pair.last(Left, "INVITE");
    let mut response = format!("SIP/2.0 {status}\r\n");
    for name in ["Via", "From", "Call-ID", "CSeq"] {
        response += &format!("{name}: {}\r\n", header(invite, name)[0]);
    }
    response += &format!("To: {};tag={tag}\r\n", header(invite, "To")[0]);
    response += "Record-Route: <sip:192.0.2.2;lr>\r\n";
    response += &format!("Contact: <sip:{tag}@203.0.113.5>\r\nContent-Type: application/sdp\r\n");
    response += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    pair.inject(Left, Right.address(), response.as_bytes());
}

#[test]
fn the_first_answer_wins_and_later_ones_are_hung_up() {
    let mut pair = Pair::new(1);
    pair.loss = 1.0;
    let left = pair.call(sdp("offer"));
    respond(&mut pair, "183 Session Progress", "a", "early a");
    respond(&mut pair, "180 Ringing", "b", "");
    respond(&mut pair, "200 OK", "b", "answer b");
    let forks: Vec<_> = pair
        .take(Left)
        .iter()
        .map(|event| match event {
            Event::Progress { fork, status, .. } => (*fork, status.code()),
            Event::Answered { fork, .. } => (*fork, 200),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(forks, [(ForkId(0), 183), (ForkId(1), 180), (ForkId(1), 200)]);
    let ack = pair.last(Left, "ACK");
    assert!(ack.starts_with("ACK sip:b@203.0.113.5 SIP/2.0\r\n"), "{ack}");
    assert_eq!(header(ack, "Route"), ["<sip:192.0.2.2;lr>"]);

    respond(&mut pair, "200 OK", "b", "answer b");
    assert_eq!(
        pair.sent(Left),
        ["INVITE", "ACK", "ACK"],
        "a 2xx that comes again is acknowledged again"
    );
    respond(&mut pair, "200 OK", "a", "answer a");
    assert_eq!(pair.sent(Left), ["INVITE", "ACK", "ACK", "ACK", "BYE"]);
    let bye = pair.last(Left, "BYE");
    assert!(bye.starts_with("BYE sip:a@203.0.113.5 SIP/2.0\r\n"));
    assert!(header(bye, "To")[0].ends_with("tag=a"));
    assert!(pair.take(Left).is_empty());

    pair.command(
        Left,
        Command::Hangup {
            dialog: left,
            reason: None,
        },
    );
    assert!(pair.last(Left, "BYE").starts_with("BYE sip:b@"));
    respond(&mut pair, "200 OK", "c", "answer c");
    assert!(
        pair.last(Left, "BYE").starts_with("BYE sip:c@"),
        "even after the call is over"
    );
    pair.take(Left);
    pair.advance(Duration::from_secs(70));
    pair.assert_empty();
}

#[test]
fn more_forks_than_anybody_has_are_ignored() {
    let mut pair = Pair::new(2);
    pair.loss = 1.0;
    pair.call(sdp("offer"));
    for number in 0..100 {
        respond(&mut pair, "180 Ringing", &format!("fork{number}"), "");
    }
    assert_eq!(pair.take(Left).len(), 12);
}
