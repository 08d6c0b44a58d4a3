//! What browsers ask for by way of the API.

use std::time::Instant;

use api::backend::{EchoTestStarted, LineOffer, LineOpened, MediaError};
use engine::Input;
use leg::{Command, EchoTestId, OfferError};
use model::{AgentId, DisconnectReason, LegId, LineId, TenantId};

use super::super::Message;
use super::super::limits::TEST_CALLS_MAX;
use super::super::lines::Owner;
use super::{Ownership, Task};

impl Task {
    pub(super) fn take_message(&mut self, message: Message) {
        match message {
            Message::Carry(tenant, commands) => self.carry(tenant, commands),
            Message::LetGo(tenant, commands) => self.let_go(tenant, commands),
            Message::CloseLine(tenant, agent) => self.close_line(tenant, agent),
            Message::EndEchoTest(tenant, id) => {
                let echo_test = EchoTestId(id);
                if self.echo_tests.get(&echo_test) == Some(&tenant) {
                    self.live.command(Command::EndEchoTest { echo_test });
                }
            }
            Message::EndLegAsCustomer(tenant, leg) => {
                if self.tenants.get(&leg).is_some_and(|owner| owner.tenant == tenant) {
                    let reason = DisconnectReason::CustomerHangup;
                    self.live.command(Command::HangUp { leg, reason });
                }
            }
            // Whoever asked may have gone away meanwhile: then what was opened fails by itself.
            Message::OpenLine(tenant, agent, offer, reply) => {
                let _ = reply.send(self.open_line((tenant, agent), &offer));
            }
            Message::ShutDown(ended) => self.end(ended),
            Message::StartBrowserCall(tenant, leg, sdp, reply) => {
                let _ = reply.send(self.start_browser_call(tenant, leg, &sdp));
            }
            Message::StartEchoTest(tenant, sdp, reply) => {
                let _ = reply.send(self.start_echo_test(tenant, &sdp));
            }
        }
    }

    /// Decided here, where all lines are known: of two browsers that ask at once, one is told that the other has it.
    fn open_line(&mut self, owner: Owner, offer: &LineOffer) -> Result<LineOpened, MediaError> {
        let (tenant, sdp) = (owner.0, &offer.sdp);
        let lines = self.lines.of(owner);
        for line in [lines.open, lines.opening].into_iter().flatten() {
            if let Some(sdp) = self.live.legs.renew_line(line, sdp).map_err(unanswered)? {
                return Ok(LineOpened { line, sdp });
            }
        }
        if lines.open.is_some_and(|open| Some(open) != offer.previous) && !offer.takes_over {
            return Err(MediaError::LineElsewhere);
        }
        let line = LineId::new(self.clock.now(), rand::random());
        let port = self.live.browser_port(self.worker_of(tenant));
        let answer = self.live.legs.open_line(line, sdp, port, Instant::now());
        let sdp = answer.map_err(unanswered)?;
        if let Some(line) = self.lines.begin(owner, line) {
            self.live.command(Command::CloseLine { line });
        }
        Ok(LineOpened { line, sdp })
    }

    /// The new line takes the place of an earlier one, whose leg ends only after the engine knows of the new.
    pub(super) fn line_opened(&mut self, line: LineId, connect_ms: u32) {
        let Some(((tenant, agent), replaced)) = self.lines.open(line) else {
            self.live.command(Command::CloseLine { line });
            return;
        };
        tracing::debug!(line.id = %line, connect_ms, "a line is open");
        self.tell(tenant, Input::LineOpened { agent, line });
        if let Some(line) = replaced {
            self.live.command(Command::CloseLine { line });
        }
    }

    pub(super) fn line_ended(&mut self, line: LineId, input: impl FnOnce(AgentId) -> Input) {
        if let Some((tenant, agent)) = self.lines.end(line) {
            self.tell(tenant, input(agent));
        }
    }

    fn close_line(&mut self, tenant: TenantId, agent: AgentId) {
        let lines = self.lines.of((tenant, agent));
        for line in [lines.open, lines.opening].into_iter().flatten() {
            self.lines.end(line);
            if lines.open == Some(line) {
                self.tell(tenant, Input::LineClosed { agent, line });
            }
            self.live.command(Command::CloseLine { line });
        }
    }

    fn start_browser_call(&mut self, tenant: TenantId, leg: LegId, sdp: &str) -> Result<String, MediaError> {
        let place = self.test_calls.take(tenant, 1, TEST_CALLS_MAX);
        let place = place.and_then(|mut place| place.pop());
        let place = place.filter(|_| !self.is_overloaded);
        let place = place.ok_or(MediaError::LimitReached)?;
        let port = self.live.browser_port(self.worker_of(tenant));
        let answer = self
            .live
            .legs
            .start_browser_call(leg, sdp, port, Instant::now())
            .map_err(unanswered)?;
        let ownership = Ownership {
            tenant,
            source: None,
            _place: Some(place),
        };
        self.tenants.insert(leg, ownership);
        Ok(answer)
    }

    fn start_echo_test(&mut self, tenant: TenantId, sdp: &str) -> Result<EchoTestStarted, MediaError> {
        let echo_test: u128 = rand::random();
        let id = EchoTestId(echo_test);
        let port = self.live.browser_port(self.worker_of(tenant));
        let answer = self.live.legs.start_echo_test(id, sdp, port, Instant::now());
        let sdp = answer.map_err(unanswered)?;
        self.echo_tests.insert(id, tenant);
        Ok(EchoTestStarted { echo_test, sdp })
    }
}

/// What the API says of an offer that was not answered.
fn unanswered(error: OfferError) -> MediaError {
    match error {
        OfferError::NoRoom => MediaError::LimitReached,
        OfferError::Insecure(_)
        | OfferError::TooLong
        | OfferError::Unreadable(_)
        | OfferError::Unusable(_) => MediaError::Sdp {
            reason: whole_story(&error),
        },
    }
}

/// An error with what is behind it.
fn whole_story(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", whole_story(source)),
        None => error.to_string(),
    }
}
