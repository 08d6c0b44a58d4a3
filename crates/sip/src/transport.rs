//! What the endpoint knows of sockets: names, kinds, destinations, and what it wants sent.

use std::net::SocketAddr;

use bytes::Bytes;

use crate::{Host, SentBy, Transport, Uri, Via};

/// Names a socket that takes datagrams or connections; chosen by the embedder.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TransportId(pub u32);

/// Names a connection for its life; chosen by the embedder, and higher for each new one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct StreamId(pub u64);

/// How a transport carries messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TransportKind {
    /// A stream without encryption.
    Tcp,
    /// An encrypted stream; the embedder terminates it.
    Tls,
    /// Datagrams.
    Udp,
}

impl TransportKind {
    /// Returns the transport as Via names it.
    pub(crate) fn in_via(self) -> Transport {
        match self {
            Self::Tcp => Transport::Tcp,
            Self::Tls => Transport::Tls,
            Self::Udp => Transport::Udp,
        }
    }

    /// Whether the transport itself sends again what was lost.
    pub fn is_reliable(self) -> bool {
        match self {
            Self::Tcp | Self::Tls => true,
            Self::Udp => false,
        }
    }
}

/// A socket the embedder has opened, described as peers reach it.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Host that goes into Via and Contact: the public one behind a NAT.
    pub host: Host,
    /// Name of the socket.
    pub id: TransportId,
    /// How it carries messages.
    pub kind: TransportKind,
    /// Port that goes into Via and Contact.
    pub port: u16,
}

impl Listener {
    /// Returns the Via of a request sent from here.
    pub(crate) fn via(&self, branch: &str) -> Via {
        let sent_by = SentBy {
            host: self.host.clone(),
            port: Some(self.port),
        };
        Via::new(self.kind.in_via(), sent_by, branch)
    }

    /// Returns the URI under which we are reached here.
    pub(crate) fn contact(&self, user: Option<&str>) -> Uri {
        let uri = Uri::sip(user, self.host.clone()).with_port(self.port);
        match self.kind {
            TransportKind::Udp => uri,
            TransportKind::Tcp => uri.with_param("transport", Some("tcp")),
            TransportKind::Tls => uri.with_param("transport", Some("tls")),
        }
    }
}

/// Where a request goes: out of this socket, to this address.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Destination {
    /// Address of the next hop, already resolved.
    pub address: SocketAddr,
    /// The socket to send from; connections are opened on behalf of it.
    pub transport: TransportId,
}

/// The way to a peer: the address it has and, over streams, the connection it uses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Flow {
    /// Address of the peer as seen on the wire.
    pub address: SocketAddr,
    /// The connection, unless by datagram or not yet open.
    pub stream: Option<StreamId>,
    /// Our socket.
    pub transport: TransportId,
}

impl Flow {
    /// Returns the destination behind this way.
    pub(crate) fn destination(&self) -> Destination {
        Destination {
            address: self.address,
            transport: self.transport,
        }
    }
}

impl From<Destination> for Flow {
    fn from(destination: Destination) -> Self {
        Self {
            address: destination.address,
            stream: None,
            transport: destination.transport,
        }
    }
}

/// What the embedder is to do on the network.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Transmit {
    /// Close a connection; nothing more is sent on it.
    CloseStream(StreamId),
    /// Open a connection and report it with `handle_stream_opened` or `handle_connect_failed`.
    Connect(Destination),
    /// Send a datagram.
    Datagram(Destination, Bytes),
    /// Write to a connection.
    Stream(StreamId, Bytes),
}
