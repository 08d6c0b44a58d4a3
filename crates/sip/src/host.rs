use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::parse::SyntaxError;

/// The host of a URI or of a Via: a domain name in lower case or an IP address (RFC 3261 §25.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A domain name, kept in lower case because names compare without regard to case.
    Name(HostName),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address, printed in brackets.
    V6(Ipv6Addr),
}

/// A domain name in lower case: labels of letters, digits, hyphens and underscores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Box<str>);

impl Host {
    /// Reads a host; an IPv6 address must stand in brackets.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        if let Some(inner) = text.strip_prefix('[') {
            let address = inner
                .strip_suffix(']')
                .ok_or(SyntaxError::Unclosed("an IPv6 address"))?;
            return parse_v6(address).map(Self::V6);
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::V4(address));
        }
        HostName::parse(text).map(Self::Name)
    }

    /// Returns the address when the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
        }
    }
}

impl HostName {
    fn parse(text: &str) -> Result<Self, SyntaxError> {
        let labels = text.strip_suffix('.').unwrap_or(text);
        let is_label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                // Underscores are no letters of RFC 1123, yet operators name hosts with them.
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        if labels.split('.').all(is_label) {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(SyntaxError::Expected("a host"))
        }
    }

    /// Returns the name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name.as_str()),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

fn parse_v6(text: &str) -> Result<Ipv6Addr, SyntaxError> {
    // RFC 5118 §4.10: the grammar of RFC 3261 lets three colons through, and receivers should take them.
    let text = text.replacen(":::", "::", 1);
    text.parse().map_err(|_| SyntaxError::Expected("an IPv6 address"))
}
