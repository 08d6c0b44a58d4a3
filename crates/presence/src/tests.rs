use std::time::Duration;

use model::config::{Agent, Status, StatusKind};
use model::{
    Activity, AgentEvent, AgentId, AgentState, ContactId, LineId, Refusal, RoutingProfileId, StatusId,
    TenantConfig, Timestamp, UserId,
};

use crate::{HEARTBEAT_TIMEOUT, Heartbeats, choose_status, routable_since, status_when_free};

const ANA: AgentId = AgentId::from_bits(1);
const AVAILABLE: StatusId = StatusId::from_bits(1);
const LUNCH: StatusId = StatusId::from_bits(2);
const NOON: Timestamp = Timestamp::from_millis(43_200_000);

fn config() -> TenantConfig {
    let mut config = TenantConfig::default();
    for (id, name, kind) in [
        (AVAILABLE, "Available", StatusKind::Available),
        (LUNCH, "Lunch", StatusKind::Break),
    ] {
        config.statuses.insert(
            id,
            Status {
                id,
                name: name.into(),
                kind,
            },
        );
    }
    let routing_profile = RoutingProfileId::from_bits(1);
    let ana = Agent {
        id: ANA,
        user: UserId::from_bits(1),
        name: "Ana".into(),
        routing_profile,
    };
    config.agents.insert(ANA, ana);
    config
}

fn ready() -> AgentState {
    AgentState {
        status: Some(AVAILABLE),
        line: Some(LineId::from_bits(1)),
        reachable: true,
        ..AgentState::new(ANA, NOON)
    }
}

#[test]
fn an_agent_is_routable_only_when_everything_holds() {
    let after_work = Activity::AfterContactWork {
        contact: ContactId::from_bits(1),
        until: NOON,
    };
    let missed = Activity::Missed {
        contact: ContactId::from_bits(1),
    };
    for (what, agent, routable) in [
        ("ready", ready(), true),
        (
            "no status chosen",
            AgentState {
                status: None,
                ..ready()
            },
            false,
        ),
        (
            "at lunch",
            AgentState {
                status: Some(LUNCH),
                ..ready()
            },
            false,
        ),
        (
            "no line",
            AgentState {
                line: None,
                ..ready()
            },
            false,
        ),
        (
            "not heard",
            AgentState {
                reachable: false,
                ..ready()
            },
            false,
        ),
        (
            "after-contact work",
            AgentState {
                activity: after_work,
                ..ready()
            },
            false,
        ),
        (
            "missed an offer",
            AgentState {
                activity: missed,
                ..ready()
            },
            false,
        ),
        (
            "removed",
            AgentState {
                id: AgentId::from_bits(9),
                ..ready()
            },
            false,
        ),
    ] {
        assert_eq!(routable_since(&agent, &config()).is_some(), routable, "{what}");
    }
}

#[test]
fn a_status_chosen_during_work_waits_until_it_is_done() {
    let contact = ContactId::from_bits(1);
    let mut agent = AgentState {
        activity: Activity::OnContact { contact, leg: None },
        ..ready()
    };
    let chosen = choose_status(&agent, LUNCH, &config());
    assert_eq!(chosen, Ok(AgentEvent::NextStatusChosen { status: Some(LUNCH) }));
    agent.next_status = Some(LUNCH);
    assert_eq!(status_when_free(&agent), None);
    let taken_back = choose_status(&agent, AVAILABLE, &config());
    assert_eq!(taken_back, Ok(AgentEvent::NextStatusChosen { status: None }));
    agent.activity = Activity::Idle;
    assert_eq!(
        status_when_free(&agent),
        Some(AgentEvent::StatusChanged { status: LUNCH })
    );
}

#[test]
fn an_unknown_status_is_refused() {
    assert_eq!(
        choose_status(&ready(), StatusId::from_bits(9), &config()),
        Err(Refusal::UnknownStatus)
    );
}

#[test]
fn ten_seconds_of_silence_mean_the_browser_is_gone() {
    let mut heartbeats = Heartbeats::default();
    heartbeats.hear(ANA, NOON);
    heartbeats.hear(ANA, NOON + Duration::from_secs(3));
    let due = NOON + Duration::from_secs(3) + HEARTBEAT_TIMEOUT;
    assert_eq!(heartbeats.next_timeout(), Some(due));
    assert_eq!(heartbeats.take_silent(due - Duration::from_millis(1)), None);
    assert_eq!(heartbeats.take_silent(due), Some(ANA));
    assert_eq!(heartbeats.next_timeout(), None);
}
