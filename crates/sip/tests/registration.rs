//! Registering at a carrier, whose side is played by hand.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::{Left, Pair, Right, UDP, address, header, to};
use sip::digest::{ClientCredentials, Secret};
use sip::endpoint::{Command, Event};
use sip::{RegistrationId, RegistrationRequest, RegistrationState};

const ID: RegistrationId = RegistrationId(5);

fn register(pair: &mut Pair) {
    pair.loss = 1.0;
    pair.command(Left, Command::Register(Box::new(request(600))));
}

fn request(expires_s: u32) -> RegistrationRequest {
    RegistrationRequest {
        address_of_record: address("sip:trunk@carrier.example"),
        contact_user: Some("t5".to_owned()),
        credentials: Some(ClientCredentials {
            secret: Secret::Password("secret".to_owned()),
            username: "trunk".to_owned(),
        }),
        destination: to(Right, UDP),
        expires_s,
        registrar: "sip:carrier.example".parse().unwrap(),
        registration: ID,
    }
}

/// Answers the last REGISTER as a registrar would.
fn answer(pair: &mut Pair, status: &str, fields: &str) {
    let register = pair.last(Left, "REGISTER");
    let mut response = format!("SIP/2.0 {status}\r\n");
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        response += &format!("{name}: {}\r\n", header(register, name)[0]);
    }
    response += fields;
    response += "Content-Length: 0\r\n\r\n";
    pair.inject(Left, Right.address(), response.as_bytes());
}

fn state(pair: &mut Pair) -> RegistrationState {
    let Event::RegistrationChanged {
        registration: ID,
        state,
    } = pair.only(Left)
    else {
        panic!("no change")
    };
    state
}

fn registers(pair: &Pair) -> usize {
    let cseqs = pair
        .messages
        .iter()
        .filter(|(_, text)| text.starts_with("REGISTER"));
    let mut cseqs: Vec<_> = cseqs
        .map(|(_, text)| header(text, "CSeq")[0].to_owned())
        .collect();
    cseqs.dedup();
    cseqs.len()
}

const CHALLENGE: &str =
    "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"abc\", qop=\"auth\", algorithm=SHA-256\r\n";

#[test]
fn a_registration_answers_the_challenge_and_is_refreshed_in_time() {
    let mut pair = Pair::new(1);
    register(&mut pair);
    answer(&mut pair, "401 Unauthorized", CHALLENGE);
    let second = pair.last(Left, "REGISTER");
    assert_eq!(header(second, "CSeq"), ["2 REGISTER"]);
    assert!(header(second, "Authorization")[0].contains("uri=\"sip:carrier.example\""));
    let contact = header(second, "Contact")[0].to_owned();
    assert_eq!(contact, "<sip:t5@192.0.2.1:5060>");
    answer(
        &mut pair,
        "200 OK",
        &format!("Contact: {contact};expires=120, <sip:other@192.0.2.9>;expires=9\r\n"),
    );
    assert_eq!(state(&mut pair), RegistrationState::Registered { expires_s: 120 });
    pair.advance(Duration::from_secs(89));
    assert_eq!(registers(&pair), 2);
    pair.advance(Duration::from_secs(20));
    assert_eq!(registers(&pair), 3, "before 120 s are over");
    assert!(header(pair.last(Left, "REGISTER"), "Authorization")[0].contains("nc=00000002"));
}

#[test]
fn a_wrong_password_is_reported_and_tried_again_ever_more_slowly() {
    let mut pair = Pair::new(2);
    register(&mut pair);
    answer(&mut pair, "401 Unauthorized", CHALLENGE);
    answer(&mut pair, "401 Unauthorized", CHALLENGE);
    let mut last_s = 0;
    for _ in 0..3 {
        let RegistrationState::Refused { retry_s, status } = state(&mut pair) else {
            panic!()
        };
        assert_eq!(status.code(), 401);
        assert!(retry_s > last_s);
        last_s = retry_s;
        pair.advance(Duration::from_secs(retry_s + 1));
        answer(&mut pair, "401 Unauthorized", CHALLENGE);
        answer(&mut pair, "401 Unauthorized", CHALLENGE);
    }
}

#[test]
fn the_registrar_may_ask_for_longer_intervals_and_later_attempts() {
    let mut pair = Pair::new(3);
    register(&mut pair);
    answer(&mut pair, "423 Interval Too Brief", "Min-Expires: 3600\r\n");
    assert_eq!(header(pair.last(Left, "REGISTER"), "Expires"), ["3600"]);
    answer(&mut pair, "503 Service Unavailable", "Retry-After: 77\r\n");
    assert!(matches!(
        state(&mut pair),
        RegistrationState::Refused { retry_s: 77, .. }
    ));
}

#[test]
fn a_registrar_that_is_silent_is_unreachable_until_it_answers() {
    let mut pair = Pair::new(4);
    register(&mut pair);
    pair.advance(Duration::from_secs(33));
    assert!(matches!(state(&mut pair), RegistrationState::Unreachable { .. }));
    pair.advance(Duration::from_secs(37));
    answer(&mut pair, "200 OK", "Expires: 300\r\n");
    assert_eq!(state(&mut pair), RegistrationState::Registered { expires_s: 300 });
}

#[test]
fn a_registration_is_taken_back() {
    let mut pair = Pair::new(5);
    register(&mut pair);
    answer(&mut pair, "200 OK", "Expires: 300\r\n");
    state(&mut pair);
    pair.command(Left, Command::Unregister { registration: ID });
    assert_eq!(header(pair.last(Left, "REGISTER"), "Expires"), ["0"]);
    answer(&mut pair, "200 OK", "");
    assert_eq!(state(&mut pair), RegistrationState::Unregistered);
    assert_eq!(pair.endpoint(Left).counts().registration_count, 0);
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn the_answer_to_a_registration_that_was_replaced_counts_for_nothing() {
    let mut pair = Pair::new(6);
    register(&mut pair);
    let replaced = pair.last(Left, "REGISTER").to_owned();
    pair.command(Left, Command::Register(Box::new(request(1_200))));
    let mut late = "SIP/2.0 403 Forbidden\r\n".to_owned();
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        late += &format!("{name}: {}\r\n", header(&replaced, name)[0]);
    }
    late += "Content-Length: 0\r\n\r\n";
    pair.inject(Left, Right.address(), late.as_bytes());
    answer(&mut pair, "200 OK", "");
    assert_eq!(
        state(&mut pair),
        RegistrationState::Registered { expires_s: 1_200 }
    );
}
