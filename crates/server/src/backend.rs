//! What the API asks of this node.
//!
//! Accounts, configuration, numbers, prompts and mail are served. Contacts are not handled by this node yet: what
//! asks for a contact or a line is answered as unavailable.

use std::sync::Arc;

use api::backend::{
    Answer, Backend, EchoTestStarted, LineOpened, LiveSubscription, Mail, MailError, MediaError, Prompt,
    RequestError, SimulationError, TestCallStarted, Unavailable,
};
use axum::body::Bytes;
use media::prompts::{BUILTIN_PROMPTS, BuiltinPrompt};
use model::{AgentId, AgentRequest, ContactId, LiveView, Revision, TenantId, Timestamp};
use store::Store;
use tokio::sync::broadcast;

use crate::clock::Clock;
use crate::mail;

/// This node.
pub(crate) struct Node {
    store: Store,
    clock: Arc<Clock>,
    base_url: String,
    prompts: Vec<Prompt>,
}

impl Node {
    pub(crate) fn new(store: Store, clock: Arc<Clock>, base_url: String) -> Self {
        let prompts = BUILTIN_PROMPTS.iter().map(describe).collect();
        Self {
            store,
            clock,
            base_url,
            prompts,
        }
    }
}

fn describe(prompt: &BuiltinPrompt) -> Prompt {
    Prompt {
        name: prompt.name.to_owned(),
        title: prompt.name.replace('-', " "),
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

    fn request(&self, _: TenantId, _: AgentId, _: AgentRequest) -> Answer<'_, Result<(), RequestError>> {
        Box::pin(async { Err(Unavailable.into()) })
    }

    fn open_line(&self, _: TenantId, _: AgentId, _: String) -> Answer<'_, Result<LineOpened, MediaError>> {
        Box::pin(async { Err(Unavailable.into()) })
    }

    fn close_line(&self, _: TenantId, _: AgentId) -> Answer<'_, Result<(), RequestError>> {
        Box::pin(async { Ok(()) })
    }

    fn heartbeat(&self, _: TenantId, _: AgentId) {}

    fn start_test_call(&self, _: TenantId, _: String) -> Answer<'_, Result<TestCallStarted, MediaError>> {
        Box::pin(async { Err(Unavailable.into()) })
    }

    fn end_test_call(&self, _: TenantId, _: ContactId) -> Answer<'_, Result<(), Unavailable>> {
        Box::pin(async { Ok(()) })
    }

    fn simulate_callers(&self, _: TenantId, _: u16) -> Answer<'_, Result<(), SimulationError>> {
        Box::pin(async { Err(Unavailable.into()) })
    }

    fn end_simulated_callers(&self, _: TenantId) -> Answer<'_, Result<(), Unavailable>> {
        Box::pin(async { Ok(()) })
    }

    fn start_echo_test(&self, _: TenantId, _: String) -> Answer<'_, Result<EchoTestStarted, MediaError>> {
        Box::pin(async { Err(Unavailable.into()) })
    }

    fn end_echo_test(&self, _: TenantId, _: u128) -> Answer<'_, Result<(), Unavailable>> {
        Box::pin(async { Ok(()) })
    }

    fn live(&self, tenant: TenantId) -> Answer<'_, Result<LiveSubscription, Unavailable>> {
        Box::pin(async move {
            let config = self.store.load_config(tenant).await.map_err(|error| {
                tracing::error!(tenant.id = %tenant, error = &error as &dyn std::error::Error, "no configuration");
                Unavailable
            })?;
            let (_, events) = broadcast::channel(1);
            Ok(LiveSubscription {
                view: Arc::new(LiveView::default()),
                config: Arc::new(config),
                events,
            })
        })
    }

    fn config_changed(&self, _: TenantId, _: Revision) -> Answer<'_, Result<(), Unavailable>> {
        Box::pin(async { Ok(()) })
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
            mail::send(settings.ok_or(MailError::NotConfigured)?, mail).await
        })
    }

    fn prompts(&self) -> &[Prompt] {
        &self.prompts
    }

    fn prompt_audio(&self, name: &str) -> Option<Bytes> {
        BuiltinPrompt::find(name).map(|prompt| Bytes::from_static(prompt.wav))
    }
}
