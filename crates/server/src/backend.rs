//! What the API asks of this node, answered by its tenants, its telephony and its store.

mod confirm;
mod outbound;

use std::sync::Arc;

use api::backend::{
    Answer, Backend, CallOrder, EchoTestStarted, LineOffer, LineOpened, LiveSubscription, Mail, MailError,
    MediaError, PlaceCallError, Prompt, PromptKind, RequestError, SimulationError, TestCallStarted,
    Unavailable,
};
use axum::body::Bytes;
use engine::{Arrival, Command, CommandBody, Input, RefuseReason};
use media::prompts::{BUILTIN_PROMPTS, BuiltinPrompt};
use model::{
    AgentId, AgentRequest, ContactId, ContactRecord, LegId, LegKind, PhoneNumber, Refusal, Revision,
    TenantConfig, TenantId, Timestamp,
};
use store::{Entropy, Store};

use crate::clock::Clock;
use crate::mail::{self, MailServers};
use crate::telephony::Telephony;
use crate::tenants::{ArriveError, Carry, Tenants};

/// This node.
pub(crate) struct Node {
    store: Store,
    clock: Arc<Clock>,
    tenants: Tenants,
    telephony: Telephony,
    base_url: String,
    mail_servers: MailServers,
    prompts: Vec<Prompt>,
}

impl Node {
    pub(crate) fn new(
        store: Store,
        clock: Arc<Clock>,
        tenants: Tenants,
        telephony: Telephony,
        base_url: String,
        mail_servers: MailServers,
    ) -> Self {
        let prompts = BUILTIN_PROMPTS.iter().map(describe).collect();
        Self {
            store,
            clock,
            tenants,
            telephony,
            base_url,
            mail_servers,
            prompts,
        }
    }

    async fn open_line_of(
        &self,
        tenant: TenantId,
        agent: AgentId,
        offer: LineOffer,
    ) -> Result<LineOpened, MediaError> {
        let live = self.tenants.live(tenant).await?;
        if !live.config.agents.contains_key(&agent) {
            return Err(Refusal::UnknownAgent.into());
        }
        self.telephony.open_line(tenant, agent, offer).await
    }

    async fn close_line_of(&self, tenant: TenantId, agent: AgentId) -> Result<(), Unavailable> {
        let live = self.tenants.live(tenant).await?;
        self.telephony.close_line(tenant, agent);
        match live.view.agents.get(agent).and_then(|agent| agent.line) {
            Some(line) => confirm::line_closed(live.events, agent, line).await,
            None => Ok(()),
        }
    }

    async fn test_call(&self, tenant: TenantId, sdp: String) -> Result<TestCallStarted, MediaError> {
        let live = self.tenants.live(tenant).await?;
        let to = first_number(&live.config).ok_or(MediaError::NoPhoneNumber)?;
        let now = self.clock.now();
        let entropy = Entropy::draw(&mut rand::rng());
        let party = self.store.party_for(tenant, None, now, entropy).await;
        let party = party.map_err(|error| {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(tenant.id = %tenant, error, "a test call has no party");
            Unavailable
        })?;
        let leg = LegId::new(now, rand::random());
        let sdp = self.telephony.start_browser_call(tenant, leg, sdp).await?;
        let arrival = Input::LegArrived(Arrival {
            leg,
            kind: LegKind::CustomerBrowser,
            party,
            to,
            trunk: None,
            test: true,
        });
        match self.tenants.arrive(tenant, arrival).await {
            Ok(contact) => Ok(TestCallStarted { contact, sdp }),
            Err(error) => {
                // Nobody is told of the contact, should it still begin.
                self.telephony.end_leg_as_customer(tenant, leg);
                Err(turned_away(error))
            }
        }
    }

    async fn end_test_call_of(&self, tenant: TenantId, contact: ContactId) -> Result<(), Unavailable> {
        let live = self.tenants.live(tenant).await?;
        let Some(leg) = live.view.contacts.get(&contact).and_then(test_caller) else {
            return Ok(());
        };
        self.telephony.end_leg_as_customer(tenant, leg);
        confirm::disconnected(live.events, contact).await
    }

    async fn simulate(&self, tenant: TenantId, count: u16) -> Result<(), SimulationError> {
        let live = self.tenants.live(tenant).await?;
        let to = first_number(&live.config).ok_or(SimulationError::NoPhoneNumber)?;
        self.telephony.simulate_callers(tenant, to, count)
    }
}

impl Carry for Telephony {
    fn carry(&self, tenant: TenantId, commands: Vec<Command>) {
        Self::carry(self, tenant, commands);
    }

    fn let_go(&self, tenant: TenantId, commands: Vec<CommandBody>) {
        Self::let_go(self, tenant, commands);
    }
}

fn first_number(config: &TenantConfig) -> Option<PhoneNumber> {
    let first = config.phone_numbers.values().next();
    first.map(|claimed| claimed.number.clone())
}

/// The browser caller of a test call that has not ended.
fn test_caller(record: &ContactRecord) -> Option<LegId> {
    let is_caller =
        |leg: &&model::contact::LegRecord| leg.kind == LegKind::CustomerBrowser && leg.ended_at.is_none();
    let leg = record.legs.iter().find(is_caller)?;
    record.test.then_some(leg.id)
}

fn turned_away(error: ArriveError) -> MediaError {
    match error {
        ArriveError::Refused(RefuseReason::Busy) => MediaError::LimitReached,
        // The number was released, or its flow broken, since it was looked up.
        ArriveError::Refused(RefuseReason::NoFlow) => MediaError::NoPhoneNumber,
        ArriveError::Refused(
            RefuseReason::NoTrunk(_) | RefuseReason::NotClaimed | RefuseReason::Unavailable,
        ) => Unavailable.into(),
        ArriveError::Unavailable(unavailable) => unavailable.into(),
    }
}

/// The name as people write it.
fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let (first, rest) = words.split_at(words.len().min(1));
    first.to_uppercase() + rest
}

fn describe(prompt: &BuiltinPrompt) -> Prompt {
    Prompt {
        name: prompt.name.to_owned(),
        title: title(prompt.name),
        kind: if prompt.text.is_empty() {
            PromptKind::Music
        } else {
            PromptKind::Speech
        },
        text: prompt.text.to_owned(),
        // µ-law is 8,000 bytes a second.
        duration_ms: prompt.mu_law().len() as u64 / 8,
    }
}

impl Backend for Node {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn random(&self) -> u128 {
        rand::random()
    }

    fn base_url(&self) -> &str {
        &self.base_url
    }

    fn takes_calls(&self) -> bool {
        self.tenants.takes_calls()
    }

    fn request(
        &self,
        tenant: TenantId,
        agent: AgentId,
        request: AgentRequest,
    ) -> Answer<'_, Result<(), RequestError>> {
        Box::pin(self.tenants.request(tenant, agent, request))
    }

    fn open_line(
        &self,
        tenant: TenantId,
        agent: AgentId,
        offer: LineOffer,
    ) -> Answer<'_, Result<LineOpened, MediaError>> {
        Box::pin(self.open_line_of(tenant, agent, offer))
    }

    fn close_line(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<(), RequestError>> {
        Box::pin(async move { Ok(self.close_line_of(tenant, agent).await?) })
    }

    fn heartbeat(&self, tenant: TenantId, agent: AgentId) {
        self.tenants.submit(tenant, Input::AgentHeard(agent));
    }

    fn start_test_call(
        &self,
        tenant: TenantId,
        sdp: String,
    ) -> Answer<'_, Result<TestCallStarted, MediaError>> {
        Box::pin(self.test_call(tenant, sdp))
    }

    fn end_test_call(&self, tenant: TenantId, contact: ContactId) -> Answer<'_, Result<(), Unavailable>> {
        Box::pin(self.end_test_call_of(tenant, contact))
    }

    fn place_call(
        &self,
        tenant: TenantId,
        order: CallOrder,
    ) -> Answer<'_, Result<ContactId, PlaceCallError>> {
        Box::pin(self.place(tenant, order))
    }

    fn cancel_call(&self, tenant: TenantId, contact: ContactId) -> Answer<'_, Result<(), RequestError>> {
        Box::pin(self.tenants.cancel_call(tenant, contact))
    }

    fn simulate_callers(&self, tenant: TenantId, count: u16) -> Answer<'_, Result<(), SimulationError>> {
        Box::pin(self.simulate(tenant, count))
    }

    fn end_simulated_callers(&self, tenant: TenantId) -> Answer<'_, Result<(), Unavailable>> {
        self.telephony.end_simulated_callers(tenant);
        Box::pin(async { Ok(()) })
    }

    fn start_echo_test(
        &self,
        tenant: TenantId,
        sdp: String,
    ) -> Answer<'_, Result<EchoTestStarted, MediaError>> {
        Box::pin(self.telephony.start_echo_test(tenant, sdp))
    }

    fn end_echo_test(&self, tenant: TenantId, echo_test: u128) -> Answer<'_, Result<(), Unavailable>> {
        self.telephony.end_echo_test(tenant, echo_test);
        Box::pin(async { Ok(()) })
    }

    fn live(&self, tenant: TenantId) -> Answer<'_, Result<LiveSubscription, Unavailable>> {
        Box::pin(self.tenants.live(tenant))
    }

    fn config_changed(&self, tenant: TenantId, revision: Revision) -> Answer<'_, Result<(), Unavailable>> {
        Box::pin(self.tenants.config_changed(tenant, revision))
    }

    fn send_mail(&self, tenant: TenantId, mail: Mail) -> Answer<'_, Result<(), MailError>> {
        Box::pin(async move {
            let settings = self
                .store
                .mail_settings(tenant)
                .await
                .map_err(|error| MailError::Refused {
                    answer: error.to_string(),
                })?;
            mail::send(settings.ok_or(MailError::NotConfigured)?, mail, self.mail_servers).await
        })
    }

    fn prompts(&self) -> &[Prompt] {
        &self.prompts
    }

    fn prompt_audio(&self, name: &str) -> Option<Bytes> {
        BuiltinPrompt::find(name).map(|prompt| Bytes::from_static(prompt.wav))
    }
}
