//! What became of legs.

use std::net::SocketAddr;

use media::PlayKey;
use model::{DisconnectReason, LegId, LineId, TrunkId};
use sip::endpoint::AdmissionRequest;
use sip::{NameAddr, RegistrationId, RegistrationState, Uri};

use crate::port::{EchoTestId, MediaPort};

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// Somebody wants something over SIP: decide with `Admit`, `Challenge`, `CheckDigest`, `Refuse` or `Ignore`.
    AdmissionAsked(Box<AdmissionRequest>),
    /// An admitted call waits for `AnswerCall` or `Reject`; it offers audio that we can take, or wants our offer.
    Arrived(Box<Arrival>),
    /// The peer of a leg pressed a key.
    Digit {
        /// The leg.
        leg: LegId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
    },
    /// An echo test is over, in whichever way.
    EchoTestEnded {
        /// The test.
        echo_test: EchoTestId,
    },
    /// A leg carries audio both ways.
    LegConnected {
        /// The leg.
        leg: LegId,
    },
    /// A leg is over. Told once for each leg, also for one that was hung up by command.
    LegEnded {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: DisconnectReason,
    },
    /// Somebody whom we call is being told: the carrier says that it rings (180) or lets something be heard (183). May
    /// be told repeatedly, and not at all.
    LegRinging {
        /// The leg.
        leg: LegId,
    },
    /// The browser closed its line.
    LineClosed {
        /// The line.
        line: LineId,
    },
    /// A line that was being opened never stood.
    LineFailed {
        /// The line.
        line: LineId,
    },
    /// A line stopped answering; it does not come back under this name.
    LineLost {
        /// The line.
        line: LineId,
    },
    /// A line stands; legs can start on it.
    LineOpened {
        /// The line.
        line: LineId,
        /// From the offer to now.
        connect_ms: u32,
    },
    /// A playback reached its end.
    PlayFinished {
        /// The leg.
        leg: LegId,
        /// The playback.
        play: PlayKey,
    },
    /// A port that came with a command was not put to use, and can be closed.
    PortUnused {
        /// The port.
        port: MediaPort,
    },
    /// A registration is on, off or in trouble.
    RegistrationChanged {
        /// The registration.
        registration: RegistrationId,
        /// How it stands now.
        state: RegistrationState,
    },
}

/// A call that arrived over SIP.
#[derive(Debug)]
pub struct Arrival {
    /// The leg, as the command that let it in named it.
    pub leg: LegId,
    /// Who calls, by what the trunk vouches for (P-Asserted-Identity).
    pub asserted: Option<NameAddr>,
    /// Who says to call.
    pub from: NameAddr,
    /// The caller's identity is not to be shown (RFC 3323).
    pub is_private: bool,
    /// Who is wanted.
    pub request_uri: Uri,
    /// Where the call came from.
    pub source: SocketAddr,
    /// Who was called at first.
    pub to: NameAddr,
    /// The trunk it came over.
    pub trunk: TrunkId,
}
