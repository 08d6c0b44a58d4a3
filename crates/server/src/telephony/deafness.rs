//! When a socket of SIP counts as broken. A node that hears nothing must not go on as if it did: it ends in order, and
//! whatever watches over the process starts it anew. A socket is not bound again in place of a broken one: what broke
//! it, such as an address that was taken away, is as a rule still there, and a new start says so at once.

use std::io;
use std::time::Instant;

use super::limits::SOCKET_FAILS_MAX;

/// Bears with a socket that fails for a while.
#[derive(Debug, Default)]
pub(super) struct Patience {
    failing_since: Option<Instant>,
}

impl Patience {
    /// The socket works.
    pub(super) fn heard(&mut self) {
        self.failing_since = None;
    }

    /// The socket failed; true when it has done nothing else for [`SOCKET_FAILS_MAX`].
    pub(super) fn is_over(&mut self, now: Instant) -> bool {
        let since = *self.failing_since.get_or_insert(now);
        now.duration_since(since) >= SOCKET_FAILS_MAX
    }

    pub(super) fn is_tried(&self) -> bool {
        self.failing_since.is_some()
    }
}

/// Whether a listener that refuses a connection for this reason may take the next one: the connection was at fault, or
/// the system is short of something that others give back.
pub(super) fn is_passing(error: &io::Error) -> bool {
    const PROTO: i32 = 71;
    const NFILE: i32 = 23;
    const MFILE: i32 = 24;
    const NOBUFS: i32 = 105;
    const NOMEM: i32 = 12;
    let is_short = matches!(error.raw_os_error(), Some(NFILE | MFILE | NOBUFS | NOMEM | PROTO));
    let is_connections = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::Interrupted
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::TimedOut
            | io::ErrorKind::WouldBlock
    );
    is_short || is_connections
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_socket_that_only_fails_is_given_up_and_one_that_recovers_is_not() {
        let (mut patience, start) = (Patience::default(), Instant::now());
        let nearly = SOCKET_FAILS_MAX - Duration::from_millis(1);
        assert!(!patience.is_over(start));
        assert!(!patience.is_over(start + nearly));
        patience.heard();
        assert!(!patience.is_over(start + SOCKET_FAILS_MAX));
        assert!(patience.is_tried());
        assert!(patience.is_over(start + SOCKET_FAILS_MAX * 2));
    }

    #[test]
    fn a_listener_without_descriptors_waits_and_one_that_is_closed_is_dead() {
        for (code, expected) in [(24, true), (103, true), (22, false), (9, false)] {
            assert_eq!(
                is_passing(&io::Error::from_raw_os_error(code)),
                expected,
                "{code}"
            );
        }
    }
}
