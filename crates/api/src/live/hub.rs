//! One tenant's live view for all sockets that look at it.

mod streams;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Event, TenantId, Timestamp};
use store::Store;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::sync::{OnceCell, broadcast};
use tokio::time::{Instant, MissedTickBehavior};

use super::fold::{Audience, Fold};
use super::message::{LiveChange, LiveGreeting};
use super::state::LiveSnapshot;
use super::today::Today;
use crate::backend::Backend;
use crate::error::Error;
use crate::first_call::FirstCall;
use crate::limits;
use crate::state::callers;

pub(super) use streams::Viewer;
use streams::{Frame, Streams};

/// How often to look whether the day is over, and whether anybody still looks.
const TICK: Duration = Duration::from_secs(1);

type Running = Mutex<BTreeMap<TenantId, Arc<OnceCell<Arc<Hub>>>>>;

/// The hubs of all tenants that somebody looks at.
pub(crate) struct Hubs {
    backend: Arc<dyn Backend>,
    store: Store,
    running: Arc<Running>,
}

impl Hubs {
    /// No hub runs yet.
    pub(crate) fn new(backend: Arc<dyn Backend>, store: Store) -> Self {
        Self {
            backend,
            store,
            running: Arc::default(),
        }
    }

    /// Takes a place for a socket, if there is one.
    pub(super) async fn seat(&self, tenant: TenantId, name: &str) -> Result<Seat, Error> {
        let hub = self.hub(tenant).await?;
        let mut state = hub.lock();
        let sockets_count: usize = state.sockets.values().sum();
        let own_count = state.sockets.get(name).copied().unwrap_or(0);
        if sockets_count >= limits::LIVE_SOCKETS_PER_TENANT_MAX
            || own_count >= limits::LIVE_SOCKETS_PER_USER_MAX
        {
            return Err(Error::TooManyRequests { retry_after_s: 10 });
        }
        *state.sockets.entry(name.to_owned()).or_default() += 1;
        drop(state);
        Ok(Seat {
            hub,
            name: name.to_owned(),
        })
    }

    /// Everything a viewer may see at this moment.
    pub(super) async fn snapshot(
        &self,
        tenant: TenantId,
        viewer: Viewer,
        now: Timestamp,
    ) -> Result<LiveSnapshot, Error> {
        let hub = self.hub(tenant).await?;
        let state = hub.lock();
        Ok(state.fold.snapshot(viewer, state.streams.seq(viewer), now))
    }

    async fn hub(&self, tenant: TenantId) -> Result<Arc<Hub>, Error> {
        let cell = {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(running.entry(tenant).or_default())
        };
        let start = || Hub::start(tenant, &self.backend, &self.store, &self.running);
        cell.get_or_try_init(start).await.map(Arc::clone)
    }
}

/// One tenant's live view.
pub(super) struct Hub {
    tenant: TenantId,
    state: Mutex<HubState>,
}

struct HubState {
    fold: Fold,
    streams: Streams,
    sockets: BTreeMap<String, usize>,
    /// None when no frame will come any more.
    frames: Option<broadcast::Sender<Frames>>,
}

/// Frames that are told together.
pub(super) type Frames = Arc<[Frame]>;

/// What a socket begins with.
pub(super) struct Attached {
    /// The frames to send first, as text.
    pub(super) greeting: Vec<String>,
    /// The number of the last frame so far.
    pub(super) seq: u64,
    /// The frames to come.
    pub(super) frames: broadcast::Receiver<Frames>,
}

/// A socket's place at its hub, given back when dropped.
pub(super) struct Seat {
    hub: Arc<Hub>,
    name: String,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.hub.lock();
        if let Some(count) = state.sockets.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                state.sockets.remove(&self.name);
            }
        }
    }
}

impl Seat {
    /// Begins a stream, or goes on with one.
    pub(super) fn attach(&self, viewer: Viewer, resume: Option<u64>, now: Timestamp) -> Attached {
        let state = self.hub.lock();
        // Under the lock: no frame falls between the greeting and the receiver.
        let closed = || broadcast::channel(1).1;
        let frames = state
            .frames
            .as_ref()
            .map_or_else(closed, broadcast::Sender::subscribe);
        let seq = state.streams.seq(viewer);
        let missed = resume.and_then(|resume| Some((resume, state.streams.after(viewer, resume)?)));
        let greeting = if let Some((seq, missed)) = missed {
            let resumed = text(&LiveGreeting::Resumed {
                seq,
                server_time: now.into(),
            });
            std::iter::once(resumed).chain(missed).collect()
        } else {
            vec![text(&LiveGreeting::Snapshot(
                &state.fold.snapshot(viewer, seq, now),
            ))]
        };
        drop(state);
        Attached {
            greeting,
            seq,
            frames,
        }
    }
}

/// A frame as text.
pub(super) fn text(frame: &impl serde::Serialize) -> String {
    serde_json::to_string(frame).expect("keys of frames are text")
}

impl Hub {
    async fn start(
        tenant: TenantId,
        backend: &Arc<dyn Backend>,
        store: &Store,
        running: &Arc<Running>,
    ) -> Result<Arc<Self>, Error> {
        let live = backend.live(tenant).await?;
        let now = backend.now();
        let parties: Vec<_> = live.view.contacts.values().map(|record| record.party).collect();
        let callers = callers(store, tenant, &parties).await?;
        let today = Today::count(store, tenant, &live.config, now).await?;
        let first_call = FirstCall::of(&store.tenant(tenant).await?.ok_or(Error::NotFound)?);
        let view = Arc::unwrap_or_clone(live.view);
        let hub = Arc::new(Self {
            tenant,
            state: Mutex::new(HubState {
                fold: Fold::new(view, live.config, callers, today, first_call),
                streams: Streams::new(now),
                sockets: BTreeMap::new(),
                frames: Some(broadcast::Sender::new(limits::LIVE_FRAMES_BEHIND_MAX)),
            }),
        });
        let task = Task {
            hub: Arc::clone(&hub),
            backend: Arc::clone(backend),
            store: store.clone(),
            running: Arc::clone(running),
        };
        tokio::spawn(task.run(live.events));
        Ok(hub)
    }

    fn lock(&self) -> MutexGuard<'_, HubState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_watched(&self) -> bool {
        self.lock()
            .frames
            .as_ref()
            .is_some_and(|frames| frames.receiver_count() > 0)
    }

    fn publish(&self, change: impl FnOnce(&mut Fold) -> Vec<(Audience, LiveChange)>) {
        let mut state = self.lock();
        let changes = change(&mut state.fold).into_iter();
        let told: Frames = changes
            .map(|(audience, change)| Frame {
                audience,
                json: text(&change).into(),
            })
            .collect();
        for frame in &*told {
            state.streams.push(frame.clone());
        }
        if let Some(frames) = state.frames.as_ref().filter(|_| !told.is_empty()) {
            // Without a receiver nobody misses it.
            drop(frames.send(told));
        }
    }
}

/// Carries events from the tenant's engine to its hub, until nobody looks any more.
struct Task {
    hub: Arc<Hub>,
    backend: Arc<dyn Backend>,
    store: Store,
    running: Arc<Running>,
}

impl Task {
    async fn run(self, mut events: broadcast::Receiver<Arc<[Event]>>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut idle_ticks: u32 = 0;
        let mut told_at = Instant::now() - limits::LIVE_BOARD_EVERY;
        let mut board_due: Option<Instant> = None;
        loop {
            tokio::select! {
                received = events.recv() => {
                    // Too far behind, or the engine moved on: sockets connect anew to a fresh hub.
                    let Ok(batch) = received else { break };
                    let Some(taken) = with_waiting(&batch, &mut events) else { break };
                    if self.hub.lock().fold.misses(&taken) {
                        tracing::error!(tenant.id = %self.hub.tenant, "a live view missed events and was given up");
                        break;
                    }
                    board_due.get_or_insert(told_at + limits::LIVE_BOARD_EVERY);
                    if let Err(error) = self.take_in(&taken).await {
                        tracing::warn!(tenant.id = %self.hub.tenant, error = %error, "a live view was given up");
                        break;
                    }
                }
                () = tokio::time::sleep_until(board_due.unwrap_or(told_at)), if board_due.is_some() => {
                    self.hub.publish(Fold::board);
                    told_at = Instant::now();
                    board_due = None;
                }
                _ = tick.tick() => {
                    idle_ticks = if self.hub.is_watched() { 0 } else { idle_ticks + 1 };
                    if TICK * idle_ticks > limits::LIVE_HUB_IDLE {
                        break;
                    }
                    self.begin_day().await;
                }
            }
        }
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.hub.tenant);
        // Sockets that hold on to the hub learn that no frame will come.
        self.hub.lock().frames = None;
    }

    async fn take_in(&self, events: &[Event]) -> Result<(), Error> {
        let tenant = self.hub.tenant;
        let callers = callers(&self.store, tenant, &Fold::new_parties(events)).await?;
        let now = self.backend.now();
        let reconfigured = if Fold::is_reconfigured(events) {
            let config = Arc::new(self.store.load_config(tenant).await?);
            let today = Today::count(&self.store, tenant, &config, now).await?;
            Some((config, today))
        } else {
            None
        };
        self.hub.publish(|fold| {
            let mut changes = fold.apply(events, callers, now);
            changes.extend(
                reconfigured
                    .into_iter()
                    .flat_map(|(config, today)| fold.reconfigure(config, today, now)),
            );
            changes
        });
        Ok(())
    }

    /// Counts anew once a day is over.
    async fn begin_day(&self) {
        let now = self.backend.now();
        let (is_over, config) = {
            let state = self.hub.lock();
            let (today, config) = state.fold.today();
            (today.is_over(now, config), Arc::clone(config))
        };
        if !is_over {
            return;
        }
        match Today::count(&self.store, self.hub.tenant, &config, now).await {
            Ok(today) => self.hub.publish(|fold| fold.set_today(today)),
            Err(error) => {
                tracing::warn!(tenant.id = %self.hub.tenant, error = %error, "the day was not counted");
            }
        }
    }
}

/// A batch with those that wait behind it; none when some of them are gone already.
fn with_waiting(batch: &[Event], events: &mut broadcast::Receiver<Arc<[Event]>>) -> Option<Vec<Event>> {
    let mut taken = batch.to_vec();
    for _ in 1..limits::LIVE_BATCHES_AT_ONCE_MAX {
        match events.try_recv() {
            Ok(batch) => taken.extend_from_slice(&batch),
            Err(TryRecvError::Empty) => break,
            Err(TryRecvError::Lagged(_) | TryRecvError::Closed) => return None,
        }
    }
    Some(taken)
}
