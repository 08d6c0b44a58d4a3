//! Every bound of telephony, with its reason.

use std::time::Duration;

/// Datagrams taken from the SIP socket before anything else gets its turn.
pub(super) const DATAGRAMS_AT_ONCE: usize = 64;
/// Bytes of a SIP datagram: UDP carries no more.
pub(super) const DATAGRAM_BYTES_MAX: usize = 65_535;
/// The receive buffer asked of the system for SIP over UDP: some thousand INVITEs, so that a burst while another
/// is handled is not lost. The system may give less.
pub(super) const SIP_SOCKET_BYTES: usize = 4 << 20;
/// How long the SIP socket may do nothing but fail before the node gives itself up: longer than a network interface
/// takes to be set up anew.
pub(super) const SOCKET_FAILS_MAX: Duration = Duration::from_secs(5);
/// How long to leave a socket alone that has just failed.
pub(super) const SOCKET_RETRIED_EVERY: Duration = Duration::from_millis(100);
/// Messages that wait to be written to one connection; a peer that reads so slowly is cut off.
pub(super) const WRITES_WAITING_MAX: usize = 256;
/// What connections have read and nobody has taken yet, in reads; beyond it they wait, and so do their peers.
pub(super) const READS_WAITING_MAX: usize = 1_024;
/// Bytes of one read from a connection.
pub(super) const READ_BYTES_MAX: usize = 16 * 1024;
/// How long one write to a connection may take.
pub(super) const WRITE_MAX: Duration = Duration::from_secs(10);
/// How long a connection of ours may take to come up.
pub(super) const CONNECT_MAX: Duration = Duration::from_secs(8);

/// How long the far sides may take to say goodbye when the process ends: one BYE that is lost is sent again after
/// 500 ms.
pub(super) const GOODBYE_MAX: Duration = Duration::from_millis(1_200);

/// How old the known trunks may be: a change by another node or by an operator is in force after that.
pub(super) const TRUNKS_RELOADED_EVERY: Duration = Duration::from_secs(5);
/// How soon a registrar that was not found is looked for again.
pub(super) const REGISTRAR_SOUGHT_EVERY: Duration = Duration::from_secs(5);
/// How old the known trunks must at least be to be read again because of a stranger.
pub(super) const TRUNKS_RELOADED_FOR_STRANGER: Duration = Duration::from_secs(1);
/// Requests of strangers that wait for the trunks to be read again; further ones get no answer.
pub(super) const STRANGERS_WAITING_MAX: usize = 256;
/// Calls that are looked up at the same time; a burst of more must not keep the database from everybody else.
pub(super) const LOOKUPS_AT_ONCE_MAX: usize = 8;
/// Trunks with the same source address whose numbers are looked through; a carrier has a few.
pub(super) const TRUNKS_TRIED_MAX: usize = 8;
/// Characters of a caller's number that is no public one, such as an extension.
pub(super) const CALLER_CHARS_MAX: usize = 32;

/// Orders of engines and requests of the API that wait for the task. Beyond it nothing new begins, so that those who
/// are here can be served: calls are answered 503, calls of ours end at once, prompts count as played. All else is
/// carried out, hang-ups above all, and agents' legs, which relieve the queues. Engines go on only with what they hear
/// from here, so what still comes is bounded by the legs there are. At 10 µs each this many are a twentieth of a second.
pub(super) const MESSAGES_WAITING_MAX: usize = 4_096;
/// An overload is reported so often at most: writing a line for each order would be a load of its own.
pub(super) const OVERLOAD_REPORTED_EVERY: Duration = Duration::from_secs(10);
/// Browsers' offers that wait to be answered; whoever brings another is told that there are too many.
pub(super) const OFFERS_WAITING_MAX: usize = 256;
/// What background tasks have found out and nobody has taken yet; beyond it they wait: one a call that is
/// looked up, in either direction, or a registration.
pub(super) const HAPPENINGS_WAITING_MAX: usize = 256;
/// Pressed keys that wait to be heard; further ones are dropped.
pub(super) const DIGITS_WAITING_MAX: usize = 4_096;

/// Test calls of a tenant at the same time, whether connected or not: an administrator makes one.
pub(super) const TEST_CALLS_MAX: u16 = 10;
/// One of how many legs is kept for calls over trunks: test calls and simulated callers must not keep a
/// customer out.
pub(super) const RESERVED_ONE_OF: usize = 4;
/// Simulated callers of a tenant at the same time.
pub(super) const SIMULATED_CALLERS_MAX: u16 = 100;
/// Requests for simulated callers that wait; whoever brings another is told that there are too many.
pub(super) const SIMULATIONS_WAITING_MAX: usize = 64;
/// How much later than the one before a simulated caller calls, on average.
pub(super) const SIMULATED_CALLER_EVERY: Duration = Duration::from_millis(50);
/// How long a simulated caller stays, in seconds, drawn anew for each.
pub(super) const SIMULATED_STAY_S: std::ops::RangeInclusive<u64> = 30..=120;
