//! Session descriptions that cannot be used, and what their senders are told (RFC 3261 section 20.43).

use media::sdp::NegotiateError;
use sip::StatusCode;
use sip::endpoint::Warning;

/// A body is no session description that can be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct UnusableSdp {
    /// The status that refuses an offer like it.
    pub(super) status: StatusCode,
    /// What its sender is told.
    pub(super) warning: Option<Warning>,
}

impl UnusableSdp {
    /// It was expected and did not come.
    pub(super) const MISSING: Self = Self::warned(399, "a session description is missing");
    /// It is no session description at all.
    pub(super) const UNREADABLE: Self = Self::warned(399, "the body is no session description");

    const fn warned(code: u16, text: &'static str) -> Self {
        Self {
            status: StatusCode::NOT_ACCEPTABLE_HERE,
            warning: Some(Warning { code, text }),
        }
    }
}

impl From<StatusCode> for UnusableSdp {
    fn from(status: StatusCode) -> Self {
        Self {
            status,
            warning: None,
        }
    }
}

impl From<NegotiateError> for UnusableSdp {
    fn from(error: NegotiateError) -> Self {
        let (code, text) = match error {
            NegotiateError::OutOfStep => return StatusCode::REQUEST_PENDING.into(),
            NegotiateError::AddressFamily => (300, "no address of this family is reached from here"),
            NegotiateError::AddressMissing => (301, "the connection address must be a number"),
            NegotiateError::AddressMulticast => (330, "multicast is not available"),
            NegotiateError::AddressUnusable => (301, "the connection address must be a host's"),
            NegotiateError::LinesDiffer => (399, "the answer does not match the offer"),
            NegotiateError::NoAudio => (304, "no line of audio over RTP"),
            NegotiateError::NoCommonCodec => (305, "no codec in common"),
            NegotiateError::Refused => (399, "audio was refused"),
            NegotiateError::SecureTransportIncomplete => (302, "the secure transport is incomplete"),
        };
        Self::warned(code, text)
    }
}
