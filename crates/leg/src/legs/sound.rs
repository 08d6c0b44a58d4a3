//! What media workers tell, and what it means for a leg.

use std::time::Instant;

use media::webrtc::FailReason;
use media::{LegKey, PlayKey, WorkerEvent};
use model::{DisconnectReason, LegId};

use crate::event::Event;
use crate::teardown;

use super::Legs;
use super::audio::Owner;
use super::table::Leg;

/// How a browser's connection ended.
#[derive(Clone, Copy)]
enum Broken {
    Closed,
    Failed(FailReason),
    Lost,
    NoRoom,
}

impl Legs {
    pub(super) fn take_media_event(&mut self, event: WorkerEvent, now: Instant) {
        match event {
            WorkerEvent::Digit { leg, digit } => {
                if let Some(leg) = self.leg_on(leg) {
                    self.events.push_back(Event::Digit { leg, digit });
                }
            }
            WorkerEvent::LineClosed { leg } => self.take_broken(leg, Broken::Closed, now),
            WorkerEvent::LineConnected { leg, connect_ms } => self.take_connected(leg, connect_ms),
            WorkerEvent::LineFailed { leg, reason } => self.take_broken(leg, Broken::Failed(reason), now),
            WorkerEvent::LineLost { leg } => self.take_broken(leg, Broken::Lost, now),
            WorkerEvent::MediaTimedOut { leg } => {
                if let Some(Owner::Call(leg)) = self.media.owner(leg) {
                    self.hang_up(leg, DisconnectReason::MediaTimeout, now);
                }
            }
            WorkerEvent::PlayFinished { leg, play } => self.take_play_finished(leg, play),
            WorkerEvent::Refused { leg } => self.take_broken(leg, Broken::NoRoom, now),
            WorkerEvent::RenegotiationRefused { leg } => {
                tracing::warn!(
                    media_leg = leg.0,
                    "a line could not be changed and goes on as before"
                );
            }
            WorkerEvent::Latched { leg, source } => {
                tracing::debug!(media_leg = leg.0, %source, "hears its peer");
            }
            WorkerEvent::Removed { leg, stats } => {
                tracing::debug!(media_leg = leg.0, ?stats, "removed");
            }
            // A lost line has been given up, and a leg that timed out has been hung up.
            WorkerEvent::LineRecovered { .. } | WorkerEvent::MediaResumed { .. } => {}
        }
    }

    /// The leg that is heard on a media leg.
    fn leg_on(&self, key: LegKey) -> Option<LegId> {
        match self.media.owner(key)? {
            Owner::BrowserCaller(leg) | Owner::Call(leg) => Some(leg),
            Owner::EchoTest(_) => None,
            Owner::Line(line) => self.lines.get(&line)?.leg(),
        }
    }

    fn take_connected(&mut self, key: LegKey, connect_ms: u32) {
        match self.media.owner(key) {
            Some(Owner::BrowserCaller(leg)) => {
                if let Some(Leg::Browser(caller)) = self.legs.get_mut(&leg)
                    && !caller.is_up
                {
                    caller.is_up = true;
                    if caller.is_answered {
                        self.events.push_back(Event::LegConnected { leg });
                    }
                }
            }
            Some(Owner::Line(line)) => {
                if self.lines.get_mut(&line).is_some_and(|state| state.open()) {
                    self.events.push_back(Event::LineOpened { line, connect_ms });
                }
            }
            Some(Owner::Call(_) | Owner::EchoTest(_)) | None => {}
        }
    }

    fn take_broken(&mut self, key: LegKey, broken: Broken, now: Instant) {
        match self.media.owner(key) {
            Some(Owner::BrowserCaller(leg)) => {
                let reason = match broken {
                    Broken::Closed => DisconnectReason::CustomerHangup,
                    Broken::Failed(reason) => teardown::of_connection(reason),
                    Broken::Lost => DisconnectReason::MediaTimeout,
                    Broken::NoRoom => DisconnectReason::LimitReached,
                };
                self.end_leg(leg, reason);
            }
            Some(Owner::Call(leg)) => {
                // Plain legs have no connection: it was never added, and its port is free.
                self.media.forget(key);
                self.hang_up(leg, DisconnectReason::LimitReached, now);
            }
            Some(Owner::EchoTest(echo_test)) => self.end_echo_test(echo_test),
            Some(Owner::Line(line)) => {
                let stood = self.end_line(line);
                self.events.push_back(match (stood, broken) {
                    (false, _) => Event::LineFailed { line },
                    (true, Broken::Closed) => Event::LineClosed { line },
                    (true, Broken::Failed(_) | Broken::Lost | Broken::NoRoom) => Event::LineLost { line },
                });
            }
            None => {}
        }
    }

    fn take_play_finished(&mut self, key: LegKey, play: PlayKey) {
        let Some(leg) = self.leg_on(key) else { return };
        if let Some(Owner::Line(line)) = self.media.owner(key)
            && let Some(state) = self.lines.get_mut(&line)
        {
            // What an earlier leg on the line was played is nobody's any more.
            if state.play != Some(play) {
                return;
            }
            state.play = None;
        }
        self.events.push_back(Event::PlayFinished { leg, play });
    }
}
