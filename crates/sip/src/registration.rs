//! Registers contacts at carriers and keeps them registered (RFC 3261 section 10.2).

use std::time::{Duration, Instant};

use rand::RngExt;

use crate::core::Core;
use crate::digest::{ClientCredentials, DigestClient};
use crate::endpoint::Event;
use crate::schedule::{Deadline, TimerKey};
use crate::session::{authorize, resendable, take_challenges};
use crate::transaction::TransactionId;
use crate::transaction::client::{ClientOwner, Delivery};
use crate::transport::Destination;
use crate::{CSeq, HeaderName, Method, NameAddr, Request, Response, StatusCode, Uri};

/// Shortest wait after a failure, in seconds.
const RETRY_S_MIN: u64 = 30;

/// Longest wait after failures, in seconds.
const RETRY_S_MAX: u64 = 1_800;

/// Names a registration; chosen by the embedder.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RegistrationId(pub u64);

/// What to register and where.
#[derive(Clone, Debug)]
pub struct RegistrationRequest {
    /// The address under which the carrier reaches us.
    pub address_of_record: NameAddr,
    /// User part of the Contact, by which inbound calls tell trunks apart.
    pub contact_user: Option<String>,
    /// What to answer challenges with.
    pub credentials: Option<ClientCredentials>,
    /// The next hop.
    pub destination: Destination,
    /// How long a registration is asked to last, in seconds.
    pub expires_s: u32,
    /// Request-URI: the carrier's domain.
    pub registrar: Uri,
    /// Names the registration in events.
    pub registration: RegistrationId,
}

/// How a registration stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RegistrationState {
    /// It is in force.
    Registered {
        /// For how long the registrar granted it, in seconds.
        expires_s: u32,
    },
    /// The registrar refuses it.
    Refused {
        /// When it is tried again, in seconds.
        retry_s: u64,
        /// The final status.
        status: StatusCode,
    },
    /// Nobody answers.
    Unreachable {
        /// When it is tried again, in seconds.
        retry_s: u64,
    },
    /// It was taken back.
    Unregistered,
}

/// A registration that is to be kept up.
#[derive(Debug)]
pub(crate) struct Registration {
    auth: Option<DigestClient>,
    call_id: String,
    contact: NameAddr,
    expires_s: u32,
    failure_count: u32,
    from_tag: String,
    is_leaving: bool,
    request: RegistrationRequest,
    seq: u32,
    timer: Option<TimerKey>,
    /// The REGISTER that is under way; what becomes of an earlier one counts for nothing.
    transaction: Option<TransactionId>,
}

impl Registration {
    /// Begins to register; `None` when there is no such socket.
    pub(crate) fn start(core: &mut Core, request: RegistrationRequest, now: Instant) -> Option<Self> {
        let listener = core.listener(request.destination.transport)?;
        let contact = NameAddr::new(listener.contact(request.contact_user.as_deref()));
        let mut registration = Self {
            auth: request.credentials.clone().map(DigestClient::new),
            call_id: core.token(),
            contact,
            expires_s: request.expires_s,
            failure_count: 0,
            from_tag: core.token(),
            is_leaving: false,
            request,
            seq: 0,
            timer: None,
            transaction: None,
        };
        registration.send(core, now);
        Some(registration)
    }

    /// Takes the registration back at the registrar.
    pub(crate) fn leave(&mut self, core: &mut Core, now: Instant) {
        core.schedule.clear(&mut self.timer);
        if !self.is_leaving {
            self.is_leaving = true;
            self.send(core, now);
        }
    }

    /// Stops all timers, for the registration is replaced or gone.
    pub(crate) fn give_back(&mut self, core: &mut Core) {
        core.schedule.clear(&mut self.timer);
    }

    /// Refreshes the registration or tries it again.
    pub(crate) fn handle_due(&mut self, core: &mut Core, now: Instant) {
        self.timer = None;
        self.send(core, now);
    }

    fn send(&mut self, core: &mut Core, now: Instant) {
        self.seq += 1;
        let aor = &self.request.address_of_record;
        let mut register = Request::new(Method::Register, self.request.registrar.clone());
        let headers = &mut register.headers;
        headers.push(HeaderName::MaxForwards, "70");
        headers.push_value(HeaderName::From, &aor.clone().with_tag(&self.from_tag));
        headers.push_value(HeaderName::To, aor);
        headers.push(HeaderName::CallId, self.call_id.clone());
        headers.push_value(
            HeaderName::CSeq,
            &CSeq {
                number: self.seq,
                method: Method::Register,
            },
        );
        headers.push_value(HeaderName::Contact, &self.contact);
        let expires_s = if self.is_leaving { 0 } else { self.expires_s };
        headers.push(HeaderName::Expires, expires_s.to_string());
        core.advertise(headers);
        headers.push(HeaderName::UserAgent, core.config.user_agent.clone());
        if let Some(auth) = &mut self.auth {
            authorize(core, auth, &mut register);
        }
        let owner = ClientOwner::Registration(self.request.registration);
        self.transaction = core.start_client(register, self.request.destination.into(), owner, 0, now);
    }

    /// Takes the registrar's answer; true when the registration is over and to be forgotten.
    pub(crate) fn handle_answered(&mut self, core: &mut Core, mut delivery: Delivery, now: Instant) -> bool {
        if self.transaction != Some(delivery.id) {
            return false;
        }
        let Some(response) = delivery.response.take() else {
            return self.fail(core, None, None, now);
        };
        if response.status.is_provisional() {
            return false;
        }
        if response.status.is_success() {
            return self.succeed(core, &response, now);
        }
        if self.send_anew(core, &response, &mut delivery, now) {
            return false;
        }
        let retry_after = response
            .headers
            .retry_after()
            .ok()
            .flatten()
            .map(|after| u64::from(after.secs));
        self.fail(core, Some(response.status), retry_after, now)
    }

    /// Answers a challenge or a 423; false when there is nothing more to try.
    fn send_anew(
        &mut self,
        core: &mut Core,
        response: &Response,
        delivery: &mut Delivery,
        now: Instant,
    ) -> bool {
        let mut expires_s = None;
        if response.status == StatusCode::INTERVAL_TOO_BRIEF {
            let Ok(Some(min_expires_s)) = response.headers.min_expires() else {
                return false;
            };
            self.expires_s = self.expires_s.max(min_expires_s);
            expires_s = Some(self.expires_s);
        } else if !self
            .auth
            .as_mut()
            .is_some_and(|auth| take_challenges(auth, response, delivery.attempt))
        {
            return false;
        }
        let Some(mut request) = resendable(delivery) else {
            return false;
        };
        if let Some(expires_s) = expires_s {
            request.headers.set(HeaderName::Expires, expires_s.to_string());
        }
        self.seq += 1;
        if let Some(auth) = &mut self.auth {
            authorize(core, auth, &mut request);
        }
        let attempt = delivery.attempt + 1;
        self.transaction = core.start_client(request, delivery.flow, delivery.owner, attempt, now);
        self.transaction.is_some()
    }

    fn succeed(&mut self, core: &mut Core, response: &Response, now: Instant) -> bool {
        if self.is_leaving {
            self.report(core, RegistrationState::Unregistered);
            return true;
        }
        self.failure_count = 0;
        let expires_s = self.granted_s(response);
        // Early enough for a retransmitted refresh, and not all registrations at once.
        let wait_ms = u64::from(expires_s) * core.rng.random_range(750..=900);
        self.wait(core, Duration::from_millis(wait_ms.max(1_000)), now);
        self.report(core, RegistrationState::Registered { expires_s });
        false
    }

    /// Returns how long the registrar granted our contact (RFC 3261 section 10.2.4).
    fn granted_s(&self, response: &Response) -> u32 {
        let contacts = response.headers.contacts().ok().flatten();
        let ours = contacts.as_ref().and_then(|contacts| {
            contacts
                .as_slice()
                .iter()
                .find(|contact| contact.uri.is_equivalent(&self.contact.uri))
        });
        let expires = ours.and_then(NameAddr::expires);
        expires
            .or_else(|| response.headers.expires().ok().flatten())
            .unwrap_or(self.expires_s)
    }

    fn fail(
        &mut self,
        core: &mut Core,
        status: Option<StatusCode>,
        retry_after_s: Option<u64>,
        now: Instant,
    ) -> bool {
        if self.is_leaving {
            self.report(core, RegistrationState::Unregistered);
            return true;
        }
        let backoff_s = (RETRY_S_MIN << self.failure_count.min(6)).min(RETRY_S_MAX);
        self.failure_count += 1;
        let backoff_s = backoff_s * core.rng.random_range(80..=120) / 100;
        let retry_s = retry_after_s.map_or(backoff_s, |after_s| after_s.max(1));
        self.wait(core, Duration::from_secs(retry_s), now);
        self.report(
            core,
            match status {
                Some(status) => RegistrationState::Refused { retry_s, status },
                None => RegistrationState::Unreachable { retry_s },
            },
        );
        false
    }

    fn wait(&mut self, core: &mut Core, wait: Duration, now: Instant) {
        let deadline = Deadline::Registration(self.request.registration);
        core.schedule.reset(&mut self.timer, now + wait, deadline);
    }

    fn report(&self, core: &mut Core, state: RegistrationState) {
        core.emit(Event::RegistrationChanged {
            registration: self.request.registration,
            state,
        });
    }
}
