//! Calls that must prove who makes them, and what is refused.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "wire/pair.rs"]
mod pair;

use std::time::Duration;

use pair::orders::outbound;
use pair::{Left, Pair, Right, UDP, header, sdp, status};
use sip::digest::{Algorithm, ClientCredentials, Secret};
use sip::endpoint::{AdmissionRequest, Command, Event, FailureCause, Proof};
use sip::{AdmissionId, BoundTo};

fn credentials(password: &str) -> ClientCredentials {
    ClientCredentials {
        secret: Secret::Password(password.to_owned()),
        username: "trunk".to_owned(),
    }
}

/// Starts a call with a password, and takes the question it leads to.
fn call(pair: &mut Pair, password: Option<&str>) -> Box<AdmissionRequest> {
    pair.admits = false;
    let dialog = pair.endpoint(Left).allocate_dialog();
    let mut call = outbound(Left, dialog, UDP, sdp("offer"));
    call.credentials = password.map(credentials);
    pair.command(Left, Command::Invite(Box::new(call)));
    pair.settle();
    pair.asked(Right)
}

fn challenge(pair: &mut Pair, admission: AdmissionId, algorithms: &[Algorithm]) {
    let algorithms = algorithms.to_vec();
    pair.command(
        Right,
        Command::Challenge {
            admission,
            algorithms,
            realm: "offhook".to_owned(),
        },
    );
    pair.settle();
}

fn check(pair: &mut Pair, admission: AdmissionId, secret: Secret) {
    let algorithms = vec![Algorithm::Sha256, Algorithm::Md5];
    let (realm, username) = ("offhook".to_owned(), "trunk".to_owned());
    pair.command(
        Right,
        Command::CheckDigest {
            admission,
            bound_to: BoundTo::Address,
            proof: Proof {
                algorithms,
                realm,
                secret,
                username,
            },
        },
    );
    pair.settle();
}

#[test]
fn the_right_password_lets_a_call_in_with_either_algorithm() {
    let both = [Algorithm::Sha256, Algorithm::Md5];
    for (seed, offered, chosen) in [
        (1, &both[..], "algorithm=SHA-256"),
        (2, &both[1..], "algorithm=MD5"),
    ] {
        let mut pair = Pair::new(seed);
        let question = call(&mut pair, Some("secret"));
        assert!(question.authorization.is_none());
        challenge(&mut pair, question.admission, offered);
        let question = pair.asked(Right);
        assert_eq!(question.authorization.as_ref().unwrap().username, "trunk");
        assert!(header(pair.last(Left, "INVITE"), "Authorization")[0].contains(chosen));
        let algorithm = question.authorization.as_ref().unwrap().algorithm;
        let ha1 = Secret::Password("secret".to_owned())
            .ha1(algorithm, "trunk", "offhook")
            .unwrap();
        check(&mut pair, question.admission, Secret::Ha1(algorithm, ha1));
        assert!(matches!(pair.only(Right), Event::Invited { .. }));
        assert_eq!(pair.sent(Left), ["INVITE", "ACK", "INVITE"]);
        assert_eq!(pair.endpoint(Right).counts().dialog_count, 1);
    }
}

#[test]
fn the_wrong_password_is_refused_and_reported_and_no_dialog_is_made() {
    let mut pair = Pair::new(3);
    let question = call(&mut pair, Some("guess"));
    challenge(&mut pair, question.admission, &[Algorithm::Sha256]);
    let question = pair.asked(Right);
    check(
        &mut pair,
        question.admission,
        Secret::Password("secret".to_owned()),
    );
    assert!(matches!(pair.only(Right), Event::DigestRefused { username, .. } if username == "trunk"));
    let refused = status(403);
    let Event::Failed {
        cause: FailureCause::Refused { status, .. },
        ..
    } = pair.only(Left)
    else {
        panic!()
    };
    assert_eq!(status, refused);
    assert_eq!(pair.endpoint(Right).counts().dialog_count, 0);
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn a_call_without_credentials_fails_with_the_challenge() {
    let mut pair = Pair::new(4);
    let question = call(&mut pair, None);
    challenge(&mut pair, question.admission, &[Algorithm::Sha256]);
    let refused = status(401);
    let Event::Failed {
        cause: FailureCause::Refused { status, .. },
        ..
    } = pair.only(Left)
    else {
        panic!()
    };
    assert_eq!(status, refused);
}

#[test]
fn credentials_that_were_used_before_are_challenged_anew() {
    let mut pair = Pair::new(5);
    let question = call(&mut pair, Some("secret"));
    challenge(&mut pair, question.admission, &[Algorithm::Sha256]);
    let question = pair.asked(Right);
    check(
        &mut pair,
        question.admission,
        Secret::Password("secret".to_owned()),
    );
    pair.take(Right);
    let replay = pair
        .last(Left, "INVITE")
        .replace("Call-ID: ", "Call-ID: again")
        .replace("z9hG4bK", "z9hG4bKx");
    pair.inject(Right, Left.address(), replay.as_bytes());
    let question = pair.asked(Right);
    check(
        &mut pair,
        question.admission,
        Secret::Password("secret".to_owned()),
    );
    assert!(header(pair.last(Right, "401"), "WWW-Authenticate")[0].contains("stale=true"));
    assert_eq!(pair.endpoint(Right).counts().dialog_count, 1);
}

#[test]
fn a_nonce_that_is_too_old_is_renewed_without_asking_the_user() {
    let mut pair = Pair::new(6);
    let question = call(&mut pair, Some("secret"));
    challenge(&mut pair, question.admission, &[Algorithm::Sha256]);
    let first = pair.asked(Right);
    // The decision is slow to come; meanwhile the nonce of the challenge runs out elsewhere.
    let old = pair.last(Left, "INVITE").to_owned();
    check(&mut pair, first.admission, Secret::Password("secret".to_owned()));
    pair.take(Right);
    pair.advance(Duration::from_secs(301));
    pair.take(Right);
    pair.take(Left);
    let late = old
        .replace("Call-ID: ", "Call-ID: late")
        .replace("z9hG4bK", "z9hG4bKlate");
    pair.inject(Right, Left.address(), late.as_bytes());
    let question = pair.asked(Right);
    check(
        &mut pair,
        question.admission,
        Secret::Password("secret".to_owned()),
    );
    assert!(header(pair.last(Right, "401"), "WWW-Authenticate")[0].contains("stale=true"));
}

#[test]
fn the_same_nonce_serves_all_requests_of_a_call_with_rising_counts() {
    let mut pair = Pair::new(7);
    let question = call(&mut pair, Some("secret"));
    challenge(&mut pair, question.admission, &[Algorithm::Sha256]);
    let question = pair.asked(Right);
    check(
        &mut pair,
        question.admission,
        Secret::Password("secret".to_owned()),
    );
    let dialog = pair.invited(Right);
    pair.answer(Right, dialog, sdp("answer"));
    pair.settle();
    assert!(
        header(pair.last(Left, "ACK"), "Authorization")[0].contains("nc=00000001"),
        "as in its INVITE"
    );
    let Some(Event::Answered { dialog, .. }) = pair.take(Left).pop() else {
        panic!()
    };
    pair.command(Left, Command::Hangup { dialog, reason: None });
    pair.settle();
    assert!(header(pair.last(Left, "BYE"), "Authorization")[0].contains("nc=00000002"));
}

#[test]
fn a_request_nobody_decides_about_is_refused_in_the_end() {
    let mut pair = Pair::new(8);
    call(&mut pair, None);
    pair.advance(Duration::from_secs(17));
    assert_eq!(pair.sent(Right), ["100", "503"]);
    pair.advance(Duration::from_secs(40));
    pair.assert_empty();
}

#[test]
fn a_request_can_be_dropped_without_a_trace() {
    let mut pair = Pair::new(9);
    let question = call(&mut pair, None);
    pair.command(
        Right,
        Command::Ignore {
            admission: question.admission,
        },
    );
    assert_eq!(pair.endpoint(Right).counts().server_transaction_count, 0);
    assert!(pair.sent(Right).is_empty());
}
