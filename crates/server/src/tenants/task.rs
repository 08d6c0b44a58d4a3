//! The task of one tenant: inputs in, events stored, then told, replied to and carried out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use api::backend::LiveSubscription;
use engine::{CommandBody, Input};
use model::{ContactId, DisconnectReason, Event, LegId, LiveView, Timestamp};
use store::{Lease, Tenant};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::Instant;

use super::commit::{CommitError, commit};
use super::first_call;
use super::limits::{AHEAD_TOLERATED, BACKLOG_MAX, BATCH_MAX, BATCHES_BEHIND_MAX, STALLED_AFTER};
use super::load::{LoadError, Loaded, load};
use super::message::{Message, NOBODYS, Received, Waiting};
use super::runtime::{Outcome, Runtime};
use super::snapshot::Snapshots;
use super::{Place, Shared};

/// Serves a tenant until nobody holds the other end of its inbox, or its lease is lost.
pub(super) async fn run(shared: Arc<Shared>, place: Arc<Place>, mut inbox: mpsc::Receiver<Received>) {
    match Task::start(&shared, &place).await {
        Ok(mut task) => match task.serve(&mut inbox).await {
            Ok(()) => task.give_back().await,
            Err(error) => task.give_up(&error),
        },
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(tenant.id = %place.tenant, error, "a tenant was not loaded");
        }
    }
    shared.leave(&place);
    inbox.close();
    while let Some(Received { message, .. }) = inbox.recv().await {
        shared.turn_away(place.tenant, &message);
    }
}

/// Why a tenant is not served.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Load(#[from] LoadError),
}

struct Task {
    shared: Arc<Shared>,
    place: Arc<Place>,
    lease: Lease,
    runtime: Runtime,
    /// How far the tenant's log is ahead of this node's clock, because another clock was.
    ahead: Duration,
    /// The latest moment that the engine was told of.
    at: Timestamp,
    events: broadcast::Sender<Arc<[Event]>>,
    /// What came while the database was away.
    backlog: VecDeque<Received>,
    snapshots: Snapshots,
    /// The tenant, while no agent of it has answered a contact.
    unanswered: Option<Tenant>,
    /// When to look whether anybody still needs the tenant.
    look_at: Instant,
}

/// What woke the task.
enum Wake {
    Messages(Vec<Received>),
    /// A deadline of the engine.
    Due,
    /// Nothing happened for long.
    Quiet,
    /// No message will come any more.
    Closed,
}

impl Task {
    async fn start(shared: &Arc<Shared>, place: &Arc<Place>) -> Result<Self, StartError> {
        let Loaded {
            lease,
            recovery,
            revisions,
            unanswered,
        } = load(shared, place.tenant).await?;
        place.hold(lease);
        let found_open = open_legs(&recovery.log.view);
        let ahead = Duration::from_millis(recovery.log.head_at.millis_since(shared.clock.now()));
        if ahead > AHEAD_TOLERATED {
            let ahead_s = ahead.as_secs();
            tracing::warn!(tenant.id = %place.tenant, ahead_s, "the clock is behind the tenant's log, which goes on");
        }
        let now = shared.clock.now() + ahead;
        let mut runtime = Runtime::recover(recovery, rand::random(), now);
        for revision in revisions {
            runtime.handle_input(Input::ConfigChanged(revision), now);
        }
        let mut task = Self {
            shared: Arc::clone(shared),
            place: Arc::clone(place),
            lease,
            runtime,
            ahead,
            at: now,
            events: broadcast::Sender::new(BATCHES_BEHIND_MAX),
            backlog: VecDeque::new(),
            snapshots: Snapshots::new(shared.store.clone(), place.tenant),
            unanswered,
            look_at: Instant::now() + shared.unloaded_after,
        };
        let outcome = task.runtime.drain();
        commit(&shared.store, &shared.log, lease, &outcome).await?;
        // Only a task that died, not a process, leaves legs behind.
        task.hang_up(&found_open);
        task.tell(outcome, Waiting::default());
        Ok(task)
    }

    async fn serve(&mut self, inbox: &mut mpsc::Receiver<Received>) -> Result<(), CommitError> {
        loop {
            let messages = match self.wait(inbox).await {
                Wake::Messages(messages) => messages,
                Wake::Due => Vec::new(),
                Wake::Quiet => {
                    self.look_at = Instant::now() + self.shared.unloaded_after;
                    if self.runtime.is_idle() && self.events.receiver_count() == 0 {
                        self.shared.leave_if_unheard(&self.place, inbox);
                    }
                    continue;
                }
                Wake::Closed => return Ok(()),
            };
            let mut waiting = Waiting::default();
            for Received { at, message } in messages {
                self.go_on_to(at + self.ahead);
                self.take(message, &mut waiting)?;
            }
            self.go_on_to(self.now());
            let outcome = self.runtime.drain();
            if outcome.is_stored()
                && let Err(error) = self.store(&outcome, inbox).await
            {
                self.let_go(outcome);
                return Err(error);
            }
            self.note_first_call(&outcome);
            self.snapshots.count(outcome.events.len(), &self.runtime);
            self.tell(outcome, waiting);
        }
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.now() + self.ahead
    }

    /// Does what is due until then. What comes late is still taken in the order in which it came, between the deadlines
    /// it came between.
    fn go_on_to(&mut self, at: Timestamp) {
        self.at = self.at.max(at);
        self.runtime.handle_timeouts(self.at);
    }

    async fn wait(&mut self, inbox: &mut mpsc::Receiver<Received>) -> Wake {
        if !self.backlog.is_empty() {
            let some = self.backlog.len().min(BATCH_MAX);
            return Wake::Messages(self.backlog.drain(..some).collect());
        }
        let now = self.now();
        let due = self.runtime.poll_timeout();
        let due_in = due.map(|due| Duration::from_millis(due.millis_since(now)));
        let mut messages = Vec::new();
        // What was waiting comes first: after a pause of the database it may be what keeps a deadline away.
        tokio::select! {
            biased;
            received = inbox.recv_many(&mut messages, BATCH_MAX) => {
                self.look_at = Instant::now() + self.shared.unloaded_after;
                if received == 0 { Wake::Closed } else { Wake::Messages(messages) }
            }
            () = tokio::time::sleep(due_in.unwrap_or_default()), if due_in.is_some() => Wake::Due,
            () = tokio::time::sleep_until(self.look_at) => Wake::Quiet,
        }
    }

    fn take(&mut self, message: Message, waiting: &mut Waiting) -> Result<(), CommitError> {
        match message {
            // Nobody would know of the contact.
            Message::Arrived { reply, .. } if reply.is_closed() => {}
            Message::Arrived { leg, arrival, reply } => {
                waiting.arrivals.insert(leg, reply);
                self.runtime.handle_input(arrival, self.at);
            }
            Message::Cancelled { contact, reply } => {
                let id = waiting.expect_reply(reply);
                self.runtime
                    .handle_input(Input::CallCancelled { contact, id }, self.at);
            }
            Message::ConfigChanged { revisions, reply } => {
                let known = self.runtime.revision();
                if revisions.first().is_some_and(|first| first.number > known + 1) {
                    self.read_revisions_after(known, reply);
                    return Ok(());
                }
                for revision in revisions {
                    self.runtime.handle_input(Input::ConfigChanged(revision), self.at);
                }
                waiting.reconfigured.push(reply);
            }
            Message::Input(input) => self.runtime.handle_input(input, self.at),
            Message::LeaseLost => return Err(CommitError::LeaseLost),
            Message::Looked(reply) => waiting.viewers.push(reply),
            Message::Requested {
                agent,
                request,
                reply,
            } => {
                let id = waiting.expect_reply(reply);
                self.runtime
                    .handle_input(Input::AgentRequested { agent, request, id }, self.at);
            }
        }
        Ok(())
    }

    /// Has the revisions read that were committed and not heard of; calls do not wait for them.
    fn read_revisions_after(&self, known: u64, reply: oneshot::Sender<()>) {
        let (shared, tenant) = (Arc::clone(&self.shared), self.place.tenant);
        tokio::spawn(async move {
            match shared.store.revisions_after(tenant, known).await {
                Ok(revisions) => shared.send(tenant, Message::ConfigChanged { revisions, reply }),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(tenant.id = %tenant, error, "a revision was not taken in yet");
                }
            }
        });
    }

    /// Stores what was decided. While that takes unusually long, whoever would wait for more is turned away.
    async fn store(
        &mut self,
        outcome: &Outcome,
        inbox: &mut mpsc::Receiver<Received>,
    ) -> Result<(), CommitError> {
        let mut stored = std::pin::pin!(commit(&self.shared.store, &self.shared.log, self.lease, outcome));
        if let Ok(result) = tokio::time::timeout(STALLED_AFTER, &mut stored).await {
            return result;
        }
        loop {
            tokio::select! {
                biased;
                result = &mut stored => return result,
                Some(received) = inbox.recv(), if self.backlog.len() < BACKLOG_MAX => {
                    if received.message.is_call() || received.message.is_question() {
                        self.shared.turn_away(self.place.tenant, &received.message);
                    } else {
                        self.backlog.push_back(received);
                    }
                }
            }
        }
    }

    fn note_first_call(&mut self, outcome: &Outcome) {
        if let Some(answered_at) = outcome.answered_at
            && let Some(tenant) = self.unanswered.take()
        {
            tokio::spawn(first_call::note(self.shared.store.clone(), tenant, answered_at));
        }
    }

    /// Tells of what is stored, then has the rest carried out.
    fn tell(&self, outcome: Outcome, mut waiting: Waiting) {
        if !outcome.events.is_empty() {
            // Without a subscriber nobody misses it.
            drop(self.events.send(outcome.events.into()));
        }
        for (id, result) in outcome.replies {
            waiting.reply(id, result);
        }
        for (leg, result) in outcome.arrivals {
            if !waiting.answer_arrival(leg, result)
                && let Ok(contact) = result
            {
                self.take_back(contact);
            }
        }
        if !outcome.commands.is_empty() {
            self.shared.carry.carry(self.place.tenant, outcome.commands);
        }
        waiting.finish(|| LiveSubscription {
            view: Arc::clone(self.runtime.view()),
            config: Arc::clone(self.runtime.config()),
            events: self.events.subscribe(),
        });
    }

    /// Takes back a call that was placed for somebody who was told that it was not.
    fn take_back(&self, contact: ContactId) {
        let cancelled = Input::CallCancelled { contact, id: NOBODYS };
        self.shared.send(self.place.tenant, Message::Input(cancelled));
    }

    /// Refuses and ends the legs that what was not stored would have refused and ended. Those it would have begun
    /// something with are open.
    fn let_go(&self, outcome: Outcome) {
        let is_farewell =
            |body: &CommandBody| matches!(body, CommandBody::HangUp { .. } | CommandBody::Refuse { .. });
        let bodies = outcome.commands.into_iter().map(|command| command.body);
        let farewells: Vec<CommandBody> = bodies.filter(is_farewell).collect();
        if !farewells.is_empty() {
            self.shared.carry.let_go(self.place.tenant, farewells);
        }
    }

    fn hang_up(&self, legs: &[LegId]) {
        let reason = DisconnectReason::SystemRestarted;
        let commands = legs.iter().map(|leg| CommandBody::HangUp { leg: *leg, reason });
        let commands: Vec<CommandBody> = commands.collect();
        if !commands.is_empty() {
            self.shared.carry.let_go(self.place.tenant, commands);
        }
    }

    /// What is open now ends with the process, and is recorded as ended by the next one.
    async fn give_back(self) {
        self.hang_up(&open_legs(self.runtime.view()));
        self.snapshots.finish(&self.runtime).await;
        if let Err(error) = self.shared.store.release_lease(&self.lease).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(tenant.id = %self.place.tenant, error, "a lease was not given back: it will expire");
        }
    }

    /// Who serves the tenant next has recorded its contacts as ended, or will.
    fn give_up(self, error: &CommitError) {
        let error = error as &dyn std::error::Error;
        tracing::error!(tenant.id = %self.place.tenant, error, "a tenant is no longer served by this node");
        self.hang_up(&open_legs(self.runtime.view()));
    }
}

fn open_legs(view: &LiveView) -> Vec<LegId> {
    let legs = view.contacts.values().flat_map(|record| &record.legs);
    legs.filter(|leg| leg.ended_at.is_none())
        .map(|leg| leg.id)
        .collect()
}
