//! A contact center that does what the test says: it appends and publishes the events it is given.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::backend::{
    Answer, CallOrder, EchoTestStarted, LineOffer, LineOpened, LiveSubscription, Mail, MailError, MediaError,
    PlaceCallError, Prompt, PromptKind, RequestError, SimulationError, TestCallStarted, Unavailable,
};
use axum::body::Bytes;
use model::contact::Phase;
use model::{
    AgentId, AgentRequest, ContactId, Event, EventBody, LineId, LiveView, Refusal, Revision, TenantEvent,
    TenantId, Timestamp, UsageRecord,
};
use store::{Append, Sha256Hash, Store};
use tokio::sync::{Notify, broadcast};

pub(crate) struct TestBackend {
    store: Store,
    now: AtomicI64,
    drawn_count: AtomicU64,
    tenants: Mutex<BTreeMap<TenantId, TenantLog>>,
    calls: Mutex<Vec<Called>>,
    mailed: Notify,
    /// One batch after the other, as one engine decides.
    deciding: tokio::sync::Mutex<()>,
    prompts: Vec<Prompt>,
    takes_calls: AtomicBool,
}

struct TenantLog {
    view: LiveView,
    events: broadcast::Sender<Arc<[Event]>>,
}

/// What the API asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Called {
    CancelCall(TenantId, ContactId),
    CloseLine(TenantId, AgentId),
    ConfigChanged(TenantId, u64),
    EndEchoTest(TenantId, u128),
    EndSimulatedCallers(TenantId),
    EndTestCall(TenantId, ContactId),
    Heartbeat(TenantId, AgentId),
    Mail(Mail),
    OpenLine(TenantId, AgentId),
    PlaceCall(TenantId, CallOrder),
    Request(TenantId, AgentId, AgentRequest),
    SimulateCallers(TenantId, u16),
    StartEchoTest(TenantId),
    StartTestCall(TenantId),
}

impl TestBackend {
    pub(crate) fn new(store: Store, now: Timestamp) -> Self {
        let prompt = |name: &str, title: &str, text: &str| Prompt {
            name: name.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            kind: PromptKind::Speech,
            duration_ms: 4200,
        };
        Self {
            store,
            now: AtomicI64::new(now.as_millis()),
            drawn_count: AtomicU64::new(0),
            tenants: Mutex::default(),
            calls: Mutex::default(),
            mailed: Notify::new(),
            deciding: tokio::sync::Mutex::default(),
            prompts: vec![
                prompt("welcome", "Welcome", "Thank you for calling."),
                prompt("please-hold", "Please hold", "Please hold."),
                prompt("closed", "Closed", "We are closed."),
                prompt("all-busy", "Busy", "All lines are busy."),
            ],
            takes_calls: AtomicBool::new(true),
        }
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap();
        self.now.fetch_add(millis, Ordering::Relaxed);
    }

    /// Has new calls taken, or turned away.
    pub(crate) fn set_takes_calls(&self, takes_calls: bool) {
        self.takes_calls.store(takes_calls, Ordering::Relaxed);
    }

    /// What the API asked for since the last time.
    pub(crate) fn take_calls(&self) -> Vec<Called> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    /// Waits for the next mail.
    pub(crate) async fn mail(&self) -> Mail {
        self.mailed.notified().await;
        let mut calls = self.take_calls().into_iter();
        let mail = calls.find_map(|call| {
            if let Called::Mail(mail) = call {
                Some(mail)
            } else {
                None
            }
        });
        mail.unwrap()
    }

    /// Appends events at the present time and publishes them, as the server does.
    pub(crate) async fn happen(&self, tenant: TenantId, bodies: Vec<EventBody>, usage: Vec<UsageRecord>) {
        let _deciding = self.deciding.lock().await;
        let now = api::Backend::now(self);
        let lease = self
            .store
            .take_lease(tenant, "test", now, Duration::from_secs(60))
            .await
            .unwrap();
        let seq = self.store.log_head(tenant).await.unwrap().last_seq;
        let events: Vec<Event> = bodies
            .into_iter()
            .zip(seq + 1..)
            .map(|(body, seq)| Event { seq, at: now, body })
            .collect();
        let records = {
            let mut tenants = self.tenants.lock().unwrap();
            let log = tenants.entry(tenant).or_insert_with(TenantLog::new);
            let mut records = BTreeMap::new();
            for event in &events {
                let completed = log.view.apply(event);
                if let EventBody::Contact(contact, _) = event.body {
                    let record = completed.or_else(|| log.view.contacts.get(&contact).cloned());
                    records.extend(record.map(|record| (contact, record)));
                }
            }
            records.into_values().collect()
        };
        let append = Append {
            lease,
            events: events.clone(),
            records,
            usage,
            outbox: Vec::new(),
        };
        self.store
            .append(&[append])
            .await
            .into_iter()
            .for_each(|result| result.unwrap());
        let tenants = self.tenants.lock().unwrap();
        drop(tenants[&tenant].events.send(events.into()));
    }

    fn note(&self, call: Called) {
        self.calls.lock().unwrap().push(call);
    }
}

impl TenantLog {
    fn new() -> Self {
        Self {
            view: LiveView::default(),
            events: broadcast::Sender::new(64),
        }
    }
}

impl api::Backend for TestBackend {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::Relaxed))
    }

    fn random(&self) -> u128 {
        // Spread over all bits, and the same in every run.
        let drawn = self.drawn_count.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:?}", Sha256Hash::of(&drawn.to_be_bytes()));
        let digits = text.bytes().filter(u8::is_ascii_digit);
        digits.fold(0, |bits: u128, digit| {
            bits.wrapping_mul(31).wrapping_add(u128::from(digit))
        })
    }

    fn takes_calls(&self) -> bool {
        self.takes_calls.load(Ordering::Relaxed)
    }

    fn base_url(&self) -> &str {
        "http://localhost:8080"
    }

    fn request(
        &self,
        tenant: TenantId,
        agent: AgentId,
        request: AgentRequest,
    ) -> Answer<'_, Result<(), RequestError>> {
        // No offer stands and no contact is in hand.
        let answer = match request {
            AgentRequest::SetStatus(_) => Ok(()),
            AgentRequest::AcceptOffer(_) | AgentRequest::DeclineOffer(_) => Err(Refusal::NotYours.into()),
            AgentRequest::CompleteContact { .. }
            | AgentRequest::EndContact(_)
            | AgentRequest::ExtendAfterContactWork(_) => Err(Refusal::ContactMovedOn.into()),
        };
        self.note(Called::Request(tenant, agent, request));
        Box::pin(async move { answer })
    }

    fn open_line(
        &self,
        tenant: TenantId,
        agent: AgentId,
        offer: LineOffer,
    ) -> Answer<'_, Result<LineOpened, MediaError>> {
        self.note(Called::OpenLine(tenant, agent));
        Box::pin(async move {
            if offer.sdp.starts_with("v=0") {
                Ok(LineOpened {
                    line: LineId::from_bits(5),
                    sdp: "v=0\r\n".to_owned(),
                })
            } else {
                Err(MediaError::Sdp {
                    reason: "it does not begin with v=0".to_owned(),
                })
            }
        })
    }

    fn close_line(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<(), RequestError>> {
        self.note(Called::CloseLine(tenant, agent));
        Box::pin(async { Ok(()) })
    }

    fn heartbeat(&self, tenant: TenantId, agent: AgentId) {
        self.note(Called::Heartbeat(tenant, agent));
    }

    fn start_test_call(
        &self,
        tenant: TenantId,
        _: String,
    ) -> Answer<'_, Result<TestCallStarted, MediaError>> {
        self.note(Called::StartTestCall(tenant));
        let started = TestCallStarted {
            contact: ContactId::from_bits(77),
            sdp: "v=0\r\n".to_owned(),
        };
        Box::pin(async { Ok(started) })
    }

    fn end_test_call(&self, tenant: TenantId, contact: ContactId) -> Answer<'_, Result<(), Unavailable>> {
        self.note(Called::EndTestCall(tenant, contact));
        Box::pin(async { Ok(()) })
    }

    fn place_call(
        &self,
        tenant: TenantId,
        order: CallOrder,
    ) -> Answer<'_, Result<ContactId, PlaceCallError>> {
        // What is dialed says how it goes.
        let answer = match order.to.as_str() {
            "110" => Err(PlaceCallError::EmergencyUnavailable),
            "112" => Err(PlaceCallError::NoEmergencyTrunk),
            "no flow" => Err(PlaceCallError::NoFlow),
            "no number" => Err(PlaceCallError::NoPhoneNumber),
            "no trunk" => Err(PlaceCallError::NoTrunk),
            "not claimed" => Err(PlaceCallError::NotClaimed),
            "not carried" => Err(PlaceCallError::NotCarried),
            "own number" => Err(PlaceCallError::OwnNumber),
            "nonsense" => Err(PlaceCallError::NotUnderstood),
            "too many" => Err(PlaceCallError::LimitReached),
            "unavailable" => Err(Unavailable.into()),
            _ => Ok(ContactId::from_bits(78)),
        };
        self.note(Called::PlaceCall(tenant, order));
        Box::pin(async move { answer })
    }

    fn cancel_call(&self, tenant: TenantId, contact: ContactId) -> Answer<'_, Result<(), RequestError>> {
        self.note(Called::CancelCall(tenant, contact));
        Box::pin(async move {
            let tenants = self.tenants.lock().unwrap();
            let record = tenants
                .get(&tenant)
                .and_then(|log| log.view.contacts.get(&contact));
            match record.and_then(|record| record.phase) {
                Some((Phase::Dialing, _)) => Ok(()),
                Some(_) | None => Err(Refusal::ContactMovedOn.into()),
            }
        })
    }

    fn simulate_callers(&self, tenant: TenantId, count: u16) -> Answer<'_, Result<(), SimulationError>> {
        self.note(Called::SimulateCallers(tenant, count));
        Box::pin(async { Ok(()) })
    }

    fn end_simulated_callers(&self, tenant: TenantId) -> Answer<'_, Result<(), Unavailable>> {
        self.note(Called::EndSimulatedCallers(tenant));
        Box::pin(async { Ok(()) })
    }

    fn start_echo_test(
        &self,
        tenant: TenantId,
        _: String,
    ) -> Answer<'_, Result<EchoTestStarted, MediaError>> {
        self.note(Called::StartEchoTest(tenant));
        Box::pin(async {
            Ok(EchoTestStarted {
                echo_test: 9,
                sdp: "v=0\r\n".to_owned(),
            })
        })
    }

    fn end_echo_test(&self, tenant: TenantId, echo_test: u128) -> Answer<'_, Result<(), Unavailable>> {
        self.note(Called::EndEchoTest(tenant, echo_test));
        Box::pin(async { Ok(()) })
    }

    fn live(&self, tenant: TenantId) -> Answer<'_, Result<LiveSubscription, Unavailable>> {
        Box::pin(async move {
            let config = self.store.load_config(tenant).await.map_err(|_| Unavailable)?;
            let mut tenants = self.tenants.lock().unwrap();
            let log = tenants.entry(tenant).or_insert_with(TenantLog::new);
            Ok(LiveSubscription {
                view: Arc::new(log.view.clone()),
                config: Arc::new(config),
                events: log.events.subscribe(),
            })
        })
    }

    fn config_changed(&self, tenant: TenantId, revision: Revision) -> Answer<'_, Result<(), Unavailable>> {
        let number = revision.number;
        self.note(Called::ConfigChanged(tenant, number));
        Box::pin(async move {
            let applied = TenantEvent::ConfigApplied { revision: number };
            self.happen(tenant, vec![EventBody::Tenant(applied)], Vec::new())
                .await;
            Ok(())
        })
    }

    fn send_mail(&self, _: TenantId, mail: Mail) -> Answer<'_, Result<(), MailError>> {
        let answer = if mail.to.ends_with("@refused.example") {
            Err(MailError::Refused {
                answer: "550 no such user".to_owned(),
            })
        } else {
            Ok(())
        };
        self.note(Called::Mail(mail));
        self.mailed.notify_one();
        Box::pin(async { answer })
    }

    fn prompts(&self) -> &[Prompt] {
        &self.prompts
    }

    fn prompt_audio(&self, name: &str) -> Option<Bytes> {
        self.prompts
            .iter()
            .any(|prompt| prompt.name == name)
            .then(|| Bytes::from_static(b"RIFF"))
    }
}
