//! Simulated callers: real calls over SIP, from a user agent of our own on the loopback to the node's trunk side,
//! with recorded speech.

mod places;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::Result;
use leg::{Command, Dial, Event};
use media::prompts::BuiltinPrompt;
use media::webrtc::DtlsCertificate;
use media::{PlayKey, Prompt, WorkerEvent, WorkerKey};
use model::{DisconnectReason, LegId, PhoneNumber, TenantId, Timestamp, TrunkId};
use rand::RngExt;
use relay::{Relay, RelayConfig};
use sip::{Destination, Host, NameAddr, Uri};
use store::Store;
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::limits::{SIMULATED_CALLER_EVERY, SIMULATED_CALLERS_MAX, SIMULATED_STAY_S};
use super::live_legs::{LiveLegs, readable};
use super::sockets::{Advertising, Sockets, UDP};

pub(super) use self::places::{Places, Ticket};

/// The parameter of the Request-URI that names the trunk of the called number.
pub(super) const TRUNK_PARAMETER: &str = "trunk";

const SPEECH: &str = "test-caller";
const WORKER: WorkerKey = WorkerKey(0);

/// What the simulator is asked for.
pub(super) enum Request {
    End(TenantId),
    Start(Callers),
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
    requests: mpsc::UnboundedReceiver<Request>,
    speech: Prompt,
    /// The node's side.
    target: SocketAddr,
    found: (mpsc::UnboundedSender<Found>, mpsc::UnboundedReceiver<Found>),
    media: mpsc::UnboundedReceiver<WorkerEvent>,
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
    ) -> Result<(SocketAddr, mpsc::UnboundedSender<Request>)> {
        let sockets = Sockets::bind_loopback()?;
        let address = sockets.address;
        let bound = address.ip();
        let (heard, media) = mpsc::unbounded_channel();
        let config = RelayConfig {
            workers: 1,
            bind: bound,
            rtp_ports,
            webrtc_port: 0,
            ..RelayConfig::default()
        };
        let relay = Relay::start(&config, rand::random(), move |_, event| {
            // Without the simulator nobody calls.
            let _ = heard.send(event);
        })?;
        let advertising = Advertising {
            advertised: None,
            bound,
        };
        let (live, _) = LiveLegs::start(sockets, relay, certificate, advertising, usize::MAX);
        let (requests, received) = mpsc::unbounded_channel();
        let simulator = Self {
            callers: BTreeMap::new(),
            due: BTreeMap::new(),
            live,
            requests: received,
            speech: BuiltinPrompt::find(SPEECH)
                .map_or_else(|| Prompt::from(Vec::new()), BuiltinPrompt::samples),
            target: reachable(target),
            found: mpsc::unbounded_channel(),
            media,
            store,
        };
        super::spawn_or_abort("the simulator", simulator.run());
        Ok((address, requests))
    }

    async fn run(mut self) {
        let udp = self.live.udp();
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
                    Some(Request::End(tenant)) => self.end(tenant),
                    Some(Request::Start(callers)) => self.find(callers),
                    None => return,
                },
                Some(Found(callers, trunk)) = self.found.1.recv() => self.begin(callers, trunk),
                Some(event) = self.media.recv() => self.live.take_media(event, Instant::now()),
                () = readable(&udp) => self.live.take_datagrams(Instant::now()),
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
                let _ = found.send(Found(callers, trunk));
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
        let Ok(port) = self.live.open_rtp(WORKER, Ipv4Addr::LOCALHOST.into()) else {
            self.callers.remove(&leg);
            return;
        };
        self.live.command(Command::Dial(Box::new(Dial {
            leg,
            credentials: None,
            destination: Destination {
                address: self.target,
                transport: UDP,
            },
            from: NameAddr::new(Uri::sip(Some(&fictitious_number()), host)),
            headers: Vec::new(),
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

impl Places {
    /// Takes places for a tenant's callers, all or none.
    pub(super) fn take(&self, tenant: TenantId, count: u16) -> Option<Vec<Ticket>> {
        self.take_up_to(tenant, count, SIMULATED_CALLERS_MAX)
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
