//! What comes in from the network: to its transaction, its dialog, or to be admitted.

use std::time::Instant;

use crate::admission::{AdmissionId, Pending, refuse_pending};
use crate::core::{Core, overloaded, push_retry_after};
use crate::limits::DIALOG_TRANSACTION_COUNT_MAX;
use crate::peers::BoundTo;
use crate::session::{DialogId, Session, invited};
use crate::transaction::TransactionId;
use crate::transaction::client::{ClientOwner, Delivery};
use crate::transaction::server::ServerOwner;
use crate::transport::Flow;
use crate::{Frame, HeaderName, Message, Method, Request, Response, StatusCode, Verdict, check_request};

use super::{Endpoint, Event};

/// What an overloaded endpoint tells peers that are in a dialog, in seconds.
const IN_DIALOG_RETRY_AFTER_S: u32 = 2;

impl Endpoint {
    pub(super) fn handle_frame(&mut self, mut frame: Frame, flow: Flow, now: Instant) {
        frame.note_source(flow.address);
        match frame.read() {
            Verdict::Accept(Message::Request(request)) => self.handle_request(request, flow, now),
            Verdict::Accept(Message::Response(response)) => {
                if let Some(delivery) = self.core.receive_response(response, now) {
                    self.deliver(delivery, now);
                }
            }
            Verdict::Answer { flaw, .. } if !self.core.may_refuse(flow) => {
                tracing::debug!(%flaw, "dropped a malformed request of a stranger");
            }
            Verdict::Answer { response, flaw } => {
                tracing::debug!(%flaw, "refused a malformed request");
                let response = response.with_to_tag("malformed");
                let response = self.core.with_server_header(response);
                self.core.send(flow, response.encode().into(), None, now);
            }
            Verdict::Discard(flaw) => tracing::debug!(%flaw, "dropped a message"),
        }
    }

    fn handle_request(&mut self, request: Request, flow: Flow, now: Instant) {
        if request.method == Method::Ack {
            self.handle_ack(&request, flow, now);
            return;
        }
        if let Some(transaction) = self.core.servers.find(&request) {
            self.core.repeat_request(transaction, now);
            return;
        }
        if request.method == Method::Cancel {
            self.handle_cancel(&request, flow, now);
            return;
        }
        let to_tag = request
            .headers
            .to()
            .ok()
            .flatten()
            .and_then(|to| to.tag().map(str::to_owned));
        let dialog = match &to_tag {
            Some(tag) => self.dialog_of(tag, &request),
            None => None,
        };
        let starts_something = matches!(request.method, Method::Invite | Method::Options);
        if let Some(dialog) = dialog {
            self.handle_in_dialog(dialog, &request, flow, now);
        } else if to_tag.is_some() {
            self.refuse(&request, StatusCode::CALL_DOES_NOT_EXIST, flow, now);
        } else if !starts_something {
            let refusal = check_request(&request, &self.core.capabilities)
                .err()
                .unwrap_or_else(|| Response::for_request(&request, StatusCode::CALL_DOES_NOT_EXIST));
            self.respond_if_known(&request, refusal, flow, now);
        } else if self.core.servers.is_merged(&request) {
            // RFC 3261 section 8.2.2.2: the same request came by another way.
            self.refuse(&request, StatusCode::LOOP_DETECTED, flow, now);
        } else {
            self.admissions.ask(&mut self.core, request, flow, now);
        }
    }

    fn refuse(&mut self, request: &Request, status: StatusCode, flow: Flow, now: Instant) {
        self.respond_if_known(request, Response::for_request(request, status), flow, now);
    }

    /// Refuses a request that nobody has let in; a stranger's over UDP gets no answer.
    fn respond_if_known(&mut self, request: &Request, refusal: Response, flow: Flow, now: Instant) {
        if self.core.may_refuse(flow) {
            self.core.respond_statelessly(request, refusal, flow, now);
        } else {
            tracing::debug!(source = %flow.address, method = %request.method, "dropped a stranger's request");
        }
    }

    /// Whether the dialog takes requests that come this way.
    fn is_from_peer(&self, dialog: DialogId, flow: Flow) -> bool {
        let session = self.sessions.get(&dialog);
        session.is_some_and(|session| session.takes_from(flow.address, &self.core.peers))
    }

    fn dialog_of(&self, tag: &str, request: &Request) -> Option<DialogId> {
        let id = *self.by_tag.get(tag)?;
        self.sessions.get(&id)?.matches(request).then_some(id)
    }

    fn handle_ack(&mut self, ack: &Request, flow: Flow, now: Instant) {
        if let Some(transaction) = self.core.servers.find(ack)
            && !self.core.acknowledge_server(transaction, now)
        {
            return;
        }
        let to = ack.headers.to().ok().flatten();
        let dialog = to.and_then(|to| self.dialog_of(to.tag()?, ack));
        if let Some(dialog) = dialog.filter(|dialog| self.is_from_peer(*dialog, flow)) {
            self.with(dialog, |session, core| session.handle_ack(core, ack, now));
        }
    }

    fn handle_cancel(&mut self, cancel: &Request, flow: Flow, now: Instant) {
        let invite = self.core.servers.find_cancelled(cancel);
        // CANCEL goes hop by hop, so it comes from where the INVITE came from.
        let invite = invite.filter(|id| self.core.servers.peer(*id) == Some(flow.address.ip()));
        let Some(invite) = invite else {
            self.refuse(cancel, StatusCode::CALL_DOES_NOT_EXIST, flow, now);
            return;
        };
        let mut response = Response::for_request(cancel, StatusCode::OK);
        if let Some(to) = self
            .core
            .servers
            .response(invite, StatusCode::OK)
            .as_ref()
            .and_then(|ok| ok.headers.get(&HeaderName::To))
        {
            response.headers.set(HeaderName::To, to.clone());
        }
        self.core.respond_statelessly(cancel, response, flow, now);
        match self.core.servers.owner(invite) {
            ServerOwner::Admission(id) => {
                let status = StatusCode::REQUEST_TERMINATED;
                self.admissions.refuse(&mut self.core, id, status, None, now);
            }
            ServerOwner::Dialog(id) => {
                self.with(id, |session, core| session.handle_cancel(core, cancel, now))
            }
            ServerOwner::Nobody => {}
        }
    }

    fn handle_in_dialog(&mut self, dialog: DialogId, request: &Request, flow: Flow, now: Instant) {
        if !self.is_from_peer(dialog, flow) {
            tracing::debug!(source = %flow.address, method = %request.method, "a request in another's dialog");
            if flow.stream.is_some() {
                self.refuse(request, StatusCode::FORBIDDEN, flow, now);
            }
            return;
        }
        if let Some(stream) = flow.stream {
            self.core.streams.know(stream);
        }
        if let Err(refusal) = check_request(request, &self.core.capabilities) {
            self.core.respond_statelessly(request, refusal, flow, now);
            return;
        }
        if self.has_no_room_in(dialog, request) {
            // RFC 3261 section 14.2: after a 500 with Retry-After the session goes on as before.
            let status = StatusCode::SERVER_INTERNAL_ERROR;
            let mut refusal = Response::for_request(request, status);
            push_retry_after(&mut refusal, Some(IN_DIALOG_RETRY_AFTER_S));
            self.core.respond_statelessly(request, refusal, flow, now);
            return;
        }
        let owner = ServerOwner::Dialog(dialog);
        if let Some(transaction) = self.core.start_server(request, flow, "", owner, now) {
            self.with(dialog, |session, core| {
                session.handle_request(core, transaction, request, now)
            });
        }
    }

    /// Whether the far side has started too much; it may hang up at any time, which is the end of its requests.
    fn has_no_room_in(&self, dialog: DialogId, request: &Request) -> bool {
        let servers = &self.core.servers;
        let is_full = servers.len() >= self.core.config.caps.transaction_count
            || servers.count_in(dialog) >= DIALOG_TRANSACTION_COUNT_MAX;
        is_full && request.method != Method::Bye
    }

    /// Lets an admitted request in; there is none when the decision was against it or too late.
    pub(super) fn admit(
        &mut self,
        admission: AdmissionId,
        pending: Option<Pending>,
        bound_to: BoundTo,
        now: Instant,
    ) {
        let Some(pending) = pending else { return };
        if let Err(refusal) = check_request(&pending.request, &self.core.capabilities) {
            refuse_pending(&mut self.core, &pending, refusal, now);
            return;
        }
        if let Some(stream) = pending.flow.stream {
            self.core.streams.know(stream);
        }
        if pending.request.method == Method::Options {
            self.core.servers.admit(pending.transaction, ServerOwner::Nobody);
            self.core.answer_options(pending.transaction, now);
            return;
        }
        if self.sessions.len() >= self.core.config.caps.dialog_count {
            let refusal = overloaded(&pending.request, IN_DIALOG_RETRY_AFTER_S);
            refuse_pending(&mut self.core, &pending, refusal, now);
            return;
        }
        let id = self.allocate_dialog();
        let tag = pending.local_tag.clone();
        let session = Session::called(
            &self.core,
            id,
            tag,
            &pending.request,
            pending.transaction,
            (pending.flow, bound_to),
        );
        match session {
            Ok(session) => {
                self.core
                    .servers
                    .admit(pending.transaction, ServerOwner::Dialog(id));
                self.insert(id, session);
                self.core
                    .emit(invited(admission, id, pending.request, pending.flow));
            }
            Err(refusal) => refuse_pending(&mut self.core, &pending, refusal, now),
        }
    }

    /// Hands what became of a request to whoever waits for it.
    pub(super) fn deliver(&mut self, delivery: Delivery, now: Instant) {
        match delivery.owner {
            ClientOwner::Bye(id) => {
                self.with(id, |session, core| {
                    session.handle_bye_answered(core, delivery, now)
                });
            }
            ClientOwner::Invite(id) if self.sessions.contains_key(&id) => {
                self.with(id, |session, core| {
                    session.handle_invite_answered(core, delivery, now)
                });
            }
            ClientOwner::Invite(_) => {
                // A fork answers a call that is over: it must not be left waiting.
                if let Some(response) = &delivery.response
                    && response.status.is_success()
                {
                    self.core.refuse_success(response, delivery.flow, now);
                }
            }
            ClientOwner::Nobody => {}
            ClientOwner::Options(probe) => {
                let status = delivery.response.as_ref().map(|response| response.status);
                if status.is_none_or(StatusCode::is_final) {
                    self.core.emit(Event::OptionsAnswered { probe, status });
                }
            }
            ClientOwner::Registration(id) => {
                let Some(registration) = self.registrations.get_mut(&id) else {
                    return;
                };
                if registration.handle_answered(&mut self.core, delivery, now) {
                    self.registrations.remove(&id);
                }
            }
            ClientOwner::Reoffer(id) => {
                self.with(id, |session, core| {
                    session.handle_reoffer_answered(core, delivery, now)
                });
            }
        }
    }
}

impl Core {
    /// Answers OPTIONS with what we can do (RFC 3261 section 11.2).
    pub(crate) fn answer_options(&mut self, transaction: TransactionId, now: Instant) {
        if let Some(mut response) = self.servers.response(transaction, StatusCode::OK) {
            self.advertise(&mut response.headers);
            response
                .headers
                .push(HeaderName::Accept, self.capabilities.accept());
            self.respond(transaction, self.with_server_header(response), now);
        }
    }
}
