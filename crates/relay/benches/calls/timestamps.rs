//! The moments a packet was sent and arrived.

use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::cmsg_space;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, setsockopt, sockopt};
use nix::sys::time::TimeSpec;

/// A frame of audio whose first bytes say when it was sent.
pub(crate) fn stamped_frame() -> [u8; 160] {
    let mut frame = [0xD5; 160];
    frame[..8].copy_from_slice(&now_ns().to_be_bytes());
    frame
}

/// How long the frame was under way.
pub(crate) fn latency_ns(frame: &[u8], arrived_at_ns: u64) -> Option<u64> {
    let sent_at_ns = u64::from_be_bytes(*frame.first_chunk()?);
    // Silence the relay makes by itself bears no moment.
    arrived_at_ns
        .checked_sub(sent_at_ns)
        .filter(|latency| *latency < 10_000_000_000)
}

/// Has the kernel note when datagrams arrive.
pub(crate) fn note_arrivals(socket: &UdpSocket) {
    setsockopt(socket, sockopt::ReceiveTimestampns, &true).unwrap();
}

/// Reads a datagram if there is one: its length, its source, and when it arrived.
pub(crate) fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr, u64)> {
    let mut parts = [IoSliceMut::new(buffer)];
    let mut control = cmsg_space!(TimeSpec);
    let flags = MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<SockaddrIn>(socket.as_raw_fd(), &mut parts, Some(&mut control), flags)?;
    let arrived_at_ns = message.cmsgs()?.find_map(|control| {
        let ControlMessageOwned::ScmTimestampns(time) = control else {
            return None;
        };
        Some(Duration::from(time).as_nanos() as u64)
    });
    let source = SocketAddrV4::from(message.address.unwrap());
    Ok((message.bytes, source.into(), arrived_at_ns.unwrap_or_else(now_ns)))
}

fn now_ns() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64
}
