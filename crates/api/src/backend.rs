//! What the API asks of the running contact center. The server implements it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use model::{
    AgentId, AgentRequest, ContactId, Event, FlowId, LineId, LiveView, PhoneNumber, Refusal, Revision,
    TenantConfig, TenantId, Timestamp,
};
use tokio::sync::broadcast;

/// The running contact center, as the API sees it.
///
/// What changes a tenant's state resolves only after the events it caused are committed, so that a client that was
/// told of a success never loses it.
pub trait Backend: Send + Sync + 'static {
    /// The present time. Never goes back.
    fn now(&self) -> Timestamp;

    /// 128 bits from a cryptographically secure generator.
    fn random(&self) -> u128;

    /// Where browsers reach the console, without a slash at the end, for example `http://localhost:8080`.
    fn base_url(&self) -> &str;

    /// Whether new calls are taken; they are not while the disk is almost full, and at the end of the process.
    fn takes_calls(&self) -> bool;

    /// Hands an agent's request to the tenant's engine.
    fn request(
        &self,
        tenant: TenantId,
        agent: AgentId,
        request: AgentRequest,
    ) -> Answer<'_, Result<(), RequestError>>;

    /// Opens the agent's line in answer to a browser's SDP offer. It takes the place of an open one, where the offer
    /// allows it.
    fn open_line(
        &self,
        tenant: TenantId,
        agent: AgentId,
        offer: LineOffer,
    ) -> Answer<'_, Result<LineOpened, MediaError>>;

    /// Closes the agent's line; without a line it does nothing.
    fn close_line(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<(), RequestError>>;

    /// Says that the agent's browser was heard just now. Must not block.
    fn heartbeat(&self, tenant: TenantId, agent: AgentId);

    /// Connects a browser as a caller who takes the tenant's first flow. Its first event is committed by then.
    fn start_test_call(
        &self,
        tenant: TenantId,
        sdp: String,
    ) -> Answer<'_, Result<TestCallStarted, MediaError>>;

    /// Hangs the caller of a test call up; any other contact, or one that has ended, stays as it is.
    fn end_test_call(&self, tenant: TenantId, contact: ContactId) -> Answer<'_, Result<(), Unavailable>>;

    /// Calls somebody from a number of the tenant's. The contact's first event is committed by then; whoever is called
    /// may not have heard of it yet.
    fn place_call(&self, tenant: TenantId, order: CallOrder)
    -> Answer<'_, Result<ContactId, PlaceCallError>>;

    /// Takes a call back that was placed; [`Refusal::ContactMovedOn`] when it was answered, or is over.
    fn cancel_call(&self, tenant: TenantId, contact: ContactId) -> Answer<'_, Result<(), RequestError>>;

    /// Sets simulated callers off, who call the tenant's first phone number within seconds.
    fn simulate_callers(&self, tenant: TenantId, count: u16) -> Answer<'_, Result<(), SimulationError>>;

    /// Hangs all of a tenant's simulated callers up.
    fn end_simulated_callers(&self, tenant: TenantId) -> Answer<'_, Result<(), Unavailable>>;

    /// Sends a browser back what it says, for a bounded time.
    fn start_echo_test(
        &self,
        tenant: TenantId,
        sdp: String,
    ) -> Answer<'_, Result<EchoTestStarted, MediaError>>;

    /// Ends an echo test; one that has ended, or is none of the tenant's, stays as it is.
    fn end_echo_test(&self, tenant: TenantId, echo_test: u128) -> Answer<'_, Result<(), Unavailable>>;

    /// The tenant's live view, and every event after it.
    fn live(&self, tenant: TenantId) -> Answer<'_, Result<LiveSubscription, Unavailable>>;

    /// Says that a revision was committed, so that the tenant's engine takes it in.
    fn config_changed(&self, tenant: TenantId, revision: Revision) -> Answer<'_, Result<(), Unavailable>>;

    /// Sends a mail by the tenant's mail settings.
    fn send_mail(&self, tenant: TenantId, mail: Mail) -> Answer<'_, Result<(), MailError>>;

    /// The prompts that come with the system, in the order in which they are shown.
    fn prompts(&self) -> &[Prompt];

    /// A prompt's audio as a WAV file; none if there is no such prompt.
    fn prompt_audio(&self, name: &str) -> Option<Bytes>;
}

/// What an asynchronous method of [`Backend`] returns.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The part of the system that should have answered cannot at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the contact center cannot answer at the moment")]
pub struct Unavailable;

/// An agent's request had no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The engine refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The tenant's engine cannot be reached, or its events cannot be stored.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A call was not placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaceCallError {
    /// An emergency number was dialed, and the tenant's engine or its store cannot be reached.
    #[error("the contact center cannot place the emergency call at the moment")]
    EmergencyUnavailable,
    /// As many contacts are open as the tenant may have, and as are kept for emergency calls if it is one.
    #[error("too many contacts at the same time")]
    LimitReached,
    /// An emergency number was dialed, and none of the tenant's trunks carries emergency calls.
    #[error("no trunk carries emergency calls")]
    NoEmergencyTrunk,
    /// The tenant has no such flow, or it cannot run.
    #[error("there is no such flow")]
    NoFlow,
    /// The tenant has no number to call from.
    #[error("there is no phone number to call from: claim one first")]
    NoPhoneNumber,
    /// The trunk of the number that calls takes no calls from us.
    #[error("the number's trunk takes no outbound calls")]
    NoTrunk,
    /// The number that calls is not the tenant's.
    #[error("the number is not claimed")]
    NotClaimed,
    /// The number that calls is a fictitious one, and who is called has none: the lab trunk leads nowhere else.
    #[error("the number's trunk carries no calls out of this installation")]
    NotCarried,
    /// What was dialed is neither a phone number nor an emergency number.
    #[error("what was dialed is no phone number")]
    NotUnderstood,
    /// What was dialed is a number of the tenant's.
    #[error("the tenant would call itself")]
    OwnNumber,
    /// The tenant's engine cannot be reached, or its events cannot be stored.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A browser's offer of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineOffer {
    /// Its SDP.
    pub sdp: String,
    /// The line it had before, which it may replace.
    pub previous: Option<LineId>,
    /// Whether it may replace any other line of the agent's.
    pub takes_over: bool,
}

/// A browser could not be connected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// A limit of the tenant or of the node is reached.
    #[error("too many calls at the same time")]
    LimitReached,
    /// A line was asked for by somebody who is no agent, or a call by a tenant without a flow.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A test call has no number that it could call.
    #[error("there is no phone number to call: claim one first")]
    NoPhoneNumber,
    /// Another browser has the agent's line, and the offer does not ask for it.
    #[error("the agent's line is in another browser")]
    LineElsewhere,
    /// The offer cannot be answered.
    #[error("the browser's offer cannot be answered: {reason}")]
    Sdp {
        /// What is wrong with it, for a person.
        reason: String,
    },
    /// The media workers or the tenant's engine cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Simulated callers could not be set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// The tenant has as many as it may have.
    #[error("too many simulated callers at the same time")]
    LimitReached,
    /// The tenant has no phone number that they could call.
    #[error("there is no phone number to call: claim one first")]
    NoPhoneNumber,
    /// The system cannot do it at the moment.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A mail could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The tenant has no mail settings.
    #[error("no mail server is configured")]
    NotConfigured,
    /// The mail server did not take it.
    #[error("the mail server did not take the mail: {answer}")]
    Refused {
        /// What the server said, or why it could not be reached.
        answer: String,
    },
}

/// A line that is being connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineOpened {
    /// The line.
    pub line: LineId,
    /// The SDP answer, with all candidates.
    pub sdp: String,
}

/// A test call that is being connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCallStarted {
    /// The contact it is.
    pub contact: ContactId,
    /// The SDP answer, with all candidates.
    pub sdp: String,
}

/// Whom to call, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOrder {
    /// The number that calls; the tenant's first when none.
    pub from: Option<PhoneNumber>,
    /// Who is called, as somebody wrote it.
    pub to: String,
    /// What takes over when it is answered; the flow of the number that calls when none.
    pub flow: Option<FlowId>,
    /// How long it may ring; as long as calls do when none.
    pub ring_timeout: Option<Duration>,
}

/// An echo test that is being connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EchoTestStarted {
    /// Names it towards [`Backend::end_echo_test`].
    pub echo_test: u128,
    /// The SDP answer, with all candidates.
    pub sdp: String,
}

/// A tenant's live view and what happens from there on.
pub struct LiveSubscription {
    /// The live view after event `view.seq`.
    pub view: Arc<LiveView>,
    /// The configuration that is in force.
    pub config: Arc<TenantConfig>,
    /// The events after `view.seq`, in batches as they were committed. It lags rather than holds the engine up.
    pub events: broadcast::Receiver<Arc<[Event]>>,
}

/// A mail in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// A prompt that comes with the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The name by which flows refer to it, for example `welcome`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it consists of.
    pub kind: PromptKind,
    /// The words that are spoken; empty for music.
    pub text: String,
    /// How long it is in milliseconds.
    pub duration_ms: u64,
}

/// What a prompt consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// Instruments: what callers hear while they wait.
    Music,
    /// Words.
    Speech,
}
