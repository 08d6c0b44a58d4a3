//! The node's telephony: one task that owns all legs and carries between them, the engines and the network.
//!
//! [`Telephony`] is the handle to it; it sends messages and never waits for a call.

mod certificate;
mod limits;
mod lines;
mod live_legs;
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
use api::backend::{EchoTestStarted, LineOpened, MediaError, SimulationError, Unavailable};
use model::{AgentId, LegId, PhoneNumber, TenantId};
use relay::{Relay, RelayConfig};
use store::Store;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::clock::Clock;

use self::limits::LOOKUPS_AT_ONCE_MAX;
use self::live_legs::LiveLegs;
use self::simulator::{Callers, Places, Request, Simulator};
use self::sockets::{Advertising, Sockets};
use self::task::{Ears, Happening, Task};

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
    messages: mpsc::UnboundedSender<Message>,
    places: Places,
    simulator: mpsc::UnboundedSender<Request>,
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
        String,
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
        let (happenings, happened) = mpsc::unbounded_channel();
        let relay = start_relay(&config, happenings.clone())?;
        let advertising = Advertising {
            advertised: config.advertised,
            bound: config.media,
        };
        let (live, streams) =
            LiveLegs::start(sockets, relay, certificate.clone(), advertising, config.legs_max);
        let (caller, simulator) = Simulator::start(store.clone(), sip, config.rtp_ports, certificate)?;
        let task = Task {
            clock,
            carried: BTreeMap::new(),
            echo_tests: BTreeMap::new(),
            ending: None,
            happenings,
            inbox,
            is_reading_trunks: false,
            lines: lines::Lines::default(),
            live,
            lookups: Arc::new(Semaphore::new(LOOKUPS_AT_ONCE_MAX)),
            prompts: prompts::Prompts::default(),
            registrations: registrations::Registrations::default(),
            simulator: caller,
            store,
            strangers: Vec::new(),
            tenants: BTreeMap::new(),
            trunks: trunks::Trunks::default(),
        };
        let (messages, asked) = mpsc::unbounded_channel();
        let ears = Ears {
            happenings: happened,
            messages: asked,
            streams,
        };
        spawn_or_abort("telephony", task.run(ears));
        tracing::info!(%sip, "SIP is spoken over UDP and TCP");
        Ok(Self {
            messages,
            places: Places::default(),
            simulator,
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
        sdp: String,
    ) -> Result<LineOpened, MediaError> {
        self.ask(|reply| Message::OpenLine(tenant, agent, sdp, reply))
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
            .take(tenant, count)
            .ok_or(SimulationError::LimitReached)?;
        let callers = Callers { tenant, to, tickets };
        self.simulator
            .send(Request::Start(callers))
            .map_err(|_| Unavailable.into())
    }

    /// Hangs the tenant's simulated callers up.
    pub(crate) fn end_simulated_callers(&self, tenant: TenantId) {
        // Without the simulator there is nobody to hang up.
        let _ = self.simulator.send(Request::End(tenant));
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
        let (reply, answer) = oneshot::channel();
        self.send(message(reply));
        answer.await.map_err(|_| Unavailable)?
    }
}

fn start_relay(config: &TelephonyConfig, happenings: mpsc::UnboundedSender<Happening>) -> Result<Relay> {
    let relay_config = RelayConfig {
        workers: config.workers,
        bind: config.media,
        rtp_ports: config.rtp_ports.clone(),
        webrtc_port: config.webrtc_port,
        ..RelayConfig::default()
    };
    let tell = move |_, event| {
        // Without the task nobody hears the legs either.
        let _ = happenings.send(Happening::Media(event));
    };
    Relay::start(&relay_config, rand::random(), tell).context(
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
