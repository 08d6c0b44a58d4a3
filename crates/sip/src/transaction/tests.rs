use super::client_invite::ClientInvite;
use super::client_request::ClientRequest;
use super::server_invite::ServerInvite;
use super::server_request::ServerRequest;
use super::{Change, Link, Reaction, Report, Resend, ResponseClass};
use crate::timer::BaseTimers;

const UDP: Link = link(false);
const TCP: Link = link(true);

const fn link(reliable: bool) -> Link {
    use std::time::Duration;
    let base = BaseTimers {
        t1: Duration::from_millis(500),
        t2: Duration::from_secs(4),
        t4: Duration::from_secs(5),
    };
    Link { base, reliable }
}

/// Says a reaction in one line: what is sent, the two timers, who is told, and whether it is over.
fn say(reaction: Reaction) -> String {
    let mut words = Vec::new();
    match reaction.resend {
        Some(Resend::Ack) => words.push("ack".to_owned()),
        Some(Resend::Latest) => words.push("send".to_owned()),
        Some(Resend::Trying) => words.push("100".to_owned()),
        None => {}
    }
    for (name, change) in [("pace", reaction.pacing), ("life", reaction.lifetime)] {
        match change {
            Change::Keep => {}
            Change::Clear => words.push(format!("{name} off")),
            Change::Set(timer, wait) => words.push(format!("{timer:?} {}", wait.as_millis())),
        }
    }
    match reaction.report {
        Some(Report::Deliver) => words.push("deliver".to_owned()),
        Some(Report::TimedOut) => words.push("timed out".to_owned()),
        None => {}
    }
    if reaction.is_over {
        words.push("over".to_owned());
    }
    words.join(", ")
}

use ResponseClass::{Failure, Provisional, Success};

#[test]
fn a_client_invite_follows_figure_5_and_rfc_6026() {
    for (link, start, ends) in [
        (UDP, "send, A 500, B 32000", "ack, pace off, D 32000, deliver"),
        (TCP, "send, pace off, B 32000", "ack, pace off, D 0, deliver"),
    ] {
        let (mut machine, reaction) = ClientInvite::start(&link);
        assert_eq!(say(reaction), start);
        assert_eq!(say(machine.handle_response(Failure, &link)), ends);
        assert_eq!(say(machine.handle_response(Failure, &link)), "ack");
        assert_eq!(say(machine.handle_response(Success, &link)), "");
        assert_eq!(say(machine.handle_lifetime()), "over");
    }
    let (mut machine, _) = ClientInvite::start(&UDP);
    assert_eq!(say(machine.handle_pacing()), "send, A 1000");
    assert_eq!(say(machine.handle_pacing()), "send, A 2000");
    assert_eq!(
        say(machine.handle_response(Provisional, &UDP)),
        "pace off, life off, deliver"
    );
    assert_eq!(say(machine.handle_pacing()), "");
    assert_eq!(
        say(machine.handle_response(Success, &UDP)),
        "pace off, M 32000, deliver"
    );
    assert_eq!(say(machine.handle_response(Success, &UDP)), "deliver");
    assert_eq!(say(machine.handle_response(Provisional, &UDP)), "");
    assert_eq!(say(machine.handle_lifetime()), "over");
    let (mut silent, _) = ClientInvite::start(&UDP);
    assert_eq!(say(silent.handle_lifetime()), "timed out, over");
    let (mut cancelled, _) = ClientInvite::start(&UDP);
    cancelled.handle_response(Provisional, &UDP);
    assert_eq!(say(cancelled.handle_give_up()), "timed out, over");
}

#[test]
fn a_client_request_follows_figure_6() {
    let (mut machine, reaction) = ClientRequest::start(&UDP);
    assert_eq!(say(reaction), "send, E 500, F 32000");
    let paces: Vec<_> = (0..5).map(|_| say(machine.handle_pacing(&UDP))).collect();
    assert_eq!(
        paces,
        [
            "send, E 1000",
            "send, E 2000",
            "send, E 4000",
            "send, E 4000",
            "send, E 4000"
        ]
    );
    assert_eq!(say(machine.handle_response(Provisional, &UDP)), "deliver");
    assert_eq!(say(machine.handle_pacing(&UDP)), "send, E 4000");
    assert_eq!(
        say(machine.handle_response(Failure, &UDP)),
        "pace off, K 5000, deliver"
    );
    assert_eq!(say(machine.handle_response(Failure, &UDP)), "");
    assert_eq!(say(machine.handle_lifetime()), "over");
    let (mut reliable, reaction) = ClientRequest::start(&TCP);
    assert_eq!(say(reaction), "send, pace off, F 32000");
    assert_eq!(
        say(reliable.handle_response(Success, &TCP)),
        "pace off, K 0, deliver"
    );
    let (mut silent, _) = ClientRequest::start(&UDP);
    assert_eq!(say(silent.handle_lifetime()), "timed out, over");
}

#[test]
fn a_server_invite_follows_figure_7_and_rfc_6026() {
    let (mut machine, reaction) = ServerInvite::start(&UDP);
    assert_eq!(say(reaction), "Trying 200, deliver");
    assert_eq!(say(machine.handle_retransmission()), "");
    assert_eq!(say(machine.handle_pacing(&UDP)), "100");
    assert_eq!(say(machine.handle_retransmission()), "send");
    assert_eq!(
        say(machine.handle_response(Failure, &UDP)),
        "send, G 500, H 32000"
    );
    assert_eq!(say(machine.handle_pacing(&UDP)), "send, G 1000");
    assert_eq!(say(machine.handle_response(Success, &UDP)), "", "it is decided");
    assert_eq!(say(machine.handle_ack(&UDP)), "pace off, I 5000");
    assert_eq!(say(machine.handle_retransmission()), "");
    assert_eq!(say(machine.handle_lifetime()), "over");

    let (mut accepted, _) = ServerInvite::start(&TCP);
    assert_eq!(say(accepted.handle_response(Provisional, &TCP)), "send, pace off");
    assert_eq!(
        say(accepted.handle_response(Success, &TCP)),
        "send, pace off, L 32000"
    );
    assert_eq!(
        say(accepted.handle_retransmission()),
        "",
        "the user repeats the 2xx"
    );
    assert_eq!(say(accepted.handle_ack(&TCP)), "deliver");
    assert_eq!(say(accepted.handle_lifetime()), "over");

    let (mut reliable, _) = ServerInvite::start(&TCP);
    assert_eq!(
        say(reliable.handle_response(Failure, &TCP)),
        "send, pace off, H 32000"
    );
    assert_eq!(say(reliable.handle_lifetime()), "timed out, over");
}

#[test]
fn a_server_request_follows_figure_8() {
    for (link, end) in [(UDP, "send, pace off, J 32000"), (TCP, "send, pace off, J 0")] {
        let (mut machine, reaction) = ServerRequest::start();
        assert_eq!(say(reaction), "deliver");
        assert_eq!(say(machine.handle_retransmission()), "");
        assert_eq!(say(machine.handle_response(Provisional, &link)), "send");
        assert_eq!(say(machine.handle_retransmission()), "send");
        assert_eq!(say(machine.handle_response(Success, &link)), end);
        assert_eq!(say(machine.handle_response(Success, &link)), "");
        assert_eq!(say(machine.handle_lifetime()), "over");
    }
}
