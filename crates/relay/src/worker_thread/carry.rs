//! Carrying packets.

use std::io;
use std::time::Instant;

use media::webrtc::PacketKind;
use media::{SocketKey, Transmit, WorkerEvent, WorkerKey};

use super::{WEBRTC_SOCKET, WorkerThread};
use crate::limits::{BATCH_MAX, RTP_READ_MAX};
use crate::sys;

impl<E: Fn(WorkerKey, WorkerEvent) + Send + 'static> WorkerThread<E> {
    pub(super) fn read_webrtc(&mut self) {
        let read = sys::receive::<BATCH_MAX>(&self.webrtc, &mut self.arrivals);
        let count = arrived(read);
        self.carry(WEBRTC_SOCKET, count);
    }

    pub(super) fn read_rtp(&mut self, port: u16) {
        let Some(port) = self.ports.at(port) else {
            return;
        };
        let read = sys::receive::<RTP_READ_MAX>(&port.rtp, &mut self.arrivals);
        let (socket, count) = (port.lease.socket_key(), arrived(read));
        self.carry(socket, count);
    }

    pub(super) fn read_rtcp(&mut self, port: u16) {
        let Some(port) = self.ports.at(port) else {
            return;
        };
        let read = sys::receive::<RTP_READ_MAX>(&port.rtcp, &mut self.arrivals);
        let (socket, count) = (port.lease.socket_key(), arrived(read));
        for datagram in &mut self.arrivals[..count] {
            // Audio has no business here.
            if PacketKind::of(&datagram.buffer[..datagram.len]) != PacketKind::Rtcp {
                datagram.len = 0;
            }
            // RFC 3550 section 11: reports come from the port above RTP, and the leg knows its peer by that.
            datagram.peer.set_port(datagram.peer.port().saturating_sub(1));
        }
        self.carry(socket, count);
    }

    fn carry(&mut self, socket: SocketKey, count: usize) {
        let now = Instant::now();
        self.traffic.received_count += count as u64;
        for index in 0..count {
            let datagram = &mut self.arrivals[index];
            let (len, peer) = (datagram.len, datagram.peer);
            let transmit = self
                .worker
                .handle_packet(socket, &mut datagram.buffer, len, peer, now);
            if let Some(transmit) = transmit {
                self.send(transmit, Source::Arrival(index));
            }
            self.drain(now);
        }
    }

    /// Sends and tells everything the worker has to send and to tell.
    pub(super) fn drain(&mut self, now: Instant) {
        while let Some(transmit) = self.worker.poll_transmit(&mut self.own.buffer, now) {
            self.send(transmit, Source::Own);
        }
        while let Some(event) = self.worker.poll_event() {
            self.tell(event, now);
        }
    }

    pub(super) fn flush(&mut self) {
        let (waiting_count, sent_count) = self.departures.flush(&self.webrtc);
        self.count(waiting_count, sent_count);
    }

    fn send(&mut self, transmit: Transmit, source: Source) {
        let peer = self.outward(transmit.destination);
        let datagram = match source {
            Source::Arrival(index) => &self.arrivals[index],
            Source::Own => &self.own,
        };
        let bytes = &datagram.buffer[..transmit.len];
        if transmit.socket == WEBRTC_SOCKET {
            self.departures.push(bytes, peer);
            if self.departures.is_full() {
                self.flush();
            }
            return;
        }
        let port = self.ports.get(transmit.socket);
        let is_sent = port.is_some_and(|port| {
            let socket = match transmit.by_report_port {
                true => &port.rtcp,
                false => &port.rtp,
            };
            socket.send_to(bytes, peer).is_ok()
        });
        self.count(1, usize::from(is_sent));
    }

    fn count(&mut self, waiting_count: usize, sent_count: usize) {
        self.traffic.sent_count += sent_count as u64;
        self.traffic.dropped_count += (waiting_count - sent_count) as u64;
    }
}

/// Where the bytes of a datagram to send stand.
#[derive(Clone, Copy)]
enum Source {
    /// In the buffer it arrived in.
    Arrival(usize),
    /// In the buffer for what the worker makes itself.
    Own,
}

/// How many datagrams a read brought. Readiness may be a false alarm (a bad checksum), and an error that the
/// network reports is over once it has been read.
fn arrived(read: io::Result<usize>) -> usize {
    read.unwrap_or_else(|error| {
        if error.kind() != io::ErrorKind::WouldBlock {
            tracing::debug!(%error, "a datagram could not be read");
        }
        0
    })
}
