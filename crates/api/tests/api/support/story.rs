//! Contacts, told as events.

use std::time::Duration;

use model::event::{Direction, LegKind};
use model::{
    AgentEvent, AgentId, CandidateVerdict, ContactEvent, ContactId, Decision, DisconnectReason, EventBody,
    LegId, LineId, Meter, OfferId, OfferOutcome, TenantConfig, TenantId, Timestamp, UsageRecord,
};
use store::Entropy;

use super::{MONDAY, TestApp};

pub(crate) const CALLER: &str = "+19175550163";
pub(crate) const NOTES: &str = "Wants label by e-mail.";

pub(crate) struct Story<'a> {
    app: &'a TestApp,
    pub(crate) tenant: TenantId,
    pub(crate) config: TenantConfig,
    pub(crate) agent: AgentId,
    pub(crate) contact: ContactId,
    pub(crate) offer: OfferId,
    customer_leg: LegId,
    agent_leg: LegId,
    is_test: bool,
}

impl<'a> Story<'a> {
    /// The first company that signed up, its agent, and a contact to be.
    pub(crate) async fn of(app: &'a TestApp, tenant: TenantId, number: u128) -> Self {
        let config = app.store.load_config(tenant).await.unwrap();
        Self {
            app,
            tenant,
            agent: *config.agents.keys().next().unwrap(),
            config,
            contact: ContactId::new(MONDAY, number),
            offer: OfferId::new(MONDAY, number),
            customer_leg: LegId::new(MONDAY, number * 2),
            agent_leg: LegId::new(MONDAY, number * 2 + 1),
            is_test: false,
        }
    }

    /// The same as a call that only tries things out.
    pub(crate) fn for_trial(mut self) -> Self {
        self.is_test = true;
        self
    }

    /// The agent goes available.
    pub(crate) async fn available(&self) {
        let status = self.config.statuses.values().next().unwrap().id;
        let line = LineId::from_bits(5);
        let events = [
            AgentEvent::Reached,
            AgentEvent::LineOpened { line },
            AgentEvent::StatusChanged { status },
        ];
        let events = events.map(|event| EventBody::Agent(self.agent, event)).to_vec();
        self.app.backend.happen(self.tenant, events, Vec::new()).await;
    }

    /// The contact begins and waits in the queue.
    pub(crate) async fn waiting(&self) {
        let now = api::Backend::now(&*self.app.backend);
        let entropy = Entropy::from_seed([3; 32]);
        let party = self
            .app
            .store
            .party_for(self.tenant, Some(CALLER), now, entropy)
            .await
            .unwrap();
        let number = self.config.phone_numbers.values().next().unwrap();
        let initiated = ContactEvent::Initiated {
            leg: self.customer_leg,
            direction: Direction::Inbound,
            party,
            number: number.number.clone(),
            trunk: Some(number.trunk),
            flow: number.flow,
            test: self.is_test,
        };
        let leg = self.customer_leg;
        self.happen(vec![
            initiated,
            ContactEvent::LegStarted {
                leg,
                kind: LegKind::CustomerTrunk,
            },
            ContactEvent::LegConnected { leg },
        ])
        .await;
        self.pass(4);
        let queue = self.config.queues.values().next().unwrap().id;
        let since = api::Backend::now(&*self.app.backend);
        self.happen(vec![ContactEvent::Enqueued {
            queue,
            priority: 5,
            since,
        }])
        .await;
    }

    /// The contact begins with a call to somebody: of this number, or to an emergency service.
    pub(crate) async fn dialing(&self, called: Option<&str>) {
        let now = api::Backend::now(&*self.app.backend);
        let entropy = Entropy::from_seed([4; 32]);
        let party = self.app.store.party_for(self.tenant, called, now, entropy);
        let number = self.config.phone_numbers.values().next().unwrap();
        let leg = self.customer_leg;
        let initiated = ContactEvent::Initiated {
            leg,
            direction: Direction::Outbound,
            party: party.await.unwrap(),
            number: number.number.clone(),
            trunk: Some(number.trunk),
            flow: number.flow,
            test: self.is_test,
        };
        let kind = LegKind::CustomerTrunk;
        self.happen(vec![initiated, ContactEvent::LegStarted { leg, kind }])
            .await;
        self.pass(2);
        self.happen(vec![ContactEvent::LegRinging { leg }]).await;
        self.pass(5);
    }

    /// The customer who was called answers.
    pub(crate) async fn answered(&self) {
        let leg = self.customer_leg;
        self.happen(vec![ContactEvent::LegConnected { leg }]).await;
    }

    /// The contact is offered to the agent.
    pub(crate) async fn offered(&self) {
        self.pass(6);
        let now = api::Backend::now(&*self.app.backend);
        let profile = self.config.agents[&self.agent].routing_profile;
        let decision = Decision {
            waited_ms: 6000,
            position: 1,
            waiting_count: 1,
            candidates: vec![model::decision::Candidate {
                agent: self.agent,
                routing_profile: profile,
                idle_since: now - Duration::from_secs(44),
                verdict: CandidateVerdict::Chosen,
            }],
            candidates_left_out_count: 0,
        };
        self.happen(vec![ContactEvent::Offered {
            offer: self.offer,
            agent: self.agent,
            queue: self.config.queues.values().next().unwrap().id,
            expires_at: now + Duration::from_secs(20),
            decision,
        }])
        .await;
    }

    /// The agent takes it and both hear each other.
    pub(crate) async fn talking(&self) {
        self.pass(3);
        let (agent, leg) = (self.agent, self.agent_leg);
        self.happen(vec![
            ContactEvent::OfferEnded {
                offer: self.offer,
                agent,
                outcome: OfferOutcome::Accepted,
            },
            ContactEvent::LegStarted {
                leg,
                kind: LegKind::Agent(agent),
            },
            ContactEvent::LegConnected { leg },
            ContactEvent::ConnectedToAgent { agent, leg },
        ])
        .await;
    }

    /// The customer hangs up, and after-contact work begins.
    pub(crate) async fn disconnected(&self) {
        self.pass(49);
        let now = api::Backend::now(&*self.app.backend);
        let reason = DisconnectReason::CustomerHangup;
        let mut events: Vec<EventBody> = [
            ContactEvent::LegEnded {
                leg: self.customer_leg,
                reason,
                ended_at: now,
            },
            ContactEvent::LegEnded {
                leg: self.agent_leg,
                reason: DisconnectReason::OtherPartyEnded,
                ended_at: now,
            },
            ContactEvent::Disconnected {
                reason,
                ended_at: now,
            },
        ]
        .map(|event| EventBody::Contact(self.contact, event))
        .to_vec();
        let until = now + Duration::from_secs(120);
        let acw = AgentEvent::AfterContactWorkStarted {
            contact: self.contact,
            until,
        };
        events.push(EventBody::Agent(self.agent, acw));
        let usage = vec![
            self.usage(self.customer_leg, Meter::InboundTrunkSeconds, MONDAY, now),
            self.usage(
                self.agent_leg,
                Meter::AgentBrowserSeconds,
                now - Duration::from_secs(49),
                now,
            ),
        ];
        self.app.backend.happen(self.tenant, events, usage).await;
    }

    /// The agent completes the contact as resolved.
    pub(crate) async fn completed(&self) {
        self.pass(12);
        let disposition = self.config.dispositions.keys().next().copied();
        let record = self.app.store.contact_record(self.tenant, self.contact).await;
        let party = record.unwrap().unwrap().party;
        let entropy = Entropy::from_seed([5; 32]);
        let sealed = self
            .app
            .store
            .seal_notes(self.tenant, party, self.contact, NOTES, entropy);
        let notes_sealed = sealed.await.unwrap();
        let ended = AgentEvent::AfterContactWorkEnded {
            contact: self.contact,
        };
        let completed = ContactEvent::Completed {
            disposition,
            notes_sealed,
        };
        let events = vec![
            EventBody::Agent(self.agent, ended),
            EventBody::Contact(self.contact, completed),
        ];
        self.app.backend.happen(self.tenant, events, Vec::new()).await;
    }

    /// The whole story.
    pub(crate) async fn told(&self) {
        self.waiting().await;
        self.offered().await;
        self.talking().await;
        self.disconnected().await;
        self.completed().await;
    }

    fn usage(&self, leg: LegId, meter: Meter, started_at: Timestamp, ended_at: Timestamp) -> UsageRecord {
        UsageRecord {
            tenant: self.tenant,
            event_seq: u64::try_from(leg.bits() & 0xffff_ffff).unwrap(),
            contact: self.contact,
            leg,
            meter,
            started_at,
            ended_at,
            quantity_ms: ended_at.millis_since(started_at),
            test: self.is_test,
        }
    }

    async fn happen(&self, events: Vec<ContactEvent>) {
        let events = events
            .into_iter()
            .map(|event| EventBody::Contact(self.contact, event))
            .collect();
        self.app.backend.happen(self.tenant, events, Vec::new()).await;
    }

    fn pass(&self, seconds: u64) {
        self.app.backend.advance(Duration::from_secs(seconds));
    }
}
