//! Every bound of this crate, with its reason.

use std::time::Duration;

/// Bytes of a session description; browsers offer up to 8 KiB, a SIP message ends at 64 KiB.
pub const SDP_BYTES_MAX: usize = 64 * 1024;
/// Lines of a session description; a browser's audio and video offer has about 200.
pub const SDP_LINES_MAX: usize = 600;
/// Bytes of one line; long candidate and fmtp lines stay under 500.
pub const SDP_LINE_BYTES_MAX: usize = 2_048;
/// Media lines; an answer repeats each, so a peer could otherwise make us print without end.
pub const SDP_MEDIA_MAX: usize = 16;
/// Payload types of one media line; RTP has 128.
pub const SDP_FORMATS_MAX: usize = 128;
/// ICE candidates kept of one media line; a lite agent needs none.
pub const SDP_CANDIDATES_MAX: usize = 32;
/// Fingerprints kept of one level; one per hash function is usual.
pub const SDP_FINGERPRINTS_MAX: usize = 4;

/// Bytes of an RTP datagram Offhook takes or makes; Ethernet's 1,500 with head room for tunnels.
pub const PACKET_BYTES_MAX: usize = 1_600;

/// The length of the frames Offhook makes.
pub const FRAME: Duration = Duration::from_millis(20);

/// How far ahead a sequence number may be and still be loss (RFC 3550 section A.1, MAX_DROPOUT).
pub const SEQUENCE_JUMP_MAX: i64 = 3_000;
/// How far behind a sequence number may be and still be reordering (RFC 3550 section A.1).
pub const SEQUENCE_LATE_MAX: i64 = 100;
/// How long a source must be silent before another may follow: a gateway that switches sources at a
/// transfer pauses for a few frames, an injected stream comes in between.
pub const SSRC_SWITCH_AFTER: Duration = Duration::from_millis(200);
/// A gap after which our own frames start a new talk spurt.
pub const PAUSE_AFTER: Duration = Duration::from_millis(100);

/// How long after signalling a peer behind address translation may show up with another address.
pub const LATCH_WINDOW: Duration = Duration::from_secs(10);
/// How long the signalled address has precedence over another that sends.
pub const LATCH_GRACE: Duration = Duration::from_millis(200);
/// Consecutive packets another address must have sent; a scanner sends one.
pub const LATCH_PACKETS_MIN: u32 = 4;

/// Effort of the Opus encoder, 0 to 10: 0 costs a third of 10 and narrow-band speech hides it.
pub const OPUS_COMPLEXITY: i32 = 3;
/// Bits per second of Opus from 8 kHz speech; transparent for telephone audio.
pub const OPUS_BIT_RATE: i32 = 20_000;
/// Loss the Opus encoder prepares for; it decides how much error correction is worth.
pub const OPUS_EXPECTED_LOSS_PERCENT: i32 = 3;

/// The least a digit must last: RFC 4733 leaves it open, ITU-T Q.24 recognises 40 ms.
pub const DIGIT_MIN: Duration = Duration::from_millis(40);
/// The least from one digit to the next (ITU-T Q.24: 40 ms of tone and 40 ms of pause).
pub const DIGIT_SPACING: Duration = Duration::from_millis(80);
/// Digits that may arrive at once after a stall of the network; a card number has 19. Others are not heard.
pub const DIGITS_AT_ONCE_MAX: u32 = 32;
/// How long a digit we send lasts; ITU-T Q.24 asks for 40 ms, old menus for 80.
pub const DIGIT_SENT: Duration = Duration::from_millis(120);
/// The pause after a digit we send.
pub const DIGIT_PAUSE: Duration = Duration::from_millis(80);
/// Digits that wait to be sent on a leg; a card number has 19.
pub const DIGITS_WAITING_MAX: usize = 64;

/// Bytes of an uploaded prompt: ten minutes of 8 kHz, or one and a half of CD quality.
pub const WAV_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The least sample rate of an uploaded prompt.
pub const WAV_RATE_MIN_HZ: u32 = 4_000;
/// The greatest sample rate of an uploaded prompt.
pub const WAV_RATE_MAX_HZ: u32 = 192_000;

/// How long we may send nothing before a frame of silence goes out: translators forget a mapping
/// after 30 s (RFC 4787), carriers hang up after as little as 20.
pub const KEEPALIVE_AFTER: Duration = Duration::from_secs(5);
/// Between reports (RFC 3550 section 6.2).
pub const REPORT_INTERVAL: Duration = Duration::from_secs(5);
/// Legs of one worker; a core carries about 600.
pub const LEGS_MAX: usize = 4_096;
/// Prompts of one playback; the longest a flow plays, a position with its wait, have a dozen.
pub const PROMPTS_MAX: usize = 256;
