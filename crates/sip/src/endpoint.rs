//! The user agent: one for each node, the only thing the rest of the system sees of SIP.
//!
//! Feed it with `handle_*`, then drain `poll_event`, `poll_transmit` and sleep until
//! `poll_timeout`. Commands in, events out: another stack could stand in behind the same two enums.

mod command;
mod config;
mod event;
mod inbound;
mod outbound;

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use bytes::Bytes;

use crate::admission::Admissions;
use crate::core::Core;
use crate::registration::{Registration, RegistrationId};
use crate::schedule::Deadline;
use crate::session::{DialogId, Session};
use crate::transport::{Destination, Flow, StreamId, Transmit, TransportId};
use crate::{Datagram, StreamEvent, frame_datagram};

pub use crate::admission::Proof;
pub use command::{Body, Command, OutboundCall, ProbeId, Warning};
pub use config::{Caps, EndpointConfig, Overload};
pub use event::{AdmissionRequest, EndReason, Event, FailureCause};

/// A SIP user agent with all its transactions, dialogs and registrations.
#[derive(Debug)]
pub struct Endpoint {
    admissions: Admissions,
    by_tag: HashMap<String, DialogId>,
    core: Core,
    dialog_number: u64,
    registrations: BTreeMap<RegistrationId, Registration>,
    sessions: HashMap<DialogId, Session>,
}

/// How much an endpoint remembers at the moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Requests that wait for a decision.
    pub admission_count: usize,
    /// Bytes of incomplete messages on streams.
    pub buffered_bytes: usize,
    /// Requests of ours that wait for a response or for what may come again.
    pub client_transaction_count: usize,
    /// Deadlines.
    pub deadline_count: usize,
    /// Dialogs.
    pub dialog_count: usize,
    /// Nonces whose counts are remembered.
    pub nonce_count: usize,
    /// Registrations.
    pub registration_count: usize,
    /// Requests of peers that are being answered or may come again.
    pub server_transaction_count: usize,
    /// Connections.
    pub stream_count: usize,
}

impl Endpoint {
    /// Returns an endpoint without dialogs; all its randomness comes from `seed`.
    pub fn new(config: EndpointConfig, seed: [u8; 32]) -> Self {
        let mut core = Core::new(config, seed);
        Self {
            admissions: Admissions::new(&mut core),
            by_tag: HashMap::new(),
            core,
            dialog_number: 0,
            registrations: BTreeMap::new(),
            sessions: HashMap::new(),
        }
    }

    /// Returns the name of the next dialog, for `Command::Invite`.
    pub fn allocate_dialog(&mut self) -> DialogId {
        self.dialog_number += 1;
        DialogId(self.dialog_number)
    }

    /// Takes a datagram that came from `source` in at `transport`.
    pub fn handle_datagram(
        &mut self,
        bytes: &[u8],
        source: std::net::SocketAddr,
        transport: TransportId,
        now: Instant,
    ) {
        match frame_datagram(bytes) {
            Datagram::KeepAlive => {}
            Datagram::Message(frame) => {
                let flow = Flow {
                    address: source,
                    stream: None,
                    transport,
                };
                self.handle_frame(frame, flow, now);
            }
        }
    }

    /// Takes a connection in that was accepted at, or opened on behalf of, a transport.
    pub fn handle_stream_opened(&mut self, stream: StreamId, peer: Destination, now: Instant) {
        self.core.open_stream(stream, peer, now);
    }

    /// Takes bytes that arrived on a connection.
    pub fn handle_stream_bytes(&mut self, stream: StreamId, bytes: &[u8], now: Instant) {
        let Some(flow) = self.core.streams.flow(stream) else {
            return;
        };
        if !self.core.streams.push(stream, bytes, &self.core.config.caps, now) {
            self.core.close_stream(stream);
            return;
        }
        while let Some(event) = self.core.streams.poll(stream, now) {
            match event {
                StreamEvent::Ping => self.core.send(flow, Bytes::from_static(b"\r\n"), None, now),
                StreamEvent::Pong => {}
                StreamEvent::Message(frame) => self.handle_frame(frame, flow, now),
                StreamEvent::Fatal(frame) => {
                    self.handle_frame(frame, flow, now);
                    self.core.close_stream(stream);
                    return;
                }
            }
        }
        self.core.settle_stream(stream);
    }

    /// Forgets a connection that the peer or the network closed.
    pub fn handle_stream_closed(&mut self, stream: StreamId) {
        self.core.forget_stream(stream);
    }

    /// Learns that a connection asked for with [`Transmit::Connect`] cannot be had.
    pub fn handle_connect_failed(&mut self, destination: Destination, now: Instant) {
        for transaction in self.core.fail_connect(destination) {
            if let Some(delivery) = self.core.fail_client(transaction, now) {
                self.deliver(delivery, now);
            }
        }
    }

    /// Carries out every deadline that has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(deadline) = self.core.schedule.pop_due(now) {
            self.handle_deadline(deadline, now);
        }
    }

    /// Yields the next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.core.events.pop_front()
    }

    /// Yields the next order to the network.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.core.transmits.pop_front()
    }

    /// Returns when to call `handle_timeout`, and why.
    pub fn poll_timeout(&self) -> Option<(Instant, Deadline)> {
        self.core.schedule.first()
    }

    /// Returns how much is remembered at the moment.
    pub fn counts(&self) -> Counts {
        let (stream_count, buffered_bytes) = self.core.streams.counts();
        let (admission_count, nonce_count) = self.admissions.counts();
        Counts {
            admission_count,
            buffered_bytes,
            client_transaction_count: self.core.clients.len(),
            deadline_count: self.core.schedule.len(),
            dialog_count: self.sessions.len(),
            nonce_count,
            registration_count: self.registrations.len(),
            server_transaction_count: self.core.servers.len(),
            stream_count,
        }
    }

    fn handle_deadline(&mut self, deadline: Deadline, now: Instant) {
        match deadline {
            Deadline::AckOverdue(id) => self.with(id, |session, core| session.handle_ack_overdue(core, now)),
            Deadline::AdmissionOverdue(id) => {
                self.admissions.give_up(&mut self.core, id, now);
            }
            Deadline::CancelOverdue(id) => {
                if let Some(delivery) = self.core.give_up_client(id, now) {
                    self.deliver(delivery, now);
                }
            }
            Deadline::Client(id, timer) => {
                if let Some(delivery) = self.core.client_timer(id, timer, now) {
                    self.deliver(delivery, now);
                }
            }
            Deadline::ConnectOverdue(destination) => self.handle_connect_failed(destination, now),
            Deadline::GlareRetry(id) => self.with(id, |session, core| session.handle_glare_retry(core, now)),
            Deadline::NoAnswer(id) => self.with(id, |session, core| session.handle_no_answer(core, now)),
            Deadline::ProvisionalRetransmission(id) => {
                self.with(id, |session, core| {
                    session.handle_provisional_retransmission(core, now)
                });
            }
            Deadline::Registration(id) => {
                if let Some(registration) = self.registrations.get_mut(&id) {
                    registration.handle_due(&mut self.core, now);
                }
            }
            Deadline::Server(id, timer) => self.core.server_timer(id, timer, now),
            Deadline::SessionExpiry(id) => {
                self.with(id, |session, core| session.handle_session_expired(core, now));
            }
            Deadline::SessionRefresh(id) => {
                self.with(id, |session, core| session.handle_refresh_due(core, now));
            }
            Deadline::StreamIdle(stream) => self.core.stream_timer(stream, now),
            Deadline::SuccessRetransmission(id) => {
                self.with(id, |session, core| {
                    session.handle_success_retransmission(core, now)
                });
            }
        }
    }

    /// Lets a session act, and forgets it when it is over.
    fn with(&mut self, id: DialogId, act: impl FnOnce(&mut Session, &mut Core)) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        act(session, &mut self.core);
        if session.is_over()
            && let Some(session) = self.sessions.remove(&id)
        {
            self.by_tag.remove(session.local_tag());
        }
    }

    fn insert(&mut self, id: DialogId, session: Session) {
        self.by_tag.insert(session.local_tag().to_owned(), id);
        self.sessions.insert(id, session);
    }
}
