//! Session descriptions (RFC 8866) and their offer/answer exchange (RFC 3264), for one stream.
//!
//! [`SessionDescription`] is what the wire said, [`OfferAnswer`] the machine that turns two of them
//! into a [`Negotiated`] audio stream. Other media lines are kept only as far as an answer must
//! repeat them with port 0.

mod agreement;
mod attribute;
mod negotiate;
mod parse;
mod print;
mod select;
mod value;

use std::net::IpAddr;

pub use self::agreement::{LocalMedia, NegotiateError, Negotiated, PayloadTypes, WebRtcLocal, WebRtcRemote};
pub use self::attribute::{Candidate, Direction, Fingerprint, IceCredentials, Setup};
pub use self::negotiate::OfferAnswer;
pub use self::parse::ParseSdpError;

/// A session description.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionDescription {
    /// The `o=` line.
    pub origin: Origin,
    /// The session's `c=` address; absent when missing or a host name.
    pub connection: Option<IpAddr>,
    /// `a=ice-lite`.
    pub ice_lite: bool,
    /// The mids of the first `a=group:BUNDLE`.
    pub bundle: Vec<String>,
    /// The media lines in order.
    pub media: Vec<MediaDescription>,
}

/// The `o=` line of a session description, as far as it is used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin {
    /// The session id, which a dialog keeps.
    pub session_id: u64,
    /// The version, which grows with each change (RFC 3264 section 8).
    pub session_version: u64,
    /// The address; only Offhook's own is kept, a peer's may be a host name and is unspecified then.
    pub address: IpAddr,
}

/// One media line with its attributes; session-level defaults are already filled in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MediaDescription {
    /// The media type, `audio` for ours.
    pub kind: String,
    /// The port; 0 refuses or ends the stream.
    pub port: u16,
    /// The transport protocol, such as `RTP/AVP` or `UDP/TLS/RTP/SAVPF`.
    pub protocol: String,
    /// The format list as written, for a refusal to repeat.
    pub format_list: Vec<String>,
    /// The formats whose payload type and encoding are known, in order of preference.
    pub formats: Vec<Format>,
    /// The `c=` address that holds here; absent when missing or a host name.
    pub connection: Option<IpAddr>,
    /// The direction; `sendrecv` unless said otherwise.
    pub direction: Direction,
    /// `a=ptime` in ms.
    pub ptime_ms: Option<u16>,
    /// `a=mid`.
    pub mid: Option<String>,
    /// `a=rtcp-mux`: RTCP shares the port (RFC 5761).
    pub rtcp_mux: bool,
    /// `a=ice-ufrag` and `a=ice-pwd`.
    pub ice: Option<IceCredentials>,
    /// `a=fingerprint`, in order.
    pub fingerprints: Vec<Fingerprint>,
    /// `a=setup`.
    pub setup: Option<Setup>,
    /// `a=candidate`, in order.
    pub candidates: Vec<Candidate>,
    /// `a=end-of-candidates`.
    pub end_of_candidates: bool,
    /// The first `a=ssrc`, with its cname.
    pub ssrc: Option<(u32, String)>,
    /// `a=msid`.
    pub msid: Option<String>,
}

/// One payload type of a media line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Format {
    /// The RTP payload type, 0 to 127.
    pub payload_type: u8,
    /// The encoding name as written; compared without case.
    pub encoding: String,
    /// The clock rate in Hz.
    pub clock_rate_hz: u32,
    /// The channel count; one unless written.
    pub channel_count: u8,
    /// `a=fmtp` for this payload type.
    pub parameters: Option<String>,
}

impl MediaDescription {
    /// The line that refuses this one (RFC 3264 section 6).
    fn refusal(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            port: 0,
            protocol: self.protocol.clone(),
            format_list: self.format_list.clone(),
            formats: Vec::new(),
            connection: None,
            direction: Direction::Inactive,
            ptime_ms: None,
            mid: self.mid.clone(),
            rtcp_mux: false,
            ice: None,
            fingerprints: Vec::new(),
            setup: None,
            candidates: Vec::new(),
            end_of_candidates: false,
            ssrc: None,
            msid: None,
        }
    }
}
