//! Every bound of telephony, with its reason.

use std::time::Duration;

/// Datagrams taken from the SIP socket before anything else gets its turn.
pub(super) const DATAGRAMS_AT_ONCE: usize = 64;
/// Bytes of a SIP datagram: UDP carries no more.
pub(super) const DATAGRAM_BYTES_MAX: usize = 65_535;
/// The receive buffer asked of the system for SIP over UDP: some thousand INVITEs, so that a burst while another
/// is handled is not lost. The system may give less.
pub(super) const SIP_SOCKET_BYTES: usize = 4 << 20;
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
/// How old the known trunks must at least be to be read again because of a stranger.
pub(super) const TRUNKS_RELOADED_FOR_STRANGER: Duration = Duration::from_secs(1);
/// Requests of strangers that wait for the trunks to be read again; further ones get no answer.
pub(super) const STRANGERS_WAITING_MAX: usize = 256;
/// Calls that are looked up at the same time; a burst of more must not keep the database from everybody else.
pub(super) const LOOKUPS_AT_ONCE_MAX: usize = 8;
/// Trunks with the same source address whose numbers are looked through; a carrier has a few.
pub(super) const TRUNKS_TRIED_MAX: usize = 8;
/// Characters of a caller's address that is no phone number.
pub(super) const CALLER_CHARS_MAX: usize = 200;

/// Simulated callers of a tenant at the same time.
pub(super) const SIMULATED_CALLERS_MAX: u16 = 100;
/// How much later than the one before a simulated caller calls, on average.
pub(super) const SIMULATED_CALLER_EVERY: Duration = Duration::from_millis(50);
/// How long a simulated caller stays, in seconds, drawn anew for each.
pub(super) const SIMULATED_STAY_S: std::ops::RangeInclusive<u64> = 30..=120;
