//! Legs with their sockets and workers around them.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use leg::{Command, Event, Legs, LegsConfig, MediaPort};
use media::webrtc::DtlsCertificate;
use media::{WorkerCommand, WorkerEvent, WorkerKey};
use relay::{OpenRtpError, Overloaded, Precedence, Relay, RtpPort};
use sip::{StreamId, Transmit};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use crate::sparingly::Sparingly;

use super::deafness::Patience;
use super::limits::{
    DATAGRAM_BYTES_MAX, DATAGRAMS_AT_ONCE, OVERLOAD_REPORTED_EVERY, RESERVED_ONE_OF, SOCKET_RETRIED_EVERY,
};
use super::sockets::{Advertising, Sockets, UDP};
use super::streams::{StreamEvent, Streams};

/// Legs that send and hear.
pub(super) struct LiveLegs {
    pub(super) legs: Legs,
    advertising: Advertising,
    datagram: Vec<u8>,
    overload: Sparingly,
    patience: Patience,
    relay: Relay,
    streams: Streams,
    udp: Arc<UdpSocket>,
}

impl LiveLegs {
    /// Joins legs to sockets and workers; also returns what will happen to connections.
    pub(super) fn start(
        sockets: Sockets,
        relay: Relay,
        certificate: DtlsCertificate,
        advertising: Advertising,
        legs_max: usize,
    ) -> (Self, mpsc::Receiver<StreamEvent>) {
        let host = match sockets.address.ip() {
            any if any.is_unspecified() => advertising.towards_the_world(),
            bound if bound.is_loopback() => bound,
            bound => advertising.advertised.unwrap_or(bound),
        };
        let mut config = LegsConfig::new(sockets.endpoint(host), certificate);
        config.legs_max = legs_max;
        config.legs_reserved = legs_max / RESERVED_ONE_OF;
        config.media = advertising.bound;
        let (streams, stream_events) = Streams::start(sockets.tcp);
        let live = Self {
            legs: Legs::new(config, rand::random()),
            advertising,
            datagram: vec![0; DATAGRAM_BYTES_MAX],
            overload: Sparingly::every(OVERLOAD_REPORTED_EVERY),
            patience: Patience::default(),
            relay,
            streams,
            udp: Arc::new(sockets.udp),
        };
        (live, stream_events)
    }

    /// Takes the datagrams that have come, some at a time.
    ///
    /// # Errors
    /// When the socket has done nothing but fail for so long that it counts as broken.
    pub(super) fn take_datagrams(&mut self, now: Instant) -> io::Result<()> {
        for _ in 0..DATAGRAMS_AT_ONCE {
            match self.udp.try_recv_from(&mut self.datagram) {
                Ok((len, source)) => {
                    self.patience.heard();
                    self.legs.handle_datagram(&self.datagram[..len], source, UDP, now);
                }
                // An earlier datagram of ours reached nobody: its transaction finds out by itself.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.patience.heard();
                    break;
                }
                Err(error) if self.patience.is_over(now) => return Err(error),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the SIP socket fails");
                    break;
                }
            }
        }
        Ok(())
    }

    /// Waits until a datagram has come, or until a socket that failed is to be tried again.
    pub(super) fn readable(&self) -> impl Future<Output = ()> + Send + use<> {
        let (udp, is_failing) = (Arc::clone(&self.udp), self.patience.is_tried());
        async move {
            if is_failing || udp.readable().await.is_err() {
                tokio::time::sleep(SOCKET_RETRIED_EVERY).await;
            }
        }
    }

    /// Takes what happened to a connection.
    ///
    /// # Errors
    /// When no connection will be accepted any more.
    pub(super) fn take_stream(&mut self, event: StreamEvent, now: Instant) -> io::Result<()> {
        match event {
            StreamEvent::Bytes(id, bytes) => self.legs.handle_stream_bytes(id, &bytes, now),
            StreamEvent::Closed(id) => self.forget_stream(id),
            StreamEvent::ConnectFailed(destination) => self.legs.handle_connect_failed(destination, now),
            StreamEvent::ListenerBroken(error) => return Err(error),
            StreamEvent::Opened(stream, peer) => {
                let id = self.streams.adopt(stream);
                self.legs.handle_stream_opened(id, peer, now);
            }
        }
        Ok(())
    }

    /// Takes what a worker tells.
    pub(super) fn take_media(&mut self, event: WorkerEvent, now: Instant) {
        self.legs.handle_media_event(event, now);
    }

    /// Has the legs carry out an order.
    pub(super) fn command(&mut self, command: Command) {
        self.legs.handle_command(command, Instant::now());
    }

    /// Sends all that is to be sent and tells the workers; returns the next event.
    pub(super) fn poll(&mut self) -> Option<Event> {
        loop {
            self.flush();
            match self.legs.poll_event()? {
                Event::PortUnused { port } => self.relay.close_rtp(&RtpPort {
                    worker: port.worker,
                    socket: port.socket,
                    address: port.address,
                }),
                event @ (Event::AdmissionAsked(_)
                | Event::Arrived(_)
                | Event::Digit { .. }
                | Event::EchoTestEnded { .. }
                | Event::LegConnected { .. }
                | Event::LegEnded { .. }
                | Event::LegRinging { .. }
                | Event::LineClosed { .. }
                | Event::LineFailed { .. }
                | Event::LineLost { .. }
                | Event::LineOpened { .. }
                | Event::PlayFinished { .. }
                | Event::RegistrationChanged { .. }) => return Some(event),
            }
        }
    }

    /// When `handle_timeout` is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.legs.poll_timeout().map(|(at, _)| at)
    }

    /// Opens a port for the audio of a call with `peer`.
    ///
    /// # Errors
    /// When the workers have none left.
    pub(super) fn open_rtp(
        &self,
        worker: WorkerKey,
        peer: IpAddr,
        precedence: Precedence,
    ) -> Result<MediaPort, OpenRtpError> {
        let port = self.relay.open_rtp(worker, precedence)?;
        Ok(MediaPort {
            worker,
            socket: port.socket,
            address: (self.advertising.towards(peer), port.address.port()).into(),
        })
    }

    /// The port that a worker's browsers share.
    pub(super) fn browser_port(&self, worker: WorkerKey) -> MediaPort {
        let (socket, address) = self.relay.webrtc_address(worker);
        MediaPort {
            worker,
            socket,
            address: (self.advertising.towards_the_world(), address.port()).into(),
        }
    }

    /// The workers there are.
    pub(super) fn worker_count(&self) -> usize {
        self.relay.worker_count()
    }

    fn flush(&mut self) {
        while let Some(transmit) = self.legs.poll_transmit() {
            self.transmit(transmit);
        }
        while let Some((worker, command)) = self.legs.poll_media() {
            if let Err(Overloaded(command)) = self.relay.command(worker, command) {
                self.not_begun(worker, *command);
            }
        }
    }

    /// Does without what a worker has no time to begin: a leg is refused, a prompt counts as played.
    fn not_begun(&mut self, worker: WorkerKey, command: WorkerCommand) {
        if let WorkerCommand::AddRtpLeg { leg, .. } = command
            && self.legs.is_emergency(leg)
        {
            return self.relay.insist(worker, command);
        }
        if let Some(unsaid_count) = self.overload.say(Instant::now()) {
            tracing::warn!(
                unsaid_count,
                "a media worker is overloaded and begins nothing new"
            );
        }
        let event = match command {
            WorkerCommand::AddRtpLeg { leg, .. } | WorkerCommand::AddWebRtcLeg { leg, .. } => {
                WorkerEvent::Refused { leg }
            }
            WorkerCommand::Play { leg, play, .. } => WorkerEvent::PlayFinished { leg, play },
            WorkerCommand::Bridge { .. }
            | WorkerCommand::Echo { .. }
            | WorkerCommand::Mute { .. }
            | WorkerCommand::Remove { .. }
            | WorkerCommand::RenegotiateRtp { .. }
            | WorkerCommand::RenegotiateWebRtc { .. }
            | WorkerCommand::SendDigit { .. }
            | WorkerCommand::StopPlay { .. }
            | WorkerCommand::Unbridge { .. } => return,
        };
        self.legs.handle_media_event(event, Instant::now());
    }

    fn transmit(&mut self, transmit: Transmit) {
        match transmit {
            Transmit::CloseStream(id) => self.streams.close(id),
            Transmit::Connect(destination) => self.streams.connect(destination),
            Transmit::Datagram(destination, bytes) => {
                // What a full buffer loses is sent again, like what the network loses.
                if let Err(error) = self.udp.try_send_to(&bytes, destination.address) {
                    let error = &error as &dyn std::error::Error;
                    tracing::debug!(destination = %destination.address, error, "a datagram was not sent");
                }
            }
            Transmit::Stream(id, bytes) => {
                if !self.streams.write(id, bytes) {
                    self.forget_stream(id);
                }
            }
        }
    }

    fn forget_stream(&mut self, id: StreamId) {
        self.streams.close(id);
        self.legs.handle_stream_closed(id);
    }
}
