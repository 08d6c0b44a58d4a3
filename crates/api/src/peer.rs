//! Where a request came from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

/// Bits of an IPv6 address that are one customer's (RFC 6177).
const BLOCK_BITS: u32 = 64;

/// What counts as one client when addresses are counted: an IPv4 address, or the /64 of an IPv6 address, which one
/// customer has.
#[must_use]
pub fn address_block(address: IpAddr) -> IpAddr {
    first_bits(address, BLOCK_BITS)
}

/// The address with all but its first bits zero; an IPv4 address as it is.
pub(crate) fn first_bits(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let cut = 128 - bits;
            IpAddr::V6((v6.to_bits() >> cut << cut).into())
        }
    }
}

/// The address that a request came from, when the server knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

impl Peer {
    /// The client, where it can be told from others: on loopback sits a developer, or a proxy that does not say for
    /// whom it asks.
    pub(crate) fn client(self) -> Option<IpAddr> {
        let address = self.0.map(|address| address.to_canonical());
        address.filter(|address| !address.is_loopback())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(connected.map(|ConnectInfo(address)| address.ip())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_is_one_address_and_loopback_is_none() {
        let block = |text: &str| address_block(text.parse().unwrap());
        assert_eq!(block("2001:db8:1:2:3::4"), block("2001:db8:1:2::9"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
        assert_eq!(block("::ffff:192.0.2.1"), block("192.0.2.1"));
        let client = |text: &str| Peer(Some(text.parse().unwrap())).client();
        assert_eq!(client("::ffff:127.0.0.1"), None);
        assert_eq!(client("192.0.2.1"), Some("192.0.2.1".parse().unwrap()));
    }
}
