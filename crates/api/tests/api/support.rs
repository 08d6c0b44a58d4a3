//! A store in a folder of its own, the API on it, and clients.

#[path = "support/backend.rs"]
mod backend;
#[path = "support/client.rs"]
mod client;
#[path = "support/story.rs"]
pub(crate) mod story;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use api::ApiState;
use axum::Router;
use model::{PhoneNumberId, TenantId, Timestamp, TrunkId, UserId};
use serde_json::json;
use store::{Entropy, MasterKey, NewNumber, Store, StoreConfig, Trunk, TrunkKind, User};

pub(crate) use backend::{Called, TestBackend};
pub(crate) use client::{Answer, Client};

/// 2026-11-23, a Monday, 09:00 in UTC.
pub(crate) const MONDAY: Timestamp = Timestamp::from_millis(1_795_424_400_000);

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) store: Store,
    pub(crate) backend: Arc<TestBackend>,
    dir: PathBuf,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("api-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let store = Store::open(&StoreConfig::new(&dir, None), MasterKey::new([7; 32]))
            .await
            .unwrap();
        add_numbers(&store).await;
        let backend = Arc::new(TestBackend::new(store.clone(), MONDAY));
        let shared: Arc<dyn api::Backend> = Arc::clone(&backend) as Arc<dyn api::Backend>;
        let router = api::router(ApiState::new(store.clone(), shared));
        Self {
            router,
            store,
            backend,
            dir,
        }
    }

    /// A client without credentials.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// Adds a German number that is reached over a carrier.
    pub(crate) async fn add_carrier_number(&self, e164: &str) {
        let carrier = trunk(2, TrunkKind::Carrier);
        put(&self.store, &carrier).await;
        let number = NewNumber {
            id: PhoneNumberId::from_bits(200),
            number: e164.parse().unwrap(),
            country: "DE".to_owned(),
        };
        self.store.add_numbers(carrier.id, &[number]).await.unwrap();
    }

    /// The tenant that a client belongs to.
    pub(crate) async fn tenant_of(&self, client: &Client) -> TenantId {
        let me = client.get("/api/v1/me").await;
        me.body["tenant"]["id"].as_str().unwrap().parse().unwrap()
    }

    /// Signs a company up; the client has its session.
    pub(crate) async fn sign_up(&self, company: &str) -> Client {
        let mut client = self.client();
        let body = json!({
            "company": company,
            "email": format!("maya@{}.example", company.to_lowercase()),
            "password": PASSWORD,
            "time_zone": "America/New_York",
        });
        let answer = client.post("/api/v1/signup", &body).await;
        assert_eq!(answer.status, 201, "{:?}", answer.body);
        client.keep_session(&answer);
        client
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

/// A colleague of the company's owner who is neither admin nor agent of any contact so far.
pub(crate) async fn colleague(app: &TestApp, owner: &Client, is_agent: bool) -> Client {
    let tenant = app.tenant_of(owner).await;
    let config = app.store.load_config(tenant).await.unwrap();
    let maya = app.store.users(tenant).await.unwrap().remove(0);
    let agent = is_agent.then(|| *config.agents.keys().next().unwrap());
    let bo = User {
        id: UserId::from_bits(42),
        email: "bo@acme.example".to_owned(),
        name: "bo".to_owned(),
        is_admin: false,
        agent,
        ..maya
    };
    app.store.create_user(&bo).await.unwrap();
    let mut client = app.client();
    let body = json!({"email": "bo@acme.example", "password": PASSWORD});
    let answer = client.post("/api/v1/session", &body).await;
    client.keep_session(&answer);
    client
}

async fn add_numbers(store: &Store) {
    let trunk = trunk(1, TrunkKind::Lab);
    put(store, &trunk).await;
    let numbers: Vec<NewNumber> = (0..20)
        .map(|line| NewNumber {
            id: PhoneNumberId::from_bits(100 + line),
            number: format!("+121255501{line:02}").parse().unwrap(),
            country: "US".to_owned(),
        })
        .collect();
    store.add_numbers(trunk.id, &numbers).await.unwrap();
}

async fn put(store: &Store, trunk: &Trunk) {
    store.put_trunk(trunk, Entropy::from_seed([1; 32])).await.unwrap();
}

fn trunk(id: u128, kind: TrunkKind) -> Trunk {
    Trunk {
        id: TrunkId::from_bits(id),
        tenant: None,
        name: format!("{kind:?}"),
        kind,
        calling_code: "1".to_owned(),
        sources: Vec::new(),
        digest: None,
        outbound_address: None,
        registration: None,
        carries_emergency: false,
        created_at: MONDAY,
    }
}
