//! Simulated callers: real calls over SIP, from a user agent of our own on the loopback to the node's trunk side,
//! with recorded speech.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use leg::{Command, Dial, Event};
use media::prompts::BuiltinPrompt;
use media::webrtc::DtlsCertificate;
use media::{PlayKey, Prompt, WorkerKey};
use model::{DisconnectReason, LegId, PhoneNumber, TenantId, Timestamp, TrunkId};
use rand::RngExt;
use relay::{Precedence, Relay, RelayConfig};
use sip::{BoundTo, Destination, Host, NameAddr, PeerGroup, Peers, Uri};
use store::Store;
use tokio::sync::{Notify, mpsc};
use tokio::time::sleep_until;

use super::limits::{SIMULATED_CALLER_EVERY, SIMULATED_STAY_S, SIMULATIONS_WAITING_MAX};
use super::live_legs::LiveLegs;
use super::media_events::{self, MediaEars};
use super::places::Ticket;
use super::sockets::{Advertising, Sockets, UDP};

/// The parameter of the Request-URI that names the trunk of the called number.
pub(super) const TRUNK_PARAMETER: &str = "trunk";

const SPEECH: &str = "test-caller";
const WORKER: WorkerKey = WorkerKey(0);

/// The tenants whose callers are to hang up; each at most once, so that nobody has to wait.
#[derive(Clone, Default)]
pub(super) struct HungUp {
    tenants: Arc<Mutex<BTreeSet<TenantId>>>,
    added: Arc<Notify>,
}

/// Callers that are to call.
pub(super) struct Callers {
    pub(super) tenant: TenantId,
    pub(super) to: PhoneNumber,
    /// One place for each.
    pub(super) tickets: Vec<Ticket>,
}

/// A user agent that calls.
pub(super) struct Simulator {
    callers: BTreeMap<LegId, Caller>,
    /// When which caller calls.
    due: BTreeMap<(Instant, LegId), Step>,
    live: LiveLegs,
    hung_up: HungUp,
    requests: mpsc::Receiver<Callers>,
    speech: Prompt,
    /// The node's side.
    target: SocketAddr,
    found: (mpsc::Sender<Found>, mpsc::Receiver<Found>),
    media: MediaEars,
    store: Store,
}

/// One simulated caller, from the request until its leg has ended.
struct Caller {
    tenant: TenantId,
    to: PhoneNumber,
    trunk: TrunkId,
    _ticket: Ticket,
}

/// What a caller does next.
#[derive(Clone, Copy)]
enum Step {
    Call,
    HangUp,
}

/// Callers whose number was found.
struct Found(Callers, TrunkId);

impl Simulator {
    /// Starts the user agent; the address it calls from is nobody else's.
    ///
    /// # Errors
    /// When the loopback has no port, or the media worker does not start.
    pub(super) fn start(
        store: Store,
        target: SocketAddr,
        rtp_ports: std::ops::RangeInclusive<u16>,
        certificate: DtlsCertificate,
        hung_up: HungUp,
    ) -> Result<(SocketAddr, mpsc::Sender<Callers>)> {
        let sockets = Sockets::bind_loopback()?;
        let address = sockets.address;
        let bound = address.ip();
        let (teller, media) = media_events::channel();
        let config = RelayConfig {
            workers: 1,
            bind: bound,
            rtp_ports,
            webrtc_port: 0,
            ..RelayConfig::default()
        };
        let relay = Relay::start(&config, rand::random(), move |_, event| teller.tell(event))?;
        let advertising = Advertising {
            advertised: None,
            bound,
        };
        let target = reachable(target);
        let (mut live, _) = LiveLegs::start(sockets, relay, certificate, advertising, usize::MAX);
        // The node's BYE for a call that is over here already wants an answer.
        live.command(Command::SetPeers(Peers::new([(
            PeerGroup(0),
            vec![(target.ip(), u8::MAX)],
        )])));
        let (requests, received) = mpsc::channel(SIMULATIONS_WAITING_MAX);
        let simulator = Self {
            callers: BTreeMap::new(),
            due: BTreeMap::new(),
            live,
            hung_up,
            requests: received,
            speech: BuiltinPrompt::find(SPEECH)
                .map_or_else(|| Prompt::from(Vec::new()), BuiltinPrompt::samples),
            target,
            found: mpsc::channel(SIMULATIONS_WAITING_MAX),
            media,
            store,
        };
        super::spawn_or_abort("the simulator", simulator.run());
        Ok((address, requests))
    }

    async fn run(mut self) {
        loop {
            while let Some(event) = self.live.poll() {
                self.take_event(event);
            }
            let own = self.due.first_key_value().map(|((at, _), _)| *at);
            let due = own.into_iter().chain(self.live.due()).min();
            let due = async {
                match due {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                request = self.requests.recv() => match request {
                    Some(callers) => self.find(callers),
                    None => return,
                },
                tenant = self.hung_up.next() => self.end(tenant),
                Some(Found(callers, trunk)) = self.found.1.recv() => self.begin(callers, trunk),
                Some(event) = self.media.hear() => self.live.take_media(event, Instant::now()),
                () = self.live.readable() => {
                    if let Err(error) = self.live.take_datagrams(Instant::now()) {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(error, "the socket of simulated callers is broken: there are none any more");
                        return;
                    }
                }
                () = due => self.take_due(Instant::now()),
            }
        }
    }

    /// Finds the trunk of the number in the background.
    fn find(&self, callers: Callers) {
        let (store, found) = (self.store.clone(), self.found.0.clone());
        tokio::spawn(async move {
            let numbers = store.claimed_numbers(callers.tenant).await;
            let numbers = numbers.unwrap_or_else(|error| {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "simulated callers find no number");
                Vec::new()
            });
            let called = numbers.iter().find(|number| number.number == callers.to);
            if let Some(trunk) = called.map(|number| number.trunk) {
                let _ = found.send(Found(callers, trunk)).await;
            }
        });
    }

    fn begin(&mut self, callers: Callers, trunk: TrunkId) {
        let mut at = Instant::now();
        for ticket in callers.tickets {
            let leg = LegId::new(Timestamp::from_millis(0), rand::random());
            let caller = Caller {
                tenant: callers.tenant,
                to: callers.to.clone(),
                trunk,
                _ticket: ticket,
            };
            self.callers.insert(leg, caller);
            self.due.insert((at, leg), Step::Call);
            at += SIMULATED_CALLER_EVERY.mul_f64(rand::rng().random_range(0.0..2.0));
        }
    }

    fn end(&mut self, tenant: TenantId) {
        let callers = self.callers.iter().filter(|(_, caller)| caller.tenant == tenant);
        let legs: Vec<LegId> = callers.map(|(leg, _)| *leg).collect();
        for leg in legs {
            let reason = DisconnectReason::CustomerHangup;
            self.live.command(Command::HangUp { leg, reason });
            // One that has not called yet has no leg that could end.
            self.callers.remove(&leg);
        }
    }

    fn take_due(&mut self, now: Instant) {
        self.live.legs.handle_timeout(now);
        while let Some(entry) = self.due.first_entry()
            && entry.key().0 <= now
        {
            let ((_, leg), step) = entry.remove_entry();
            match step {
                Step::Call => self.call(leg),
                Step::HangUp => {
                    let reason = DisconnectReason::CustomerHangup;
                    self.live.command(Command::HangUp { leg, reason });
                }
            }
        }
    }

    fn call(&mut self, leg: LegId) {
        let Some(caller) = self.callers.get(&leg) else {
            return;
        };
        let host = Host::from(self.target.ip());
        let to = Uri::sip(Some(caller.to.as_str()), host.clone());
        let request_uri = to
            .clone()
            .with_param(TRUNK_PARAMETER, Some(&caller.trunk.to_string()));
        let Ok(port) = self
            .live
            .open_rtp(WORKER, Ipv4Addr::LOCALHOST.into(), Precedence::Ordinary)
        else {
            self.callers.remove(&leg);
            return;
        };
        self.live.command(Command::Dial(Box::new(Dial {
            leg,
            bound_to: BoundTo::Address,
            credentials: None,
            destination: Destination {
                address: self.target,
                transport: UDP,
            },
            from: NameAddr::new(Uri::sip(Some(&fictitious_number()), host)),
            headers: Vec::new(),
            is_emergency: false,
            port,
            request_uri,
            ring_timeout: Duration::from_secs(30),
            to: NameAddr::new(to),
        })));
    }

    fn take_event(&mut self, event: Event) {
        match event {
            Event::LegConnected { leg } => {
                let stay = Duration::from_secs(rand::rng().random_range(SIMULATED_STAY_S));
                self.due.insert((Instant::now() + stay, leg), Step::HangUp);
                self.live.command(Command::Play {
                    leg,
                    play: PlayKey(1),
                    prompts: vec![self.speech.clone()],
                    is_looping: true,
                });
            }
            Event::LegEnded { leg, .. } => {
                self.callers.remove(&leg);
            }
            // Nobody calls a simulated caller.
            Event::AdmissionAsked(asked) => {
                let admission = asked.admission;
                self.live.command(Command::Ignore { admission });
            }
            Event::Arrived(_)
            | Event::Digit { .. }
            | Event::EchoTestEnded { .. }
            | Event::LegRinging { .. }
            | Event::LineClosed { .. }
            | Event::LineFailed { .. }
            | Event::LineLost { .. }
            | Event::LineOpened { .. }
            | Event::PlayFinished { .. }
            | Event::PortUnused { .. }
            | Event::RegistrationChanged { .. } => {}
        }
    }
}

impl HungUp {
    pub(super) fn add(&self, tenant: TenantId) {
        self.tenants().insert(tenant);
        self.added.notify_one();
    }

    async fn next(&self) -> TenantId {
        loop {
            if let Some(tenant) = self.tenants().pop_first() {
                return tenant;
            }
            self.added.notified().await;
        }
    }

    fn tenants(&self) -> MutexGuard<'_, BTreeSet<TenantId>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The node's address as the loopback reaches it.
fn reachable(target: SocketAddr) -> SocketAddr {
    match target.ip().is_unspecified() {
        true => SocketAddr::from((Ipv4Addr::LOCALHOST, target.port())),
        false => target,
    }
}

/// A number kept free for fiction: 555-0100 to 555-0199 of San Francisco.
fn fictitious_number() -> String {
    format!("+141555501{:02}", rand::rng().random_range(0..100))
}
