//! Every bound of this crate, with its reason.

use std::time::Duration;

/// How long a port rests after its leg: late packets of the former peer must not reach the next one.
pub(crate) const PORT_QUARANTINE: Duration = Duration::from_secs(5);

/// Pairs of ports that only emergency calls take, which are few and far between…
pub(crate) const EMERGENCY_PORTS_MAX: usize = 16;
/// … or one of so many, where there are few pairs.
pub(crate) const EMERGENCY_PORTS_ONE_OF: usize = 16;

/// Sockets looked at between two looks at timers and commands: 256 packets take 1 to 2 ms.
pub(crate) const READY_MAX: usize = 256;
/// Packets read or written by one system call; beyond 32 the call itself no longer shows.
pub(crate) const BATCH_MAX: usize = 32;
/// Packets read of a plain leg at once. One is there as a rule, two after a stall; a peer that floods must
/// not keep others waiting.
pub(crate) const RTP_READ_MAX: usize = 4;
/// Commands carried out between two looks at the sockets; some prepare a handshake, which takes 0.1 ms.
pub(crate) const COMMANDS_MAX: usize = 16;

/// Orders that may wait for a worker before it begins nothing new: no leg, no prompt. All others are kept, for whatever
/// ends must end, and they are few for each leg that was begun. This many are up to half a second of its time.
pub(crate) const ORDERS_WAITING_MAX: usize = 4_096;

/// Receive and send buffer of the browsers' port; hundreds of lines share it, and 4 MiB are half a second of
/// 1,000 of them. The system may grant less.
pub(crate) const WEBRTC_SOCKET_BYTES: usize = 4 * 1024 * 1024;

/// A deadline that lies in the past although it was handled waits this long: a fault must not take a core.
pub(crate) const TIMEOUT_STEP_MIN: Duration = Duration::from_millis(1);
