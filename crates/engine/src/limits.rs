//! What an engine may not exceed, and why.

use std::time::Duration;

/// A customer's leg that was answered is up after so long or never: longer than any retransmission of SIP (32 s).
pub const CUSTOMER_CONNECT_TIMEOUT: Duration = Duration::from_secs(40);

/// A call of ours rings for so long unless it is said how long: whoever has not answered by then has voicemail or is
/// not there.
pub const RING_TIMEOUT: Duration = Duration::from_secs(60);

/// A call of ours rings no shorter than this, which is three rings…
pub const RING_TIMEOUT_MIN: Duration = Duration::from_secs(15);

/// … and no longer than this: carriers give up then themselves.
pub const RING_TIMEOUT_MAX: Duration = Duration::from_secs(60);

/// Emergency calls of a tenant beyond its limit of contacts: nobody is to be kept from help, and nobody to place calls
/// without end by such numbers.
pub const EMERGENCY_CONTACTS: usize = 16;

/// An agent who accepted has audio after so long, or the contact goes to another: the line stands already, and a page
/// that was reloaded needs a few seconds to bring it back.
pub const AGENT_CONNECT_TIMEOUT: Duration = Duration::from_secs(8);

/// The end of a prompt is told by the node that plays it; after so long, beyond the length of any prompt, it was lost.
pub const PLAYBACK_MAX: Duration = Duration::from_secs(10 * 60);

/// While contacts are open, a crash loses at most so much metered time.
pub const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);

/// After-contact work cannot be extended beyond this: a forgotten contact must not keep an agent from work all day.
pub const AFTER_CONTACT_WORK_MAX: Duration = Duration::from_secs(30 * 60);

/// A contact that may no longer wait but is just offered is looked at again after so long.
pub const WAIT_MAX_RETRY: Duration = Duration::from_secs(5);

/// The priority of a contact whose agent was lost: ahead of all that never had one.
pub const PRIORITY_AFTER_LOSS: u8 = 1;
