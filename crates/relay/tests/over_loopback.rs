//! A relay with real sockets, and its peers on the loopback.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod over_loopback {
    mod allocations;
    mod bridges;
    mod browser;
    mod exchange;
    mod legs;
    mod lines;
    mod panics;
    mod phone;
    mod ports;
    mod reports;
    mod rest;
}
