//! Browsers' lines (`str0m`, an independent implementation) and a telephone on one worker.
#![expect(clippy::disallowed_methods, reason = "virtual time has to start somewhere")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "worker_lines/office.rs"]
mod office;

use media::dtmf::TelephoneEvent;
use media::webrtc::FailReason;
use media::{LegKey, PlayKey, WorkerCommand, WorkerEvent};
use office::{ANA, BO, Office, PHONE, ms};

fn connected() -> Office {
    let mut office = Office::new();
    office.run(ms(2_000));
    office.events();
    office
}

fn finds(events: &[WorkerEvent], wanted: impl Fn(&WorkerEvent) -> bool) -> bool {
    events.iter().any(wanted)
}

#[test]
fn two_lines_behind_one_port_connect_and_say_so() {
    let mut office = Office::new();
    office.run(ms(2_000));
    let events = office.events();
    for line in [ANA, BO] {
        let connected =
            |event: &WorkerEvent| matches!(event, WorkerEvent::LineConnected { leg, .. } if *leg == line);
        assert!(finds(&events, connected), "{line:?}: {events:?}");
    }
}

#[test]
fn a_telephone_and_a_browser_hear_each_other_and_nobody_else() {
    let mut office = connected();
    office.command(WorkerCommand::Bridge { a: ANA, b: PHONE });
    for round in 0..50 {
        office.phone_says(&[round; 160]);
        office.browser_says(ANA, &[100 + round; 160]);
        office.browser_says(BO, &[200; 160]);
        office.run(ms(20));
    }
    office.run(ms(50));
    let to_phone = office.heard_by_phone();
    assert_eq!(to_phone.len(), 50);
    assert!(
        to_phone
            .iter()
            .zip(100..)
            .all(|(payload, n)| *payload == [n; 160])
    );
    let to_ana = office.heard_by(ANA);
    assert_eq!(to_ana.len(), 50);
    assert!(to_ana.iter().zip(0..).all(|(payload, n)| *payload == [n; 160]));
    assert!(office.heard_by(BO).is_empty());
}

#[test]
fn a_line_stays_while_contacts_come_and_go() {
    let mut office = connected();
    for round in 1..4 {
        office.command(WorkerCommand::Bridge { a: BO, b: PHONE });
        office.phone_says(&[round; 160]);
        office.run(ms(50));
        office.command(WorkerCommand::Unbridge { leg: BO });
        office.phone_says(&[99; 160]);
        office.run(ms(3_000));
    }
    let heard: Vec<Vec<u8>> = office.heard_by(BO);
    let spoken: Vec<u8> = heard.iter().map(|payload| payload[0]).collect();
    let spoken: Vec<u8> = spoken.into_iter().filter(|sample| *sample < 10).collect();
    assert_eq!(spoken, [1, 2, 3]);
    let lost = |event: &WorkerEvent| matches!(event, WorkerEvent::LineLost { .. });
    assert!(!finds(&office.events(), lost));
}

#[test]
fn an_ice_restart_is_not_heard() {
    let mut office = connected();
    office.command(WorkerCommand::Bridge { a: ANA, b: PHONE });
    office.restart_ice(ANA, "renewed");
    for round in 0..50 {
        office.browser_says(ANA, &[round; 160]);
        office.run(ms(20));
    }
    office.run(ms(30_000));
    assert_eq!(office.heard_by_phone().len(), 50 + 6, "and six signs of life");
    office.browser_says(ANA, &[7; 160]);
    office.run(ms(50));
    assert_eq!(office.heard_by_phone(), [[7; 160]]);
    let trouble = |event: &WorkerEvent| {
        matches!(
            event,
            WorkerEvent::LineLost { .. } | WorkerEvent::RenegotiationRefused { .. }
        )
    };
    assert!(!finds(&office.events(), trouble));
}

#[test]
fn a_user_fragment_of_another_line_is_refused() {
    let mut office = connected();
    office.restart_ice(ANA, "line2");
    assert!(
        office
            .events()
            .contains(&WorkerEvent::RenegotiationRefused { leg: ANA })
    );
}

#[test]
fn prompts_and_digits_reach_a_browser() {
    let mut office = connected();
    office.command(WorkerCommand::Play {
        leg: ANA,
        play: PlayKey(1),
        prompts: vec![vec![5_000; 1_600].into()],
        is_looping: false,
    });
    office.run(ms(400));
    assert_eq!(office.heard_by(ANA).len(), 10);
    let finished = WorkerEvent::PlayFinished {
        leg: ANA,
        play: PlayKey(1),
    };
    assert!(office.events().contains(&finished));
    let (leg, digit) = (ANA, '7');
    office.command(WorkerCommand::SendDigit { leg, digit });
    office.run(ms(400));
    let events = office.heard_by(ANA);
    let last = TelephoneEvent::parse(events.last().unwrap()).unwrap();
    assert_eq!((last.event, last.is_end), (7, true));
}

#[test]
fn a_browser_that_vanishes_is_lost_and_then_failed() {
    let mut office = connected();
    office.cut(ANA);
    office.run(ms(60_000));
    let events = office.events();
    let leg = ANA;
    let reason = FailReason::ConsentExpired;
    let story: Vec<&WorkerEvent> = events
        .iter()
        .filter(|event| {
            **event == WorkerEvent::LineLost { leg } || **event == WorkerEvent::LineFailed { leg, reason }
        })
        .collect();
    let expected = [
        WorkerEvent::LineLost { leg },
        WorkerEvent::LineFailed { leg, reason },
    ];
    assert_eq!(story, expected.iter().collect::<Vec<_>>());
    let bo_lost = |event: &WorkerEvent| *event == WorkerEvent::LineLost { leg: BO };
    assert!(!finds(&events, bo_lost));
}

#[test]
fn a_removed_line_takes_its_leave_and_its_figures_are_told() {
    let mut office = connected();
    office.browser_says(ANA, &[1; 160]);
    office.run(ms(50));
    let sent_before = office.datagrams_to(ANA);
    office.command(WorkerCommand::Remove { leg: ANA });
    office.run(ms(50));
    assert!(office.datagrams_to(ANA) > sent_before, "DTLS says goodbye");
    let events = office.events();
    let removed = events.iter().find_map(|event| match event {
        WorkerEvent::Removed {
            leg: LegKey(1),
            stats,
        } => Some(stats.received.packet_count),
        WorkerEvent::Removed { .. }
        | WorkerEvent::Refused { .. }
        | WorkerEvent::RenegotiationRefused { .. }
        | WorkerEvent::Digit { .. }
        | WorkerEvent::Latched { .. }
        | WorkerEvent::LineClosed { .. }
        | WorkerEvent::LineConnected { .. }
        | WorkerEvent::LineFailed { .. }
        | WorkerEvent::LineLost { .. }
        | WorkerEvent::LineRecovered { .. }
        | WorkerEvent::MediaResumed { .. }
        | WorkerEvent::MediaTimedOut { .. }
        | WorkerEvent::PlayFinished { .. } => None,
    });
    assert_eq!(removed, Some(1));
}
