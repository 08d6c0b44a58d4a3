//! Every bound of the API, with its reason.

use std::time::Duration;

/// The largest request body in bytes: the largest legitimate one is an SDP offer of some 10 KiB.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// A request's body takes at most so long to come in: 256 KiB over 140 kbit/s.
pub const BODY_READ_MAX: Duration = Duration::from_secs(15);

/// The largest SDP offer in bytes: Chromium's with one audio line is under 4 KiB.
pub const SDP_BYTES_MAX: usize = 64 * 1024;

/// The longest company name, user name or name of a configured thing, in characters.
pub const NAME_CHARS_MAX: usize = 100;

/// The longest id in characters: a prefix of three letters, an underscore and 26 characters; names of prompts are as long.
pub const ID_CHARS_MAX: usize = 40;

/// The longest phone number in characters (E.164: 15 digits after the plus sign).
pub const PHONE_NUMBER_CHARS_MAX: usize = 16;

/// The longest phone number as people write it, with separators and brackets, in characters.
pub const DIALED_CHARS_MAX: usize = 64;

/// The shortest time in seconds that a call of ours rings: three rings.
pub const RING_TIMEOUT_S_MIN: u32 = 15;

/// The longest, in seconds: carriers give up then themselves.
pub const RING_TIMEOUT_S_MAX: u32 = 60;

/// The longest host name in characters (RFC 1035 section 2.3.4, as text).
pub const HOST_CHARS_MAX: usize = 253;

/// The length of a time of day, `08:00`, in characters.
pub const CLOCK_CHARS: usize = 5;

/// The shortest after-contact work that can be set, in seconds: time to pick a disposition.
pub const AFTER_CONTACT_WORK_S_MIN: u32 = 10;

/// The longest, in seconds: the engine ends it after 30 minutes whatever is asked for.
pub const AFTER_CONTACT_WORK_S_MAX: u32 = 30 * 60;

/// The shortest time in seconds that a caller waits for an agent whose browser is away: a reload takes some 5.
pub const REATTACH_TIMEOUT_S_MIN: u32 = 5;

/// The longest, in seconds: nobody listens to music for longer without knowing why.
pub const REATTACH_TIMEOUT_S_MAX: u32 = 5 * 60;

/// The longest e-mail address in bytes (RFC 5321 section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_BYTES_MAX: usize = 254;

/// The shortest password in characters (NIST SP 800-63B section 3.1.1.2 asks for no rules of composition).
pub const PASSWORD_CHARS_MIN: usize = 8;

/// The longest password in characters; a bound keeps hashing cheap to refuse.
pub const PASSWORD_CHARS_MAX: usize = 200;

/// The longest notes of an agent, in characters.
pub const NOTES_CHARS_MAX: usize = 4000;

/// Weekly periods per hours of operation: seven days with four spans each.
pub const PERIODS_MAX: usize = 28;

/// Items per page when the client does not say.
pub const PAGE_ITEMS_DEFAULT: u32 = 50;

/// The most items per page.
pub const PAGE_ITEMS_MAX: u32 = 100;

/// Free numbers shown in one search: enough to choose from, few enough to read.
pub const AVAILABLE_NUMBERS_MAX: u32 = 10;

/// Phone numbers one tenant may claim; the lab inventory is shared by everybody who tries Offhook out.
pub const PHONE_NUMBERS_MAX: usize = 20;

/// API keys per tenant.
pub const API_KEYS_MAX: usize = 50;

/// Passwords hashed at the same time: Argon2id takes 19 MiB and some 30 ms of a core each.
pub const HASHES_AT_ONCE_MAX: usize = 2;

/// Requests that may wait for a hash; one more is told to come back.
pub const HASHES_WAITING_MAX: usize = 64;

/// Of those under way and waiting, one address may have so many.
pub const HASHES_PER_ADDRESS_MAX: usize = 8;

/// A session lasts so long after sign-in.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(14 * 24);

/// A password reset can be used for so long.
pub const RESET_LIFETIME: Duration = Duration::from_mins(60);

/// First responses are kept for so long under their idempotency key.
pub const IDEMPOTENCY_LIFETIME: Duration = Duration::from_hours(7 * 24);

/// The longest idempotency key in characters.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 64;

/// The largest response that is kept under an idempotency key, in bytes; every creating operation stays far below.
pub const IDEMPOTENCY_RESPONSE_BYTES_MAX: usize = 64 * 1024;

/// Attempts to sign in (that fail), sign up or reset a password per address and window; behind one NAT sits a whole
/// office.
pub const ATTEMPTS_PER_ADDRESS_MAX: u32 = 30;

/// The same for all IPv6 addresses of a site, a /48: whoever has one has 65,536 blocks of addresses.
pub const ATTEMPTS_PER_SITE_MAX: u32 = 300;

/// Failed attempts to sign in as one user from one address and window.
pub const ATTEMPTS_PER_USER_AND_ADDRESS_MAX: u32 = 10;

/// Failed attempts to sign in as one user, from wherever, until further ones are slowed down.
pub const ATTEMPTS_PER_USER_AT_ONCE: u32 = 10;

/// Each attempt beyond them waits so much longer.
pub const SLOW_DOWN_STEP: Duration = Duration::from_millis(250);

/// And none longer than this: the user among them is to get in.
pub const SLOW_DOWN_MAX: Duration = Duration::from_secs(3);

/// Mails with a link to reset a password, per user and window.
pub const RESET_MAILS_MAX: u32 = 3;

/// The window in which attempts are counted.
pub const ATTEMPTS_WINDOW: Duration = Duration::from_mins(5);

/// Addresses, users and pairs of them that are remembered for rate limiting, each; the one whose window began first is
/// forgotten for a new one.
pub const ATTEMPT_KEYS_MAX: usize = 10_000;

/// Live sockets per tenant.
pub const LIVE_SOCKETS_PER_TENANT_MAX: usize = 2000;

/// Live sockets per user: several tabs, not a leak.
pub const LIVE_SOCKETS_PER_USER_MAX: usize = 10;

/// Frames a live socket may lag behind before it is closed as too slow.
pub const LIVE_FRAMES_BEHIND_MAX: usize = 1024;

/// Frames that are remembered for clients that come back.
pub const LIVE_FRAMES_REMEMBERED_MAX: usize = 4096;

/// The largest message a live client may send, in bytes: a heartbeat.
pub const LIVE_CLIENT_MESSAGE_BYTES_MAX: usize = 1024;

/// What a live socket reads at once, in bytes: the largest message and its frame. The buffer is cleared before each
/// read and kept for as long as the socket stands; the library's own 128 KiB cost a tenth of the time of all requests.
pub const LIVE_READ_BUFFER_BYTES: usize = 2 * LIVE_CLIENT_MESSAGE_BYTES_MAX;

/// Messages of a live client between two looks at its session, pings included: more than ten times what a page sends. Each ping
/// has an answer, and a client that reads none would have them all kept.
pub const LIVE_CLIENT_MESSAGES_MAX: u32 = 200;

/// What waits for a live client to be read, in bytes: the snapshot of a large tenant and the changes after it.
pub const LIVE_UNSENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A live socket on which nothing was heard for so long is closed: two pings went unanswered.
pub const LIVE_SILENCE_MAX: Duration = Duration::from_secs(75);

/// A client that takes a frame in for so long is gone.
pub const LIVE_SEND_MAX: Duration = Duration::from_secs(10);

/// How often those who look at the whole are told of it at most: under load they see every change a little later, and
/// pay for one frame a change instead of one an event.
pub const LIVE_BOARD_EVERY: Duration = Duration::from_millis(100);

/// So many batches of events are taken into the live view together at most.
pub const LIVE_BATCHES_AT_ONCE_MAX: usize = 64;

/// How often a live socket looks whether its session still stands, and pings its client.
pub const LIVE_SESSION_CHECK: Duration = Duration::from_secs(30);

/// A tenant's live fold is kept for so long after its last socket, so that a reload can resume.
pub const LIVE_HUB_IDLE: Duration = Duration::from_secs(60);

/// Usage is summed over at most so many days at once: a leap year.
pub const USAGE_DAYS_MAX: i32 = 366;
