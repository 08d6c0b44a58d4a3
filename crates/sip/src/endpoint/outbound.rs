//! What the embedder orders.

use std::time::Instant;

use crate::admission::{AdmissionId, Proof};
use crate::digest::Algorithm;
use crate::peers::BoundTo;
use crate::registration::{Registration, RegistrationId, RegistrationRequest};
use crate::session::{DialogId, RefusalDetails, Session};
use crate::transaction::client::ClientOwner;
use crate::transport::Destination;
use crate::{CSeq, HeaderName, Method, NameAddr, Request, StatusCode, Uri};

use super::{Command, Endpoint, Event, FailureCause, OutboundCall, ProbeId, Warning};

impl Endpoint {
    /// Carries out an order; one that comes too late is ignored.
    pub fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Admit { admission, bound_to } => {
                let pending = self.admissions.take(&mut self.core, admission);
                self.admit(admission, pending, bound_to, now);
            }
            Command::Challenge {
                admission,
                algorithms,
                realm,
            } => self.challenge(admission, &algorithms, &realm, now),
            Command::CheckDigest {
                admission,
                bound_to,
                proof,
            } => self.check_digest(admission, &proof, bound_to, now),
            Command::Ignore { admission } => self.admissions.ignore(&mut self.core, admission),
            Command::Refuse {
                admission,
                retry_after_s,
                status,
            } => self
                .admissions
                .refuse(&mut self.core, admission, status, retry_after_s, now),
            Command::Invite(call) => self.invite(*call, now),
            Command::Options {
                probe,
                destination,
                request_uri,
            } => self.ask_options(probe, destination, &request_uri, now),
            Command::Register(request) => self.register(*request, now),
            Command::Unregister { registration } => self.unregister(registration, now),
            Command::Acknowledge { dialog, body } => self.with(dialog, |s, core| s.ack(core, body, now)),
            Command::Answer { dialog, body } => self.with(dialog, |s, core| s.answer(core, body, now)),
            Command::AnswerReinvite { dialog, body } => self.with(dialog, |s, core| s.agree(core, body, now)),
            Command::Cancel { dialog } => self.with(dialog, |s, core| s.give_up(core, now)),
            Command::Hangup { dialog, reason } => self.with(dialog, |s, core| s.hang_up(core, reason, now)),
            Command::Inform { dialog, body } => self.with(dialog, |s, core| s.inform(core, &body, now)),
            Command::Prack { dialog, fork, body } => {
                self.with(dialog, |s, core| s.prack(core, fork, body, now))
            }
            Command::Reinvite { dialog, body } => self.with(dialog, |s, core| s.reinvite(core, body, now)),
            Command::Reject {
                dialog,
                reason,
                retry_after_s,
                status,
                warning,
            } => self.reject(dialog, status, (reason.as_deref(), retry_after_s, warning), now),
            Command::RejectReinvite {
                dialog,
                status,
                warning,
            } => self.with(dialog, |s, core| s.disagree(core, status, warning, now)),
            Command::Ring {
                dialog,
                body,
                reliable,
                status,
            } => self.with(dialog, |s, core| s.ring(core, status, body, reliable, now)),
            Command::SetPeers(peers) => self.core.peers = peers,
            Command::Update { dialog, body } => self.with(dialog, |s, core| s.update(core, body, now)),
        }
    }

    fn check_digest(&mut self, admission: AdmissionId, proof: &Proof, bound_to: BoundTo, now: Instant) {
        let pending = self.admissions.check(&mut self.core, admission, proof, now);
        self.admit(admission, pending, bound_to, now);
    }

    fn reject(
        &mut self,
        dialog: DialogId,
        status: StatusCode,
        (reason, retry_after_s, warning): (Option<&str>, Option<u32>, Option<Warning>),
        now: Instant,
    ) {
        let details = RefusalDetails {
            reason,
            retry_after_s,
            warning,
        };
        self.with(dialog, |s, core| s.reject(core, status, details, now));
    }

    fn challenge(&mut self, admission: AdmissionId, algorithms: &[Algorithm], realm: &str, now: Instant) {
        let core = &mut self.core;
        if let Some(pending) = self.admissions.take(core, admission) {
            self.admissions
                .challenge(core, &pending, realm, algorithms, false, now);
        }
    }

    fn unregister(&mut self, id: RegistrationId, now: Instant) {
        if let Some(registration) = self.registrations.get_mut(&id) {
            registration.leave(&mut self.core, now);
        }
    }

    fn register(&mut self, request: RegistrationRequest, now: Instant) {
        let id = request.registration;
        let Some(registration) = Registration::start(&mut self.core, request, now) else {
            return;
        };
        if let Some(mut replaced) = self.registrations.insert(id, registration) {
            replaced.give_back(&mut self.core);
        }
    }

    fn invite(&mut self, call: OutboundCall, now: Instant) {
        let id = call.dialog;
        let is_full = !call.is_exempt && self.sessions.len() >= self.core.config.caps.dialog_count;
        let session = if is_full {
            None
        } else {
            Session::calling(&mut self.core, call, now)
        };
        match session {
            Some(session) => self.insert(id, session),
            None => self.core.emit(Event::Failed {
                dialog: id,
                cause: FailureCause::NotPossible,
            }),
        }
    }

    fn ask_options(&mut self, probe: ProbeId, destination: Destination, request_uri: &Uri, now: Instant) {
        let Some(listener) = self.core.listener(destination.transport) else {
            self.core.emit(Event::OptionsAnswered { probe, status: None });
            return;
        };
        let local = NameAddr::new(listener.contact(None));
        let (from_tag, call_id) = (self.core.token(), self.core.token());
        let mut request = Request::new(Method::Options, request_uri.clone());
        let headers = &mut request.headers;
        headers.push(HeaderName::MaxForwards, "70");
        headers.push_value(HeaderName::From, &local.clone().with_tag(&from_tag));
        headers.push_value(HeaderName::To, &NameAddr::new(request_uri.clone()));
        headers.push(HeaderName::CallId, call_id);
        headers.push_value(
            HeaderName::CSeq,
            &CSeq {
                number: 1,
                method: Method::Options,
            },
        );
        headers.push_value(HeaderName::Contact, &local);
        headers.push(HeaderName::Accept, self.core.capabilities.accept());
        headers.push(HeaderName::UserAgent, self.core.config.user_agent.clone());
        self.core
            .start_client(request, destination.into(), ClientOwner::Options(probe), 0, now);
    }
}
