//! What all parts of an endpoint share: configuration, clock work, tables, outgoing queues.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

use crate::digest::hex;
use crate::endpoint::{Body, EndpointConfig, Event, Warning};
use crate::peers::Peers;
use crate::schedule::Schedule;
use crate::streams::Streams;
use crate::transaction::client::ClientTable;
use crate::transaction::server::{ServerTable, reply_flow};
use crate::transaction::{Link, TransactionId};
use crate::transport::{Flow, Listener, Transmit, TransportId};
use crate::{HeaderName, Method, Request, Response, RetryAfter, Scheme, StatusCode, UaCapabilities};

/// The shared part of an endpoint.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) capabilities: UaCapabilities,
    pub(crate) clients: ClientTable,
    pub(crate) config: EndpointConfig,
    pub(crate) events: VecDeque<Event>,
    pub(crate) peers: Peers,
    pub(crate) rng: ChaCha12Rng,
    pub(crate) schedule: Schedule,
    pub(crate) servers: ServerTable,
    pub(crate) streams: Streams,
    pub(crate) transmits: VecDeque<Transmit>,
    transaction_number: u64,
}

impl Core {
    pub(crate) fn new(config: EndpointConfig, seed: [u8; 32]) -> Self {
        Self {
            capabilities: capabilities(),
            clients: ClientTable::default(),
            config,
            events: VecDeque::new(),
            peers: Peers::default(),
            rng: ChaCha12Rng::from_seed(seed),
            schedule: Schedule::default(),
            servers: ServerTable::default(),
            streams: Streams::default(),
            transmits: VecDeque::new(),
            transaction_number: 0,
        }
    }

    /// Reports something to the embedder.
    pub(crate) fn emit(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Returns the socket of this name.
    pub(crate) fn listener(&self, transport: TransportId) -> Option<&Listener> {
        self.config
            .listeners
            .iter()
            .find(|listener| listener.id == transport)
    }

    /// Returns what transactions over this socket need to know.
    pub(crate) fn link(&self, transport: TransportId) -> Option<Link> {
        let reliable = self.listener(transport)?.kind.is_reliable();
        Some(Link {
            base: self.config.timers,
            reliable,
        })
    }

    /// Returns the name of a new transaction.
    pub(crate) fn next_transaction(&mut self) -> TransactionId {
        self.transaction_number += 1;
        TransactionId(self.transaction_number)
    }

    /// Returns an unguessable word for tags and Call-IDs (RFC 3261 section 19.3).
    pub(crate) fn token(&mut self) -> String {
        let mut bytes = [0; 12];
        self.rng.fill_bytes(&mut bytes);
        hex(&bytes)
    }

    /// Sends bytes to a peer.
    pub(crate) fn send(
        &mut self,
        flow: Flow,
        bytes: Bytes,
        transaction: Option<TransactionId>,
        now: Instant,
    ) {
        match self
            .listener(flow.transport)
            .map(|listener| listener.kind.is_reliable())
        {
            Some(true) => self.send_stream(flow, bytes, transaction, now),
            Some(false) => self
                .transmits
                .push_back(Transmit::Datagram(flow.destination(), bytes)),
            None => tracing::error!(transport = flow.transport.0, "no such transport"),
        }
    }

    /// Whether whoever sends this way may be answered although it is not let in: a connection proves its address.
    pub(crate) fn may_refuse(&self, flow: Flow) -> bool {
        flow.stream.is_some() || self.peers.contain(flow.address.ip())
    }

    /// Answers a request without remembering it (RFC 3261 section 8.2.7).
    pub(crate) fn respond_statelessly(
        &mut self,
        request: &Request,
        response: Response,
        flow: Flow,
        now: Instant,
    ) {
        if request.method == Method::Ack {
            return;
        }
        let Ok(Some(via)) = request.headers.via() else {
            return;
        };
        let reliable = flow.stream.is_some();
        let reply_to = reply_flow(&via, flow, reliable);
        let response = self.with_server_header(response.with_to_tag(STATELESS_TAG));
        self.send(reply_to, response.encode().into(), None, now);
    }

    /// Says which software answers.
    pub(crate) fn with_server_header(&self, mut response: Response) -> Response {
        response
            .headers
            .push(HeaderName::Server, self.config.user_agent.clone());
        response
    }

    /// Appends Warning.
    pub(crate) fn push_warning(&self, response: &mut Response, warning: Option<Warning>) {
        if let Some(Warning { code, text }) = warning {
            let agent = &self.config.user_agent;
            response
                .headers
                .push(HeaderName::Warning, format!("{code} {agent} \"{text}\""));
        }
    }

    /// Adds what tells the far side our abilities: Allow and Supported.
    pub(crate) fn advertise(&self, headers: &mut crate::Headers) {
        headers.push(HeaderName::Allow, self.capabilities.allow());
        headers.push(HeaderName::Supported, self.capabilities.supported());
    }
}

/// The To tag of answers that nothing is remembered of: the same for every retransmission.
const STATELESS_TAG: &str = "stateless";

/// What this user agent can do.
fn capabilities() -> UaCapabilities {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    UaCapabilities {
        methods: vec![
            Method::Invite,
            Method::Ack,
            Method::Cancel,
            Method::Bye,
            Method::Options,
            Method::Prack,
            Method::Update,
            Method::Info,
        ],
        options: words(&["100rel", "timer"]),
        content_types: words(&["application/sdp", "application/dtmf-relay", "application/dtmf"]),
        schemes: vec![Scheme::Sip, Scheme::Sips, Scheme::Tel],
    }
}

/// Appends Retry-After.
pub(crate) fn push_retry_after(response: &mut Response, secs: Option<u32>) {
    if let Some(secs) = secs {
        let retry_after = RetryAfter {
            secs,
            duration_secs: None,
        };
        response.headers.push_value(HeaderName::RetryAfter, &retry_after);
    }
}

/// Makes the refusal of a request that exceeds a cap.
pub(crate) fn overloaded(request: &Request, retry_after_s: u32) -> Response {
    let mut response = Response::for_request(request, StatusCode::SERVICE_UNAVAILABLE);
    push_retry_after(&mut response, Some(retry_after_s));
    response
}

/// Puts a body and its type into a message.
pub(crate) fn set_body(headers: &mut crate::Headers, slot: &mut Bytes, body: Option<&Body>) {
    if let Some(body) = body {
        headers.push(HeaderName::ContentType, body.content_type.clone());
        *slot = body.bytes.clone();
    }
}

/// Returns the body of a message, unless it is empty.
pub(crate) fn body_of(headers: &crate::Headers, bytes: &Bytes) -> Option<Body> {
    if bytes.is_empty() {
        return None;
    }
    let content_type = headers
        .get_str(&HeaderName::ContentType)
        .unwrap_or("application/sdp")
        .to_owned();
    Some(Body {
        bytes: bytes.clone(),
        content_type,
    })
}
