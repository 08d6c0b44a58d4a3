//! What an exchange takes and what it yields.

use std::net::SocketAddr;

use crate::Codec;

use super::{Candidate, Direction, Fingerprint, IceCredentials, Setup};

/// Our side of an audio stream.
#[derive(Clone, Debug)]
pub struct LocalMedia {
    /// The session id of `o=`, constant for the dialog.
    pub session_id: u64,
    /// Where packets of the peer are received; it must be able to send to the same address family.
    pub address: SocketAddr,
    /// The codecs allowed, best first.
    pub codecs: Vec<Codec>,
    /// What we do with audio, seen from us.
    pub direction: Direction,
    /// The SSRC of the packets we send.
    pub ssrc: u32,
    /// The name of the sender in `a=ssrc` and RTCP.
    pub cname: String,
    /// Present when the peer is a browser.
    pub webrtc: Option<WebRtcLocal>,
}

/// Our side of a browser's secure transport; we are always ICE-lite with one host candidate.
#[derive(Clone, Debug)]
pub struct WebRtcLocal {
    /// Our credentials for connectivity checks.
    pub ice: IceCredentials,
    /// The hash of our DTLS certificate.
    pub fingerprint: Fingerprint,
    /// The role we take when the peer leaves it to us: `Active` or `Passive`.
    pub preferred_setup: Setup,
}

/// What both sides agreed on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Negotiated {
    /// The codec.
    pub codec: Codec,
    /// The payload types of what we send, as the peer numbered them.
    pub send: PayloadTypes,
    /// The payload types of what we receive.
    pub receive: PayloadTypes,
    /// What we do with audio, seen from us.
    pub direction: Direction,
    /// Where the peer receives; absent on hold by address and for browsers.
    pub remote: Option<SocketAddr>,
    /// RTCP shares the port of RTP.
    pub rtcp_mux: bool,
    /// The peer's side of the secure transport.
    pub webrtc: Option<WebRtcRemote>,
}

/// The payload types of one way of an audio stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PayloadTypes {
    /// The codec's.
    pub audio: u8,
    /// The telephone events' (RFC 4733) of the same clock rate.
    pub telephone_event: Option<u8>,
}

/// The browser's side of the secure transport.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebRtcRemote {
    /// The peer's credentials for connectivity checks.
    pub ice: IceCredentials,
    /// The hashes its DTLS certificate may have; never empty.
    pub fingerprints: Vec<Fingerprint>,
    /// Our role in the handshake: `Active` or `Passive`.
    pub local_setup: Setup,
    /// The addresses it named.
    pub candidates: Vec<Candidate>,
}

/// Why an exchange failed; the dialog goes on as before.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NegotiateError {
    /// No media line is audio over the transport we use.
    #[error("no media line is audio over the expected transport")]
    NoAudio,
    /// The audio line has none of our codecs.
    #[error("no codec in common")]
    NoCommonCodec,
    /// The browser's line lacks usable ICE credentials, a fingerprint or a role.
    #[error("the secure transport is incomplete")]
    SecureTransportIncomplete,
    /// The peer names no address by number: no host name is looked up.
    #[error("the connection has no numeric address")]
    AddressMissing,
    /// The peer's address is a group's.
    #[error("the connection address is a multicast address")]
    AddressMulticast,
    /// The peer's address is of the family that we do not send from here.
    #[error("the connection address is of the other address family")]
    AddressFamily,
    /// The peer's address is no host's, such as a broadcast address or `::`.
    #[error("the connection address is no host's")]
    AddressUnusable,
    /// The answer refuses our audio line.
    #[error("the audio line was refused")]
    Refused,
    /// The answer has another number of media lines than the offer.
    #[error("the answer does not match the offer's media lines")]
    LinesDiffer,
    /// There is no offer to answer, or ours is still open (RFC 3264 section 4).
    #[error("offer and answer are out of step")]
    OutOfStep,
}
