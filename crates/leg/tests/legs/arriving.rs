//! Calls that arrive over SIP.

use std::time::Duration;

use leg::{Command, Event, Rejection};
use media::{Codec, WorkerCommand};
use model::DisconnectReason;
use sip::endpoint::{Body, Command as SipCommand, Event as SipEvent, FailureCause};

use crate::world::{CALLER, PCMU, TRUNK, World, port};

#[test]
fn a_call_is_let_in_answered_and_connected_by_its_ack() {
    let mut world = World::new();
    world.call_arrives(Some(PCMU));
    let Some(Event::Arrived(arrival)) = world.told.last() else {
        panic!("{:?}", world.told)
    };
    assert_eq!((arrival.leg, arrival.trunk), (CALLER, TRUNK));
    assert_eq!(arrival.request_uri.user(), Some("+12125550100"));
    assert_eq!(arrival.asserted.as_ref().unwrap().uri.user(), Some("+4930123456"));

    world.order(Command::AnswerCall {
        leg: CALLER,
        port: port(20_000),
    });
    assert!(world.has_connected(CALLER));
    let answer = world.peer_heard(|event| match event {
        SipEvent::Answered { body, .. } => body.as_ref(),
        _ => None,
    });
    assert!(answer.contains("m=audio 20000 RTP/AVP 0 101"), "{answer}");
    let [WorkerCommand::AddRtpLeg { remote, audio, .. }] = &world.orders[..] else {
        panic!("{:?}", world.order_names())
    };
    assert_eq!(*remote, Some("192.0.2.2:4000".parse().unwrap()));
    assert_eq!(audio.codec, Codec::Pcmu);
    assert_eq!(world.wire, ["<INVITE", ">200", "<ACK"]);
}

#[test]
fn a_call_without_an_offer_gets_ours_and_is_connected_by_the_answer_in_its_ack() {
    let mut world = World::new();
    let dialog = world.call_arrives(None);
    world.order(Command::AnswerCall {
        leg: CALLER,
        port: port(20_000),
    });
    assert!(world.orders.is_empty(), "nothing is agreed on yet");
    let offer = world.peer_heard(|event| match event {
        SipEvent::Answered {
            body,
            wants_answer: true,
            ..
        } => body.as_ref(),
        _ => None,
    });
    assert!(offer.contains("m=audio 20000 RTP/AVP 0 8 101"), "{offer}");
    let body = Some(Body::sdp(
        PCMU.replace("0 101", "8")
            .replace("a=rtpmap:101 telephone-event/8000\r\n", ""),
    ));
    world.peer_orders(SipCommand::Acknowledge { dialog, body });
    assert!(world.has_connected(CALLER));
    let [WorkerCommand::AddRtpLeg { audio, .. }] = &world.orders[..] else {
        panic!("{:?}", world.order_names())
    };
    assert_eq!(audio.codec, Codec::Pcma);
}

#[test]
fn an_ack_without_a_usable_answer_to_our_offer_ends_the_call() {
    for answer in [None, Some("v=0\r\n"), Some("no description")] {
        let mut world = World::new();
        let dialog = world.call_arrives(None);
        world.order(Command::AnswerCall {
            leg: CALLER,
            port: port(20_000),
        });
        let body = answer.map(|answer| Body::sdp(answer.to_owned()));
        world.peer_orders(SipCommand::Acknowledge { dialog, body });
        assert_eq!(
            world.ended(),
            [(CALLER, DisconnectReason::CarrierError)],
            "{answer:?}"
        );
        assert!(!world.has_connected(CALLER) && world.has_unused_port());
        assert!(world.wire.contains(&">BYE".to_owned()));
        world.assert_empty();
    }
}

#[test]
fn what_offers_no_audio_of_ours_is_refused_before_it_arrives() {
    let g729 = PCMU.replace("0 101", "18");
    let video = PCMU.replace("m=audio", "m=video");
    for offer in [g729.as_str(), video.as_str(), "not SDP"] {
        let mut world = World::new();
        world.call_arrives(Some(offer));
        assert!(
            world.wire.contains(&">488".to_owned()),
            "{offer}: {:?}",
            world.wire
        );
        assert!(!world.told.iter().any(|event| matches!(event, Event::Arrived(_))));
        assert!(world.ended().is_empty());
        world.assert_empty();
    }
}

#[test]
fn a_call_that_is_turned_away_is_told_why() {
    for (rejection, status, retry_after_s, reason) in [
        (Rejection::Busy, 486, None, DisconnectReason::LimitReached),
        (
            Rejection::UnassignedNumber,
            404,
            None,
            DisconnectReason::CarrierError,
        ),
        (
            Rejection::Unavailable,
            503,
            Some(10),
            DisconnectReason::LimitReached,
        ),
    ] {
        let mut world = World::new();
        world.call_arrives(Some(PCMU));
        world.order(Command::Reject {
            leg: CALLER,
            rejection,
        });
        let refused = world.peer_told.iter().find_map(|event| match event {
            SipEvent::Failed {
                cause:
                    FailureCause::Refused {
                        retry_after_s,
                        status,
                    },
                ..
            } => Some((status.code(), *retry_after_s)),
            _ => None,
        });
        assert_eq!(refused, Some((status, retry_after_s)));
        assert_eq!(world.ended(), [(CALLER, reason)]);
        world.assert_empty();
    }
}

#[test]
fn a_full_node_answers_503_and_says_when_to_come_again() {
    let mut world = World::with_legs_max(0);
    world.call_arrives(Some(PCMU));
    let refused = world.peer_told.iter().any(|event| {
        matches!(event, SipEvent::Failed { cause: FailureCause::Refused { retry_after_s: Some(10), status }, .. }
            if status.code() == 503)
    });
    assert!(refused, "{:?}", world.peer_told);
    assert!(world.ended().is_empty());
    world.assert_empty();
}

#[test]
fn a_caller_who_gives_up_before_the_answer_has_hung_up() {
    let mut world = World::new();
    let dialog = world.call_arrives(Some(PCMU));
    world.peer_orders(SipCommand::Cancel { dialog });
    world.advance(Duration::from_secs(1));
    assert_eq!(world.ended(), [(CALLER, DisconnectReason::CustomerHangup)]);
    assert!(world.wire.contains(&">487".to_owned()), "{:?}", world.wire);
    world.order(Command::AnswerCall {
        leg: CALLER,
        port: port(20_000),
    });
    assert!(world.has_unused_port() && world.orders.is_empty());
    world.assert_empty();
}

#[test]
fn a_call_that_nobody_answers_is_not_kept_waiting_for_ever() {
    let mut world = World::new();
    world.call_arrives(Some(PCMU));
    world.advance(Duration::from_secs(19));
    assert!(world.ended().is_empty());
    world.advance(Duration::from_secs(2));
    assert_eq!(world.ended(), [(CALLER, DisconnectReason::LimitReached)]);
    assert!(world.wire.contains(&">503".to_owned()));
    world.assert_empty();
}

#[test]
fn a_call_whose_answer_is_never_acknowledged_fails() {
    let mut world = World::new();
    world.call_arrives(Some(PCMU));
    world.is_cut = true;
    world.order(Command::AnswerCall {
        leg: CALLER,
        port: port(20_000),
    });
    world.advance(Duration::from_secs(40));
    assert_eq!(world.ended(), [(CALLER, DisconnectReason::CarrierError)]);
    assert!(!world.has_connected(CALLER));
    world.advance(Duration::from_secs(60));
    world.assert_empty();
}

#[test]
fn digits_by_info_count_only_where_rfc_4733_was_not_agreed_on() {
    let without_events = PCMU.replace("0 101", "0");
    for (offer, expected) in [(PCMU, vec![]), (without_events.as_str(), vec!['5', '#'])] {
        let mut world = World::new();
        let dialog = world.call_arrives(Some(offer));
        world.order(Command::AnswerCall {
            leg: CALLER,
            port: port(20_000),
        });
        for (content_type, body) in [
            ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"),
            ("application/dtmf", "#"),
            ("application/dtmf-relay", "Signal=55\r\n"),
            ("text/plain", "5"),
        ] {
            let body = Body {
                bytes: body.into(),
                content_type: content_type.to_owned(),
            };
            world.peer_orders(SipCommand::Inform { dialog, body });
        }
        let digits = world.told.iter().filter_map(|event| match event {
            Event::Digit { leg: CALLER, digit } => Some(*digit),
            _ => None,
        });
        assert_eq!(digits.collect::<Vec<_>>(), expected, "{offer}");
    }
}
