//! Legs that share a thread: the sans-IO core around which `relay` puts sockets.
//!
//! - [`Worker::handle_command`] adds, joins and removes legs;
//! - [`Worker::handle_packet`] takes a datagram in a buffer and, when it only passes through, leaves
//!   the datagram to send in the same buffer: no lock, no allocation, no copy of the payload;
//! - [`Worker::handle_timeout`] does what is due.
//!
//! After each of them, [`Worker::poll_transmit`] and [`Worker::poll_event`] are drained; then the
//! worker sleeps until [`Worker::poll_timeout`].

mod audio;
mod command;
mod legs;
mod reports;
mod slot;
mod stats;
mod timers;
mod transmit;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

pub use self::command::{
    LegAudio, LegKey, PlayKey, SocketKey, StreamIdentity, Transmit, WorkerCommand, WorkerEvent, WorkerKey,
};
pub use self::stats::{LegStats, RemoteReport};

use self::audio::Incoming;
use self::slot::Slot;
use self::timers::Timers;
use self::transmit::Pending;
use crate::leg_io::{LegEvent, Received};
use crate::rtp::RtpView;
use crate::webrtc::Demux;

/// Why a leg wants to be woken.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Deadline {
    /// The next 20 ms of a prompt or digit are due.
    Frame,
    /// A browser connection has something to do.
    Line,
    /// Nothing has been sent for [`KEEPALIVE_AFTER`](crate::limits::KEEPALIVE_AFTER).
    Keepalive,
    /// Silence of a plain leg becomes a fault.
    MediaTimeout,
    /// A report is due.
    Report,
}

/// What the owner of a worker may choose.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WorkerConfig {
    /// Silence of a plain leg that is reported.
    pub media_timeout: Duration,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            media_timeout: Duration::from_secs(30),
        }
    }
}

/// The legs of one thread.
pub struct Worker {
    config: WorkerConfig,
    /// Frames of all legs stand on one grid counted from here, so that they are sent in batches.
    epoch: Instant,
    random: ChaCha12Rng,
    slots: Vec<Option<Box<Slot>>>,
    free: Vec<usize>,
    keys: BTreeMap<LegKey, usize>,
    sockets: BTreeMap<SocketKey, SocketUse>,
    timers: Timers,
    pending: VecDeque<Pending>,
    events: VecDeque<WorkerEvent>,
}

/// Whose datagrams come in on a socket.
enum SocketUse {
    Alone(usize),
    Shared(Box<Demux<usize>>),
}

impl Worker {
    /// Starts without legs; the seed decides the first numbers of streams.
    pub fn new(config: WorkerConfig, seed: u64, now: Instant) -> Self {
        Self {
            config,
            epoch: now,
            random: ChaCha12Rng::seed_from_u64(seed),
            slots: Vec::new(),
            free: Vec::new(),
            keys: BTreeMap::new(),
            sockets: BTreeMap::new(),
            timers: Timers::default(),
            pending: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Handles the datagram `buffer[..len]`. A packet for another leg stands in the same buffer
    /// afterwards; the buffer should have
    /// [`PACKET_BYTES_MAX`](crate::limits::PACKET_BYTES_MAX) bytes.
    pub fn handle_packet(
        &mut self,
        socket: SocketKey,
        buffer: &mut [u8],
        len: usize,
        source: SocketAddr,
        now: Instant,
    ) -> Option<Transmit> {
        let datagram = buffer.get(..len)?;
        let index = match self.sockets.get(&socket)? {
            SocketUse::Alone(index) => *index,
            SocketUse::Shared(demux) => demux.route(datagram, source)?,
        };
        let slot = self.slots.get_mut(index)?.as_mut()?;
        let received = slot.leg.receive(buffer, len, source, now);
        self.drain_leg_events(index);
        match received {
            Received::Rtp { len } => return self.handle_rtp(index, buffer, len, now),
            Received::Rtcp { len } => {
                let epoch = self.epoch;
                self.slot_mut(index)?.handle_rtcp(&buffer[..len], epoch, now);
            }
            Received::Verified => {
                if let Some(SocketUse::Shared(demux)) = self.sockets.get_mut(&socket) {
                    demux.bind(source, index, now);
                }
                self.pending.push_back(Pending::Line(index));
                self.schedule(index);
            }
            Received::Consumed => {
                self.pending.push_back(Pending::Line(index));
                self.schedule(index);
            }
            Received::Refused => {}
        }
        None
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((at, index)) = self.timers.pop_due(now) {
            let media_timeout = self.config.media_timeout;
            let Some(slot) = self.slot_mut(index) else {
                continue;
            };
            // A wake-up that an earlier one has replaced, or of a leg that is gone.
            if slot.scheduled_at != Some(at) {
                continue;
            }
            slot.scheduled_at = None;
            if let Some((due_at, deadline)) = slot.poll_timeout(media_timeout)
                && due_at <= now
            {
                self.act(index, deadline, now);
            }
            self.schedule(index);
        }
    }

    /// Takes the next event.
    pub fn poll_event(&mut self) -> Option<WorkerEvent> {
        self.events.pop_front()
    }

    /// The next time to call [`Self::handle_timeout`], and why; a deadline that packets have
    /// postponed meanwhile is found out only then.
    pub fn poll_timeout(&self) -> Option<(Instant, Deadline)> {
        self.timers.next()
    }

    /// The figures of a leg so far.
    pub fn stats(&self, leg: LegKey) -> Option<LegStats> {
        let index = *self.keys.get(&leg)?;
        self.slots.get(index)?.as_ref().map(|slot| slot.stats())
    }

    /// The legs there are.
    pub fn leg_count(&self) -> usize {
        self.keys.len()
    }

    fn act(&mut self, index: usize, deadline: Deadline, now: Instant) {
        let Some(slot) = self.slot_mut(index) else {
            return;
        };
        match deadline {
            Deadline::Frame => {
                slot.advance_frame(now);
                self.pending.push_back(Pending::Frame(index));
            }
            Deadline::Keepalive => {
                slot.reports.keepalive_tried_at = Some(now);
                self.pending.push_back(Pending::Keepalive(index));
            }
            Deadline::Line => {
                slot.leg.handle_timeout(now);
                self.drain_leg_events(index);
                self.pending.push_back(Pending::Line(index));
            }
            Deadline::MediaTimeout => {
                slot.is_timed_out = true;
                let leg = slot.key;
                self.events.push_back(WorkerEvent::MediaTimedOut { leg });
            }
            Deadline::Report => {
                slot.advance_report(now);
                self.pending.push_back(Pending::Report(index));
            }
        }
    }

    /// Takes a plain RTP packet of a leg and forwards it to the leg that hears it.
    fn handle_rtp(&mut self, index: usize, buffer: &mut [u8], len: usize, now: Instant) -> Option<Transmit> {
        let view = RtpView::parse(buffer.get(..len)?).ok()?;
        let slot = self.slot_mut(index)?;
        let payload_types = slot.audio.receive;
        let is_event = payload_types.telephone_event == Some(view.header.payload_type);
        if !is_event && view.header.payload_type != payload_types.audio {
            slot.unusable_count += 1;
            return None;
        }
        if slot.receive.accept(&view.header, len, now).is_err() {
            return None;
        }
        let (leg, codec) = (slot.key, slot.codec());
        let digit = match is_event {
            true => slot
                .digits_in
                .handle(view.header.timestamp, &buffer[view.payload.clone()]),
            false => None,
        };
        let digit = digit.filter(|_| slot.digit_pace.takes(now));
        let is_heard = !slot.is_muted && slot.audio.direction.receives();
        let listener = slot.bridge.as_ref().map(|bridge| bridge.other);
        if std::mem::take(&mut slot.is_timed_out) {
            self.events.push_back(WorkerEvent::MediaResumed { leg });
            self.schedule(index);
        }
        if let Some(digit) = digit {
            self.events.push_back(WorkerEvent::Digit { leg, digit });
        }
        let listener = listener.filter(|_| is_heard)?;
        if let Some(digit) = digit {
            self.relay_digit(listener, digit, now);
        }
        let incoming = Incoming {
            view,
            codec,
            is_event,
        };
        let slot = self.slot_mut(listener)?;
        let len = slot.hear(buffer, &incoming, now)?;
        let more = slot.has_transcoded();
        let transmit = slot.transmit_rtp(buffer, len);
        if more {
            self.pending.push_back(Pending::Transcoded(listener));
        }
        transmit
    }

    fn drain_leg_events(&mut self, index: usize) {
        while let Some(slot) = self.slots.get_mut(index).and_then(Option::as_mut)
            && let Some(event) = slot.leg.poll_event()
        {
            let leg = slot.key;
            self.events.push_back(match event {
                LegEvent::Closed => WorkerEvent::LineClosed { leg },
                LegEvent::Connected { connect_ms } => WorkerEvent::LineConnected { leg, connect_ms },
                LegEvent::Failed { reason } => WorkerEvent::LineFailed { leg, reason },
                LegEvent::Latched { source } => WorkerEvent::Latched { leg, source },
                LegEvent::Lost => WorkerEvent::LineLost { leg },
                LegEvent::Recovered => WorkerEvent::LineRecovered { leg },
            });
        }
    }

    fn schedule(&mut self, index: usize) {
        let media_timeout = self.config.media_timeout;
        if let Some(slot) = self.slots.get_mut(index).and_then(Option::as_mut)
            && let Some(wake) = slot.poll_timeout(media_timeout)
        {
            self.timers.schedule(index, wake, &mut slot.scheduled_at);
        }
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut Slot> {
        self.slots.get_mut(index)?.as_deref_mut()
    }
}
