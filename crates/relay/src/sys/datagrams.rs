//! Many datagrams in one system call.

use std::io;
use std::mem::{self, size_of};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;

use media::limits::PACKET_BYTES_MAX;

use super::check;

/// A buffer with the datagram in it.
#[derive(Clone, Debug)]
pub(crate) struct Datagram {
    pub(crate) buffer: [u8; PACKET_BYTES_MAX],
    /// Bytes of the datagram, from the start of the buffer.
    pub(crate) len: usize,
    /// Where it came from or goes to; an IPv4 address never in its IPv6 form.
    pub(crate) peer: SocketAddr,
}

impl Datagram {
    pub(crate) const EMPTY: Self = Self {
        buffer: [0; PACKET_BYTES_MAX],
        len: 0,
        peer: SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0)),
    };
}

/// Reads what has arrived, at most `N` and as much as there is room for; how many it was. A datagram longer
/// than the buffer comes out empty.
pub(crate) fn receive<const N: usize>(socket: &UdpSocket, room: &mut [Datagram]) -> io::Result<usize> {
    let count = room.len().min(N);
    let mut names = [Name::NONE; N];
    let mut parts = [NO_PART; N];
    let mut messages = [NO_MESSAGE; N];
    for (index, datagram) in room.iter_mut().take(count).enumerate() {
        parts[index] = libc::iovec {
            iov_base: datagram.buffer.as_mut_ptr().cast(),
            iov_len: datagram.buffer.len(),
        };
        messages[index].msg_hdr.msg_name = (&raw mut names[index]).cast();
        messages[index].msg_hdr.msg_namelen = NAME_BYTES;
        messages[index].msg_hdr.msg_iov = &raw mut parts[index];
        messages[index].msg_hdr.msg_iovlen = 1;
    }
    let (fd, vlen) = (socket.as_raw_fd(), count as libc::c_uint);
    let flags = libc::MSG_DONTWAIT;
    // SAFETY: the first `count` messages point to a name and a buffer of the lengths they tell, all of
    // which outlive the call; no time-out is given.
    let received =
        check(unsafe { libc::recvmmsg(fd, messages.as_mut_ptr(), vlen, flags, std::ptr::null_mut()) })?;
    let received = usize::try_from(received).unwrap_or(0);
    for (index, datagram) in room.iter_mut().take(received).enumerate() {
        let is_cut = messages[index].msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
        let peer = names[index].address(messages[index].msg_hdr.msg_namelen);
        let len = peer.filter(|_| !is_cut).map(|_| messages[index].msg_len as usize);
        datagram.len = len.unwrap_or(0);
        datagram.peer = peer.unwrap_or(Datagram::EMPTY.peer);
    }
    Ok(received)
}

/// Hands the first `N` datagrams to the system; how many it took. It never waits: what does not fit is lost,
/// as on a wire.
pub(crate) fn send<const N: usize>(socket: &UdpSocket, datagrams: &[Datagram]) -> usize {
    let mut names = [Name::NONE; N];
    let mut parts = [NO_PART; N];
    let mut messages = [NO_MESSAGE; N];
    let count = datagrams.len().min(N);
    for (index, datagram) in datagrams.iter().take(N).enumerate() {
        let (name, name_bytes) = Name::of(datagram.peer);
        names[index] = name;
        parts[index] = libc::iovec {
            iov_base: datagram.buffer.as_ptr().cast_mut().cast(),
            iov_len: datagram.len.min(datagram.buffer.len()),
        };
        messages[index].msg_hdr.msg_name = (&raw mut names[index]).cast();
        messages[index].msg_hdr.msg_namelen = name_bytes;
        messages[index].msg_hdr.msg_iov = &raw mut parts[index];
        messages[index].msg_hdr.msg_iovlen = 1;
    }
    let mut done = 0;
    let mut sent_count = 0;
    while done < count {
        let (fd, rest) = (socket.as_raw_fd(), (count - done) as libc::c_uint);
        let from = &raw mut messages[done];
        // SAFETY: `rest` messages follow `from`, with names and buffers that outlive the call; the kernel only
        // reads the buffers.
        match check(unsafe { libc::sendmmsg(fd, from, rest, libc::MSG_DONTWAIT) }) {
            Ok(sent) => {
                let sent = usize::try_from(sent).unwrap_or(0).max(1);
                sent_count += sent;
                done += sent;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => done += 1,
        }
    }
    sent_count
}

const NO_PART: libc::iovec = libc::iovec {
    iov_base: std::ptr::null_mut(),
    iov_len: 0,
};

// SAFETY: null pointers and lengths of zero are a message without name, parts and control data.
const NO_MESSAGE: libc::mmsghdr = unsafe { mem::zeroed() };

const NAME_BYTES: libc::socklen_t = size_of::<Name>() as libc::socklen_t;

/// An address as the kernel writes it; both members begin with the family.
#[derive(Clone, Copy)]
#[repr(C)]
union Name {
    v4: libc::sockaddr_in,
    v6: libc::sockaddr_in6,
}

impl Name {
    // SAFETY: zero is a value of every field of both addresses.
    const NONE: Self = unsafe { mem::zeroed() };

    fn of(address: SocketAddr) -> (Self, libc::socklen_t) {
        match address {
            SocketAddr::V4(address) => {
                let v4 = libc::sockaddr_in {
                    sin_family: libc::AF_INET as libc::sa_family_t,
                    sin_port: address.port().to_be(),
                    sin_addr: libc::in_addr {
                        s_addr: u32::from_ne_bytes(address.ip().octets()),
                    },
                    sin_zero: [0; 8],
                };
                (Self { v4 }, size_of::<libc::sockaddr_in>() as libc::socklen_t)
            }
            SocketAddr::V6(address) => {
                let v6 = libc::sockaddr_in6 {
                    sin6_family: libc::AF_INET6 as libc::sa_family_t,
                    sin6_port: address.port().to_be(),
                    sin6_flowinfo: address.flowinfo(),
                    sin6_addr: libc::in6_addr {
                        s6_addr: address.ip().octets(),
                    },
                    sin6_scope_id: address.scope_id(),
                };
                (Self { v6 }, size_of::<libc::sockaddr_in6>() as libc::socklen_t)
            }
        }
    }

    fn address(&self, len: libc::socklen_t) -> Option<SocketAddr> {
        // SAFETY: every bit pattern is an address of either kind, and all of it has been initialised.
        let (v4, v6) = unsafe { (self.v4, self.v6) };
        let family = libc::c_int::from(v4.sin_family);
        match (family, len as usize) {
            (libc::AF_INET, size_of_v4) if size_of_v4 == size_of::<libc::sockaddr_in>() => {
                let ip = Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes());
                Some(SocketAddrV4::new(ip, u16::from_be(v4.sin_port)).into())
            }
            (libc::AF_INET6, size_of_v6) if size_of_v6 == size_of::<libc::sockaddr_in6>() => {
                let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
                let port = u16::from_be(v6.sin6_port);
                Some(match ip.to_ipv4_mapped() {
                    Some(ip) => SocketAddrV4::new(ip, port).into(),
                    None => SocketAddrV6::new(ip, port, v6.sin6_flowinfo, v6.sin6_scope_id).into(),
                })
            }
            _ => None,
        }
    }
}
