//! Carrying out commands, and telling what came of them.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Instant;

use media::{LegKey, SocketKey, WorkerCommand, WorkerEvent, WorkerKey};

use super::{Token, WEBRTC_SOCKET, WorkerThread};
use crate::limits::COMMANDS_MAX;
use crate::ports::Port;

/// What other threads ask of a worker's thread.
pub(crate) enum Order {
    /// Closes a port, unless a leg has it.
    Close(SocketKey),
    /// Is for the worker.
    Command(WorkerCommand),
    /// Takes a port.
    Open(Port),
    /// Ends the thread.
    Stop,
}

impl<E: Fn(WorkerKey, WorkerEvent) + Send + 'static> WorkerThread<E> {
    /// Carries out what waits; tells whether the thread is to end.
    pub(super) fn follow_orders(&mut self) -> bool {
        // First, so that what is sent from here on wakes us again.
        self.shared.waker.clear();
        for _ in 0..COMMANDS_MAX {
            let Ok(order) = self.orders.try_recv() else {
                return false;
            };
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            let now = Instant::now();
            match order {
                Order::Close(socket) => {
                    if self.ports.get(socket).is_some_and(|port| port.leg.is_none()) {
                        self.close(socket, now);
                    }
                }
                Order::Command(command) => self.command(command, now),
                Order::Open(port) => self.open(port, now),
                Order::Stop => return true,
            }
        }
        self.shared.waker.wake();
        false
    }

    /// Tells the owner. A port is closed before its leg is said to be gone.
    pub(super) fn tell(&mut self, event: WorkerEvent, now: Instant) {
        if let WorkerEvent::Removed { leg, .. } = &event
            && let Some(socket) = self.legs.remove(leg)
        {
            self.close(socket, now);
        }
        (self.events)(self.key, event);
    }

    fn command(&mut self, command: WorkerCommand, now: Instant) {
        if let WorkerCommand::AddRtpLeg { leg, socket, .. } = command {
            self.add_rtp_leg(leg, socket, command, now);
        } else if let WorkerCommand::AddWebRtcLeg { leg, socket, .. } = command
            && socket != WEBRTC_SOCKET
        {
            self.tell(WorkerEvent::Refused { leg }, now);
        } else {
            self.worker.handle_command(command, now);
        }
        self.drain(now);
    }

    /// Gives a leg its port; a port whose leg is refused is closed.
    fn add_rtp_leg(&mut self, leg: LegKey, socket: SocketKey, command: WorkerCommand, now: Instant) {
        if self.ports.get(socket).is_none_or(|port| port.leg.is_some()) {
            self.tell(WorkerEvent::Refused { leg }, now);
            return;
        }
        let leg_count = self.worker.leg_count();
        self.worker.handle_command(command, now);
        if self.worker.leg_count() == leg_count {
            self.close(socket, now);
        } else if let Some(port) = self.ports.get_mut(socket) {
            port.leg = Some(leg);
            self.legs.insert(leg, socket);
        }
    }

    fn open(&mut self, port: Port, now: Instant) {
        let number = port.lease.port;
        let rtp = self.readiness.add(&port.rtp, Token::Rtp(number).into());
        let rtcp = self.readiness.add(&port.rtcp, Token::Rtcp(number).into());
        match rtp.and(rtcp) {
            Ok(()) => self.ports.insert(port),
            Err(error) => {
                tracing::error!(port = number, %error, "a socket cannot be watched; its leg will be refused");
                self.release(port, now);
            }
        }
    }

    fn close(&mut self, socket: SocketKey, now: Instant) {
        if let Some(port) = self.ports.remove(socket) {
            self.release(port, now);
        }
    }

    fn release(&mut self, port: Port, now: Instant) {
        let lease = port.lease;
        drop(port);
        let pool = self.shared.pool.lock();
        pool.unwrap_or_else(PoisonError::into_inner).give_back(lease, now);
    }
}
