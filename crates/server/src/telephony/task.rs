//! The task that owns the legs.

mod arrivals;
mod browsers;
mod dialing;
mod engines;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use engine::{CommandNumber, Input};
use leg::{Command, EchoTestId, Event};
use model::{DisconnectReason, LegId, TenantId, TrunkId};
use sip::endpoint::AdmissionRequest;
use store::{Store, Trunk};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval, sleep_until};

use crate::clock::Clock;
use crate::sparingly::Sparingly;

use super::Message;
use super::limits::{GOODBYE_MAX, MESSAGES_WAITING_MAX, TRUNKS_RELOADED_EVERY};
use super::lines::Lines;
use super::live_legs::LiveLegs;
use super::media_events::MediaEars;
use super::places::{Places, Ticket};
use super::prompts::Prompts;
use super::registrations::{Registrations, Search};
use super::streams::StreamEvent;
use super::trunks::Trunks;

use self::arrivals::LookedUp;
use self::dialing::{Carrier, Outbound};

pub(super) use self::dialing::lab_address;

/// Something that was waited for.
pub(super) enum Happening {
    /// The carrier that a call goes to was found, or was not.
    CarrierFound(LegId, Option<Box<Carrier>>),
    /// A caller and a number were looked up.
    LookedUp(LegId, LookedUp),
    /// A registrar was found in the DNS, or was not.
    RegistrarFound(TrunkId, Search, Option<SocketAddr>),
    /// The trunks were read.
    TrunksRead(Vec<Trunk>),
}

/// The legs of the node, and whose they are.
pub(super) struct Task {
    /// The last command of each tenant that was carried out.
    pub(super) carried: BTreeMap<TenantId, CommandNumber>,
    pub(super) clock: Arc<Clock>,
    /// Says that SIP is no longer heard.
    pub(super) deafness: watch::Sender<bool>,
    /// Calls whose carriers are being looked for.
    pub(super) dialing: BTreeMap<LegId, Outbound>,
    pub(super) echo_tests: BTreeMap<EchoTestId, TenantId>,
    /// Set once everybody was hung up.
    pub(super) ending: Option<Ending>,
    pub(super) happenings: mpsc::Sender<Happening>,
    pub(super) inbox: mpsc::UnboundedSender<(TenantId, Input)>,
    /// So many messages wait that nothing new may begin.
    pub(super) is_overloaded: bool,
    pub(super) is_reading_trunks: bool,
    /// Where calls over the lab trunk go: back to this node, if they can.
    pub(super) lab: Option<SocketAddr>,
    pub(super) lines: Lines,
    pub(super) live: LiveLegs,
    /// How many calls may be looked up at the moment.
    pub(super) lookups: Arc<Semaphore>,
    pub(super) prompts: Prompts,
    pub(super) overload: Sparingly,
    pub(super) registrations: Registrations,
    /// Where SIP is spoken.
    pub(super) sip: SocketAddr,
    /// Where simulated callers call from.
    pub(super) simulator: SocketAddr,
    pub(super) store: Store,
    /// Requests of strangers that wait for the trunks to be read again.
    pub(super) strangers: Vec<AdmissionRequest>,
    /// How many test calls tenants have.
    pub(super) test_calls: Places,
    /// Whose legs are.
    pub(super) tenants: BTreeMap<LegId, Ownership>,
    pub(super) trunks: Trunks,
}

/// Whose a leg is.
pub(super) struct Ownership {
    pub(super) tenant: TenantId,
    /// Where a call that is to be answered came from.
    pub(super) source: Option<SocketAddr>,
    /// The place that a test call takes up.
    pub(super) _place: Option<Ticket>,
}

/// The last moments of the task.
pub(super) struct Ending {
    ends_at: Instant,
    /// Dropped with the task, for whoever waits for its end.
    _ended: oneshot::Sender<Infallible>,
}

/// What the task hears of the world.
pub(super) struct Ears {
    pub(super) happenings: mpsc::Receiver<Happening>,
    pub(super) media: MediaEars,
    pub(super) messages: mpsc::UnboundedReceiver<Message>,
    pub(super) streams: mpsc::Receiver<StreamEvent>,
}

impl Task {
    /// Runs until nobody can ask for anything any more.
    pub(super) async fn run(mut self, mut ears: Ears) {
        let mut trunks_due = interval(TRUNKS_RELOADED_EVERY);
        trunks_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.drain();
            if self.is_over() {
                return;
            }
            let ends_at = self.ending.as_ref().map(|ending| ending.ends_at);
            let due = self.live.due().into_iter().chain(ends_at).min();
            let due = async {
                match due {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            self.is_overloaded = ears.messages.len() >= MESSAGES_WAITING_MAX;
            let hears_datagrams = !*self.deafness.borrow();
            tokio::select! {
                message = ears.messages.recv() => match message {
                    Some(message) => self.take_message(message),
                    None => return,
                },
                Some(happening) = ears.happenings.recv() => self.take_happening(happening),
                Some(event) = ears.media.hear() => self.live.take_media(event, Instant::now()),
                Some(event) = ears.streams.recv() => {
                    let heard = self.live.take_stream(event, Instant::now());
                    self.note(heard);
                }
                () = self.live.readable(), if hears_datagrams => {
                    let heard = self.live.take_datagrams(Instant::now());
                    self.note(heard);
                }
                _ = trunks_due.tick() => self.read_trunks(),
                () = due => self.live.legs.handle_timeout(Instant::now()),
            }
        }
    }

    /// Has the process end in order when SIP is no longer heard.
    fn note(&self, heard: std::io::Result<()>) {
        if let Err(error) = heard {
            let error = &error as &dyn std::error::Error;
            tracing::error!(
                error,
                "a socket of SIP is broken and nobody could call: Offhook ends"
            );
            self.deafness.send_replace(true);
        }
    }

    /// Hangs everybody up.
    fn end(&mut self, ended: oneshot::Sender<Infallible>) {
        self.dialing.clear();
        let legs: Vec<LegId> = self.tenants.keys().copied().collect();
        for leg in legs {
            let reason = DisconnectReason::SystemRestarted;
            self.live.command(Command::HangUp { leg, reason });
        }
        self.ending = Some(Ending {
            ends_at: Instant::now() + GOODBYE_MAX,
            _ended: ended,
        });
    }

    fn is_over(&self) -> bool {
        let is_quiet = || self.live.legs.sip_counts().dialog_count == 0;
        self.ending
            .as_ref()
            .is_some_and(|ending| is_quiet() || Instant::now() >= ending.ends_at)
    }

    fn take_happening(&mut self, happening: Happening) {
        match happening {
            Happening::CarrierFound(leg, found) => self.take_carrier(leg, found),
            Happening::LookedUp(leg, found) => self.take_looked_up(leg, found),
            Happening::RegistrarFound(trunk, search, address) => {
                let found = self.registrations.found(trunk, search, address, Instant::now());
                if let Some(command) = found {
                    self.live.command(command);
                    self.note_peers();
                }
            }
            Happening::TrunksRead(trunks) => self.take_trunks(trunks),
        }
    }

    /// Takes what the legs tell, until they have nothing more to say.
    fn drain(&mut self) {
        while let Some(event) = self.live.poll() {
            self.take_event(event);
        }
    }

    fn take_event(&mut self, event: Event) {
        match event {
            Event::AdmissionAsked(asked) => self.decide(*asked),
            Event::Arrived(arrival) => self.look_up(*arrival),
            Event::Digit { leg, digit } => self.tell_of(leg, Input::DigitPressed { leg, digit }),
            Event::EchoTestEnded { echo_test } => {
                self.echo_tests.remove(&echo_test);
            }
            Event::LegConnected { leg } => self.tell_of(leg, Input::LegConnected { leg }),
            Event::LegEnded { leg, reason } => {
                if let Some(ownership) = self.tenants.remove(&leg) {
                    self.tell(ownership.tenant, Input::LegEnded { leg, reason });
                }
            }
            Event::LegRinging { leg } => self.tell_of(leg, Input::LegRinging { leg }),
            Event::LineClosed { line } => self.line_ended(line, |agent| Input::LineClosed { agent, line }),
            Event::LineFailed { line } => {
                self.lines.end(line);
            }
            Event::LineLost { line } => self.line_ended(line, |agent| Input::LineLost { agent, line }),
            Event::LineOpened { line, connect_ms } => self.line_opened(line, connect_ms),
            Event::PlayFinished { leg, play } => {
                let play = engine::PlayId(play.0);
                self.tell_of(leg, Input::PlayFinished { leg, play });
            }
            // The live legs see to it themselves.
            Event::PortUnused { .. } => {}
            Event::RegistrationChanged { registration, state } => {
                self.registrations.changed(registration, &state, Instant::now());
            }
        }
    }

    /// Tells the engine whose a leg is; of a leg of nobody's nothing is told.
    fn tell_of(&self, leg: LegId, input: Input) {
        if let Some(ownership) = self.tenants.get(&leg) {
            self.tell(ownership.tenant, input);
        }
    }

    fn tell(&self, tenant: TenantId, input: Input) {
        // Without the tenants the process is about to end.
        let _ = self.inbox.send((tenant, input));
    }
}
