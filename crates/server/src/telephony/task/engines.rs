//! What engines command.

use std::time::Instant;

use engine::{CommandBody, Input, RefuseReason};
use leg::{Command, Rejection};
use media::{PlayKey, WorkerKey};
use model::{DisconnectReason, LegId, TenantId};
use relay::Precedence;

use super::dialing::Outbound;
use super::{Ownership, Task};

impl Task {
    /// Carries an engine's commands out, in order, each once.
    pub(super) fn carry(&mut self, tenant: TenantId, commands: Vec<engine::Command>) {
        for command in commands {
            let last = self.carried.get(&tenant);
            if last.is_some_and(|last| *last >= command.number) {
                continue;
            }
            self.carried.insert(tenant, command.number);
            self.carry_one(tenant, command.body);
        }
    }

    /// Carries out what no engine commanded.
    pub(super) fn let_go(&mut self, tenant: TenantId, commands: Vec<CommandBody>) {
        for command in commands {
            self.carry_one(tenant, command);
        }
    }

    /// Does without what would begin while too much else waits; true when the command was such.
    fn is_declined(&mut self, tenant: TenantId, command: &CommandBody) -> bool {
        match *command {
            CommandBody::Dial { ref to, .. } if to.is_emergency() => return false,
            CommandBody::Answer { leg } => {
                let rejection = Rejection::Unavailable;
                self.live.command(Command::Reject { leg, rejection });
            }
            CommandBody::Dial { leg, .. } => {
                let reason = DisconnectReason::LimitReached;
                self.tell(tenant, Input::LegEnded { leg, reason });
            }
            CommandBody::Play { repeat: true, .. } => {}
            CommandBody::Play { leg, play, .. } => self.tell(tenant, Input::PlayFinished { leg, play }),
            CommandBody::Bridge { .. }
            | CommandBody::HangUp { .. }
            | CommandBody::Refuse { .. }
            | CommandBody::Reply { .. }
            | CommandBody::StartAgentLeg { .. }
            | CommandBody::StopPlay { .. } => return false,
        }
        if let Some(unsaid_count) = self.overload.say(Instant::now()) {
            tracing::warn!(tenant.id = %tenant, unsaid_count, "overloaded: an order of the engine's is not carried out");
        }
        self.drain();
        true
    }

    fn carry_one(&mut self, tenant: TenantId, command: CommandBody) {
        if self.is_overloaded && self.is_declined(tenant, &command) {
            return;
        }
        let command = match command {
            CommandBody::Answer { leg } => return self.answer(leg),
            CommandBody::Bridge { a, b } => Command::Bridge { a, b },
            CommandBody::Dial {
                leg,
                trunk,
                from,
                to,
                ring_timeout,
                ..
            } => {
                let call = Outbound {
                    tenant,
                    trunk,
                    from,
                    to,
                    ring_timeout,
                };
                return self.dial(leg, call);
            }
            CommandBody::HangUp { leg, reason } if self.call_off(leg, reason) => return,
            CommandBody::HangUp { leg, reason } => Command::HangUp { leg, reason },
            CommandBody::Play {
                leg,
                play,
                audio,
                repeat,
            } => Command::Play {
                leg,
                play: PlayKey(play.0),
                prompts: self.prompts.samples(&audio),
                is_looping: repeat,
            },
            CommandBody::Refuse { leg, reason } => Command::Reject {
                leg,
                rejection: match reason {
                    RefuseReason::Busy => Rejection::Busy,
                    RefuseReason::NoFlow => Rejection::UnassignedNumber,
                    // Of calls that were not placed, which have no leg yet.
                    RefuseReason::NoTrunk(_) | RefuseReason::NotClaimed | RefuseReason::Unavailable => {
                        Rejection::Unavailable
                    }
                },
            },
            // The tenants answer requests themselves.
            CommandBody::Reply { .. } => return,
            CommandBody::StartAgentLeg { leg, line, .. } => {
                let ownership = Ownership {
                    tenant,
                    source: None,
                    _place: None,
                };
                self.tenants.insert(leg, ownership);
                Command::StartOnLine { leg, line }
            }
            CommandBody::StopPlay { leg, play } => Command::StopPlay {
                leg,
                play: PlayKey(play.0),
            },
        };
        self.live.command(command);
        // What follows at once, such as a leg that is connected, is told before the next command is looked at.
        self.drain();
    }

    /// Answers a customer's leg: a call gets a port of its own, a browser has one.
    fn answer(&mut self, leg: LegId) {
        let Some(ownership) = self.tenants.get(&leg) else {
            return;
        };
        let command = match ownership.source {
            None => Command::AnswerBrowser { leg },
            Some(source) => match self.live.open_rtp(
                self.worker_of(ownership.tenant),
                source.ip(),
                Precedence::Ordinary,
            ) {
                Ok(port) => Command::AnswerCall { leg, port },
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(leg.id = %leg, error, "a call has no port for its audio");
                    let rejection = Rejection::Unavailable;
                    Command::Reject { leg, rejection }
                }
            },
        };
        self.live.command(command);
        self.drain();
    }

    /// The worker all of a tenant's media legs are on, so that any two of them can be bridged.
    pub(super) fn worker_of(&self, tenant: TenantId) -> WorkerKey {
        // The lower bits of an id are random.
        let number = tenant.bits() % self.live.worker_count().max(1) as u128;
        WorkerKey(u16::try_from(number).expect("there are fewer workers than 65,536"))
    }
}
