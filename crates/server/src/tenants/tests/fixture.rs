//! A tenant in a database of its own, and a telephony that does what it is told.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::default_set::{FirstTenant, FreeNumber, default_set};
use engine::{Arrival, Command, CommandBody, Input, Placement};
use model::config::StatusKind;
use model::{
    AgentId, AgentRequest, ContactId, Dialed, Event, LegId, LegKind, LineId, OfferId, PartyId, PhoneNumberId,
    TenantId, TrunkId, UserId,
};
use store::{Entropy, MasterKey, NewNumber, NewTenant, Store, StoreConfig, Trunk, TrunkKind, User};
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::tenants::{Carry, Tenants};

pub(super) const TENANT: TenantId = TenantId::from_bits(1);
pub(super) const LINE: LineId = LineId::from_bits(2);
pub(super) const NODE: &str = "node-a";
const NUMBER: &str = "+12125550100";

/// A SQLite database with one tenant, deleted when dropped.
pub(super) struct World {
    dir: PathBuf,
    pub(super) store: Store,
    pub(super) agent: AgentId,
}

impl World {
    pub(super) async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("offhook_tenants_test_{}_{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&dir).unwrap();
        let store = open(&dir).await;
        let agent = sign_up(&store).await;
        Self { dir, store, agent }
    }

    /// The same database through connections of its own.
    pub(super) async fn reopen(&self) -> Store {
        open(&self.dir).await
    }

    /// Keeps everybody else from writing to the database until the connection is closed.
    pub(super) async fn stall(&self) -> sqlx::SqliteConnection {
        self.execute("BEGIN IMMEDIATE").await
    }

    /// Changes the database from outside.
    pub(super) async fn execute(&self, statement: &'static str) -> sqlx::SqliteConnection {
        use sqlx::Connection;
        let path = self.dir.join("offhook.db");
        let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}", path.display()))
            .await
            .unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        connection
    }

    pub(super) async fn events(&self) -> Vec<Event> {
        self.store.events_after(TENANT, 0, 1000).await.unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.dir).unwrap();
    }
}

async fn open(dir: &std::path::Path) -> Store {
    let config = StoreConfig::new(dir, None);
    Store::open(&config, MasterKey::new([7; 32])).await.unwrap()
}

async fn sign_up(store: &Store) -> AgentId {
    let now = Clock::default().now();
    let trunk = Trunk {
        id: TrunkId::from_bits(3),
        tenant: None,
        name: "Lab".to_owned(),
        kind: TrunkKind::Lab,
        calling_code: "1".to_owned(),
        sources: Vec::new(),
        digest: None,
        outbound_address: None,
        registration: None,
        carries_emergency: false,
        created_at: now,
    };
    store
        .put_trunk(&trunk, Entropy::from_seed([1; 32]))
        .await
        .unwrap();
    let number = NewNumber {
        id: PhoneNumberId::from_bits(4),
        number: NUMBER.parse().unwrap(),
        country: "US".to_owned(),
    };
    store.add_numbers(trunk.id, &[number]).await.unwrap();
    let user = UserId::from_bits(5);
    let first = FirstTenant {
        company: "Acme".to_owned(),
        time_zone: "UTC".to_owned(),
        user,
        user_name: "Maya".to_owned(),
        number: Some(FreeNumber {
            id: PhoneNumberId::from_bits(4),
            number: NUMBER.parse().unwrap(),
            trunk: trunk.id,
        }),
    };
    let set = default_set(first, now, &mut rand::random);
    let tenant = NewTenant {
        id: TENANT,
        owner: User {
            id: user,
            tenant: TENANT,
            email: "maya@example.com".to_owned(),
            name: "Maya".to_owned(),
            password_hash: "$argon2id$…".to_owned(),
            is_admin: true,
            agent: Some(set.agent),
            created_at: now,
        },
        session: None,
        changes: set.changes,
    };
    store.sign_up(&tenant, now).await.unwrap();
    set.agent
}

/// Telephony as the tenants see it: every command comes out at `commands`, after `check` has seen it.
pub(super) struct Telephony {
    commands: mpsc::UnboundedSender<CommandBody>,
    check: Box<dyn Fn(&CommandBody) + Send + Sync>,
}

impl Carry for Telephony {
    fn carry(&self, tenant: TenantId, commands: Vec<Command>) {
        assert_eq!(tenant, TENANT);
        for command in commands {
            (self.check)(&command.body);
            // A test that has seen enough does not listen any more.
            drop(self.commands.send(command.body));
        }
    }

    fn let_go(&self, tenant: TenantId, commands: Vec<CommandBody>) {
        assert_eq!(tenant, TENANT);
        for command in commands {
            (self.check)(&command);
            drop(self.commands.send(command));
        }
    }
}

/// One life of one node.
pub(super) struct Node {
    pub(super) tenants: Tenants,
    pub(super) commands: mpsc::UnboundedReceiver<CommandBody>,
}

impl Node {
    pub(super) fn start(store: &Store) -> Self {
        Self::start_with(store, NODE, Duration::from_secs(3600), |_| {})
    }

    pub(super) fn start_with(
        store: &Store,
        name: &str,
        unloaded_after: Duration,
        check: impl Fn(&CommandBody) + Send + Sync + 'static,
    ) -> Self {
        let (sender, commands) = mpsc::unbounded_channel();
        let telephony = Arc::new(Telephony {
            commands: sender,
            check: Box::new(check),
        });
        let clock = Arc::new(Clock::default());
        let name = name.to_owned();
        let tenants = Tenants::start_with(store.clone(), clock, telephony, name, unloaded_after);
        Self { tenants, commands }
    }

    pub(super) async fn command(&mut self) -> CommandBody {
        self.commands.recv().await.unwrap()
    }

    pub(super) fn submit(&self, input: Input) {
        self.tenants.submit(TENANT, input);
    }

    pub(super) async fn request(&self, agent: AgentId, request: AgentRequest) {
        self.tenants.request(TENANT, agent, request).await.unwrap();
    }

    /// Makes the agent routable.
    pub(super) async fn go_available(&self, agent: AgentId) {
        let live = self.tenants.live(TENANT).await.unwrap();
        let available = live.config.status_of_kind(StatusKind::Available).unwrap();
        self.submit(Input::AgentHeard(agent));
        self.submit(Input::LineOpened { agent, line: LINE });
        self.request(agent, AgentRequest::SetStatus(available)).await;
    }

    /// Takes a browser caller to the agent, until both hear each other.
    pub(super) async fn talk(&mut self, agent: AgentId) -> ContactId {
        self.go_available(agent).await;
        let mut live = self.tenants.live(TENANT).await.unwrap();
        let contact = self.tenants.arrive(TENANT, arrival(1)).await.unwrap();
        assert_eq!(self.command().await, CommandBody::Answer { leg: leg(1) });
        self.submit(Input::LegConnected { leg: leg(1) });
        for _ in ["the greeting", "please hold"] {
            let CommandBody::Play { play, .. } = self.command().await else {
                panic!("the flow begins with two prompts");
            };
            self.submit(Input::PlayFinished { leg: leg(1), play });
        }
        let offer = offered(&mut live.events).await;
        self.request(agent, AgentRequest::AcceptOffer(offer)).await;
        loop {
            match self.command().await {
                CommandBody::StartAgentLeg { leg, .. } => self.submit(Input::LegConnected { leg }),
                CommandBody::Bridge { .. } => return contact,
                CommandBody::Answer { .. }
                | CommandBody::Dial { .. }
                | CommandBody::HangUp { .. }
                | CommandBody::Play { .. }
                | CommandBody::Refuse { .. }
                | CommandBody::Reply { .. }
                | CommandBody::StopPlay { .. } => {}
            }
        }
    }
}

async fn offered(events: &mut tokio::sync::broadcast::Receiver<Arc<[Event]>>) -> OfferId {
    loop {
        for event in events.recv().await.unwrap().iter() {
            if let model::EventBody::Contact(_, model::ContactEvent::Offered { offer, .. }) = event.body {
                return offer;
            }
        }
    }
}

pub(super) const fn leg(number: u128) -> LegId {
    LegId::from_bits(1000 + number)
}

pub(super) fn arrival(number: u128) -> Input {
    Input::LegArrived(Arrival {
        leg: leg(number),
        kind: LegKind::CustomerBrowser,
        party: PartyId::from_bits(number),
        to: NUMBER.parse().unwrap(),
        trunk: None,
        test: true,
    })
}

/// A call of ours to a number of the world at large, or to an emergency service.
pub(super) fn placed(number: u128, to: &str) -> Input {
    Input::CallPlaced(Placement {
        leg: leg(number),
        party: PartyId::from_bits(number),
        from: NUMBER.parse().unwrap(),
        to: Dialed::read(to, "1").unwrap(),
        trunk: Ok(TrunkId::from_bits(3)),
        flow: None,
        ring_timeout: None,
        test: false,
    })
}

/// Waits until something holds that nobody reports.
pub(super) async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    while !holds().await {
        tokio::task::yield_now().await;
    }
}

/// A runtime whose end is like that of a process: every task stops where it is.
pub(super) struct Process(Mutex<Option<tokio::runtime::Runtime>>);

impl Process {
    pub(super) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        Self(Mutex::new(Some(runtime)))
    }

    pub(super) async fn run<T: Send + 'static>(&self, story: impl Future<Output = T> + Send + 'static) -> T {
        let task = self.0.lock().unwrap().as_ref().unwrap().spawn(story);
        task.await.unwrap()
    }

    pub(super) fn kill(self) {
        self.0.lock().unwrap().take().unwrap().shutdown_background();
    }
}
