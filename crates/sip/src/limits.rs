//! Every bound of this crate, each with its reason.

/// Largest message in bytes, start line to body: a UDP datagram cannot carry more, and no honest peer
/// sends more over TCP.
pub const MESSAGE_BYTES_MAX: usize = 65_535;

/// Most header lines of a message: honest messages carry about 30; the rest is a memory attack.
pub const HEADER_COUNT_MAX: usize = 256;

/// Longest start line or unfolded header line in bytes: room for an Identity token or a long
/// Record-Route list.
pub const LINE_BYTES_MAX: usize = 8_192;

/// Most Via values of a message: Max-Forwards starts at 70 (RFC 3261 §8.1.1.6), so nothing travels further.
pub const VIA_COUNT_MAX: usize = 70;

/// Largest request in bytes for which a datagram is preferred when the MTU of the path is unknown
/// (RFC 3261 §18.1.1).
pub const DATAGRAM_REQUEST_BYTES_MAX: usize = 1_300;

/// Most transactions at once that the far side of one dialog has started, each remembered for up to 32 s: room for
/// every digit of a fast dialler by INFO, and no dialog can use up the room of all.
pub const DIALOG_TRANSACTION_COUNT_MAX: usize = 256;

/// Most forks of one outbound call that are told apart; no carrier rings more telephones at once.
pub const FORK_COUNT_MAX: usize = 12;

/// Most reliable provisional responses of one call that wait for their turn; a call needs two or three.
pub const PROVISIONAL_COUNT_MAX: usize = 8;

/// Most messages that wait for a connection to come up, as one call sends at most a few before it does.
pub const CONNECT_QUEUE_MAX: usize = 256;

/// Most times one request is sent anew to satisfy challenges and minimum intervals; a proxy and a
/// server may each ask once.
pub const ATTEMPT_COUNT_MAX: u8 = 4;

/// How many seconds a request out of dialog waits for a decision: longer and its sender has given up
/// or asks again.
pub const ADMISSION_SECS_MAX: u64 = 16;

/// How many seconds a connection may take to come up, well below the 32 s after which a transaction gives up.
pub const CONNECT_SECS_MAX: u64 = 10;
