//! All legs of a node.

mod audio;
mod browser;
mod call;
mod change;
mod dialing;
mod orders;
mod signalling;
mod sound;
mod table;
mod unusable;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use media::{LegKey, WorkerCommand, WorkerEvent, WorkerKey};
use model::{DisconnectReason, LegId, LineId, TrunkId};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sip::endpoint::Endpoint;
use sip::{AdmissionId, Destination, DialogId, StreamId, Transmit, TransportId};

use crate::config::LegsConfig;
use crate::event::Event;
use crate::limits::{ARRIVAL_MAX, LEGS_MAX};
use crate::port::EchoTestId;
use crate::teardown::Rejection;

pub use self::browser::OfferError;

use self::audio::{MediaLeg, MediaLegs, Owner};
use self::browser::Line;
use self::call::Stage;
use self::table::{Leg, LegTable};

/// Why [`Legs`] wants to be woken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Deadline {
    /// A leg that arrived has waited too long to be answered.
    Arrival(LegId),
    /// An echo test has lasted long enough.
    EchoTest(EchoTestId),
    /// Something of SIP is due.
    Sip(sip::Deadline),
}

/// All legs of a node, with their dialogs, lines and media legs.
pub struct Legs {
    /// The request that is being let in, while it is.
    admitting: Option<Admitting>,
    config: LegsConfig,
    dialogs: BTreeMap<DialogId, LegId>,
    due: BTreeSet<(Instant, Due)>,
    echo_tests: BTreeMap<EchoTestId, MediaLeg>,
    endpoint: Endpoint,
    events: VecDeque<Event>,
    legs: LegTable,
    lines: BTreeMap<LineId, Line>,
    media: MediaLegs,
    random: ChaCha12Rng,
}

struct Admitting {
    admission: AdmissionId,
    leg: LegId,
    trunk: TrunkId,
}

/// A deadline of our own.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Due {
    Arrival(LegId),
    EchoTest(EchoTestId),
}

impl Legs {
    /// Returns a node without legs; all its randomness comes from `seed`.
    pub fn new(mut config: LegsConfig, seed: [u8; 32]) -> Self {
        config.legs_max = config.legs_max.min(LEGS_MAX);
        let mut random = ChaCha12Rng::from_seed(seed);
        let mut endpoint_seed = [0; 32];
        random.fill_bytes(&mut endpoint_seed);
        Self {
            admitting: None,
            endpoint: Endpoint::new(config.endpoint.clone(), endpoint_seed),
            config,
            dialogs: BTreeMap::new(),
            due: BTreeSet::new(),
            echo_tests: BTreeMap::new(),
            events: VecDeque::new(),
            legs: LegTable::default(),
            lines: BTreeMap::new(),
            media: MediaLegs::default(),
            random,
        }
    }

    /// Takes a datagram of SIP that came from `source` in at `transport`.
    pub fn handle_datagram(
        &mut self,
        bytes: &[u8],
        source: SocketAddr,
        transport: TransportId,
        now: Instant,
    ) {
        self.endpoint.handle_datagram(bytes, source, transport, now);
        self.drain_signalling(now);
    }

    /// Takes a connection in that was accepted at, or opened on behalf of, a transport.
    pub fn handle_stream_opened(&mut self, stream: StreamId, peer: Destination, now: Instant) {
        self.endpoint.handle_stream_opened(stream, peer, now);
        self.drain_signalling(now);
    }

    /// Takes bytes of SIP that arrived on a connection.
    pub fn handle_stream_bytes(&mut self, stream: StreamId, bytes: &[u8], now: Instant) {
        self.endpoint.handle_stream_bytes(stream, bytes, now);
        self.drain_signalling(now);
    }

    /// Forgets a connection that the peer or the network closed.
    pub fn handle_stream_closed(&mut self, stream: StreamId) {
        self.endpoint.handle_stream_closed(stream);
    }

    /// Learns that a connection asked for with [`Transmit::Connect`] cannot be had.
    pub fn handle_connect_failed(&mut self, destination: Destination, now: Instant) {
        self.endpoint.handle_connect_failed(destination, now);
        self.drain_signalling(now);
    }

    /// Takes what a worker tells.
    pub fn handle_media_event(&mut self, event: WorkerEvent, now: Instant) {
        self.take_media_event(event, now);
        self.drain_signalling(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.drain_signalling(now);
        while let Some((at, due)) = self.due.first().copied()
            && at <= now
        {
            self.due.pop_first();
            match due {
                Due::Arrival(leg) if self.is_unanswered(leg) => {
                    self.reject(leg, Rejection::Unavailable, now);
                }
                Due::Arrival(_) => {}
                Due::EchoTest(echo_test) => self.end_echo_test(echo_test),
            }
        }
        self.drain_signalling(now);
    }

    /// Yields the next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Yields the next order to the network, for SIP.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    /// Yields the next order to a media worker.
    pub fn poll_media(&mut self) -> Option<(WorkerKey, WorkerCommand)> {
        self.media.poll()
    }

    /// Returns when to call [`Self::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Instant, Deadline)> {
        let sip = self.endpoint.poll_timeout();
        let sip = sip.map(|(at, deadline)| (at, Deadline::Sip(deadline)));
        let own = self.due.first().map(|(at, due)| match due {
            Due::Arrival(leg) => (*at, Deadline::Arrival(*leg)),
            Due::EchoTest(echo_test) => (*at, Deadline::EchoTest(*echo_test)),
        });
        sip.into_iter().chain(own).min_by_key(|(at, _)| *at)
    }

    /// The legs there are, without idle lines.
    pub fn leg_count(&self) -> usize {
        self.legs.len()
    }

    /// Whether no leg is left but for agents and emergency calls.
    pub fn is_full(&self) -> bool {
        self.legs.bounded_count() >= self.config.legs_max
    }

    /// Whether the only legs left are those that are reserved for trunks.
    pub fn is_nearly_full(&self) -> bool {
        let others_max = self.config.legs_max.saturating_sub(self.config.legs_reserved);
        self.legs.bounded_count() >= others_max
    }

    /// The lines there are, open or about to be.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Whether an emergency service is on the other side of a media leg.
    pub fn is_emergency(&self, media: LegKey) -> bool {
        let Some(Owner::Call(leg)) = self.media.owner(media) else {
            return false;
        };
        let leg = self.legs.get(&leg);
        leg.is_some_and(|leg| matches!(leg, Leg::Call(call) if call.is_emergency))
    }

    /// The media legs there are; each leg and line has at most one.
    pub fn media_leg_count(&self) -> usize {
        self.media.len()
    }

    /// Whether the leg exists.
    pub fn has_leg(&self, leg: LegId) -> bool {
        self.legs.contains_key(&leg)
    }

    /// How much the SIP side remembers at the moment.
    pub fn sip_counts(&self) -> sip::endpoint::Counts {
        self.endpoint.counts()
    }

    /// Ends a leg as its state asks for, and says so.
    fn hang_up(&mut self, leg: LegId, reason: DisconnectReason, now: Instant) {
        if let Some(Leg::Call(call)) = self.legs.get(&leg) {
            self.endpoint.handle_command(call.farewell(reason), now);
        }
        self.end_leg(leg, reason);
    }

    /// Turns a leg away that arrived.
    fn reject(&mut self, leg: LegId, rejection: Rejection, now: Instant) {
        if let Some(Leg::Call(call)) = self.legs.get(&leg)
            && call.is_waiting()
        {
            let (status, retry_after_s) = rejection.status();
            let order = sip::endpoint::Command::Reject {
                dialog: call.dialog,
                reason: None,
                retry_after_s,
                status,
                warning: None,
            };
            self.endpoint.handle_command(order, now);
            self.end_leg(leg, rejection.reason());
        } else {
            self.hang_up(leg, rejection.reason(), now);
        }
    }

    /// Forgets a leg whose signalling is over or on its way to be, and says so.
    fn end_leg(&mut self, leg: LegId, reason: DisconnectReason) {
        let Some(ended) = self.legs.remove(&leg) else {
            return;
        };
        match ended {
            Leg::Browser(caller) => self.media.remove(caller.media),
            Leg::Call(call) => {
                self.dialogs.remove(&call.dialog);
                if let Stage::Talking(talk) = call.stage
                    && let Some(port) = talk.audio.release(&mut self.media)
                {
                    self.events.push_back(Event::PortUnused { port });
                }
            }
            Leg::OnLine(line) => self.leave_line(line),
        }
        self.events.push_back(Event::LegEnded { leg, reason });
    }

    fn is_unanswered(&self, leg: LegId) -> bool {
        match self.legs.get(&leg) {
            Some(Leg::Browser(caller)) => !caller.is_answered,
            Some(Leg::Call(call)) => call.is_waiting(),
            Some(Leg::OnLine(_)) | None => false,
        }
    }

    fn expect_answer(&mut self, leg: LegId, now: Instant) {
        self.due.insert((now + ARRIVAL_MAX, Due::Arrival(leg)));
    }

    /// The media leg on which a leg hears and is heard; none before its audio is agreed on.
    fn media_of(&self, leg: LegId) -> Option<MediaLeg> {
        match self.legs.get(&leg)? {
            Leg::Browser(caller) => Some(caller.media),
            Leg::Call(call) => call.talk()?.audio.media(),
            Leg::OnLine(line) => self.lines.get(line).map(|line| line.media),
        }
    }

    /// Takes what the SIP side tells, until it has nothing more to say.
    fn drain_signalling(&mut self, now: Instant) {
        while let Some(event) = self.endpoint.poll_event() {
            self.take_signalling(event, now);
        }
    }
}
