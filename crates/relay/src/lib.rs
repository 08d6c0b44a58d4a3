//! Worker threads and batched sockets that carry packets for `media`.
//!
//! A [`Relay`] runs one thread per worker around a [`media::Worker`]. The thread sleeps in one `epoll_wait`
//! for its sockets, its commands and the worker's next deadline. A packet that passes through a bridge meets
//! no lock, no allocation and no other thread.
#![warn(missing_docs)]
#![deny(unsafe_code)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

mod config;
mod departures;
mod limits;
mod port_pool;
mod ports;
mod relay;
#[expect(unsafe_code, reason = "system calls the standard library lacks")]
mod sys;
mod traffic;
mod worker_thread;

pub use self::config::RelayConfig;
pub use self::port_pool::{PortsExhausted, Precedence, calls_max};
pub use self::relay::{OpenRtpError, Overloaded, Relay, RtpPort, StartError};
pub use self::traffic::Traffic;
