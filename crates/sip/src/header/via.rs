use std::fmt;
use std::net::IpAddr;

use super::HeaderValue;
use super::lists::parse_list;
use crate::host::Host;
use crate::params::Params;
use crate::parse::{Scanner, SyntaxError, is_token_char};

/// What every branch of RFC 3261 begins with (§8.1.1.7).
const MAGIC_COOKIE: &str = "z9hG4bK";

/// One hop a request has taken (RFC 3261 §20.42).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// The transport the request was sent over.
    pub transport: Transport,
    /// Where the sender expects the response.
    pub sent_by: SentBy,
    /// The parameters, such as `branch`, `received` and `rport`.
    pub params: Params,
}

/// Host and port of the sender as it knows them itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SentBy {
    /// The host.
    pub host: Host,
    /// The port; absent means the default of the transport.
    pub port: Option<u16>,
}

/// The transport named in a Via.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
    /// A stream under TLS.
    Tls,
    /// WebSocket (RFC 7118).
    Ws,
    /// WebSocket under TLS.
    Wss,
    /// Another token, in upper case.
    Other(String),
}

impl Via {
    /// Makes a Via with a branch and an empty `rport`, which asks for symmetric response routing.
    pub fn new(transport: Transport, sent_by: SentBy, branch: &str) -> Self {
        let mut params = Params::new();
        params.set("branch", branch);
        params.set_flag("rport");
        Self {
            transport,
            sent_by,
            params,
        }
    }

    /// Returns the branch.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// Whether the branch identifies the transaction by itself: it begins with the magic cookie and
    /// goes on (RFC 3261 §17.2.3).
    pub fn has_unique_branch(&self) -> bool {
        self.branch()
            .and_then(strip_cookie)
            .is_some_and(|rest| !rest.is_empty())
    }

    /// Whether the branch is the magic cookie and nothing else, which identifies nothing.
    pub fn has_empty_branch(&self) -> bool {
        self.branch().and_then(strip_cookie).is_some_and(str::is_empty)
    }

    /// Returns the address the request really came from, as the receiver noted it; brackets around
    /// an IPv6 address are taken too (RFC 5118 §4.5).
    pub fn received(&self) -> Option<IpAddr> {
        let text = self.params.get("received")?;
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        inner.unwrap_or(text).parse().ok()
    }

    /// Returns the source port, as the receiver noted it.
    pub fn rport(&self) -> Option<u16> {
        self.params.get("rport")?.parse().ok()
    }

    /// Reads all values of one header line; there is at least one.
    pub(crate) fn parse_list(value: &[u8]) -> Result<Vec<Self>, SyntaxError> {
        parse_list(value, Self::scan)
    }

    fn scan(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let name = scanner.token("a protocol name")?;
        scanner.expect(b'/', "a protocol version")?;
        let version = scanner.token("a protocol version")?;
        if !name.eq_ignore_ascii_case("SIP") || version != "2.0" {
            return Err(SyntaxError::Expected("SIP/2.0"));
        }
        scanner.expect(b'/', "a transport")?;
        let transport = Transport::from_token(scanner.token("a transport")?);
        let before = scanner.rest().len();
        scanner.skip_whitespace();
        if scanner.rest().len() == before {
            return Err(SyntaxError::Expected("a space before the host"));
        }
        let sent_by = SentBy::scan(scanner)?;
        let params = Params::parse_after_semicolons(scanner)?;
        check_params(&params)?;
        Ok(Self {
            transport,
            sent_by,
            params,
        })
    }
}

impl SentBy {
    fn scan(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let is_bracketed = scanner.peek() == Some(b'[');
        let host = if is_bracketed {
            let inner = scanner.text("a host", |byte| byte != b']' && byte != b' ')?;
            scanner.expect(b']', "the end of an IPv6 address")?;
            Host::parse(&format!("{inner}]"))?
        } else {
            Host::parse(scanner.text("a host", is_token_char)?)?
        };
        let port = if scanner.eat(b':') {
            let digits = scanner.text("a port", |byte| byte.is_ascii_digit())?;
            Some(crate::uri::parse_port(digits)?)
        } else {
            None
        };
        Ok(Self { host, port })
    }
}

impl Transport {
    /// Reads a transport token in any letter case.
    pub fn from_token(token: &str) -> Self {
        let token = token.to_ascii_uppercase();
        match token.as_str() {
            "UDP" => Self::Udp,
            "TCP" => Self::Tcp,
            "TLS" => Self::Tls,
            "WS" => Self::Ws,
            "WSS" => Self::Wss,
            _ => Self::Other(token),
        }
    }

    /// Returns the token in upper case.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
            Self::Other(token) => token,
        }
    }

    /// Whether the transport delivers in order and without loss; unknown ones are taken not to.
    pub fn is_reliable(&self) -> bool {
        match self {
            Self::Tcp | Self::Tls | Self::Ws | Self::Wss => true,
            Self::Udp | Self::Other(_) => false,
        }
    }

    /// Returns the port used when none is written (RFC 3261 §19.1.2, RFC 7118 §4).
    pub fn default_port(&self) -> u16 {
        match self {
            Self::Udp | Self::Tcp | Self::Other(_) => 5060,
            Self::Tls => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
}

impl HeaderValue for Via {
    fn parse(value: &[u8]) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(value);
        scanner.skip_whitespace();
        let via = Self::scan(&mut scanner)?;
        scanner.finish()?;
        Ok(via)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let start = format!("SIP/2.0/{} {}", self.transport.as_str(), self.sent_by);
        out.extend_from_slice(start.as_bytes());
        self.params.encode_with_semicolons(out);
    }
}

impl fmt::Display for SentBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn check_params(params: &Params) -> Result<(), SyntaxError> {
    let is_valueless = |name: &str| params.contains(name) && params.get(name).is_none();
    if is_valueless("branch") || is_valueless("received") {
        return Err(SyntaxError::Expected("the value of branch or received"));
    }
    if params
        .get("rport")
        .is_some_and(|port| crate::uri::parse_port(port).is_err())
    {
        return Err(SyntaxError::NumberOutOfRange);
    }
    Ok(())
}

fn strip_cookie(branch: &str) -> Option<&str> {
    let (start, rest) = branch.split_at_checked(MAGIC_COOKIE.len())?;
    start.eq_ignore_ascii_case(MAGIC_COOKIE).then_some(rest)
}
