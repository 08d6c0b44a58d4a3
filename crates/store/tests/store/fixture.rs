//! A database of its own for each test, and small values to put into it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use model::config::{ClaimedNumber, Flow, TenantSettings};
use model::event::Direction;
use model::{
    AgentId, ConfigChange, ContactEvent, ContactId, ContactRecord, Event, EventBody, FlowId, LegId, PartyId,
    PhoneNumberId, TenantEvent, TenantId, Timestamp, TrunkId, UserId,
};
use store::{
    Append, DatabaseAddress, Entropy, Lease, MasterKey, NewNumber, NewTenant, Store, StoreConfig, Trunk,
    TrunkKind, User,
};

pub(crate) const KEY: MasterKey = MasterKey::new([7; 32]);
pub(crate) const TENANT: TenantId = TenantId::from_bits(1);
pub(crate) const OTHER_TENANT: TenantId = TenantId::from_bits(2);
pub(crate) const TRUNK: TrunkId = TrunkId::from_bits(3);
pub(crate) const FLOW: FlowId = FlowId::from_bits(4);

/// A database that exists as long as one test.
#[derive(Clone)]
pub(crate) struct TestDatabase {
    pub(crate) config: StoreConfig,
    pub(crate) dir: PathBuf,
}

impl TestDatabase {
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.config, KEY).await.unwrap()
    }
}

/// Runs a test on every database there is; each gets its own, dropped afterwards whatever happens.
pub(crate) fn on_every_database<F, T>(test: F)
where
    F: Fn(TestDatabase) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let name = unique_name();
    let dir = std::env::temp_dir().join(&name);
    std::fs::create_dir_all(&dir).unwrap();
    let sqlite = TestDatabase {
        config: StoreConfig::new(&dir, None),
        dir: dir.clone(),
    };
    let on_sqlite = runtime.block_on(runtime.spawn(test(sqlite)));
    let on_postgres = postgres_url().map(|server| {
        let url = format!("{server}/{name}");
        runtime.block_on(execute(&server, &format!("CREATE DATABASE {name}")));
        let postgres = TestDatabase {
            config: StoreConfig::new(&dir, Some(&url)),
            dir: dir.clone(),
        };
        let result = runtime.block_on(runtime.spawn(test(postgres)));
        runtime.block_on(execute(&server, &format!("DROP DATABASE {name} WITH (FORCE)")));
        result
    });
    std::fs::remove_dir_all(&dir).unwrap();
    for (database, result) in [("SQLite", Some(on_sqlite)), ("PostgreSQL", on_postgres)] {
        if let Some(Err(failure)) = result {
            say_which_failed(database);
            std::panic::resume_unwind(failure.into_panic());
        }
    }
}

#[expect(clippy::print_stderr, reason = "says which database a failure belongs to")]
fn say_which_failed(database: &str) {
    eprintln!("failed on {database}");
}

/// The server without a database name, for example `postgres://postgres@127.0.0.1:5432`.
fn postgres_url() -> Option<String> {
    if !cfg!(feature = "real-parts") {
        return None;
    }
    let url = std::env::var("TEST_DATABASE_URL").ok()?;
    let authority_at = url.find("://")? + 3;
    let end = url[authority_at..]
        .find('/')
        .map_or(url.len(), |at| authority_at + at);
    Some(url[..end].to_owned())
}

async fn execute(server: &str, statement: &str) {
    use sqlx::{AssertSqlSafe, Connection, PgConnection};
    let mut connection = PgConnection::connect(&format!("{server}/postgres"))
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
}

fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("offhook_store_test_{}_{number}", std::process::id())
}

/// The file of a SQLite database.
pub(crate) fn sqlite_path(config: &StoreConfig) -> Option<PathBuf> {
    match &config.address {
        DatabaseAddress::Postgres { .. } => None,
        DatabaseAddress::Sqlite { path } => Some(path.clone()),
    }
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + second * 1000)
}

pub(crate) fn entropy(seed: u8) -> Entropy {
    Entropy::from_seed([seed; 32])
}

pub(crate) async fn lease(store: &Store, tenant: TenantId) -> Lease {
    store
        .take_lease(tenant, "node-1", at(0), Duration::from_secs(10))
        .await
        .unwrap()
}

/// The events `from..=to`, each of which says that a revision is in force.
pub(crate) fn append(lease: Lease, from: u64, to: u64) -> Append {
    Append {
        lease,
        events: (from..=to).map(event).collect(),
        records: Vec::new(),
        usage: Vec::new(),
        outbox: Vec::new(),
    }
}

pub(crate) fn event(seq: u64) -> Event {
    Event {
        seq,
        at: at(seq as i64),
        body: EventBody::Tenant(TenantEvent::ConfigApplied { revision: seq }),
    }
}

/// A contact that was initiated at that second; its number in the id.
pub(crate) fn record(number: u128, second: i64) -> ContactRecord {
    let initiated = initiated(PartyId::from_bits(number));
    ContactRecord::begin(ContactId::from_bits(number), &initiated, at(second)).unwrap()
}

/// The first event of a contact with that party.
pub(crate) fn initiated(party: PartyId) -> ContactEvent {
    ContactEvent::Initiated {
        leg: LegId::from_bits(party.bits()),
        direction: Direction::Inbound,
        party,
        number: "+4930901820".parse().unwrap(),
        trunk: None,
        flow: FLOW,
        test: false,
    }
}

pub(crate) fn user(number: u128, tenant: TenantId, email: &str) -> User {
    User {
        id: UserId::from_bits(number),
        tenant,
        email: email.to_owned(),
        name: "Maya".to_owned(),
        password_hash: "$argon2id$…".to_owned(),
        is_admin: true,
        agent: Some(AgentId::from_bits(number)),
        created_at: at(0),
    }
}

/// A tenant whose configuration is its name, a flow and, if given, a phone number.
pub(crate) fn new_tenant(id: TenantId, email: &str, number: Option<ClaimedNumber>) -> NewTenant {
    let settings = TenantSettings {
        name: "Acme".to_owned(),
        ..TenantSettings::default()
    };
    let flow = Flow {
        id: FLOW,
        name: "Welcome".to_owned(),
        document: "{}".to_owned(),
    };
    let mut changes = vec![ConfigChange::PutSettings(settings), ConfigChange::PutFlow(flow)];
    changes.extend(number.map(ConfigChange::PutPhoneNumber));
    NewTenant {
        id,
        owner: user(id.bits(), id, email),
        session: None,
        changes,
    }
}

pub(crate) async fn sign_up(store: &Store, id: TenantId, email: &str) {
    store.sign_up(&new_tenant(id, email, None), at(0)).await.unwrap();
}

/// The lab trunk with the numbers +12025550100 and so on.
pub(crate) async fn lab_trunk(store: &Store, numbers_count: u32) {
    store.put_trunk(&trunk(TRUNK), entropy(1)).await.unwrap();
    let numbers: Vec<NewNumber> = (0..numbers_count)
        .map(|index| NewNumber {
            id: number_id(index),
            number: claimed(index).number,
            country: "us".to_owned(),
        })
        .collect();
    let added_count = store.add_numbers(TRUNK, &numbers).await.unwrap();
    assert_eq!(added_count, u64::from(numbers_count));
}

pub(crate) fn trunk(id: TrunkId) -> Trunk {
    Trunk {
        id,
        tenant: None,
        name: "Lab".to_owned(),
        kind: TrunkKind::Lab,
        calling_code: "1".to_owned(),
        sources: vec!["127.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()],
        digest: None,
        outbound_address: None,
        registration: None,
        carries_emergency: false,
        created_at: at(0),
    }
}

pub(crate) fn number_id(index: u32) -> PhoneNumberId {
    PhoneNumberId::from_bits(1000 + u128::from(index))
}

pub(crate) fn claimed(index: u32) -> ClaimedNumber {
    ClaimedNumber {
        id: number_id(index),
        number: format!("+1202555{:04}", 100 + index).parse().unwrap(),
        trunk: TRUNK,
        flow: FLOW,
    }
}
