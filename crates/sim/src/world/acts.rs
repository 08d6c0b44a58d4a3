//! What customers, agents, programs and administrators do.

use std::time::Duration;

use engine::{Arrival, Input, Placement};
use model::{
    AgentId, AgentRequest, ConfigChange, ContactId, Dialed, DisconnectReason, LegId, LegKind, LineId,
    PartyId, Refusal, Revision, TrunkId,
};
use routing::{OwnNumber, UnclearCall, choose_trunk, read_call};

use crate::building::CALLING_CODE;

use super::{Later, World};

impl World {
    /// A customer calls a number, over its trunk or from a browser.
    pub fn call(&mut self, to: &str, kind: LegKind) -> LegId {
        let leg = LegId::from_bits(self.make());
        let to = to.parse().expect("the world dials numbers in E.164");
        let claimed = self.config().claimed_number(&to).map(|claimed| claimed.trunk);
        let party = PartyId::from_bits(self.make());
        self.input(Input::LegArrived(Arrival {
            leg,
            kind,
            party,
            to,
            trunk: claimed.filter(|_| kind == LegKind::CustomerTrunk),
            test: false,
        }));
        leg
    }

    /// A program has somebody called from one of the tenant's numbers; none when `to` is no number, or one of those.
    pub fn place_call(&mut self, from: &str, to: &str, ring_timeout: Option<Duration>) -> Option<LegId> {
        let from = from.parse().ok()?;
        let claimed = self.config().phone_numbers.values();
        let numbers: Vec<OwnNumber> = claimed
            .map(|claimed| OwnNumber {
                number: claimed.number.clone(),
                trunk: claimed.trunk,
                calling_code: CALLING_CODE.to_owned(),
            })
            .collect();
        let (from, own, to) = match read_call(to, Some(&from), &numbers) {
            Ok((own, to)) => (own.number.clone(), own.trunk, to),
            // Who places a call may know of a number that the engine no longer has.
            Err(UnclearCall::NoNumber | UnclearCall::NotClaimed) => {
                (from, TrunkId::from_bits(0), Dialed::read(to, CALLING_CODE).ok()?)
            }
            Err(UnclearCall::NotUnderstood | UnclearCall::OwnNumber) => return None,
        };
        let trunk = choose_trunk(&to, own, &self.trunks);
        let leg = LegId::from_bits(self.make());
        let party = PartyId::from_bits(self.make());
        self.input(Input::CallPlaced(Placement {
            leg,
            party,
            from,
            to,
            trunk,
            flow: None,
            ring_timeout,
            test: false,
        }));
        Some(leg)
    }

    /// It rings at the far end of a call that was placed.
    pub fn ring(&mut self, leg: LegId) {
        self.input(Input::LegRinging { leg });
    }

    /// The far end answers a call that was placed, if it still rings there.
    pub fn answer(&mut self, leg: LegId) {
        if self.reference.is_up(leg) {
            self.input(Input::LegConnected { leg });
        }
    }

    /// A call that was placed comes to nothing, if it is not answered yet.
    pub fn fail(&mut self, leg: LegId, reason: DisconnectReason) {
        if self.reference.is_dialing(leg) {
            self.input(Input::LegEnded { leg, reason });
        }
    }

    /// Whoever placed a call takes it back.
    ///
    /// # Errors
    /// When it had no effect.
    pub fn cancel(&mut self, contact: ContactId) -> Result<(), Refusal> {
        let id = self.make_request();
        self.input(Input::CallCancelled { contact, id });
        self.take_reply(id)
    }

    /// A leg falls away.
    pub fn end_leg(&mut self, leg: LegId, reason: DisconnectReason) {
        self.playing.remove(&leg);
        self.input(Input::LegEnded { leg, reason });
    }

    /// Legs that are begun from now on take so long until they carry audio.
    pub const fn delay_legs(&mut self, delay: Duration) {
        self.connect_delay = delay;
    }

    /// From now on the end of what a leg hears is told to nobody, as when a message is lost.
    pub fn lose_ends(&mut self, leg: LegId) {
        self.untold.insert(leg);
    }

    /// A customer presses a key.
    pub fn press(&mut self, leg: LegId, digit: char) {
        self.input(Input::DigitPressed { leg, digit });
    }

    /// An agent asks for something.
    ///
    /// # Errors
    /// When it had no effect.
    pub fn request(&mut self, agent: AgentId, request: AgentRequest) -> Result<(), Refusal> {
        let id = self.make_request();
        self.input(Input::AgentRequested { agent, request, id });
        self.take_reply(id)
    }

    /// An agent's browser opens its line.
    pub fn open_line(&mut self, agent: AgentId) {
        let line = LineId::from_bits(self.make());
        self.input(Input::LineOpened { agent, line });
    }

    /// An agent's line falls away.
    pub fn lose_line(&mut self, agent: AgentId) {
        if let Some(line) = self.line_of(agent) {
            self.input(Input::LineLost { agent, line });
        }
    }

    /// An agent's browser closes its line.
    pub fn close_line(&mut self, agent: AgentId) {
        if let Some(line) = self.line_of(agent) {
            self.input(Input::LineClosed { agent, line });
        }
    }

    /// An agent's leg falls away, while the line stands.
    pub fn end_agent_leg(&mut self, agent: AgentId) {
        if let Some(leg) = self.reference.leg_of(agent) {
            self.end_leg(leg, DisconnectReason::AgentLost);
        }
    }

    /// An agent's browser is heard, and from now on.
    pub fn hear(&mut self, agent: AgentId) {
        if self.heard.insert(agent) {
            self.happen(Later::Heartbeat(agent));
        }
    }

    /// An agent's browser falls silent.
    pub fn silence(&mut self, agent: AgentId) {
        self.heard.remove(&agent);
    }

    /// The configuration is changed.
    pub fn configure(&mut self, changes: Vec<ConfigChange>) {
        let number = self.config().revision + 1;
        self.input(Input::ConfigChanged(Revision {
            number,
            by: None,
            changes,
        }));
    }

    /// The last revision is told once more, as after a message that was sent twice.
    pub fn repeat_revision(&mut self) {
        let number = self.config().revision;
        self.input(Input::ConfigChanged(Revision {
            number,
            by: None,
            changes: Vec::new(),
        }));
    }

    fn line_of(&self, agent: AgentId) -> Option<LineId> {
        self.view.agents.get(agent).and_then(|agent| agent.line)
    }
}
