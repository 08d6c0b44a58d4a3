//! The task of one tenant: inputs in, events stored, then told, replied to and carried out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use api::backend::LiveSubscription;
use engine::{CommandBody, Input};
use model::{DisconnectReason, Event, LegId, LiveView, Revision, Timestamp};
use store::{Lease, StoreError, Tenant};
use tokio::sync::{broadcast, mpsc};
use tokio::time::Instant;

use super::commit::{CommitError, commit};
use super::limits::{AHEAD_TOLERATED, BACKLOG_MAX, BATCH_MAX, BATCHES_BEHIND_MAX, STALLED_AFTER};
use super::load::{LoadError, Loaded, load};
use super::message::{Message, Waiting};
use super::runtime::{Outcome, Runtime};
use super::{Place, Shared};

/// Serves a tenant until nobody holds the other end of its inbox, or its lease is lost.
pub(super) async fn run(shared: Arc<Shared>, place: Arc<Place>, mut inbox: mpsc::Receiver<Message>) {
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
    while let Some(message) = inbox.recv().await {
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
    events: broadcast::Sender<Arc<[Event]>>,
    /// What came while the database was away.
    backlog: VecDeque<Message>,
    /// The tenant, while no agent of it has answered a contact.
    unanswered: Option<Tenant>,
    /// When an agent answered first, since the tenant is served here.
    answered_at: Option<Timestamp>,
    /// When to look whether anybody still needs the tenant.
    look_at: Instant,
}

/// What woke the task.
enum Wake {
    Messages(Vec<Message>),
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
        let found_open = open_legs(&recovery.view);
        let ahead = Duration::from_millis(recovery.head_at.millis_since(shared.clock.now()));
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
            events: broadcast::Sender::new(BATCHES_BEHIND_MAX),
            backlog: VecDeque::new(),
            unanswered,
            answered_at: None,
            look_at: Instant::now() + shared.unloaded_after,
        };
        let outcome = task.runtime.drain();
        commit(&shared.store, &shared.log, lease, &outcome).await?;
        // Only a task that died, not a process, leaves legs behind.
        task.hang_up(&found_open);
        task.tell(outcome, Waiting::default());
        Ok(task)
    }

    async fn serve(&mut self, inbox: &mut mpsc::Receiver<Message>) -> Result<(), CommitError> {
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
            let now = self.now();
            let mut waiting = Waiting::default();
            for message in messages {
                self.take(message, now, &mut waiting).await?;
            }
            self.runtime.handle_timeout(now);
            let outcome = self.runtime.drain();
            if outcome.is_stored() {
                self.store(&outcome, inbox).await?;
            }
            self.answered_at = self.answered_at.or(outcome.answered_at);
            self.tell(outcome, waiting);
            self.note_first_call().await;
        }
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.now() + self.ahead
    }

    async fn wait(&mut self, inbox: &mut mpsc::Receiver<Message>) -> Wake {
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

    async fn take(
        &mut self,
        message: Message,
        now: Timestamp,
        waiting: &mut Waiting,
    ) -> Result<(), CommitError> {
        match message {
            Message::Arrived { leg, arrival, reply } => {
                waiting.arrivals.insert(leg, reply);
                self.runtime.handle_input(arrival, now);
            }
            Message::ConfigChanged { revision, reply } => match self.missing_before(&revision).await {
                Ok(missing) => {
                    for revision in missing.into_iter().chain([revision]) {
                        self.runtime.handle_input(Input::ConfigChanged(revision), now);
                    }
                    waiting.reconfigured.push(reply);
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(tenant.id = %self.place.tenant, error, "a revision was not taken in yet");
                }
            },
            Message::Input(input) => self.runtime.handle_input(input, now),
            Message::LeaseLost => return Err(CommitError::LeaseLost),
            Message::Looked(reply) => waiting.viewers.push(reply),
            Message::Requested {
                agent,
                request,
                reply,
            } => {
                let id = waiting.expect_reply(reply);
                self.runtime
                    .handle_input(Input::AgentRequested { agent, request, id }, now);
            }
        }
        Ok(())
    }

    /// The revisions that were committed before this one and not heard of.
    async fn missing_before(&self, revision: &Revision) -> Result<Vec<Revision>, StoreError> {
        let known = self.runtime.revision();
        if revision.number <= known + 1 {
            return Ok(Vec::new());
        }
        self.shared.store.revisions_after(self.place.tenant, known).await
    }

    /// Stores what was decided. While that takes unusually long, whoever would wait for more is turned away.
    async fn store(
        &mut self,
        outcome: &Outcome,
        inbox: &mut mpsc::Receiver<Message>,
    ) -> Result<(), CommitError> {
        let mut stored = std::pin::pin!(commit(&self.shared.store, &self.shared.log, self.lease, outcome));
        if let Ok(result) = tokio::time::timeout(STALLED_AFTER, &mut stored).await {
            return result;
        }
        loop {
            tokio::select! {
                biased;
                result = &mut stored => return result,
                Some(message) = inbox.recv(), if self.backlog.len() < BACKLOG_MAX => {
                    if message.is_call() || message.is_question() {
                        self.shared.turn_away(self.place.tenant, &message);
                    } else {
                        self.backlog.push_back(message);
                    }
                }
            }
        }
    }

    async fn note_first_call(&mut self) {
        let (Some(tenant), Some(answered_at)) = (&self.unanswered, self.answered_at) else {
            return;
        };
        match self.shared.store.record_first_call(tenant, answered_at).await {
            Ok(_) => self.unanswered = None,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(tenant.id = %tenant.id, error, "the first call was not noted");
            }
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
            waiting.answer_arrival(leg, result);
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
