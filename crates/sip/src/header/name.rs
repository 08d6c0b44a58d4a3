use std::fmt;

use crate::parse::{SyntaxError, is_token};

macro_rules! header_names {
    ($($variant:ident = $name:literal $(| $compact:literal)?,)*) => {
        /// The name of a header field; the compact form and the letter case of a message are not kept.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum HeaderName {
            $(
                #[doc = concat!("`", $name, "`")]
                $variant,
            )*
            /// A header field this crate has no use for.
            Other(ExtensionHeader),
        }

        impl HeaderName {
            /// Returns the full form of the name.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => &name.spelling,
                }
            }

            fn known(text: &str) -> Option<Self> {
                $(
                    if text.eq_ignore_ascii_case($name) $(|| text.eq_ignore_ascii_case($compact))? {
                        return Some(Self::$variant);
                    }
                )*
                None
            }
        }
    };
}

header_names! {
    Via = "Via" | "v",
    From = "From" | "f",
    To = "To" | "t",
    CallId = "Call-ID" | "i",
    CSeq = "CSeq",
    Contact = "Contact" | "m",
    ContentLength = "Content-Length" | "l",
    ContentType = "Content-Type" | "c",
    MaxForwards = "Max-Forwards",
    Accept = "Accept",
    AcceptContact = "Accept-Contact" | "a",
    AcceptEncoding = "Accept-Encoding",
    AcceptLanguage = "Accept-Language",
    AlertInfo = "Alert-Info",
    Allow = "Allow",
    AllowEvents = "Allow-Events" | "u",
    AuthenticationInfo = "Authentication-Info",
    Authorization = "Authorization",
    CallInfo = "Call-Info",
    ContentDisposition = "Content-Disposition",
    ContentEncoding = "Content-Encoding" | "e",
    ContentLanguage = "Content-Language",
    Date = "Date",
    Diversion = "Diversion",
    ErrorInfo = "Error-Info",
    Event = "Event" | "o",
    Expires = "Expires",
    HistoryInfo = "History-Info",
    Identity = "Identity" | "y",
    InReplyTo = "In-Reply-To",
    MimeVersion = "MIME-Version",
    MinExpires = "Min-Expires",
    MinSe = "Min-SE",
    Organization = "Organization",
    PAccessNetworkInfo = "P-Access-Network-Info",
    PAssertedIdentity = "P-Asserted-Identity",
    PPreferredIdentity = "P-Preferred-Identity",
    Path = "Path",
    Priority = "Priority",
    Privacy = "Privacy",
    ProxyAuthenticate = "Proxy-Authenticate",
    ProxyAuthorization = "Proxy-Authorization",
    ProxyRequire = "Proxy-Require",
    RAck = "RAck",
    Reason = "Reason",
    RecordRoute = "Record-Route",
    ReferSub = "Refer-Sub",
    ReferTo = "Refer-To" | "r",
    ReferredBy = "Referred-By" | "b",
    RejectContact = "Reject-Contact" | "j",
    RemotePartyId = "Remote-Party-ID",
    Replaces = "Replaces",
    ReplyTo = "Reply-To",
    RequestDisposition = "Request-Disposition" | "d",
    Require = "Require",
    RetryAfter = "Retry-After",
    Route = "Route",
    RSeq = "RSeq",
    Server = "Server",
    ServiceRoute = "Service-Route",
    SessionExpires = "Session-Expires" | "x",
    SipETag = "SIP-ETag",
    SipIfMatch = "SIP-If-Match",
    Subject = "Subject" | "s",
    SubscriptionState = "Subscription-State",
    Supported = "Supported" | "k",
    Timestamp = "Timestamp",
    Unsupported = "Unsupported",
    UserAgent = "User-Agent",
    Warning = "Warning",
    WwwAuthenticate = "WWW-Authenticate",
}

/// The name of a header field without a variant of its own; compares without regard to case.
#[derive(Clone, Debug)]
pub struct ExtensionHeader {
    spelling: Box<str>,
}

impl HeaderName {
    /// Reads a name in full or compact form, in any letter case.
    pub fn parse(text: &[u8]) -> Result<Self, SyntaxError> {
        let text = str::from_utf8(text)
            .ok()
            .filter(|text| is_token(text.as_bytes()))
            .ok_or(SyntaxError::Expected("a header name"))?;
        Ok(Self::known(text).unwrap_or_else(|| {
            Self::Other(ExtensionHeader {
                spelling: text.into(),
            })
        }))
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for HeaderName {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text.as_bytes())
    }
}

impl ExtensionHeader {
    fn folded(&self) -> impl Iterator<Item = u8> {
        self.spelling.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for ExtensionHeader {
    fn eq(&self, other: &Self) -> bool {
        self.spelling.eq_ignore_ascii_case(&other.spelling)
    }
}

impl Eq for ExtensionHeader {}

impl std::hash::Hash for ExtensionHeader {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.folded().for_each(|byte| state.write_u8(byte));
    }
}

impl PartialOrd for ExtensionHeader {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ExtensionHeader {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.folded().cmp(other.folded())
    }
}
