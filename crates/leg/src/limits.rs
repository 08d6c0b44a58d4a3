//! Every bound of this crate, with its reason.

use std::time::Duration;

/// Legs of a node, whatever its operator sets: two cores carry about a thousand.
pub const LEGS_MAX: usize = 16_384;
/// Emergency calls of a node beyond its legs: nobody is to be kept from help, and nobody to take the node by such calls.
pub const EMERGENCY_LEGS: usize = 64;
/// Standing lines of browsers; an idle one costs under 40 kB.
pub const LINES_MAX: usize = 16_384;
/// Echo tests at the same time; each takes seconds and is made by a person.
pub const ECHO_TESTS_MAX: usize = 256;
/// How long an echo test may last: a person has said a sentence and heard it by then.
pub const ECHO_TEST_MAX: Duration = Duration::from_secs(15);
/// How long a leg that arrived may wait to be answered: longer than a database that recovers takes, shorter than
/// a caller's patience.
pub const ARRIVAL_MAX: Duration = Duration::from_secs(20);
/// When a caller may try again whom the node has no room for, in seconds.
pub const RETRY_AFTER_S: u32 = 10;
/// How long a call of ours may ring.
pub const RING_MAX: Duration = Duration::from_secs(60);
/// Bytes of a browser's offer; Chromium's of one audio line is 2 KiB.
pub const OFFER_BYTES_MAX: usize = 16 * 1024;
