//! Every bound of the HTTP server, with its reason.

use std::time::Duration;

/// So many connections at most, however many descriptors there are: 2,000 agents with a live socket, and as many again
/// for their pages.
pub(super) const CONNECTIONS_MAX: usize = 10_000;

/// Calls get three of four descriptors that the process may have.
pub(super) const SHARE_OF_DESCRIPTORS: u64 = 4;

/// One address gets so large a part of all connections: an office behind one address, and room for others.
pub(super) const SHARE_OF_ADDRESS: usize = 4;

/// After a failure to accept (no file handle is left) it is tried again after so long.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A whole request head comes in within this: a page on a slow mobile network, and a browser that thinks.
pub(super) const HEAD_MAX: Duration = Duration::from_secs(20);

/// The largest request head in bytes, twice what browsers send at most: 10,000 clients that never end theirs take 160 MB.
/// hyper holds back as much of an answer that is not taken.
pub(super) const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Longer than proxies keep idle connections (nginx: 60 s), else a request is lost that crosses the end.
pub(super) const PROXY_HEAD_MAX: Duration = Duration::from_secs(75);

/// That somebody sends what only a proxy sends is reported so often at most: anybody can send it, and the log is not
/// theirs.
pub(super) const FORWARDED_REPORTED_EVERY: Duration = Duration::from_mins(10);

/// Two round trips of TLS, lost twice.
pub(super) const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// A network that is away for a moment (a lift, a tunnel) comes back within this.
pub(super) const SEND_MAX: Duration = Duration::from_secs(30);
