//! The connections of an endpoint: reuse, half messages, idleness, and what waits for a connection.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::core::Core;
use crate::endpoint::Caps;
use crate::limits::{CONNECT_QUEUE_MAX, CONNECT_SECS_MAX};
use crate::schedule::{Deadline, TimerKey};
use crate::transaction::TransactionId;
use crate::transport::{Destination, Flow, StreamId, Transmit};
use crate::{StreamEvent, StreamFramer};

/// All connections.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    all: HashMap<StreamId, Stream>,
    buffered_bytes: usize,
    by_destination: HashMap<Destination, StreamId>,
    connecting: HashMap<Destination, Connecting>,
    per_source: HashMap<IpAddr, usize>,
    /// Connections of hosts that are not known, over which nothing was admitted yet; ids ascend, so the first is the
    /// oldest.
    strangers: BTreeSet<StreamId>,
}

#[derive(Debug)]
struct Stream {
    active_at: Instant,
    /// The share of this connection in the bytes of all.
    counted_bytes: usize,
    flow: Flow,
    framer: StreamFramer,
    /// Since when a message, or the first one, has been on its way.
    half_since: Option<Instant>,
    is_known: bool,
    opened_at: Instant,
    wake: Option<(Instant, Option<TimerKey>)>,
}

#[derive(Debug)]
struct Connecting {
    overdue: Option<TimerKey>,
    queue: Vec<(Option<TransactionId>, Bytes)>,
}

impl Stream {
    /// Returns when to close the connection if nothing more comes.
    fn closes_at(&self, caps: &Caps) -> Instant {
        let silent_at = match self.half_since {
            Some(since) => since + caps.half_message,
            None => self.active_at + caps.idle_stream,
        };
        match self.is_known {
            true => silent_at,
            false => silent_at.min(self.opened_at + caps.stranger_stream),
        }
    }
}

impl Streams {
    /// Returns how many connections are open and how many bytes wait in them.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.all.len(), self.buffered_bytes)
    }

    /// Returns the way back over a connection.
    pub(crate) fn flow(&self, stream: StreamId) -> Option<Flow> {
        self.all.get(&stream).map(|stream| stream.flow)
    }

    /// Takes bytes in; false when the connection is to be closed for want of room.
    pub(crate) fn push(&mut self, id: StreamId, bytes: &[u8], caps: &Caps, now: Instant) -> bool {
        let Some(stream) = self.all.get_mut(&id) else {
            return true;
        };
        stream.active_at = now;
        stream.framer.push(bytes);
        let is_known = stream.is_known;
        self.recount(id);
        is_known || self.buffered_bytes <= caps.stream_bytes
    }

    /// Yields what a connection has received.
    pub(crate) fn poll(&mut self, id: StreamId, now: Instant) -> Option<StreamEvent> {
        let stream = self.all.get_mut(&id)?;
        let event = stream.framer.poll_event();
        match &event {
            Some(StreamEvent::Message(_)) => stream.half_since = None,
            Some(StreamEvent::Ping | StreamEvent::Pong | StreamEvent::Fatal(_)) => {}
            None if stream.framer.is_mid_message() => {
                stream.half_since.get_or_insert(now);
            }
            None => {}
        }
        event
    }

    /// Brings the count of waiting bytes up to date.
    fn recount(&mut self, id: StreamId) {
        if let Some(stream) = self.all.get_mut(&id) {
            let counted_bytes = stream.framer.buffered_len();
            self.buffered_bytes = self.buffered_bytes - stream.counted_bytes + counted_bytes;
            stream.counted_bytes = counted_bytes;
        }
    }

    /// Notes that something was admitted which came over a connection.
    pub(crate) fn know(&mut self, id: StreamId) {
        self.strangers.remove(&id);
        if let Some(stream) = self.all.get_mut(&id) {
            stream.is_known = true;
        }
    }

    fn remove(&mut self, id: StreamId) -> Option<Stream> {
        let stream = self.all.remove(&id)?;
        self.strangers.remove(&id);
        let destination = stream.flow.destination();
        if self.by_destination.get(&destination) == Some(&id) {
            self.by_destination.remove(&destination);
        }
        let address = stream.flow.address.ip();
        if let Some(count) = self.per_source.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.per_source.remove(&address);
            }
        }
        Some(stream)
    }
}

impl Core {
    /// Takes a new connection in, asked for or not, unless there are too many.
    pub(crate) fn open_stream(&mut self, id: StreamId, destination: Destination, now: Instant) {
        let caps = &self.config.caps;
        let address = destination.address.ip();
        let from_source = self.streams.per_source.get(&address).copied().unwrap_or(0);
        let connecting = self.streams.connecting.remove(&destination);
        let is_known = connecting.is_some() || self.peers.contain(address);
        let known_count = self.streams.all.len() - self.streams.strangers.len();
        let is_full =
            from_source >= caps.stream_count_per_source || is_known && known_count >= caps.stream_count;
        if is_full && connecting.is_none() {
            self.transmits.push_back(Transmit::CloseStream(id));
            return;
        }
        if !is_known {
            // Refusing the newest would keep out whoever has yet to prove who it is.
            if self.streams.strangers.len() >= caps.stream_count
                && let Some(oldest) = self.streams.strangers.first().copied()
            {
                self.close_stream(oldest);
            }
            self.streams.strangers.insert(id);
        }
        let flow = Flow {
            stream: Some(id),
            ..destination.into()
        };
        // A peer that connects is to speak; one that we connected to need not.
        let half_since = connecting.is_none().then_some(now);
        let stream = Stream {
            active_at: now,
            counted_bytes: 0,
            flow,
            framer: StreamFramer::new(),
            half_since,
            is_known,
            opened_at: now,
            wake: None,
        };
        self.streams.all.insert(id, stream);
        self.streams.by_destination.insert(destination, id);
        *self.streams.per_source.entry(address).or_insert(0) += 1;
        self.watch_stream(id);
        if let Some(mut connecting) = connecting {
            self.schedule.clear(&mut connecting.overdue);
            for (_, bytes) in connecting.queue {
                self.transmits.push_back(Transmit::Stream(id, bytes));
            }
        }
    }

    /// Closes a connection from our side.
    pub(crate) fn close_stream(&mut self, id: StreamId) {
        if self.forget_stream(id) {
            self.transmits.push_back(Transmit::CloseStream(id));
        }
    }

    /// Forgets a connection that is closed; false when it was not known.
    pub(crate) fn forget_stream(&mut self, id: StreamId) -> bool {
        let Some(mut stream) = self.streams.remove(id) else {
            return false;
        };
        self.streams.buffered_bytes -= stream.counted_bytes;
        if let Some((_, key)) = &mut stream.wake {
            self.schedule.clear(key);
        }
        true
    }

    /// Gives back the transactions that waited for a connection which did not come up.
    pub(crate) fn fail_connect(&mut self, destination: Destination) -> Vec<TransactionId> {
        let Some(mut connecting) = self.streams.connecting.remove(&destination) else {
            return Vec::new();
        };
        self.schedule.clear(&mut connecting.overdue);
        connecting
            .queue
            .into_iter()
            .filter_map(|(transaction, _)| transaction)
            .collect()
    }

    /// Accounts for what a connection still holds after it was read, and sets its alarm.
    pub(crate) fn settle_stream(&mut self, id: StreamId) {
        self.streams.recount(id);
        self.watch_stream(id);
    }

    /// Handles the alarm of a connection: it has been silent, or half a message old, for too long.
    pub(crate) fn stream_timer(&mut self, id: StreamId, now: Instant) {
        let Some(stream) = self.streams.all.get_mut(&id) else {
            return;
        };
        stream.wake = None;
        if stream.closes_at(&self.config.caps) <= now {
            self.close_stream(id);
        } else {
            self.watch_stream(id);
        }
    }

    /// Sets the alarm of a connection; one that is too early is left and set anew when it fires.
    fn watch_stream(&mut self, id: StreamId) {
        let Some(stream) = self.streams.all.get_mut(&id) else {
            return;
        };
        let closes_at = stream.closes_at(&self.config.caps);
        if let Some((at, key)) = &mut stream.wake {
            if *at <= closes_at {
                return;
            }
            self.schedule.clear(key);
        }
        stream.wake = Some((
            closes_at,
            Some(self.schedule.set(closes_at, Deadline::StreamIdle(id))),
        ));
    }

    /// Sends over a connection to `flow`, opening one if need be.
    pub(crate) fn send_stream(
        &mut self,
        flow: Flow,
        bytes: Bytes,
        transaction: Option<TransactionId>,
        now: Instant,
    ) {
        let destination = flow.destination();
        let named = flow.stream.filter(|stream| self.streams.all.contains_key(stream));
        let open = named.or_else(|| self.streams.by_destination.get(&destination).copied());
        if let Some(id) = open {
            if let Some(stream) = self.streams.all.get_mut(&id) {
                stream.active_at = now;
            }
            self.transmits.push_back(Transmit::Stream(id, bytes));
            return;
        }
        if flow.stream.is_some() && transaction.is_none() {
            // What answers over a connection that is gone has nowhere to go: the peer asks again.
            return;
        }
        if let Some(connecting) = self.streams.connecting.get_mut(&destination) {
            if connecting.queue.len() < CONNECT_QUEUE_MAX {
                connecting.queue.push((transaction, bytes));
            }
            return;
        }
        let overdue_at = now + Duration::from_secs(CONNECT_SECS_MAX);
        let overdue = Some(
            self.schedule
                .set(overdue_at, Deadline::ConnectOverdue(destination)),
        );
        let connecting = Connecting {
            overdue,
            queue: vec![(transaction, bytes)],
        };
        self.streams.connecting.insert(destination, connecting);
        self.transmits.push_back(Transmit::Connect(destination));
    }
}
