//! What agents ask for.

use model::event::ContactEvent;
use model::{
    Activity, AgentEvent, AgentId, AgentRequest, AgentState, ContactId, DisconnectReason, DispositionId,
    LegId, LegKind, LineId, OfferId, OfferOutcome, Refusal, SealedNotes, StatusId,
};
use presence::choose_status;

use super::Engine;
use super::ending::Gone;
use crate::contact::Stage;
use crate::deadline::Deadline;
use crate::input::CommandBody;
use crate::limits;

impl Engine {
    pub(super) fn request(&mut self, agent: AgentId, request: AgentRequest) -> Result<(), Refusal> {
        if !self.config.agents.contains_key(&agent) {
            return Err(Refusal::UnknownAgent);
        }
        match request {
            AgentRequest::AcceptOffer(offer) => self.accept(agent, offer),
            AgentRequest::CompleteContact {
                contact,
                disposition,
                notes_sealed,
            } => self.complete_by_agent(agent, contact, disposition, notes_sealed),
            AgentRequest::DeclineOffer(offer) => {
                let contact = self.offered(agent, offer)?;
                self.end_offer(contact, agent, offer, OfferOutcome::Declined);
                Ok(())
            }
            AgentRequest::EndContact(contact) => self.hang_up_by_agent(agent, contact),
            AgentRequest::ExtendAfterContactWork(contact) => self.extend(agent, contact),
            AgentRequest::SetStatus(status) => self.set_status(agent, status),
        }
    }

    fn set_status(&mut self, agent: AgentId, status: StatusId) -> Result<(), Refusal> {
        let event = choose_status(&self.agent(agent), status, &self.config)?;
        self.record_agent(agent, event);
        Ok(())
    }

    /// The contact of an offer that is out to this agent.
    fn offered(&self, agent: AgentId, offer: OfferId) -> Result<ContactId, Refusal> {
        match self.agent(agent).activity {
            Activity::Reserved {
                contact, offer: open, ..
            } if open == offer => Ok(contact),
            Activity::AfterContactWork { .. }
            | Activity::Connecting { .. }
            | Activity::Idle
            | Activity::Missed { .. }
            | Activity::OnContact { .. }
            | Activity::Reserved { .. } => Err(Refusal::OfferEnded),
        }
    }

    fn accept(&mut self, agent: AgentId, offer: OfferId) -> Result<(), Refusal> {
        let contact = self.offered(agent, offer)?;
        let line = self.agent(agent).line.ok_or(Refusal::LineClosed)?;
        self.end_offer(contact, agent, offer, OfferOutcome::Accepted);
        self.deadlines.set(
            Deadline::AgentConnectExpires(contact),
            self.now + limits::AGENT_CONNECT_TIMEOUT,
        );
        self.start_agent_leg(contact, agent, line);
        Ok(())
    }

    pub(super) fn start_agent_leg(&mut self, contact: ContactId, agent: AgentId, line: LineId) {
        let leg = LegId::new(self.now, self.random_bits());
        let kind = LegKind::Agent(agent);
        self.record_contact(contact, ContactEvent::LegStarted { leg, kind });
        self.command(CommandBody::StartAgentLeg {
            leg,
            agent,
            line,
            contact,
        });
    }

    fn hang_up_by_agent(&mut self, agent: AgentId, contact: ContactId) -> Result<(), Refusal> {
        let contact = self.contacts.get(&contact).cloned();
        let contact = contact.ok_or(Refusal::ContactMovedOn)?;
        match contact.stage {
            Stage::Talking { agent: holder } | Stage::Detached { agent: holder } if holder == agent => {
                self.disconnect(&contact, DisconnectReason::AgentHangup, Gone::Nothing);
                Ok(())
            }
            Stage::Detached { .. } | Stage::Talking { .. } => Err(Refusal::NotYours),
            Stage::Arriving
            | Stage::Connecting { .. }
            | Stage::Dialing { .. }
            | Stage::Disconnected
            | Stage::InFlow { .. }
            | Stage::Offered { .. }
            | Stage::Waiting => Err(Refusal::ContactMovedOn),
        }
    }

    /// Checks that the agent does after-contact work on the contact.
    fn working_on(&self, agent: AgentId, contact: ContactId) -> Result<AgentState, Refusal> {
        let state = self.agent(agent);
        match (state.activity, self.agents.holder(contact)) {
            (Activity::AfterContactWork { contact: own, .. }, _) if own == contact => Ok(state),
            (_, Some(holder)) if holder != agent => Err(Refusal::NotYours),
            (_, _) => Err(Refusal::ContactMovedOn),
        }
    }

    fn complete_by_agent(
        &mut self,
        agent: AgentId,
        contact: ContactId,
        disposition: Option<DispositionId>,
        notes_sealed: Option<SealedNotes>,
    ) -> Result<(), Refusal> {
        self.working_on(agent, contact)?;
        if disposition.is_some_and(|id| !self.config.dispositions.contains_key(&id)) {
            return Err(Refusal::UnknownDisposition);
        }
        self.end_after_contact_work(agent, contact, disposition, notes_sealed);
        Ok(())
    }

    pub(super) fn end_after_contact_work(
        &mut self,
        agent: AgentId,
        contact: ContactId,
        disposition: Option<DispositionId>,
        notes_sealed: Option<SealedNotes>,
    ) {
        self.record_agent(agent, AgentEvent::AfterContactWorkEnded { contact });
        self.complete(contact, disposition, notes_sealed);
    }

    fn extend(&mut self, agent: AgentId, contact: ContactId) -> Result<(), Refusal> {
        let state = self.working_on(agent, contact)?;
        let Activity::AfterContactWork { until, .. } = state.activity else {
            return Err(Refusal::ContactMovedOn);
        };
        let until = until + self.config.settings.after_contact_work_extension();
        if until > state.activity_since + limits::AFTER_CONTACT_WORK_MAX {
            return Err(Refusal::AfterContactWorkLimit);
        }
        self.record_agent(agent, AgentEvent::AfterContactWorkExtended { contact, until });
        self.deadlines.set(Deadline::AfterContactWorkEnds(contact), until);
        Ok(())
    }

    pub(super) fn agent(&self, agent: AgentId) -> AgentState {
        let known = self.agents.get(agent).cloned();
        known.unwrap_or_else(|| AgentState::new(agent, self.now))
    }
}
