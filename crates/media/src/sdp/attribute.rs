//! The values of single attributes.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Who sends audio, seen from whoever wrote the description (RFC 8866 section 6.7).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Direction {
    /// Neither side sends.
    Inactive,
    /// The writer only receives.
    RecvOnly,
    /// The writer only sends: the other side is on hold.
    SendOnly,
    /// Both send.
    #[default]
    SendRecv,
}

impl Direction {
    /// Builds the direction from what the writer does.
    pub fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (false, false) => Self::Inactive,
            (false, true) => Self::RecvOnly,
            (true, false) => Self::SendOnly,
            (true, true) => Self::SendRecv,
        }
    }

    /// Tells whether the writer sends.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendOnly | Self::SendRecv)
    }

    /// Tells whether the writer receives.
    pub fn receives(self) -> bool {
        matches!(self, Self::RecvOnly | Self::SendRecv)
    }

    /// The same stream seen from the other side.
    pub fn reversed(self) -> Self {
        Self::new(self.receives(), self.sends())
    }

    /// What both allow.
    pub fn intersection(self, other: Self) -> Self {
        Self::new(self.sends() && other.sends(), self.receives() && other.receives())
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "inactive" => Some(Self::Inactive),
            "recvonly" => Some(Self::RecvOnly),
            "sendonly" => Some(Self::SendOnly),
            "sendrecv" => Some(Self::SendRecv),
            _ => None,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inactive => "inactive",
            Self::RecvOnly => "recvonly",
            Self::SendOnly => "sendonly",
            Self::SendRecv => "sendrecv",
        })
    }
}

/// The role in the DTLS handshake (RFC 8842).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Setup {
    /// The writer opens the handshake.
    Active,
    /// The answerer may choose.
    ActPass,
    /// The writer waits for the handshake.
    Passive,
}

impl Setup {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "active" => Some(Self::Active),
            "actpass" => Some(Self::ActPass),
            "passive" => Some(Self::Passive),
            _ => None,
        }
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::ActPass => "actpass",
            Self::Passive => "passive",
        })
    }
}

/// The credentials of connectivity checks (RFC 8839 section 5.4).
#[derive(Clone, Eq, PartialEq)]
pub struct IceCredentials {
    /// The user fragment, 4 to 256 ice-chars.
    pub ufrag: String,
    /// The password, 22 to 256 ice-chars.
    pub password: String,
}

impl IceCredentials {
    /// Tells whether both parts keep RFC 8839's lengths and alphabet.
    pub fn is_valid(&self) -> bool {
        let ice_chars = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
        };
        (4..=256).contains(&self.ufrag.len())
            && (22..=256).contains(&self.password.len())
            && ice_chars(&self.ufrag)
            && ice_chars(&self.password)
    }
}

impl fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceCredentials")
            .field("ufrag", &self.ufrag)
            .finish_non_exhaustive()
    }
}

/// A certificate's hash (RFC 8122).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fingerprint {
    /// The hash function in lower case, such as `sha-256`.
    pub algorithm: String,
    /// The hash.
    pub digest: Vec<u8>,
}

impl Fingerprint {
    pub(super) fn parse(value: &str) -> Option<Self> {
        let (algorithm, hex) = value.split_once(' ')?;
        let digest = hex
            .trim()
            .split(':')
            .map(|pair| match pair.len() {
                2 if pair.is_ascii() && !pair.starts_with('+') => u8::from_str_radix(pair, 16).ok(),
                _ => None,
            })
            .collect::<Option<Vec<u8>>>()?;
        let known_length = matches!(digest.len(), 20 | 28 | 32 | 48 | 64);
        known_length.then(|| Self {
            algorithm: algorithm.to_ascii_lowercase(),
            digest,
        })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.algorithm)?;
        for (index, byte) in self.digest.iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            write!(f, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

/// An ICE candidate over UDP with a numeric address (RFC 8839 section 5.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Candidate {
    /// The foundation, 1 to 32 ice-chars.
    pub foundation: String,
    /// 1 for RTP, 2 for RTCP.
    pub component: u16,
    /// The priority.
    pub priority: u32,
    /// The address.
    pub address: SocketAddr,
    /// The type: `host`, `srflx`, `prflx` or `relay`.
    pub kind: String,
}

impl Candidate {
    /// The host candidate of a lite agent that has one address.
    pub fn host(address: SocketAddr) -> Self {
        // RFC 8445 section 5.1.2.1: type preference 126, local preference 65535, component 1.
        const PRIORITY: u32 = (126 << 24) | (65_535 << 8) | 255;
        Self {
            foundation: "1".to_owned(),
            component: 1,
            priority: PRIORITY,
            address,
            kind: "host".to_owned(),
        }
    }

    /// Parses the value of `a=candidate`; `None` for TCP, host names (mDNS) and malformed ones.
    pub fn parse(value: &str) -> Option<Self> {
        let mut fields = value.split_ascii_whitespace();
        let foundation = fields.next()?.to_owned();
        let component = fields.next()?.parse().ok()?;
        if !fields.next()?.eq_ignore_ascii_case("udp") {
            return None;
        }
        let priority = fields.next()?.parse().ok()?;
        let address: IpAddr = fields.next()?.parse().ok()?;
        let port = fields.next()?.parse().ok()?;
        if fields.next()? != "typ" {
            return None;
        }
        let kind = fields.next()?.to_owned();
        Some(Self {
            foundation,
            component,
            priority,
            address: SocketAddr::new(address, port),
            kind,
        })
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} udp {} {} {} typ {}",
            self.foundation,
            self.component,
            self.priority,
            self.address.ip(),
            self.address.port(),
            self.kind
        )
    }
}
