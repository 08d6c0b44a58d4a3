//! The sockets of SIP: one UDP socket and one TCP listener on the same port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket as StdUdpSocket};

use anyhow::{Context, Result};
use sip::endpoint::EndpointConfig;
use sip::{Host, Listener, TransportId, TransportKind};
use socket2::SockRef;
use tokio::net::{TcpListener, UdpSocket};

use super::limits::SIP_SOCKET_BYTES;
use crate::tcp;

pub(super) const UDP: TransportId = TransportId(1);
pub(super) const TCP: TransportId = TransportId(2);

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Where SIP is spoken.
pub(super) struct Sockets {
    pub(super) udp: UdpSocket,
    /// None where only datagrams are taken.
    pub(super) tcp: Option<TcpListener>,
    pub(super) address: SocketAddr,
}

impl Sockets {
    /// Binds both.
    ///
    /// # Errors
    /// When one is taken.
    pub(super) fn bind(address: SocketAddr) -> Result<Self> {
        let taken = |what: &str| {
            format!(
                "cannot take SIP on {address} ({what}): choose another address with --sip, or end what listens there"
            )
        };
        let udp = bind_udp(address).with_context(|| taken("UDP"))?;
        // With port 0 the system has chosen one by now.
        let address = udp.local_addr()?;
        let tcp = tcp::listen(address).with_context(|| taken("TCP"))?;
        Ok(Self {
            udp,
            tcp: Some(tcp),
            address,
        })
    }

    /// Binds a UDP socket of the loopback alone.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn bind_loopback() -> Result<Self> {
        let udp = bind_udp(SocketAddr::new(LOOPBACK, 0))?;
        let address = udp.local_addr()?;
        Ok(Self {
            udp,
            tcp: None,
            address,
        })
    }

    /// The endpoint that speaks over them and names itself `host`.
    pub(super) fn endpoint(&self, host: IpAddr) -> EndpointConfig {
        let listener = |id, kind| Listener {
            host: Host::from(host),
            id,
            kind,
            port: self.address.port(),
        };
        let mut listeners = vec![listener(UDP, TransportKind::Udp)];
        if self.tcp.is_some() {
            listeners.push(listener(TCP, TransportKind::Tcp));
        }
        let mut config = EndpointConfig::new(listeners);
        config.large_requests = self.tcp.as_ref().map(|_| TCP);
        config
    }
}

fn bind_udp(address: SocketAddr) -> Result<UdpSocket> {
    let socket = StdUdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    SockRef::from(&socket).set_recv_buffer_size(SIP_SOCKET_BYTES)?;
    Ok(UdpSocket::from_std(socket)?)
}

/// Which of our addresses a peer is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advertising {
    /// What the operator said, as behind a NAT.
    pub(super) advertised: Option<IpAddr>,
    /// What our sockets are bound to.
    pub(super) bound: IpAddr,
}

impl Advertising {
    /// The address by which `peer` reaches us.
    pub(super) fn towards(self, peer: IpAddr) -> IpAddr {
        if !self.bound.is_unspecified() {
            return self.chosen().unwrap_or(self.bound);
        }
        if peer.is_loopback() {
            return peer;
        }
        let chosen = self.chosen().or_else(|| local_address_towards(peer));
        chosen.unwrap_or(LOOPBACK)
    }

    /// The address by which the world reaches us.
    pub(super) fn towards_the_world(self) -> IpAddr {
        // An address for documentation (RFC 5737): nothing is sent to it.
        self.towards(IpAddr::from([192, 0, 2, 1]))
    }

    fn chosen(self) -> Option<IpAddr> {
        self.advertised.filter(|_| !self.bound.is_loopback())
    }
}

/// The address this machine would send from, by its routes; no datagram is sent.
pub(crate) fn local_address_towards(peer: IpAddr) -> Option<IpAddr> {
    let unspecified: IpAddr = match peer {
        IpAddr::V4(_) => [0; 4].into(),
        IpAddr::V6(_) => [0; 16].into(),
    };
    let socket = StdUdpSocket::bind((unspecified, 0)).ok()?;
    socket.connect((peer, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_told_the_address_by_which_it_reaches_us() {
        let (any, lan, public) = ("0.0.0.0", "192.0.2.7", "203.0.113.9");
        for (bound, advertised, peer, expected) in [
            (any, None, "127.0.0.1", "127.0.0.1"),
            (any, Some(public), "127.0.0.1", "127.0.0.1"),
            (any, Some(public), "198.51.100.1", public),
            (lan, None, "198.51.100.1", lan),
            (lan, Some(public), "198.51.100.1", public),
            ("127.0.0.1", Some(public), "127.0.0.1", "127.0.0.1"),
        ] {
            let advertising = Advertising {
                advertised: advertised.map(|text: &str| text.parse().unwrap()),
                bound: bound.parse().unwrap(),
            };
            let told = advertising.towards(peer.parse().unwrap());
            assert_eq!(told.to_string(), expected, "{bound} {advertised:?} {peer}");
        }
    }
}
