//! Every bound of a browser connection, with its reason.

use std::time::Duration;

/// From the offer to the end of the handshake; a browser on a poor mobile network takes 3 s, and a user gives
/// up at 15.
pub const CONNECT_MAX: Duration = Duration::from_secs(20);
/// Silence after which a connection counts as lost: Firefox checks consent every 4 to 6 s, Chromium every 2.5
/// s, and one check more than Firefox's longest gap must be missing.
pub const LOST_AFTER: Duration = Duration::from_secs(8);
/// Silence after which a lost connection has failed: consent lives 30 s (RFC 7675 section 5.1).
pub const FAILED_AFTER: Duration = Duration::from_secs(30);
/// The first wait before a handshake flight is sent again; it doubles each time. RFC 6347 says 1 s, browsers
/// use 50 ms; 200 ms is above most round trips and still lets a call connect quickly after one lost packet.
pub const DTLS_RETRANSMIT_MIN: Duration = Duration::from_millis(200);
/// The least a deadline lies ahead after it was handled, so that no fault can make the worker spin.
pub const TIMEOUT_STEP_MIN: Duration = Duration::from_millis(1);

/// Addresses of a peer that are believed at a time: a browser checks from each of its interfaces, twice with
/// IPv6.
pub const SOURCES_MAX: usize = 8;
/// Bytes of a connectivity check; browsers send about 150, and RFC 8489 section 6.1 allows 548 on an unknown
/// path.
pub const STUN_BYTES_MAX: usize = 548;
/// Unknown attributes named in a refusal; more would let a peer enlarge our answers.
pub const STUN_UNKNOWN_MAX: usize = 4;

/// Bytes of handshake datagrams taken before the handshake is done; a real one needs 3 KiB, 30 with every
/// flight repeated.
pub const DTLS_HANDSHAKE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of handshake records taken afterwards: the peer's last flight, repeated, is 100 bytes each.
pub const DTLS_LATE_HANDSHAKE_BYTES_MAX: usize = 4 * 1024;
/// Bytes of encrypted handshake records taken before it is done: one Finished is 61 bytes.
pub const DTLS_FINISHED_BYTES_MAX: usize = 4 * 1024;
/// The least a handshake fragment carries unless it ends its message: `rtc-dtls` joins fragments by
/// recursion.
pub const DTLS_FRAGMENT_BYTES_MIN: usize = 128;

/// Own datagrams (STUN answers, handshake flights) that wait to be sent; a flight is two or three.
pub const TRANSMITS_MAX: usize = 32;
/// Events that wait to be polled; each state change makes one and the worker drains after every input.
pub const EVENTS_MAX: usize = 16;

/// Sources (SSRC) of a peer with a replay window of their own; a browser line has one, and a new one per
/// re-attachment.
pub const SSRCS_MAX: usize = 16;
/// Unknown sources tried before the contexts that hold them are thrown away: what an attacker can make us
/// keep.
pub const SSRCS_TRIED_MAX: usize = 64;
/// Packets of a source among which repetitions are found; 128 packets are 2.5 s of audio.
pub const REPLAY_WINDOW_PACKETS: usize = 128;
/// Bytes of an SRTP trailer: the longest of the offered profiles, GCM's tag and the SRTCP index.
pub const SRTP_TRAILER_BYTES_MAX: usize = 20;

/// Connections behind one port; a worker carries 600 at full load.
pub const DEMUX_LEGS_MAX: usize = 4_096;
/// User fragments per connection: the one in use and the one of a running ICE restart.
pub const DEMUX_UFRAGS_PER_LEG: usize = 2;
/// How long an address stays with the connection that last proved it, against a peer that claims another's
/// address.
pub const DEMUX_HOLD: Duration = Duration::from_secs(5);
