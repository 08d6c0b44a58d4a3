//! What a worker is told and what it tells.

use std::net::SocketAddr;

use crate::codec::Codec;
use crate::playback::Prompt;
use crate::rtp_leg::Latching;
use crate::sdp::{Direction, IceCredentials, Negotiated, PayloadTypes, WebRtcRemote};
use crate::webrtc::{FailReason, WebRtcLeg};

use super::LegStats;

/// Names a leg of a worker; chosen by the owner and never used twice.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct LegKey(pub u64);

/// Names a UDP socket of the owner.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct SocketKey(pub u32);

/// Names one playback, so that its end is not taken for another's.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct PlayKey(pub u64);

/// Names one of a node's workers: 0 to one less than their number.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct WorkerKey(pub u16);

/// What the last offer/answer exchange says about a leg's audio.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LegAudio {
    /// The codec both ways.
    pub codec: Codec,
    /// The payload types of what the leg is sent.
    pub send: PayloadTypes,
    /// The payload types of what it sends.
    pub receive: PayloadTypes,
    /// Which way audio flows, seen from us.
    pub direction: Direction,
    /// Reports may share the port.
    pub rtcp_mux: bool,
}

impl From<&Negotiated> for LegAudio {
    fn from(negotiated: &Negotiated) -> Self {
        Self {
            codec: negotiated.codec,
            send: negotiated.send,
            receive: negotiated.receive,
            direction: negotiated.direction,
            rtcp_mux: negotiated.rtcp_mux,
        }
    }
}

/// The source a leg hears; constant for its life, as its session description said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamIdentity {
    /// The synchronisation source.
    pub ssrc: u32,
    /// Its name in reports.
    pub cname: String,
}

/// Something a worker is to do. A command about a leg that is gone does nothing: it was late.
pub enum WorkerCommand {
    /// Adds a plain leg, alone on its socket.
    AddRtpLeg {
        /// The new leg.
        leg: LegKey,
        /// Its socket.
        socket: SocketKey,
        /// The signalled address of the peer, if known.
        remote: Option<SocketAddr>,
        /// Which other addresses are taken.
        latching: Latching,
        /// What the peer hears.
        identity: StreamIdentity,
        /// The negotiated audio.
        audio: LegAudio,
    },
    /// Adds a browser's line, on a socket it shares with others.
    AddWebRtcLeg {
        /// The new leg.
        leg: LegKey,
        /// The shared socket.
        socket: SocketKey,
        /// Our ICE user fragment, by which its first packets are known.
        ufrag: String,
        /// The connection.
        line: Box<WebRtcLeg>,
        /// What the peer hears.
        identity: StreamIdentity,
        /// The negotiated audio.
        audio: LegAudio,
    },
    /// Lets two legs hear each other and nobody else; former bridges of both end.
    Bridge {
        /// One leg.
        a: LegKey,
        /// The other.
        b: LegKey,
    },
    /// Lets a leg hear itself; a former bridge of it ends, and [`WorkerCommand::Unbridge`] ends this one.
    Echo {
        /// The leg.
        leg: LegKey,
    },
    /// Keeps a leg from being heard, or no longer.
    Mute {
        /// The leg.
        leg: LegKey,
        /// Whether it is silenced.
        is_muted: bool,
    },
    /// Plays prompts to a leg, instead of what it plays now; it does not hear its bridge meanwhile.
    Play {
        /// The leg.
        leg: LegKey,
        /// Names this playback.
        play: PlayKey,
        /// What to play, in order.
        prompts: Vec<Prompt>,
        /// Starts over after the last prompt, until stopped.
        is_looping: bool,
    },
    /// Removes a leg; [`WorkerEvent::Removed`] follows.
    Remove {
        /// The leg.
        leg: LegKey,
    },
    /// Takes the outcome of a further exchange on a plain leg: hold, retrieve, moved address.
    RenegotiateRtp {
        /// The leg.
        leg: LegKey,
        /// The signalled address of the peer; none on hold by address.
        remote: Option<SocketAddr>,
        /// The negotiated audio.
        audio: LegAudio,
    },
    /// Takes the outcome of a further exchange on a browser's line: an ICE restart, a new page.
    RenegotiateWebRtc {
        /// The leg.
        leg: LegKey,
        /// Our credentials.
        local: IceCredentials,
        /// The peer's side.
        remote: Box<WebRtcRemote>,
        /// The negotiated audio.
        audio: LegAudio,
    },
    /// Presses a key towards a leg.
    SendDigit {
        /// The leg.
        leg: LegKey,
        /// `0`-`9`, `*`, `#`, `A`-`D`; others are ignored.
        digit: char,
    },
    /// Ends a playback, unless another has taken its place.
    StopPlay {
        /// The leg.
        leg: LegKey,
        /// The playback.
        play: PlayKey,
    },
    /// Ends the bridge a leg is in.
    Unbridge {
        /// One of its legs.
        leg: LegKey,
    },
}

/// Something that happened on a worker.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WorkerEvent {
    /// The peer pressed a key.
    Digit {
        /// The leg.
        leg: LegKey,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
    },
    /// Packets of the peer come from, and go to, this address from now on.
    Latched {
        /// The leg.
        leg: LegKey,
        /// The address.
        source: SocketAddr,
    },
    /// The browser ended its line in good order.
    LineClosed {
        /// The leg.
        leg: LegKey,
    },
    /// The browser's line stands.
    LineConnected {
        /// The leg.
        leg: LegKey,
        /// From the offer to now.
        connect_ms: u32,
    },
    /// The browser's line cannot come back without a new offer.
    LineFailed {
        /// The leg.
        leg: LegKey,
        /// Why.
        reason: FailReason,
    },
    /// The browser has fallen silent and may come back.
    LineLost {
        /// The leg.
        leg: LegKey,
    },
    /// The browser came back.
    LineRecovered {
        /// The leg.
        leg: LegKey,
    },
    /// Audio of a plain leg came again after a time-out.
    MediaResumed {
        /// The leg.
        leg: LegKey,
    },
    /// A plain leg that should send has sent nothing for the configured time.
    MediaTimedOut {
        /// The leg.
        leg: LegKey,
    },
    /// A playback reached its end; stopped and replaced ones do not.
    PlayFinished {
        /// The leg.
        leg: LegKey,
        /// The playback.
        play: PlayKey,
    },
    /// The leg was not added: there is no room, or its socket or user fragment is taken.
    Refused {
        /// The leg.
        leg: LegKey,
    },
    /// A change of a line was not carried out, for its user fragment is taken or its secure transport cannot be used;
    /// the line goes on as before (RFC 3264 section 8).
    RenegotiationRefused {
        /// The leg.
        leg: LegKey,
    },
    /// The leg is gone.
    Removed {
        /// The leg.
        leg: LegKey,
        /// Its final figures.
        stats: LegStats,
    },
}

/// A datagram to be sent; it stands in the buffer the call was given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Transmit {
    /// The socket it leaves by.
    pub socket: SocketKey,
    /// Where it goes.
    pub destination: SocketAddr,
    /// It leaves by the port above the socket's own, the one for reports (RFC 3550 section 11).
    pub by_report_port: bool,
    /// Its bytes, from the start of the buffer.
    pub len: usize,
}
