//! URIs of SIP: `sip:`, `sips:`, `tel:` and whatever else a peer may name (RFC 3261 §19.1, RFC 3966).

mod compare;
mod escape;
mod parse;

use std::fmt;

pub use self::escape::{escape_user, unescape};
pub(crate) use self::parse::parse_port;
use crate::host::Host;
use crate::params::Params;
use crate::parse::SyntaxError;

/// A URI, whose escapes stay as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    /// A `sip:` or `sips:` URI.
    Sip(SipUri),
    /// A `tel:` URI (RFC 3966).
    Tel(TelUri),
    /// A URI of another scheme, well formed but opaque to us.
    Other(OtherUri),
}

/// A `sip:` or `sips:` URI (RFC 3261 §19.1.1); `==` compares spelling, [`Uri::is_equivalent`] meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipUri {
    pub(crate) is_secure: bool,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// The host, which is never absent.
    pub host: Host,
    /// The port, when one is written.
    pub port: Option<u16>,
    /// The parameters with their escapes, such as `transport` and `lr`.
    pub params: Params,
    pub(crate) headers: Vec<(String, String)>,
}

/// A `tel:` URI: the number as written, visual separators included, and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TelUri {
    pub(crate) number: String,
    /// The parameters, such as `phone-context`.
    pub params: Params,
}

/// A URI of a scheme that SIP gives no meaning to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherUri {
    pub(crate) scheme: String,
    pub(crate) opaque: String,
}

/// The scheme of a URI.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// `sip`
    Sip,
    /// `sips`
    Sips,
    /// `tel`
    Tel,
    /// Another scheme, in lower case.
    Other(String),
}

impl Uri {
    /// Makes a `sip:` URI without port, parameters and headers; `user` is escaped as needed.
    pub fn sip(user: Option<&str>, host: Host) -> Self {
        Self::Sip(SipUri {
            is_secure: false,
            user: user.map(escape_user),
            password: None,
            host,
            port: None,
            params: Params::new(),
            headers: Vec::new(),
        })
    }

    /// Reads a URI; white space anywhere is an error.
    pub fn parse(text: &[u8]) -> Result<Self, SyntaxError> {
        parse::uri(text)
    }

    /// Sets the port of a `sip:` or `sips:` URI; other schemes have none and stay as they are.
    pub fn with_port(mut self, port: u16) -> Self {
        if let Self::Sip(uri) = &mut self {
            uri.port = Some(port);
        }
        self
    }

    /// Sets a URI parameter, escaping its value; none makes it a flag. No effect on an opaque URI.
    pub fn with_param(mut self, name: &str, value: Option<&str>) -> Self {
        let value = value.map(escape::escape_param);
        match &mut self {
            Self::Sip(SipUri { params, .. }) | Self::Tel(TelUri { params, .. }) => {
                params.set_bare(name, value.as_deref());
            }
            Self::Other(_) => {}
        }
        self
    }

    /// Returns the scheme.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Sip(uri) if uri.is_secure => Scheme::Sips,
            Self::Sip(_) => Scheme::Sip,
            Self::Tel(_) => Scheme::Tel,
            Self::Other(uri) => Scheme::Other(uri.scheme.clone()),
        }
    }

    /// Returns the `sip:` or `sips:` URI, if it is one.
    pub fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            Self::Tel(_) | Self::Other(_) => None,
        }
    }

    /// Returns the user part of a SIP URI or the number of a `tel:` URI, escapes as written.
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::Sip(uri) => uri.user(),
            Self::Tel(uri) => Some(uri.number()),
            Self::Other(_) => None,
        }
    }

    /// Returns the host of a SIP URI.
    pub fn host(&self) -> Option<&Host> {
        self.as_sip().map(|uri| &uri.host)
    }

    /// Returns the port of a SIP URI, when one is written.
    pub fn port(&self) -> Option<u16> {
        self.as_sip()?.port
    }

    /// Returns the value of a URI parameter, escapes as written.
    pub fn param(&self, name: &str) -> Option<&str> {
        match self {
            Self::Sip(SipUri { params, .. }) | Self::Tel(TelUri { params, .. }) => params.get(name),
            Self::Other(_) => None,
        }
    }

    /// Whether both name the same resource by the rules of RFC 3261 §19.1.4 or RFC 3966 §4.
    pub fn is_equivalent(&self, other: &Self) -> bool {
        compare::is_equivalent(self, other)
    }
}

impl SipUri {
    /// Whether the scheme is `sips`.
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Returns the user part, escapes as written.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Returns the password, which only old peers send.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// Returns the `?name=value` headers in order, escapes as written.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Whether the URI names a loose router (RFC 3261 §19.1.1).
    pub fn is_loose_router(&self) -> bool {
        self.params.contains("lr")
    }

    /// Removes the headers, which no Request-URI, From, To or dialog target may carry.
    pub fn remove_headers(&mut self) {
        self.headers.clear();
    }
}

impl TelUri {
    /// Returns the number as written, with its visual separators.
    pub fn number(&self) -> &str {
        &self.number
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(uri) => write!(f, "{uri}"),
            Self::Tel(uri) => {
                write!(f, "tel:{}", uri.number)?;
                write_params(&uri.params, f)
            }
            Self::Other(uri) => write!(f, "{}:{}", uri.scheme, uri.opaque),
        }
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.user {
            f.write_str(user)?;
            if let Some(password) = &self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        write!(f, "{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write_params(&self.params, f)?;
        for (index, (name, value)) in self.headers.iter().enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            write!(f, "{separator}{name}={value}")?;
        }
        Ok(())
    }
}

fn write_params(params: &Params, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for param in params.iter() {
        write!(f, ";{}", param.name())?;
        if let Some(value) = param.value() {
            write!(f, "={value}")?;
        }
    }
    Ok(())
}

impl From<SipUri> for Uri {
    fn from(uri: SipUri) -> Self {
        Self::Sip(uri)
    }
}

impl std::str::FromStr for Uri {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text.as_bytes())
    }
}
