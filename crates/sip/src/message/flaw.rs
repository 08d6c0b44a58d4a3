use super::StatusCode;
use crate::header::HeaderError;
use crate::parse::SyntaxError;

/// Says why a message of a peer cannot be accepted; its text names no word of the peer's and serves
/// as reason phrase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A CR or LF stands alone among the header fields.
    #[error("Bare Line End")]
    BareLineEnd,
    /// The datagram ends before the body does.
    #[error("Body Shorter Than Content-Length")]
    BodyTooShort,
    /// The method of CSeq is not that of the request.
    #[error("CSeq Method Mismatch")]
    CSeqMethodMismatch,
    /// A branch is the magic cookie and nothing else.
    #[error("Empty Branch")]
    EmptyBranch,
    /// A header field that every message needs is absent, repeated or malformed.
    #[error("{}", .0.phrase())]
    Header(#[from] HeaderError),
    /// A line is no header field: it has no colon, or its name is no token.
    #[error("Malformed Header Line")]
    HeaderLine,
    /// No empty line ends the header fields.
    #[error("Header Fields Unfinished")]
    HeadersUnfinished,
    /// A line is longer than [`crate::limits::LINE_BYTES_MAX`].
    #[error("Header Line Too Long")]
    LineTooLong,
    /// Content-Length is no number of digits, or on a stream its name is parted from its colon.
    #[error("Malformed Content-Length")]
    MalformedContentLength,
    /// The message is longer than [`crate::limits::MESSAGE_BYTES_MAX`].
    #[error("Message Too Large")]
    MessageTooLarge,
    /// A message on a stream has no Content-Length (RFC 3261 §18.3).
    #[error("Missing Content-Length")]
    MissingContentLength,
    /// The text is no SIP message.
    #[error("Not SIP")]
    NotSip,
    /// Content-Length is present more than once.
    #[error("Repeated Content-Length")]
    RepeatedContentLength,
    /// The request line does not follow its grammar.
    #[error("Malformed Request Line")]
    RequestLine,
    /// The Request-URI does not follow its grammar, or carries header fields.
    #[error("Malformed Request-URI")]
    RequestUri(#[source] SyntaxError),
    /// The status line does not follow its grammar, or its code is not 100 to 699.
    #[error("Malformed Status Line")]
    StatusLine,
    /// There are more header fields than [`crate::limits::HEADER_COUNT_MAX`].
    #[error("Too Many Header Fields")]
    TooManyHeaders,
    /// There are more Vias than [`crate::limits::VIA_COUNT_MAX`], or more than one in a response,
    /// which was then not meant for us (RFC 3261 §8.1.3.3).
    #[error("Too Many Vias")]
    TooManyVias,
    /// The Via of a response names a broadcast, multicast or unspecified address.
    #[error("Unroutable Via")]
    UnroutableVia,
    /// The version is not SIP/2.0.
    #[error("Version Not Supported")]
    UnsupportedVersion,
}

impl Flaw {
    /// Returns the status code that answers a request with this flaw.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::UnsupportedVersion => StatusCode::VERSION_NOT_SUPPORTED,
            Self::MessageTooLarge => StatusCode::MESSAGE_TOO_LARGE,
            Self::BareLineEnd
            | Self::BodyTooShort
            | Self::CSeqMethodMismatch
            | Self::EmptyBranch
            | Self::Header(_)
            | Self::HeaderLine
            | Self::HeadersUnfinished
            | Self::LineTooLong
            | Self::MalformedContentLength
            | Self::MissingContentLength
            | Self::NotSip
            | Self::RepeatedContentLength
            | Self::RequestLine
            | Self::RequestUri(_)
            | Self::StatusLine
            | Self::TooManyHeaders
            | Self::TooManyVias
            | Self::UnroutableVia => StatusCode::BAD_REQUEST,
        }
    }
}
