use std::time::Duration;

use model::config::{RoutingProfile, RoutingProfileQueue};
use model::{AgentId, ContactId, QueueId, RoutingProfileId, TenantConfig, Timestamp};

use crate::{Matcher, Place};

const SALES: QueueId = QueueId::from_bits(1);
const SUPPORT: QueueId = QueueId::from_bits(2);
const GENERAL: RoutingProfileId = RoutingProfileId::from_bits(1);
const BACKUP: RoutingProfileId = RoutingProfileId::from_bits(2);

/// General serves sales before support; backup serves support once it has waited for 30 s.
fn config() -> TenantConfig {
    let mut config = TenantConfig::default();
    for (id, queues) in [
        (GENERAL, vec![(SALES, 1, 0), (SUPPORT, 2, 0)]),
        (BACKUP, vec![(SUPPORT, 1, 30)]),
    ] {
        let queues = queues
            .into_iter()
            .map(|(queue, priority, delay_s)| RoutingProfileQueue {
                queue,
                priority,
                delay_s,
            })
            .collect();
        config.routing_profiles.insert(
            id,
            RoutingProfile {
                id,
                name: String::new(),
                queues,
            },
        );
    }
    config
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1000)
}

/// Waiting contacts as (contact, queue, priority, since), idle agents as (agent, profile, since).
fn check(
    waiting: &[(u128, QueueId, u8, i64)],
    idle: &[(u128, RoutingProfileId, i64)],
    now: i64,
    expected: &[(u128, u128)],
) {
    let mut matcher = Matcher::default();
    for (contact, queue, priority, since) in waiting {
        let contact = ContactId::from_bits(*contact);
        matcher.enqueue(
            *queue,
            Place {
                priority: *priority,
                since: at(*since),
                contact,
            },
        );
    }
    for (agent, profile, since) in idle {
        matcher.set_idle(AgentId::from_bits(*agent), *profile, at(*since));
    }
    let mut matches = Vec::new();
    while let Some(found) = matcher.next_match(&config(), at(now)) {
        matcher.dequeue(found.place.contact);
        matcher.set_busy(found.agent);
        matches.push((found.place.contact.bits(), found.agent.bits()));
    }
    assert_eq!(matches, expected);
}

#[test]
fn the_oldest_contact_goes_to_the_agent_idle_for_longest() {
    check(
        &[(1, SUPPORT, 5, 10), (2, SUPPORT, 5, 5)],
        &[(1, GENERAL, 3), (2, GENERAL, 1)],
        60,
        &[(2, 2), (1, 1)],
    );
}

#[test]
fn a_higher_priority_goes_before_age() {
    check(
        &[(1, SUPPORT, 5, 1), (2, SUPPORT, 1, 50)],
        &[(1, GENERAL, 0)],
        60,
        &[(2, 1)],
    );
}

#[test]
fn a_profile_serves_its_first_queue_first() {
    check(
        &[(1, SUPPORT, 1, 1), (2, SALES, 5, 50)],
        &[(1, GENERAL, 0)],
        60,
        &[(2, 1)],
    );
}

#[test]
fn a_profile_with_a_delay_gets_only_those_who_waited_that_long() {
    check(
        &[(1, SUPPORT, 1, 40), (2, SUPPORT, 5, 20)],
        &[(1, BACKUP, 0)],
        55,
        &[(2, 1)],
    );
    check(&[(1, SUPPORT, 5, 40)], &[(1, BACKUP, 0)], 69, &[]);
    check(&[(1, SUPPORT, 5, 40)], &[(1, BACKUP, 0)], 70, &[(1, 1)]);
}

#[test]
fn contacts_of_one_millisecond_are_served_in_the_order_of_their_ids() {
    check(
        &[(2, SALES, 5, 1), (1, SALES, 5, 1)],
        &[(1, GENERAL, 0)],
        2,
        &[(1, 1)],
    );
}

#[test]
fn a_delay_wakes_the_matcher_when_it_ends() {
    let mut matcher = Matcher::default();
    let contact = ContactId::from_bits(1);
    matcher.enqueue(
        SUPPORT,
        Place {
            priority: 5,
            since: at(40),
            contact,
        },
    );
    assert_eq!(matcher.next_delay_end(&config(), at(50)), None);
    matcher.set_idle(AgentId::from_bits(1), BACKUP, at(0));
    assert_eq!(
        matcher.next_delay_end(&config(), at(50)),
        Some(at(40) + Duration::from_secs(30))
    );
    assert_eq!(matcher.next_delay_end(&config(), at(70)), None);
}

#[test]
fn a_decision_names_at_most_eight_agents_and_says_how_many_more_there_were() {
    let mut matcher = Matcher::default();
    let contact = ContactId::from_bits(1);
    matcher.enqueue(
        SALES,
        Place {
            priority: 5,
            since: at(0),
            contact,
        },
    );
    for agent in 0..100 {
        matcher.set_idle(AgentId::from_bits(agent), GENERAL, at(0));
    }
    let found = matcher.next_match(&config(), at(4)).expect("agents are idle");
    assert_eq!(found.agent, AgentId::from_bits(0));
    assert_eq!(found.decision.candidates.len(), 8);
    assert_eq!(found.decision.candidates_left_out_count, 92);
    assert_eq!((found.decision.waited_ms, found.decision.position), (4000, 1));
}
