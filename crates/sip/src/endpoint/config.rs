//! What an operator may set about an endpoint, with defaults that are safe.

use std::time::Duration;

use crate::session_timer::SessionTimerConfig;
use crate::timer::BaseTimers;
use crate::transport::{Listener, TransportId};

/// How an endpoint is set up; it stays the same for the endpoint's life.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// Upper bounds of everything peers can make us remember.
    pub caps: Caps,
    /// Stream transport for requests of more than 1300 bytes (RFC 3261 section 18.1.1), if any.
    pub large_requests: Option<TransportId>,
    /// The sockets; at least one.
    pub listeners: Vec<Listener>,
    /// What a request beyond the caps gets.
    pub overload: Overload,
    /// Session timers.
    pub session_timer: SessionTimerConfig,
    /// Base intervals of all transactions.
    pub timers: BaseTimers,
    /// Value of User-Agent and Server.
    pub user_agent: String,
}

impl EndpointConfig {
    /// Returns the defaults for these sockets.
    pub fn new(listeners: Vec<Listener>) -> Self {
        Self {
            caps: Caps::default(),
            large_requests: None,
            listeners,
            overload: Overload::Refuse { retry_after_s: 10 },
            session_timer: SessionTimerConfig::default(),
            timers: BaseTimers::default(),
            user_agent: "Offhook".to_owned(),
        }
    }
}

/// What happens to a request out of dialog that exceeds a cap.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overload {
    /// It is dropped without an answer.
    Drop,
    /// It is answered 503 with Retry-After, without remembering it.
    Refuse {
        /// When the peer may try again, in seconds.
        retry_after_s: u32,
    },
}

/// Upper bounds of what peers can make an endpoint remember.
#[derive(Clone, Debug)]
pub struct Caps {
    /// Dialogs at once, of both directions; calls of ours that are exempt go out beyond it.
    pub dialog_count: usize,
    /// How long half a message, or a connection's first one, may take.
    pub half_message: Duration,
    /// How long a connection without messages stays open; calls over it may be silent for long.
    pub idle_stream: Duration,
    /// Connections at once of those who are known; as many again of strangers, of which the oldest makes room.
    pub stream_count: usize,
    /// Connections at once from one address.
    pub stream_count_per_source: usize,
    /// Bytes of incomplete messages at once beyond which strangers get no more room. A connection of one who is known
    /// has one message's worth of its own.
    pub stream_bytes: usize,
    /// How long a stranger's connection stays open, whatever comes over it: once something was admitted that came over
    /// it, it is no stranger's.
    pub stranger_stream: Duration,
    /// Transactions at once that peers have started, in and out of dialogs.
    pub transaction_count: usize,
    /// Bytes at once of requests that wait for a decision; beyond it those of strangers are turned away.
    pub unadmitted_bytes: usize,
    /// Transactions at once that nobody has admitted yet, or that were refused; beyond it strangers are turned away.
    pub unadmitted_count: usize,
    /// The same from one address.
    pub unadmitted_count_per_source: usize,
}

impl Default for Caps {
    /// Returns caps for one node that carries some thousand calls; about 100 MB if all are reached.
    fn default() -> Self {
        Self {
            dialog_count: 10_000,
            half_message: Duration::from_secs(10),
            idle_stream: Duration::from_secs(7_200),
            stream_count: 2_048,
            stream_count_per_source: 128,
            stream_bytes: 16 << 20,
            stranger_stream: Duration::from_secs(30),
            transaction_count: 100_000,
            unadmitted_bytes: 32 << 20,
            unadmitted_count: 16_384,
            unadmitted_count_per_source: 2_048,
        }
    }
}
