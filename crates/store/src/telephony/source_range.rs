//! The addresses a trunk's requests come from.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of IP addresses in CIDR notation; a single address has no prefix length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceRange {
    address: IpAddr,
    prefix_len: u8,
}

/// The text is not a range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an IP address or a range such as 192.0.2.0/24 or 2001:db8::/32, its lower bits zero")]
pub struct ParseSourceRangeError;

impl SourceRange {
    /// The first address of the range.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// How many bits of the address all of the range share.
    #[must_use]
    pub fn prefix_len(&self) -> u8 {
        self.prefix_len
    }

    /// Whether the address is in the range. An IPv4 address in its IPv6 form counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let same_family = address.is_ipv4() == self.address.is_ipv4();
        same_family && masked(address, self.prefix_len) == masked(self.address, self.prefix_len)
    }
}

impl FromStr for SourceRange {
    type Err = ParseSourceRangeError;

    fn from_str(text: &str) -> Result<Self, ParseSourceRangeError> {
        let (address, prefix_len) = match text.split_once('/') {
            Some((address, prefix_len)) => (address, Some(prefix_len)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ParseSourceRangeError)?;
        let bits = bits(address);
        let prefix_len = match prefix_len {
            Some(text) => text.parse().map_err(|_| ParseSourceRangeError)?,
            None => bits,
        };
        let range = Self { address, prefix_len };
        let is_exact = prefix_len <= bits && masked(address, prefix_len) == number(address);
        is_exact.then_some(range).ok_or(ParseSourceRangeError)
    }
}

impl fmt::Display for SourceRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix_len == bits(self.address) {
            return write!(f, "{}", self.address);
        }
        write!(f, "{}/{}", self.address, self.prefix_len)
    }
}

const fn bits(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn masked(address: IpAddr, prefix_len: u8) -> u128 {
    let host_bits = u32::from(bits(address).saturating_sub(prefix_len));
    number(address)
        .checked_shr(host_bits)
        .and_then(|prefix| prefix.checked_shl(host_bits))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_addresses_and_no_others() {
        for (range, address, expected) in [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.0/24", "::ffff:192.0.2.7", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::", false),
        ] {
            let parsed: SourceRange = range.parse().unwrap();
            assert_eq!(
                parsed.contains(address.parse().unwrap()),
                expected,
                "{range} {address}"
            );
            assert_eq!(parsed.to_string(), range);
        }
    }

    #[test]
    fn what_is_not_a_range_is_refused() {
        for text in [
            "",
            "192.0.2.0/33",
            "192.0.2.1/24",
            "::/129",
            "carrier.example",
            "10/8",
            "1.2.3.4/",
        ] {
            assert_eq!(text.parse::<SourceRange>(), Err(ParseSourceRangeError), "{text}");
        }
    }
}
