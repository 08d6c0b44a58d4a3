//! Carrying out commands.

use std::time::Instant;

use media::{PlayKey, Prompt, WorkerCommand};
use model::LegId;
use sip::digest::Algorithm;
use sip::endpoint::Command as SipCommand;
use sip::{AdmissionId, StatusCode};

use crate::command::Command;
use crate::event::Event;

use super::Legs;
use super::table::Leg;

impl Legs {
    /// Carries out an order; one that comes too late is ignored.
    pub fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Admit {
                admission,
                bound_to,
                leg,
                trunk,
            } => {
                let order = SipCommand::Admit { admission, bound_to };
                self.admit(admission, leg, trunk, order, now);
            }
            Command::CheckDigest {
                admission,
                bound_to,
                leg,
                proof,
                trunk,
            } => {
                let order = SipCommand::CheckDigest {
                    admission,
                    bound_to,
                    proof,
                };
                self.admit(admission, leg, trunk, order, now);
            }
            Command::AnswerBrowser { leg } => self.answer_browser(leg),
            Command::AnswerCall { leg, port } => self.answer_call(leg, port, now),
            Command::Bridge { a, b } => self.bridge(a, b),
            Command::Challenge {
                admission,
                algorithms,
                realm,
            } => self.challenge(admission, algorithms, realm, now),
            Command::CloseLine { line } => {
                self.end_line(line);
            }
            Command::Dial(dial) => self.dial(*dial, now),
            Command::EndEchoTest { echo_test } => self.end_echo_test(echo_test),
            Command::HangUp { leg, reason } => self.hang_up(leg, reason, now),
            Command::Ignore { admission } => {
                self.endpoint
                    .handle_command(SipCommand::Ignore { admission }, now);
            }
            Command::Play {
                leg,
                play,
                prompts,
                is_looping,
            } => self.play(leg, play, prompts, is_looping),
            Command::Refuse {
                admission,
                retry_after_s,
                status,
            } => self.refuse(admission, retry_after_s, status, now),
            Command::Register(request) => {
                self.endpoint.handle_command(SipCommand::Register(request), now);
            }
            Command::Reject { leg, rejection } => self.reject(leg, rejection, now),
            Command::SetPeers(peers) => {
                self.endpoint.handle_command(SipCommand::SetPeers(peers), now);
            }
            Command::StartOnLine { leg, line } => self.start_on_line(leg, line),
            Command::StopPlay { leg, play } => self.stop_play(leg, play),
            Command::Unregister { registration } => {
                let order = SipCommand::Unregister { registration };
                self.endpoint.handle_command(order, now);
            }
        }
        self.drain_signalling(now);
    }

    fn challenge(&mut self, admission: AdmissionId, algorithms: Vec<Algorithm>, realm: String, now: Instant) {
        let order = SipCommand::Challenge {
            admission,
            algorithms,
            realm,
        };
        self.endpoint.handle_command(order, now);
    }

    fn refuse(
        &mut self,
        admission: AdmissionId,
        retry_after_s: Option<u32>,
        status: StatusCode,
        now: Instant,
    ) {
        let order = SipCommand::Refuse {
            admission,
            retry_after_s,
            status,
        };
        self.endpoint.handle_command(order, now);
    }

    fn bridge(&mut self, a: LegId, b: LegId) {
        let (Some(a), Some(b)) = (self.media_of(a), self.media_of(b)) else {
            return;
        };
        if a.worker != b.worker {
            tracing::error!(
                a = a.worker.0,
                b = b.worker.0,
                "legs of two workers cannot be bridged"
            );
            return;
        }
        let bridge = WorkerCommand::Bridge { a: a.key, b: b.key };
        self.media.order(a.worker, bridge);
    }

    fn play(&mut self, leg: LegId, play: PlayKey, prompts: Vec<Prompt>, is_looping: bool) {
        let Some(media) = self.media_of(leg) else {
            return;
        };
        if let Some(Leg::OnLine(line)) = self.legs.get(&leg)
            && let Some(line) = self.lines.get_mut(line)
        {
            line.play = Some(play);
        }
        let order = WorkerCommand::Play {
            leg: media.key,
            play,
            prompts,
            is_looping,
        };
        self.media.order(media.worker, order);
    }

    fn stop_play(&mut self, leg: LegId, play: PlayKey) {
        if let Some(media) = self.media_of(leg) {
            let leg = media.key;
            self.media
                .order(media.worker, WorkerCommand::StopPlay { leg, play });
        }
    }

    fn answer_browser(&mut self, leg: LegId) {
        if let Some(Leg::Browser(caller)) = self.legs.get_mut(&leg)
            && !caller.is_answered
        {
            caller.is_answered = true;
            if caller.is_up {
                self.events.push_back(Event::LegConnected { leg });
            }
        }
    }
}
