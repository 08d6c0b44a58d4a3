//! The node's telephony: one task that owns all legs and carries between them, the engines and the network.
//!
//! [`Telephony`] is the handle to it; it sends messages and never waits for a call.

mod certificate;
mod deafness;
mod limits;
mod lines;
mod live_legs;
mod media_events;
mod places;
mod prompts;
mod registrations;
mod simulator;
pub(crate) mod sockets;
mod streams;
mod task;
mod trunks;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;

use anyhow::{Context, Result};
use api::backend::{EchoTestStarted, LineOffer, LineOpened, MediaError, SimulationError, Unavailable};
use model::{AgentId, LegId, PhoneNumber, TenantId};
use relay::{Relay, RelayConfig};
use store::Store;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::sparingly::Sparingly;

use self::limits::{
    HAPPENINGS_WAITING_MAX, LOOKUPS_AT_ONCE_MAX, OFFERS_WAITING_MAX, OVERLOAD_REPORTED_EVERY,
    SIMULATED_CALLERS_MAX,
};
use self::live_legs::LiveLegs;
use self::media_events::MediaTeller;
use self::places::Places;
use self::simulator::{Callers, HungUp, Simulator};
use self::sockets::{Advertising, Sockets};
use self::task::{Ears, Task};

/// What an operator may set about telephony.
#[derive(Debug, Clone)]
pub(crate) struct TelephonyConfig {
    /// Where SIP is spoken, by UDP and by TCP.
    pub(crate) sip: SocketAddr,
    /// The address that carriers and browsers are told; by default the one this machine would reach them from.
    pub(crate) advertised: Option<IpAddr>,
    /// Where audio is received.
    pub(crate) media: IpAddr,
    /// The ports of carriers' audio.
    pub(crate) rtp_ports: RangeInclusive<u16>,
    /// The first port of browsers' audio; each worker takes one. 0 lets the system choose.
    pub(crate) webrtc_port: u16,
    /// The threads that carry audio.
    pub(crate) workers: u16,
    /// The legs at which further calls are answered 503.
    pub(crate) legs_max: usize,
}

/// A handle to the telephony task; cheap to clone.
#[derive(Clone)]
pub(crate) struct Telephony {
    calls_lab_numbers: bool,
    deaf: watch::Receiver<bool>,
    messages: mpsc::UnboundedSender<Message>,
    /// How many more offers of browsers may wait.
    offers: Arc<Semaphore>,
    places: Places,
    simulator: mpsc::Sender<Callers>,
    hung_up: HungUp,
}

/// What the task is asked for.
pub(crate) enum Message {
    Carry(TenantId, Vec<engine::Command>),
    LetGo(TenantId, Vec<engine::CommandBody>),
    CloseLine(TenantId, AgentId),
    EndEchoTest(TenantId, u128),
    EndLegAsCustomer(TenantId, LegId),
    OpenLine(
        TenantId,
        AgentId,
        LineOffer,
        oneshot::Sender<Result<LineOpened, MediaError>>,
    ),
    ShutDown(oneshot::Sender<Infallible>),
    StartBrowserCall(
        TenantId,
        LegId,
        String,
        oneshot::Sender<Result<String, MediaError>>,
    ),
    StartEchoTest(
        TenantId,
        String,
        oneshot::Sender<Result<EchoTestStarted, MediaError>>,
    ),
}

impl Telephony {
    /// Opens the sockets, starts the media workers and the task.
    ///
    /// # Errors
    /// When a socket is taken: the error says which, and the option that moves it.
    pub(crate) fn start(
        config: TelephonyConfig,
        store: Store,
        clock: Arc<Clock>,
        inbox: mpsc::UnboundedSender<(TenantId, engine::Input)>,
    ) -> Result<Self> {
        let certificate = certificate::make()?;
        let sockets = Sockets::bind(config.sip)?;
        let sip = sockets.address;
        let (happenings, happened) = mpsc::channel(HAPPENINGS_WAITING_MAX);
        let (teller, media) = media_events::channel();
        let relay = start_relay(&config, teller)?;
        let advertising = Advertising {
            advertised: config.advertised,
            bound: config.media,
        };
        let (live, streams) =
            LiveLegs::start(sockets, relay, certificate.clone(), advertising, config.legs_max);
        let hung_up = HungUp::default();
        let (caller, simulator) =
            Simulator::start(store.clone(), sip, config.rtp_ports, certificate, hung_up.clone())?;
        let (deafness, deaf) = watch::channel(false);
        let lab = task::lab_address(sip);
        let task = Task {
            clock,
            carried: BTreeMap::new(),
            deafness,
            dialing: BTreeMap::new(),
            echo_tests: BTreeMap::new(),
            ending: None,
            happenings,
            inbox,
            is_overloaded: false,
            is_reading_trunks: false,
            lab,
            lines: lines::Lines::default(),
            live,
            lookups: Arc::new(Semaphore::new(LOOKUPS_AT_ONCE_MAX)),
            prompts: prompts::Prompts::default(),
            overload: Sparingly::every(OVERLOAD_REPORTED_EVERY),
            registrations: registrations::Registrations::default(),
            sip,
            simulator: caller,
            store,
            strangers: Vec::new(),
            test_calls: Places::default(),
            tenants: BTreeMap::new(),
            trunks: trunks::Trunks::default(),
        };
        let (messages, asked) = mpsc::unbounded_channel();
        let ears = Ears {
            happenings: happened,
            media,
            messages: asked,
            streams,
        };
        spawn_or_abort("telephony", task.run(ears));
        tracing::info!(%sip, "SIP is spoken over UDP and TCP");
        Ok(Self {
            calls_lab_numbers: lab.is_some(),
            deaf,
            messages,
            offers: Arc::new(Semaphore::new(OFFERS_WAITING_MAX)),
            places: Places::default(),
            simulator,
            hung_up,
        })
    }

    /// Carries an engine's commands out, in order.
    pub(crate) fn carry(&self, tenant: TenantId, commands: Vec<engine::Command>) {
        self.send(Message::Carry(tenant, commands));
    }

    /// Carries out what no engine commanded.
    pub(crate) fn let_go(&self, tenant: TenantId, commands: Vec<engine::CommandBody>) {
        self.send(Message::LetGo(tenant, commands));
    }

    /// Answers a browser's offer with a line of the agent's; `LineOpened` goes to the inbox once it stands.
    pub(crate) async fn open_line(
        &self,
        tenant: TenantId,
        agent: AgentId,
        offer: LineOffer,
    ) -> Result<LineOpened, MediaError> {
        self.ask(|reply| Message::OpenLine(tenant, agent, offer, reply))
            .await
    }

    /// Closes the agent's line, if there is one.
    pub(crate) fn close_line(&self, tenant: TenantId, agent: AgentId) {
        self.send(Message::CloseLine(tenant, agent));
    }

    /// Answers a browser's offer with a customer's leg; `LegConnected` follows once it stands and the engine has
    /// answered it.
    pub(crate) async fn start_browser_call(
        &self,
        tenant: TenantId,
        leg: LegId,
        sdp: String,
    ) -> Result<String, MediaError> {
        self.ask(|reply| Message::StartBrowserCall(tenant, leg, sdp, reply))
            .await
    }

    /// Ends a browser caller's leg as the caller; `LegEnded` goes to the inbox.
    pub(crate) fn end_leg_as_customer(&self, tenant: TenantId, leg: LegId) {
        self.send(Message::EndLegAsCustomer(tenant, leg));
    }

    /// Answers a browser's offer with its own echo, for a bounded time.
    pub(crate) async fn start_echo_test(
        &self,
        tenant: TenantId,
        sdp: String,
    ) -> Result<EchoTestStarted, MediaError> {
        self.ask(|reply| Message::StartEchoTest(tenant, sdp, reply)).await
    }

    /// Ends an echo test of the tenant's.
    pub(crate) fn end_echo_test(&self, tenant: TenantId, id: u128) {
        self.send(Message::EndEchoTest(tenant, id));
    }

    /// Sets simulated callers off, who call `to` within seconds.
    ///
    /// # Errors
    /// When the tenant would have too many.
    pub(crate) fn simulate_callers(
        &self,
        tenant: TenantId,
        to: PhoneNumber,
        count: u16,
    ) -> Result<(), SimulationError> {
        let tickets = self
            .places
            .take(tenant, count, SIMULATED_CALLERS_MAX)
            .ok_or(SimulationError::LimitReached)?;
        let callers = Callers { tenant, to, tickets };
        self.simulator.try_send(callers).map_err(|error| match error {
            TrySendError::Full(_) => SimulationError::LimitReached,
            TrySendError::Closed(_) => Unavailable.into(),
        })
    }

    /// Hangs the tenant's simulated callers up.
    pub(crate) fn end_simulated_callers(&self, tenant: TenantId) {
        self.hung_up.add(tenant);
    }

    /// Whether calls can go out over the lab trunk.
    pub(crate) const fn calls_lab_numbers(&self) -> bool {
        self.calls_lab_numbers
    }

    /// Resolves when the node can no longer hear SIP; it must end then.
    pub(crate) fn deaf(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut deaf = self.deaf.clone();
        async move {
            if deaf.wait_for(|is_deaf| *is_deaf).await.is_err() {
                // The task ended in order.
                std::future::pending().await
            }
        }
    }

    /// Whether it ended because SIP could no longer be heard.
    pub(crate) fn is_deaf(&self) -> bool {
        *self.deaf.borrow()
    }

    /// Hangs everybody up and waits until they know, for a bounded time. What engines are told of it is in the inbox by
    /// then; nothing follows.
    pub(crate) async fn shut_down(&self) {
        let (ending, ended) = oneshot::channel();
        self.send(Message::ShutDown(ending));
        // It is dropped, not answered, when the task is over.
        let _ = ended.await;
    }

    /// Sends a message; without a task there is no call that it could be about.
    fn send(&self, message: Message) {
        let _ = self.messages.send(message);
    }

    async fn ask<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<Result<T, MediaError>>) -> Message,
    ) -> Result<T, MediaError> {
        let _place = self.offers.try_acquire().map_err(|_| MediaError::LimitReached)?;
        let (reply, answer) = oneshot::channel();
        self.send(message(reply));
        answer.await.map_err(|_| Unavailable)?
    }
}

fn start_relay(config: &TelephonyConfig, teller: MediaTeller) -> Result<Relay> {
    let relay_config = RelayConfig {
        workers: config.workers,
        bind: config.media,
        rtp_ports: config.rtp_ports.clone(),
        webrtc_port: config.webrtc_port,
        ..RelayConfig::default()
    };
    Relay::start(&relay_config, rand::random(), move |_, event| teller.tell(event)).context(
        "audio cannot be carried: choose other ports with --webrtc-port or --rtp-ports, or end what uses them",
    )
}

/// Runs a task without which the node is deaf. Its panic ends the process, so that whatever watches over the process
/// starts it anew: half a node would keep callers waiting for nothing.
pub(crate) fn spawn_or_abort(
    name: &'static str,
    task: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    let task = tokio::spawn(task);
    tokio::spawn(async move {
        if let Err(error) = task.await
            && error.is_panic()
        {
            tracing::error!(name, "a task that cannot be missed has panicked");
            std::process::abort();
        }
    })
}
