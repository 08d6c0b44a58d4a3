//! The tenants that this node serves: one task each, loaded when first needed, under a lease.
//!
//! Invariants: events are committed before anybody is told of them and before a command is carried out; a tenant
//! whose lease is lost is no longer decided for.

mod commit;
mod first_call;
mod keep;
mod limits;
mod load;
mod message;
mod runtime;
mod snapshot;
mod task;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use api::backend::{LiveSubscription, RequestError, Unavailable};
use engine::{Arrival, Command, CommandBody, Input, Placement, RefuseReason};
use model::{AgentId, AgentRequest, ContactId, Revision, TenantId};
use store::{GroupCommit, Lease, Store};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::clock::Clock;
use limits::{ANSWER_TIMEOUT, INBOX_MAX, INBOX_RESERVED, LOADS_AT_ONCE_MAX, SHUTDOWN_MAX, UNLOADED_AFTER};
pub(crate) use message::ArriveError;
use message::{Message, Received};

/// Carries out what engines command.
pub(crate) trait Carry: Send + Sync + 'static {
    /// Takes a tenant's commands, to be carried out in order. Must not block.
    fn carry(&self, tenant: TenantId, commands: Vec<Command>);

    /// Refuses or ends legs for which no engine answers any more. Must not block.
    fn let_go(&self, tenant: TenantId, commands: Vec<CommandBody>);
}

/// A handle to the tenants; cheap to clone.
#[derive(Clone)]
pub(crate) struct Tenants {
    shared: Arc<Shared>,
}

/// What the tasks share.
struct Shared {
    store: Store,
    clock: Arc<Clock>,
    log: GroupCommit,
    carry: Arc<dyn Carry>,
    /// What this node's leases are held under; the same after a restart.
    node: String,
    loads: Semaphore,
    unloaded_after: Duration,
    takes_calls: AtomicBool,
    is_ending: AtomicBool,
    running: Mutex<Running>,
}

struct Running {
    tenants: BTreeMap<TenantId, Entry>,
    /// Every task holds a clone; none once the process is about to end.
    alive: Option<mpsc::Sender<Infallible>>,
    /// Answers when the last task has ended.
    ended: mpsc::Receiver<Infallible>,
    keeper: Option<AbortHandle>,
}

struct Entry {
    inbox: mpsc::Sender<Received>,
    place: Arc<Place>,
}

/// One run of one tenant's task.
struct Place {
    tenant: TenantId,
    lease: OnceLock<Lease>,
}

impl Place {
    fn hold(&self, lease: Lease) {
        self.lease.get_or_init(|| lease);
    }
}

impl Tenants {
    /// Serves tenants from now on, those first whose contacts a crash left open. `node` names this node towards the
    /// others and must be the same after a restart.
    pub(crate) fn start(store: Store, clock: Arc<Clock>, carry: Arc<dyn Carry>, node: String) -> Self {
        Self::start_with(store, clock, carry, node, UNLOADED_AFTER)
    }

    fn start_with(
        store: Store,
        clock: Arc<Clock>,
        carry: Arc<dyn Carry>,
        node: String,
        unloaded_after: Duration,
    ) -> Self {
        let (alive, ended) = mpsc::channel(1);
        let shared = Arc::new(Shared {
            log: GroupCommit::start(store.clone()),
            store,
            clock,
            carry,
            node,
            loads: Semaphore::new(LOADS_AT_ONCE_MAX),
            unloaded_after,
            takes_calls: AtomicBool::new(true),
            is_ending: AtomicBool::new(false),
            running: Mutex::new(Running {
                tenants: BTreeMap::new(),
                alive: Some(alive),
                ended,
                keeper: None,
            }),
        });
        let keeper = tokio::spawn(keep::keep(Arc::downgrade(&shared)));
        shared.lock().keeper = Some(keeper.abort_handle());
        Self { shared }
    }

    /// Tells a tenant's engine of something that happened. Never blocks.
    pub(crate) fn submit(&self, tenant: TenantId, input: Input) {
        self.shared.send(tenant, Message::Input(input));
    }

    /// Hands an agent's request over; answers once the events it caused are committed.
    pub(crate) async fn request(
        &self,
        tenant: TenantId,
        agent: AgentId,
        request: AgentRequest,
    ) -> Result<(), RequestError> {
        let ask = |reply| Message::Requested {
            agent,
            request,
            reply,
        };
        Ok(self.ask(tenant, ask).await??)
    }

    /// Takes a call back that was placed; answers once that is committed.
    pub(crate) async fn cancel_call(&self, tenant: TenantId, contact: ContactId) -> Result<(), RequestError> {
        let ask = |reply| Message::Cancelled { contact, reply };
        Ok(self.ask(tenant, ask).await??)
    }

    /// Hands over a leg that arrived or is to be dialed; answers with the contact once its first event is committed.
    /// `arrival` is [`Input::LegArrived`] or [`Input::CallPlaced`]; any other input is not answered.
    pub(crate) async fn arrive(&self, tenant: TenantId, arrival: Input) -> Result<ContactId, ArriveError> {
        let (Input::LegArrived(Arrival { leg, .. }) | Input::CallPlaced(Placement { leg, .. })) = arrival
        else {
            debug_assert!(false, "not an arrival: {arrival:?}");
            return Err(Unavailable.into());
        };
        let ask = |reply| Message::Arrived { leg, arrival, reply };
        self.ask(tenant, ask).await?.map_err(ArriveError::Refused)
    }

    /// The tenant's live view, and every event after it.
    pub(crate) async fn live(&self, tenant: TenantId) -> Result<LiveSubscription, Unavailable> {
        self.ask(tenant, Message::Looked).await
    }

    /// Has a committed revision taken in, with those before it; answers once that is committed.
    pub(crate) async fn config_changed(
        &self,
        tenant: TenantId,
        revision: Revision,
    ) -> Result<(), Unavailable> {
        let revisions = vec![revision];
        let ask = |reply| Message::ConfigChanged { revisions, reply };
        self.ask(tenant, ask).await
    }

    /// Whether the tenant's task runs, or is about to.
    pub(crate) fn is_loaded(&self, tenant: TenantId) -> bool {
        self.shared.lock().tenants.contains_key(&tenant)
    }

    /// Says whether new calls are to be taken; those in progress go on either way.
    pub(crate) fn take_calls(&self, takes_calls: bool) {
        self.shared.takes_calls.store(takes_calls, Ordering::Relaxed);
    }

    /// Takes no new calls from now on, for the process is about to end.
    pub(crate) fn stop_taking_calls(&self) {
        self.shared.is_ending.store(true, Ordering::Relaxed);
    }

    /// Whether new calls are taken.
    pub(crate) fn takes_calls(&self) -> bool {
        self.shared.takes_calls()
    }

    /// Ends all tasks after what they have taken in, and gives their leases back.
    pub(crate) async fn shut_down(&self) {
        let (_, mut never) = mpsc::channel(1);
        let mut ended = {
            let mut running = self.shared.lock();
            running.alive = None;
            running.tenants.clear();
            if let Some(keeper) = running.keeper.take() {
                keeper.abort();
            }
            std::mem::swap(&mut running.ended, &mut never);
            never
        };
        if tokio::time::timeout(SHUTDOWN_MAX, ended.recv()).await.is_err() {
            tracing::warn!("some tenants could not store what they decided: the database does not answer");
        }
    }

    async fn ask<T>(
        &self,
        tenant: TenantId,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.shared.send(tenant, message(reply));
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(Unavailable),
        }
    }
}

impl Shared {
    fn takes_calls(&self) -> bool {
        self.takes_calls.load(Ordering::Relaxed) && !self.is_ending.load(Ordering::Relaxed)
    }

    /// Puts a message into a tenant's inbox and has the tenant loaded if need be. A message that finds no place is
    /// dropped, and its sender learns that nobody answers.
    fn send(self: &Arc<Self>, tenant: TenantId, message: Message) {
        if message.is_call() && !self.takes_calls() {
            self.turn_away(tenant, &message);
            return;
        }
        let mut running = self.lock();
        let Some(inbox) = self.inbox(&mut running, tenant) else {
            return;
        };
        if message.may_be_dropped() && inbox.capacity() < INBOX_RESERVED {
            self.turn_away(tenant, &message);
            return;
        }
        let at = self.clock.now();
        match inbox.try_send(Received { at, message }) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                tracing::error!(tenant.id = %tenant, "an input was dropped: far too much waits for the database");
            }
            // The task died since we looked.
            Err(TrySendError::Closed(received)) => {
                if let Some(inbox) = self.inbox(&mut running, tenant) {
                    drop(inbox.try_send(received));
                }
            }
        }
    }

    /// Tells a caller whom nobody else will answer. Others who wait learn it when their message is dropped.
    fn turn_away(&self, tenant: TenantId, message: &Message) {
        if let Message::Input(Input::LegArrived(Arrival { leg, .. })) = message {
            let reason = RefuseReason::Unavailable;
            let refusal = CommandBody::Refuse { leg: *leg, reason };
            self.carry.let_go(tenant, vec![refusal]);
        }
    }

    /// Has a tenant loaded if it is not.
    fn wake(self: &Arc<Self>, tenant: TenantId) {
        self.inbox(&mut self.lock(), tenant);
    }

    /// The inbox of the tenant's task, which is started if there is none; none when the process is about to end.
    fn inbox<'a>(
        self: &Arc<Self>,
        running: &'a mut Running,
        tenant: TenantId,
    ) -> Option<&'a mpsc::Sender<Received>> {
        let alive = running.alive.as_ref()?;
        let is_running = |entry: &Entry| !entry.inbox.is_closed();
        if !running.tenants.get(&tenant).is_some_and(is_running) {
            let (inbox, messages) = mpsc::channel(INBOX_MAX);
            let place = Arc::new(Place {
                tenant,
                lease: OnceLock::new(),
            });
            let task = task::run(Arc::clone(self), Arc::clone(&place), messages);
            let alive = alive.clone();
            tokio::spawn(async move {
                task.await;
                drop(alive);
            });
            running.tenants.insert(tenant, Entry { inbox, place });
        }
        running.tenants.get(&tenant).map(|entry| &entry.inbox)
    }

    /// Takes a task that has ended out.
    fn leave(&self, place: &Arc<Place>) {
        let mut running = self.lock();
        let entry = running.tenants.get(&place.tenant);
        if entry.is_some_and(|entry| Arc::ptr_eq(&entry.place, place)) {
            running.tenants.remove(&place.tenant);
        }
    }

    /// Takes a task out unless a message has just come; its inbox then closes.
    fn leave_if_unheard(&self, place: &Arc<Place>, inbox: &mpsc::Receiver<Received>) {
        let mut running = self.lock();
        if inbox.is_empty() {
            running.tenants.remove(&place.tenant);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
