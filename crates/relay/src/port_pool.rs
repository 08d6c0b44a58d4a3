//! Which pairs of UDP ports are free.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::Instant;

use media::SocketKey;

use crate::limits::{EMERGENCY_PORTS_MAX, EMERGENCY_PORTS_ONE_OF, PORT_QUARANTINE};

/// Every pair of the range is in use, rests after its last leg, or is held by another program.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "no RTP port is free between {first} and {last}: {in_use_count} legs have one, \
     {resting_count} rest after a leg or belong to other programs"
)]
pub struct PortsExhausted {
    /// The first RTP port.
    pub first: u16,
    /// The last RTP port.
    pub last: u16,
    /// Pairs that are given out.
    pub in_use_count: usize,
    /// Pairs that are not given out yet.
    pub resting_count: usize,
}

/// Whose turn it is when there is little left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Precedence {
    /// After emergency calls: a part of what there is is not for these.
    Ordinary,
    /// An emergency call: it takes what is kept for such calls, and at last what should still rest.
    Emergency,
}

/// The even ports of a range, longest unused first.
#[derive(Debug)]
pub(crate) struct PortPool {
    first: u16,
    last: u16,
    free: VecDeque<Free>,
    in_use_count: usize,
    /// Pairs that only emergency calls take.
    kept_count: usize,
}

#[derive(Clone, Copy, Debug)]
struct Free {
    port: u16,
    from: Instant,
    /// How often the port has been given out.
    use_count: u16,
}

/// A pair of ports that is given out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PortLease {
    /// The RTP port; RTCP has the one above.
    pub(crate) port: u16,
    use_count: u16,
}

impl PortLease {
    /// Names the socket: the port below, above it how often it has been given out. A late command for the leg
    /// that had the port before thus finds nothing.
    pub(crate) fn socket_key(self) -> SocketKey {
        SocketKey(u32::from(self.use_count) << 16 | u32::from(self.port))
    }
}

impl PortPool {
    /// Takes the pairs that lie in the range as a whole; none if there are none.
    pub(crate) fn new(range: &RangeInclusive<u16>, now: Instant) -> Option<Self> {
        let (first, last) = bounds(range)?;
        let ports = (first..=last).step_by(2);
        let free: VecDeque<Free> = ports
            .map(|port| Free {
                port,
                from: now,
                use_count: 0,
            })
            .collect();
        (!free.is_empty()).then_some(Self {
            first,
            last,
            kept_count: kept_count(free.len()),
            free,
            in_use_count: 0,
        })
    }

    pub(crate) fn take(&mut self, precedence: Precedence, now: Instant) -> Result<PortLease, PortsExhausted> {
        let free = match precedence {
            // Behind those that are kept stands one that has rested: so have they all.
            Precedence::Ordinary if !self.has_rested(self.kept_count, now) => None,
            Precedence::Ordinary | Precedence::Emergency => self.free.pop_front(),
        };
        let free = free.ok_or_else(|| self.exhausted())?;
        self.in_use_count += 1;
        Ok(PortLease {
            port: free.port,
            use_count: free.use_count.wrapping_add(1),
        })
    }

    /// Whether the pair in that place has rested.
    fn has_rested(&self, place: usize, now: Instant) -> bool {
        self.free.get(place).is_some_and(|free| free.from <= now)
    }

    /// Lets the pair rest; it is given out again after all others.
    pub(crate) fn give_back(&mut self, lease: PortLease, now: Instant) {
        self.in_use_count -= 1;
        self.free.push_back(Free {
            port: lease.port,
            from: now + PORT_QUARANTINE,
            use_count: lease.use_count,
        });
    }

    /// What the pool looks like when it gives none out.
    pub(crate) fn exhausted(&self) -> PortsExhausted {
        PortsExhausted {
            first: self.first,
            last: self.last,
            in_use_count: self.in_use_count,
            resting_count: self.free.len(),
        }
    }

    /// Pairs that are not given out.
    pub(crate) fn free_count(&self) -> usize {
        self.free.len()
    }

    pub(crate) fn contains(&self, port: u16) -> bool {
        (self.first..=self.last + 1).contains(&port)
    }
}

/// How many calls at the same time a range has ports for, besides emergency calls.
pub fn calls_max(range: &RangeInclusive<u16>) -> usize {
    let pairs_count = bounds(range).map_or(0, |(first, last)| (first..=last).step_by(2).count());
    pairs_count - kept_count(pairs_count)
}

/// The first and the last RTP port whose pair lies in the range as a whole.
fn bounds(range: &RangeInclusive<u16>) -> Option<(u16, u16)> {
    let first = range.start().checked_next_multiple_of(2)?.max(2);
    let last = range.end().checked_sub(1)? & !1;
    Some((first, last))
}

fn kept_count(pairs_count: usize) -> usize {
    EMERGENCY_PORTS_MAX.min(pairs_count / EMERGENCY_PORTS_ONE_OF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(range: RangeInclusive<u16>, now: Instant) -> PortPool {
        PortPool::new(&range, now).unwrap()
    }

    #[test]
    fn only_whole_pairs_of_the_range_are_given_out() {
        let now = Instant::now();
        for (range, expected) in [
            (10_000..=10_005, vec![10_000, 10_002, 10_004]),
            (10_001..=10_006, vec![10_002, 10_004]),
            (65_532..=65_535, vec![65_532, 65_534]),
            (0..=3, vec![2]),
        ] {
            let mut pool = pool(range.clone(), now);
            let ports: Vec<u16> = std::iter::from_fn(|| pool.take(Precedence::Ordinary, now).ok())
                .map(|lease| lease.port)
                .collect();
            assert_eq!(ports, expected, "{range:?}");
        }
        for range in [10_001..=10_002, 65_535..=65_535, 0..=0] {
            assert!(PortPool::new(&range, now).is_none(), "{range:?}");
        }
    }

    #[test]
    fn an_exhausted_pool_says_how_its_ports_are_used() {
        let now = Instant::now();
        let mut pool = pool(10_000..=10_003, now);
        let lease = pool.take(Precedence::Ordinary, now).unwrap();
        pool.take(Precedence::Ordinary, now).unwrap();
        pool.give_back(lease, now);
        let error = pool.take(Precedence::Ordinary, now).unwrap_err();
        assert_eq!((error.in_use_count, error.resting_count), (1, 1));
        assert_eq!(
            error.to_string(),
            "no RTP port is free between 10000 and 10002: 1 legs have one, 1 rest after a leg or belong to \
             other programs"
        );
    }

    #[test]
    fn a_port_rests_before_the_next_leg_and_gets_another_key() {
        let now = Instant::now();
        let mut pool = pool(10_000..=10_001, now);
        let lease = pool.take(Precedence::Ordinary, now).unwrap();
        pool.give_back(lease, now);
        let just_before = now + PORT_QUARANTINE - std::time::Duration::from_millis(1);
        assert!(pool.take(Precedence::Ordinary, just_before).is_err());
        let next = pool.take(Precedence::Ordinary, now + PORT_QUARANTINE).unwrap();
        assert_eq!(next.port, lease.port);
        assert_ne!(next.socket_key(), lease.socket_key());
    }

    #[test]
    fn emergency_calls_take_what_is_kept_for_them_and_what_rests() {
        let now = Instant::now();
        let pairs_count = 2 * EMERGENCY_PORTS_ONE_OF;
        let last = 10_000 + 2 * u16::try_from(pairs_count).unwrap() - 1;
        let mut pool = pool(10_000..=last, now);
        let taken: Vec<PortLease> =
            std::iter::from_fn(|| pool.take(Precedence::Ordinary, now).ok()).collect();
        assert_eq!(taken.len(), pairs_count - 2);
        for _ in 0..2 {
            assert!(pool.take(Precedence::Emergency, now).is_ok());
        }
        assert!(pool.take(Precedence::Emergency, now).is_err());
        for lease in &taken[..2] {
            pool.give_back(*lease, now);
        }
        assert!(pool.take(Precedence::Ordinary, now).is_err());
        assert_eq!(pool.take(Precedence::Emergency, now).unwrap().port, taken[0].port);
    }
}
