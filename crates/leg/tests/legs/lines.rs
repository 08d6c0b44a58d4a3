//! Agents' lines, and the legs that come and go on them.

use leg::{Command, Event, OfferError};
use media::webrtc::FailReason;
use media::{PlayKey, WorkerCommand, WorkerEvent};
use model::DisconnectReason;

use crate::world::{AGENT, CALLER, LINE, NEW_LINE, OTHER, PCMU, World, browser_offer, port};

/// A world with an open line, and its media leg.
fn open() -> (World, media::LegKey) {
    open_in(World::new())
}

fn open_in(mut world: World) -> (World, media::LegKey) {
    let answer = world
        .node
        .open_line(LINE, &browser_offer("Ae4+", "AB"), port(19_000), world.now)
        .unwrap();
    for expected in [
        "a=ice-lite",
        "a=setup:active",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 19000 typ host",
        "a=end-of-candidates",
        "m=audio 19000 UDP/TLS/RTP/SAVPF 0 126",
    ] {
        assert!(answer.contains(expected), "{expected} in {answer}");
    }
    world.settle();
    let key = world.media_key();
    world.worker_tells(WorkerEvent::LineConnected {
        leg: key,
        connect_ms: 20,
    });
    assert!(matches!(
        world.told[..],
        [Event::LineOpened {
            line: LINE,
            connect_ms: 20
        }]
    ));
    world.forget();
    (world, key)
}

fn start(world: &mut World, leg: model::LegId) {
    world.order(Command::StartOnLine { leg, line: LINE });
}

#[test]
fn an_agent_answers_on_a_node_that_is_full_of_callers() {
    let (mut world, _) = open_in(World::with_legs_max(1));
    world.call_arrives(Some(PCMU));
    assert!(world.node.is_full());
    start(&mut world, AGENT);
    assert!(world.has_connected(AGENT));
    assert_eq!(world.node.leg_count(), 2);
}

#[test]
fn a_leg_on_an_open_line_is_connected_at_once_and_leaves_the_line_behind() {
    let (mut world, key) = open();
    for leg in [AGENT, OTHER] {
        start(&mut world, leg);
        assert!(world.has_connected(leg));
        assert!(world.orders.is_empty(), "the line's media leg is the leg's");
        world.order(Command::Play {
            leg,
            play: PlayKey(4),
            prompts: Vec::new(),
            is_looping: true,
        });
        world.order(Command::HangUp {
            leg,
            reason: DisconnectReason::AgentHangup,
        });
        assert_eq!(world.order_names(), ["Play", "StopPlay", "Unbridge"]);
        assert_eq!(world.ended(), [(leg, DisconnectReason::AgentHangup)]);
        world.worker_tells(WorkerEvent::PlayFinished {
            leg: key,
            play: PlayKey(4),
        });
        assert_eq!(world.told.len(), 2, "nobody waits for it any more");
        world.forget();
    }
    assert_eq!(world.node.line_count(), 1);
}

#[test]
fn a_caller_and_an_agent_are_bridged_by_the_media_leg_of_the_line() {
    let (mut world, line_key) = open();
    world.call_arrives(Some(PCMU));
    world.order(Command::AnswerCall {
        leg: CALLER,
        port: port(20_000),
    });
    let caller_key = world.media_key();
    start(&mut world, AGENT);
    world.order(Command::Bridge { a: CALLER, b: AGENT });
    let Some(WorkerCommand::Bridge { a, b }) = world.orders.last() else {
        panic!("{:?}", world.order_names())
    };
    assert_eq!((*a, *b), (caller_key, line_key));
    world.worker_tells(WorkerEvent::Digit {
        leg: line_key,
        digit: '7',
    });
    assert!(matches!(
        world.told.last(),
        Some(Event::Digit {
            leg: AGENT,
            digit: '7'
        })
    ));
}

#[test]
fn a_line_ends_once_with_the_leg_that_is_on_it() {
    let leg = media::LegKey(1);
    let consent = FailReason::ConsentExpired;
    for (event, is_closed) in [
        (WorkerEvent::LineLost { leg }, false),
        (WorkerEvent::LineClosed { leg }, true),
        (WorkerEvent::LineFailed { leg, reason: consent }, false),
    ] {
        let (mut world, key) = open();
        assert_eq!(key, leg);
        start(&mut world, AGENT);
        world.forget();
        world.worker_tells(event.clone());
        world.worker_tells(event);
        let [
            Event::LegEnded {
                leg: AGENT,
                reason: DisconnectReason::AgentLost,
            },
            end,
        ] = &world.told[..]
        else {
            panic!("{:?}", world.told)
        };
        match is_closed {
            true => assert!(matches!(end, Event::LineClosed { line: LINE })),
            false => assert!(matches!(end, Event::LineLost { line: LINE })),
        }
        assert_eq!(world.order_names(), ["Remove"]);
        world.assert_empty();
    }
}

#[test]
fn a_line_that_never_stood_has_failed() {
    let mut world = World::new();
    let offer = browser_offer("Ae4+", "AB");
    world
        .node
        .open_line(LINE, &offer, port(19_000), world.now)
        .unwrap();
    world.settle();
    let leg = world.media_key();
    start(&mut world, AGENT);
    assert_eq!(
        world.ended(),
        [(AGENT, DisconnectReason::AgentLost)],
        "not open yet"
    );
    world.forget();
    let reason = FailReason::ConnectTimeout;
    world.worker_tells(WorkerEvent::LineFailed { leg, reason });
    assert!(matches!(world.told[..], [Event::LineFailed { line: LINE }]));
    world.assert_empty();
}

#[test]
fn a_line_carries_one_leg_at_a_time() {
    let (mut world, _) = open();
    start(&mut world, AGENT);
    start(&mut world, OTHER);
    assert_eq!(world.ended(), [(OTHER, DisconnectReason::LimitReached)]);
    assert!(world.has_connected(AGENT) && !world.has_connected(OTHER));
}

#[test]
fn a_new_line_beside_the_old_one_outlives_it() {
    let (mut world, _) = open();
    start(&mut world, AGENT);
    let offer = browser_offer("Bf5+", "CD");
    world
        .node
        .open_line(NEW_LINE, &offer, port(19_000), world.now)
        .unwrap();
    world.settle();
    world.forget();
    world.order(Command::CloseLine { line: LINE });
    assert_eq!(world.ended(), [(AGENT, DisconnectReason::AgentLost)]);
    assert_eq!(world.told.len(), 1, "who closes a line knows it");
    assert_eq!(world.node.line_count(), 1);
}

#[test]
fn an_ice_restart_keeps_the_line_and_another_page_does_not() {
    let (mut world, key) = open();
    let same = world.node.renew_line(LINE, &browser_offer("Ae4+", "AB")).unwrap();
    let restarted = world.node.renew_line(LINE, &browser_offer("New+", "AB")).unwrap();
    let ufrag = |answer: &Option<String>| {
        let answer = answer.as_deref().unwrap();
        let line = answer.lines().find(|line| line.starts_with("a=ice-ufrag:"));
        line.unwrap().to_owned()
    };
    assert_ne!(ufrag(&same), ufrag(&restarted));
    assert!(
        world
            .node
            .renew_line(LINE, &browser_offer("New+", "EF"))
            .unwrap()
            .is_none()
    );
    assert!(
        world
            .node
            .renew_line(NEW_LINE, &browser_offer("New+", "AB"))
            .unwrap()
            .is_none()
    );
    world.settle();
    assert_eq!(world.order_names(), ["RenegotiateWebRtc"; 2]);
    let Some(WorkerCommand::RenegotiateWebRtc { leg, .. }) = world.orders.first() else {
        panic!()
    };
    assert_eq!(*leg, key);
}

#[test]
fn an_offer_that_cannot_be_answered_leaves_nothing_behind() {
    let good = browser_offer("Ae4+", "AB");
    type Check = fn(&OfferError) -> bool;
    let cases: [(String, Check); 5] = [
        ("x".repeat(20_000), |e| matches!(e, OfferError::TooLong)),
        ("hello".to_owned(), |e| matches!(e, OfferError::Unreadable(_))),
        (good.replace("a=rtcp-mux\r\n", ""), |e| {
            matches!(e, OfferError::Unusable(_))
        }),
        (good.replace("111 0 8 126", "63"), |e| {
            matches!(e, OfferError::Unusable(_))
        }),
        (good.replace("setup:actpass", "setup:active"), |e| {
            matches!(e, OfferError::Insecure(_))
        }),
    ];
    for (offer, is_expected) in cases {
        let mut world = World::new();
        let refused = world.node.open_line(LINE, &offer, port(19_000), world.now);
        let error = refused.unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        world.settle();
        assert!(world.orders.is_empty());
        assert_eq!(world.node.line_count(), 0);
        world.assert_empty();
    }
}

#[test]
fn a_line_whose_change_is_refused_goes_on_with_its_leg() {
    let (mut world, key) = open();
    start(&mut world, AGENT);
    world.forget();
    world.worker_tells(WorkerEvent::RenegotiationRefused { leg: key });
    assert!(world.told.is_empty() && world.orders.is_empty());
    assert!(world.node.has_leg(AGENT));
    assert_eq!(world.node.line_count(), 1);
}
