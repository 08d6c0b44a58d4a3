//! The datagrams a worker sends of its own accord.

use std::net::SocketAddr;
use std::time::Instant;

use crate::SAMPLES_PER_FRAME;

use super::audio::Frame;
use super::slot::Slot;
use super::{SocketKey, Transmit, Worker, WorkerEvent};

/// A reason to ask a leg for datagrams.
pub(super) enum Pending {
    /// The last words of a leg that is gone.
    Farewell(SocketKey, SocketAddr, Vec<u8>),
    /// A frame of a prompt or digit.
    Frame(usize),
    /// A sign of life.
    Keepalive(usize),
    /// Datagrams of the transport.
    Line(usize),
    /// A report.
    Report(usize),
    /// Further frames of a packet that was longer than one.
    Transcoded(usize),
}

impl Worker {
    /// Writes the next datagram to send into `buffer`, which should have
    /// [`PACKET_BYTES_MAX`](crate::limits::PACKET_BYTES_MAX) bytes.
    pub fn poll_transmit(&mut self, buffer: &mut [u8], now: Instant) -> Option<Transmit> {
        while let Some(pending) = self.pending.pop_front() {
            let transmit = match pending {
                Pending::Farewell(socket, destination, datagram) => {
                    farewell(buffer, socket, destination, &datagram)
                }
                Pending::Frame(index) => self.send_frame(index, buffer, now),
                Pending::Keepalive(index) => self.send_keepalive(index, buffer, now),
                Pending::Line(index) => self.send_line(index, buffer),
                Pending::Report(index) => self.send_report(index, buffer, now),
                Pending::Transcoded(index) => self.send_transcoded(index, buffer, now),
            };
            if transmit.is_some() {
                return transmit;
            }
        }
        None
    }

    fn send_frame(&mut self, index: usize, buffer: &mut [u8], now: Instant) -> Option<Transmit> {
        let slot = self.slot_mut(index)?;
        match slot.make_frame(buffer, now) {
            Frame::Packet(len) => slot.transmit_rtp(buffer, len),
            Frame::Pause => None,
            Frame::Finished(play) => {
                let leg = slot.key;
                if !slot.is_generating() {
                    slot.next_frame_at = None;
                }
                self.events.push_back(WorkerEvent::PlayFinished { leg, play });
                None
            }
            Frame::Idle => {
                slot.next_frame_at = None;
                None
            }
        }
    }

    fn send_keepalive(&mut self, index: usize, buffer: &mut [u8], now: Instant) -> Option<Transmit> {
        let slot = self.slot_mut(index)?;
        slot.leg.remote()?;
        if !slot.audio.direction.sends() {
            return None;
        }
        let len = slot.make_audio(buffer, &[0; SAMPLES_PER_FRAME], now)?;
        slot.transmit_rtp(buffer, len)
    }

    fn send_line(&mut self, index: usize, buffer: &mut [u8]) -> Option<Transmit> {
        let slot = self.slot_mut(index)?;
        let (len, destination) = slot.leg.poll_transmit(buffer)?;
        let socket = slot.socket;
        self.pending.push_front(Pending::Line(index));
        Some(Transmit {
            socket,
            destination,
            by_report_port: false,
            len,
        })
    }

    fn send_report(&mut self, index: usize, buffer: &mut [u8], now: Instant) -> Option<Transmit> {
        let epoch = self.epoch;
        let slot = self.slot_mut(index)?;
        let len = slot.write_report(buffer, epoch, now)?;
        let len = slot.leg.protect_rtcp(buffer, len)?;
        let mut transmit = slot.transmit(len)?;
        if !slot.audio.rtcp_mux {
            let reports = transmit.destination.port().checked_add(1)?;
            transmit.destination.set_port(reports);
            transmit.by_report_port = true;
        }
        Some(transmit)
    }

    fn send_transcoded(&mut self, index: usize, buffer: &mut [u8], now: Instant) -> Option<Transmit> {
        let slot = self.slot_mut(index)?;
        let len = slot.next_transcoded(buffer, now)?;
        let more = slot.has_transcoded();
        let transmit = slot.transmit_rtp(buffer, len);
        if more {
            self.pending.push_front(Pending::Transcoded(index));
        }
        transmit
    }
}

impl Slot {
    /// Makes a datagram of the plain RTP packet `buffer[..len]`.
    pub(super) fn transmit_rtp(&mut self, buffer: &mut [u8], len: usize) -> Option<Transmit> {
        let datagram_len = self.leg.protect_rtp(buffer, len)?;
        let transmit = self.transmit(datagram_len)?;
        self.send.count(len);
        Some(transmit)
    }

    fn transmit(&self, len: usize) -> Option<Transmit> {
        Some(Transmit {
            socket: self.socket,
            destination: self.leg.remote()?,
            by_report_port: false,
            len,
        })
    }
}

fn farewell(
    buffer: &mut [u8],
    socket: SocketKey,
    destination: SocketAddr,
    datagram: &[u8],
) -> Option<Transmit> {
    let room = buffer.get_mut(..datagram.len())?;
    room.copy_from_slice(datagram);
    Some(Transmit {
        socket,
        destination,
        by_report_port: false,
        len: datagram.len(),
    })
}
