//! The timers of SIP transactions, all on one screen (RFC 3261 table 4, RFC 6026 section 8).

use std::time::Duration;

/// The three base intervals every transaction timer derives from (RFC 3261 section 17.1.1.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BaseTimers {
    /// Estimate of the round trip; the first retransmission interval.
    pub t1: Duration,
    /// Longest retransmission interval of non-INVITE requests and INVITE responses.
    pub t2: Duration,
    /// Longest time a message stays in the network.
    pub t4: Duration,
}

impl Default for BaseTimers {
    /// Returns the values of RFC 3261: 500 ms, 4 s and 5 s.
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        }
    }
}

impl BaseTimers {
    /// Returns 64*T1, after which a peer that has not answered is given up.
    pub fn give_up(&self) -> Duration {
        self.t1 * 64
    }

    /// Returns the retransmission interval after `interval`: doubled, at most T2.
    pub fn backed_off(&self, interval: Duration) -> Duration {
        (interval * 2).min(self.t2)
    }
}

/// A transaction timer by its letter in RFC 3261 table 4 or RFC 6026.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum TransactionTimer {
    /// Retransmits an INVITE over an unreliable transport; doubles without limit.
    A,
    /// Gives up an INVITE without any response.
    B,
    /// Absorbs retransmitted non-2xx finals of an INVITE at the client.
    D,
    /// Retransmits a non-INVITE request; doubles up to T2.
    E,
    /// Gives up a non-INVITE request.
    F,
    /// Retransmits a non-2xx final of an INVITE; doubles up to T2.
    G,
    /// Gives up waiting for the ACK of a non-2xx final.
    H,
    /// Absorbs retransmitted ACKs.
    I,
    /// Absorbs retransmitted non-INVITE requests at the server.
    J,
    /// Absorbs retransmitted non-INVITE finals at the client.
    K,
    /// Absorbs retransmitted INVITEs after a 2xx (RFC 6026).
    L,
    /// Absorbs retransmitted 2xx and takes in those of further forks (RFC 6026).
    M,
    /// Sends 100 Trying when nothing else has answered an INVITE (RFC 3261 section 17.2.1).
    Trying,
}

impl TransactionTimer {
    /// Returns the first duration of this timer; zero means that it fires at once.
    ///
    /// Timer C belongs to proxies and does not occur here.
    pub fn duration(self, base: &BaseTimers, reliable: bool) -> Duration {
        let unless_reliable = |wait| if reliable { Duration::ZERO } else { wait };
        match self {
            Self::A | Self::E | Self::G => base.t1,
            Self::B | Self::F | Self::H | Self::L | Self::M => base.give_up(),
            Self::D => unless_reliable(base.give_up().max(Duration::from_secs(32))),
            Self::I | Self::K => unless_reliable(base.t4),
            Self::J => unless_reliable(base.give_up()),
            Self::Trying => Duration::from_millis(200),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TransactionTimer::{A, B, D, E, F, G, H, I, J, K, L, M, Trying};
    use super::*;

    #[test]
    fn timers_have_the_values_of_table_4() {
        let rows = [
            (A, 500, 500),
            (B, 32_000, 32_000),
            (D, 32_000, 0),
            (E, 500, 500),
            (F, 32_000, 32_000),
            (G, 500, 500),
            (H, 32_000, 32_000),
            (I, 5_000, 0),
            (J, 32_000, 0),
            (K, 5_000, 0),
            (L, 32_000, 32_000),
            (M, 32_000, 32_000),
            (Trying, 200, 200),
        ];
        let base = BaseTimers::default();
        for (timer, unreliable_ms, reliable_ms) in rows {
            assert_eq!(
                timer.duration(&base, false).as_millis(),
                unreliable_ms,
                "{timer:?}"
            );
            assert_eq!(timer.duration(&base, true).as_millis(), reliable_ms, "{timer:?}");
        }
    }

    #[test]
    fn retransmissions_back_off_to_t2() {
        let base = BaseTimers::default();
        let mut interval = base.t1;
        let mut seen = Vec::new();
        for _ in 0..5 {
            interval = base.backed_off(interval);
            seen.push(interval.as_millis());
        }
        assert_eq!(seen, [1000, 2000, 4000, 4000, 4000]);
    }
}
