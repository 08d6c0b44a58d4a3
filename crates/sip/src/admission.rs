//! Requests out of dialog that wait to be let in: nothing is theirs but a transaction and a place here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::core::{Core, overloaded, push_retry_after};
use crate::digest::{Algorithm, DigestChallenge, DigestResponse, NonceMint, NonceVerdict, Secret};
use crate::endpoint::{AdmissionRequest, Event, Overload};
use crate::limits::ADMISSION_SECS_MAX;
use crate::schedule::{Deadline, TimerKey};
use crate::transaction::TransactionId;
use crate::transaction::server::ServerOwner;
use crate::transport::{Flow, TransportKind};
use crate::{Header, HeaderName, Request, Response, StatusCode};

/// Names a request out of dialog that waits for a decision; never used twice.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct AdmissionId(pub u64);

/// All requests that wait.
#[derive(Debug)]
pub(crate) struct Admissions {
    bytes: usize,
    nonces: NonceMint,
    number: u64,
    pending: BTreeMap<AdmissionId, Pending>,
}

/// A request that waits.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) flow: Flow,
    /// The tag of all responses, and of the dialog if there will be one.
    pub(crate) local_tag: String,
    overdue: Option<TimerKey>,
    pub(crate) request: Box<Request>,
    size: usize,
    pub(crate) transaction: TransactionId,
}

/// What the sender of a request must prove, and what to offer when it must be tried again.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The algorithms accepted, preferred first.
    pub algorithms: Vec<Algorithm>,
    /// The protection space.
    pub realm: String,
    /// What the user must know.
    pub secret: Secret,
    /// Whose secret it is.
    pub username: String,
}

impl Admissions {
    pub(crate) fn new(core: &mut Core) -> Self {
        Self {
            bytes: 0,
            nonces: NonceMint::new(&mut core.rng),
            number: 0,
            pending: BTreeMap::new(),
        }
    }

    /// Returns how many requests wait, and how many nonces are remembered.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.pending.len(), self.nonces.used_count())
    }

    /// Asks whether a request may come in, unless there is no room for it.
    pub(crate) fn ask(&mut self, core: &mut Core, request: Request, flow: Flow, now: Instant) {
        let size = weight(&request);
        let caps = &core.config.caps;
        let (count, from_source) = core.servers.unadmitted_counts(flow.address.ip());
        let is_full =
            from_source >= caps.unadmitted_count_per_source || core.servers.len() >= caps.transaction_count;
        // What all take up together keeps strangers out, and nobody else.
        let is_crowded = count >= caps.unadmitted_count || self.bytes + size > caps.unadmitted_bytes;
        if is_full || is_crowded && !core.peers.contain(flow.address.ip()) {
            match core.config.overload {
                Overload::Drop => {}
                Overload::Refuse { .. } if !core.may_refuse(flow) => {}
                Overload::Refuse { retry_after_s } => {
                    let refusal = overloaded(&request, retry_after_s);
                    core.respond_statelessly(&request, refusal, flow, now);
                }
            }
            return;
        }
        let Some(question) = self.question(core, &request, flow) else {
            return;
        };
        let local_tag = core.token();
        let admission = question.admission;
        let owner = ServerOwner::Admission(admission);
        let Some(transaction) = core.start_server(&request, flow, &local_tag, owner, now) else {
            return;
        };
        let overdue_at = now + Duration::from_secs(ADMISSION_SECS_MAX);
        let overdue = Some(
            core.schedule
                .set(overdue_at, Deadline::AdmissionOverdue(admission)),
        );
        self.bytes += size;
        let request = Box::new(request);
        self.pending.insert(
            admission,
            Pending {
                flow,
                local_tag,
                overdue,
                request,
                size,
                transaction,
            },
        );
        core.emit(Event::AdmissionAsked(Box::new(question)));
    }

    fn question(&mut self, core: &Core, request: &Request, source: Flow) -> Option<AdmissionRequest> {
        self.number += 1;
        Some(AdmissionRequest {
            admission: AdmissionId(self.number),
            authorization: digest_responses(request).next(),
            from: request.headers.from().ok().flatten()?,
            method: request.method.clone(),
            request_uri: request.uri.clone(),
            source,
            to: request.headers.to().ok().flatten()?,
            transport: core
                .listener(source.transport)
                .map_or(TransportKind::Udp, |listener| listener.kind),
        })
    }

    /// Takes a request out of the waiting ones; none when the decision came too late.
    pub(crate) fn take(&mut self, core: &mut Core, id: AdmissionId) -> Option<Pending> {
        let mut pending = self.pending.remove(&id)?;
        self.bytes -= pending.size;
        core.schedule.clear(&mut pending.overdue);
        Some(pending)
    }

    /// Answers a request with challenges. A stranger's is forgotten at once (RFC 3261 section 8.2.7): it would take up room
    /// long after it was answered, and there are many strangers.
    pub(crate) fn challenge(
        &mut self,
        core: &mut Core,
        pending: &Pending,
        realm: &str,
        algorithms: &[Algorithm],
        stale: bool,
        now: Instant,
    ) {
        let Some(mut response) = core
            .servers
            .response(pending.transaction, StatusCode::UNAUTHORIZED)
        else {
            return;
        };
        for algorithm in algorithms {
            let challenge = DigestChallenge {
                algorithm: *algorithm,
                nonce: self.nonces.issue(&mut core.rng, now),
                opaque: None,
                qop_auth: true,
                realm: realm.to_owned(),
                stale,
            };
            response
                .headers
                .push_value(HeaderName::WwwAuthenticate, &challenge.to_challenge());
        }
        if core.peers.contain(pending.flow.address.ip()) {
            core.respond(pending.transaction, core.with_server_header(response), now);
        } else {
            core.drop_server(pending.transaction);
            core.respond_statelessly(&pending.request, response, pending.flow, now);
        }
    }

    /// Checks the credentials of a request; returns it when they are right, answers it otherwise.
    pub(crate) fn check(
        &mut self,
        core: &mut Core,
        id: AdmissionId,
        proof: &Proof,
        now: Instant,
    ) -> Option<Pending> {
        let pending = self.take(core, id)?;
        let mut in_realm =
            digest_responses(&pending.request).filter(|response| response.realm == proof.realm);
        let Some(response) = in_realm.next() else {
            self.challenge(core, &pending, &proof.realm, &proof.algorithms, false, now);
            return None;
        };
        let Some((nonce_count, _)) = response.count else {
            // Without a count the same response could be sent again.
            self.challenge(core, &pending, &proof.realm, &proof.algorithms, false, now);
            return None;
        };
        if !self.nonces.is_current(&response.nonce, now) {
            self.challenge(core, &pending, &proof.realm, &proof.algorithms, true, now);
            return None;
        }
        let is_right = response.username == proof.username
            && proof.algorithms.contains(&response.algorithm)
            && response.is_proof(pending.request.method.as_str(), &proof.secret);
        if !is_right {
            core.respond_plainly(pending.transaction, StatusCode::FORBIDDEN, now);
            let (source, username) = (pending.flow, response.username);
            core.emit(Event::DigestRefused {
                admission: id,
                source,
                username,
            });
            return None;
        }
        match self.nonces.accept(&response.nonce, nonce_count, now) {
            NonceVerdict::Fresh => Some(pending),
            NonceVerdict::Replayed | NonceVerdict::Stale => {
                self.challenge(core, &pending, &proof.realm, &proof.algorithms, true, now);
                None
            }
        }
    }

    /// Refuses a request.
    pub(crate) fn refuse(
        &mut self,
        core: &mut Core,
        id: AdmissionId,
        status: StatusCode,
        retry_after_s: Option<u32>,
        now: Instant,
    ) {
        let Some(pending) = self.take(core, id) else {
            return;
        };
        let status = if status.code() < 300 {
            StatusCode::FORBIDDEN
        } else {
            status
        };
        if let Some(mut response) = core.servers.response(pending.transaction, status) {
            push_retry_after(&mut response, retry_after_s);
            core.respond(pending.transaction, core.with_server_header(response), now);
        }
    }

    /// Ends the wait for a decision that does not come.
    pub(crate) fn give_up(&mut self, core: &mut Core, id: AdmissionId, now: Instant) {
        let flow = self.pending.get(&id).map(|pending| pending.flow);
        if flow.is_some_and(|flow| core.may_refuse(flow)) {
            self.refuse(core, id, StatusCode::SERVICE_UNAVAILABLE, None, now);
        } else {
            self.ignore(core, id);
        }
    }

    /// Drops a request without an answer.
    pub(crate) fn ignore(&mut self, core: &mut Core, id: AdmissionId) {
        if let Some(pending) = self.take(core, id) {
            core.drop_server(pending.transaction);
        }
    }
}

/// Sends a refusal that was made without the transaction.
pub(crate) fn refuse_pending(core: &mut Core, pending: &Pending, response: Response, now: Instant) {
    let response = response.with_to_tag(&pending.local_tag);
    core.respond(pending.transaction, core.with_server_header(response), now);
}

/// Reads the digest credentials of a request; others are passed over.
fn digest_responses(request: &Request) -> impl Iterator<Item = DigestResponse> + use<> {
    let credentials = request.headers.authorization().unwrap_or_default();
    credentials
        .into_iter()
        .filter_map(|credentials| DigestResponse::read(&credentials).ok())
}

/// Returns about how many bytes a request takes up while it waits.
fn weight(request: &Request) -> usize {
    let headers = request
        .headers
        .iter()
        .map(|header| header.value.len() + size_of::<Header>());
    request.body.len() + headers.sum::<usize>()
}
