//! The table of server transactions: matching, answering, remembering only so much.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use bytes::Bytes;

use super::server_invite::ServerInvite;
use super::server_request::ServerRequest;
use super::{Change, Link, Reaction, Report, Resend, ResponseClass, TransactionId};
use crate::admission::AdmissionId;
use crate::core::Core;
use crate::schedule::{Deadline, TimerKey};
use crate::session::DialogId;
use crate::timer::TransactionTimer;
use crate::transport::Flow;
use crate::{HeaderName, Headers, Method, Request, Response, StatusCode, Via};

/// Who answers a server transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ServerOwner {
    /// It waits for a decision.
    Admission(AdmissionId),
    /// A dialog.
    Dialog(DialogId),
    /// It is answered already, or nobody will.
    Nobody,
}

/// All server transactions.
#[derive(Debug, Default)]
pub(crate) struct ServerTable {
    all: HashMap<TransactionId, ServerTransaction>,
    by_key: HashMap<String, TransactionId>,
    /// Initial requests by Call-ID, From tag and CSeq, to find those that came by two ways.
    by_origin: HashMap<String, TransactionId>,
    /// How many there are that were started within each dialog.
    in_dialogs: HashMap<DialogId, usize>,
    unadmitted: HashMap<IpAddr, usize>,
    unadmitted_count: usize,
}

#[derive(Debug)]
struct ServerTransaction {
    /// The address whose share of unadmitted transactions this one takes up.
    charged_to: Option<IpAddr>,
    /// The dialog it was started in.
    dialog: Option<DialogId>,
    key: String,
    /// The latest response, sent again when the request comes again.
    latest: Option<Bytes>,
    lifetime: Option<TimerKey>,
    link: Link,
    machine: ServerMachine,
    origin: Option<String>,
    owner: ServerOwner,
    pacing: Option<TimerKey>,
    reply_to: Flow,
    /// What every response begins with; gone with the final one.
    template: Option<Headers>,
}

#[derive(Debug)]
enum ServerMachine {
    Invite(ServerInvite),
    Request(ServerRequest),
}

impl ServerTable {
    /// Returns how many transactions there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns how many transactions the far side of a dialog has started in it.
    pub(crate) fn count_in(&self, dialog: DialogId) -> usize {
        self.in_dialogs.get(&dialog).copied().unwrap_or(0)
    }

    /// Returns how many transactions nobody has admitted, in all and from this address.
    pub(crate) fn unadmitted_counts(&self, address: IpAddr) -> (usize, usize) {
        (
            self.unadmitted_count,
            self.unadmitted.get(&address).copied().unwrap_or(0),
        )
    }

    /// Finds the transaction that `request` belongs to, an ACK to that of its INVITE.
    pub(crate) fn find(&self, request: &Request) -> Option<TransactionId> {
        let method = if request.method == Method::Ack {
            &Method::Invite
        } else {
            &request.method
        };
        self.by_key.get(&key(request, method)?).copied()
    }

    /// Finds the INVITE that a CANCEL is about.
    pub(crate) fn find_cancelled(&self, cancel: &Request) -> Option<TransactionId> {
        self.by_key.get(&key(cancel, &Method::Invite)?).copied()
    }

    /// Whether the same initial request is being handled already, having come another way.
    pub(crate) fn is_merged(&self, request: &Request) -> bool {
        origin(request).is_some_and(|origin| self.by_origin.contains_key(&origin))
    }

    /// Returns who answers a transaction.
    pub(crate) fn owner(&self, id: TransactionId) -> ServerOwner {
        self.all
            .get(&id)
            .map_or(ServerOwner::Nobody, |transaction| transaction.owner)
    }

    /// Hands a transaction to a dialog, which has been admitted.
    pub(crate) fn admit(&mut self, id: TransactionId, owner: ServerOwner) {
        if let Some(transaction) = self.all.get_mut(&id) {
            transaction.owner = owner;
            let charged_to = transaction.charged_to.take();
            self.discharge(charged_to);
        }
    }

    /// Begins a response to the request of a transaction; `None` once it is answered finally.
    pub(crate) fn response(&self, id: TransactionId, status: StatusCode) -> Option<Response> {
        let headers = self.all.get(&id)?.template.clone()?;
        let reason = status.reason_phrase().to_owned();
        Some(Response {
            status,
            reason,
            headers,
            body: Bytes::new(),
        })
    }

    /// Returns where responses go and the latest of them.
    pub(crate) fn latest(&self, id: TransactionId) -> Option<(Flow, Bytes)> {
        let transaction = self.all.get(&id)?;
        Some((transaction.reply_to, transaction.latest.clone()?))
    }

    /// Takes the latest response out, which the transaction itself will not send again.
    pub(crate) fn take_latest(&mut self, id: TransactionId) -> Option<(Flow, Bytes)> {
        let transaction = self.all.get_mut(&id)?;
        Some((transaction.reply_to, transaction.latest.take()?))
    }

    /// Returns the address a request came from.
    pub(crate) fn peer(&self, id: TransactionId) -> Option<IpAddr> {
        self.all
            .get(&id)
            .map(|transaction| transaction.reply_to.address.ip())
    }

    fn charge(&mut self, address: IpAddr) {
        *self.unadmitted.entry(address).or_insert(0) += 1;
        self.unadmitted_count += 1;
    }

    fn discharge(&mut self, charged_to: Option<IpAddr>) {
        let Some(address) = charged_to else { return };
        self.unadmitted_count -= 1;
        if let Some(count) = self.unadmitted.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.unadmitted.remove(&address);
            }
        }
    }

    fn remove(&mut self, id: TransactionId) -> Option<ServerTransaction> {
        let mut transaction = self.all.remove(&id)?;
        self.by_key.remove(&transaction.key);
        if let Some(origin) = &transaction.origin {
            self.by_origin.remove(origin);
        }
        self.discharge(transaction.charged_to.take());
        if let Some(dialog) = transaction.dialog
            && let Some(count) = self.in_dialogs.get_mut(&dialog)
        {
            *count -= 1;
            if *count == 0 {
                self.in_dialogs.remove(&dialog);
            }
        }
        Some(transaction)
    }
}

impl Core {
    /// Starts a transaction for a request that matched none; `None` when it names none.
    ///
    /// `to_tag` goes into every response unless the request has one.
    pub(crate) fn start_server(
        &mut self,
        request: &Request,
        flow: Flow,
        to_tag: &str,
        owner: ServerOwner,
        now: Instant,
    ) -> Option<TransactionId> {
        let via = request.headers.via().ok().flatten()?;
        let link = self.link(flow.transport)?;
        let id = self.next_transaction();
        let key = key(request, &request.method)?;
        let is_initial = request
            .headers
            .to()
            .ok()
            .flatten()
            .is_some_and(|to| to.tag().is_none());
        let origin = if is_initial { origin(request) } else { None };
        let (charged_to, dialog) = match owner {
            ServerOwner::Dialog(dialog) => (None, Some(dialog)),
            ServerOwner::Admission(_) | ServerOwner::Nobody => (Some(flow.address.ip()), None),
        };
        let (machine, reaction) = if request.method == Method::Invite {
            let (machine, reaction) = ServerInvite::start(&link);
            (ServerMachine::Invite(machine), reaction)
        } else {
            let (machine, reaction) = ServerRequest::start();
            (ServerMachine::Request(machine), reaction)
        };
        let mut template = Response::for_request(request, StatusCode::OK)
            .with_to_tag(to_tag)
            .headers;
        if request.method == Method::Invite {
            // RFC 3261 section 12.1.1: the caller learns its route set from the response.
            template.copy(&HeaderName::RecordRoute, &request.headers);
        }
        let transaction = ServerTransaction {
            charged_to,
            dialog,
            key: key.clone(),
            latest: None,
            lifetime: None,
            link,
            machine,
            origin: origin.clone(),
            owner,
            pacing: None,
            reply_to: reply_flow(&via, flow, link.reliable),
            template: Some(template),
        };
        if let Some(address) = charged_to {
            self.servers.charge(address);
        }
        if let Some(dialog) = dialog {
            *self.servers.in_dialogs.entry(dialog).or_insert(0) += 1;
        }
        if let Some(origin) = origin {
            self.servers.by_origin.insert(origin, id);
        }
        self.servers.by_key.insert(key, id);
        self.servers.all.insert(id, transaction);
        self.react_server(id, reaction, now);
        Some(id)
    }

    /// Handles a request that is known already.
    pub(crate) fn repeat_request(&mut self, id: TransactionId, now: Instant) {
        let Some(transaction) = self.servers.all.get_mut(&id) else {
            return;
        };
        let reaction = match &mut transaction.machine {
            ServerMachine::Invite(machine) => machine.handle_retransmission(),
            ServerMachine::Request(machine) => machine.handle_retransmission(),
        };
        self.react_server(id, reaction, now);
    }

    /// Handles the ACK of a transaction; true when it acknowledges a 2xx and belongs to the dialog.
    pub(crate) fn acknowledge_server(&mut self, id: TransactionId, now: Instant) -> bool {
        let Some(transaction) = self.servers.all.get_mut(&id) else {
            return false;
        };
        let reaction = match &mut transaction.machine {
            ServerMachine::Invite(machine) => machine.handle_ack(&transaction.link),
            ServerMachine::Request(_) => Reaction::NONE,
        };
        self.react_server(id, reaction, now) == Some(Report::Deliver)
    }

    /// Sends a response made with [`ServerTable::response`]; ignored when it comes too late.
    pub(crate) fn respond(&mut self, id: TransactionId, response: Response, now: Instant) {
        let Some(transaction) = self.servers.all.get_mut(&id) else {
            return;
        };
        let class = ResponseClass::of(response.status.code());
        let mut reaction = match &mut transaction.machine {
            ServerMachine::Invite(machine) => machine.handle_response(class, &transaction.link),
            ServerMachine::Request(machine) => machine.handle_response(class, &transaction.link),
        };
        if reaction.resend.is_none() {
            return;
        }
        if transaction.charged_to.is_some() {
            // RFC 3261 section 8.2.7: who is not let in gets one answer for each request, so that
            // a forged source address is not flooded with retransmissions.
            reaction.pacing = Change::Clear;
        }
        transaction.latest = Some(response.encode().into());
        if response.status.is_final() {
            transaction.template = None;
            transaction.owner = ServerOwner::Nobody;
        }
        self.react_server(id, reaction, now);
    }

    /// Sends a response without body and further headers.
    pub(crate) fn respond_plainly(&mut self, id: TransactionId, status: StatusCode, now: Instant) {
        if let Some(response) = self.servers.response(id, status) {
            self.respond(id, self.with_server_header(response), now);
        }
    }

    /// Forgets a transaction without a final response.
    pub(crate) fn drop_server(&mut self, id: TransactionId) {
        if let Some(mut transaction) = self.servers.remove(id) {
            self.schedule.clear(&mut transaction.pacing);
            self.schedule.clear(&mut transaction.lifetime);
        }
    }

    /// Handles a timer of a server transaction.
    pub(crate) fn server_timer(&mut self, id: TransactionId, timer: TransactionTimer, now: Instant) {
        let Some(transaction) = self.servers.all.get_mut(&id) else {
            return;
        };
        let is_pacing = matches!(timer, TransactionTimer::G | TransactionTimer::Trying);
        let reaction = match &mut transaction.machine {
            ServerMachine::Invite(machine) if is_pacing => machine.handle_pacing(&transaction.link),
            ServerMachine::Invite(machine) => machine.handle_lifetime(),
            ServerMachine::Request(machine) => machine.handle_lifetime(),
        };
        self.react_server(id, reaction, now);
    }

    fn react_server(&mut self, id: TransactionId, reaction: Reaction, now: Instant) -> Option<Report> {
        if reaction.is_over {
            self.drop_server(id);
            return reaction.report;
        }
        if reaction.resend == Some(Resend::Trying)
            && let Some(trying) = self.servers.response(id, StatusCode::TRYING)
            && let Some(transaction) = self.servers.all.get_mut(&id)
        {
            transaction.latest = Some(trying.encode().into());
        }
        let transaction = self.servers.all.get_mut(&id)?;
        let slots = [
            (reaction.pacing, &mut transaction.pacing),
            (reaction.lifetime, &mut transaction.lifetime),
        ];
        for (change, slot) in slots {
            match change {
                Change::Keep => {}
                Change::Clear => self.schedule.clear(slot),
                Change::Set(timer, wait) => {
                    self.schedule.reset(slot, now + wait, Deadline::Server(id, timer))
                }
            }
        }
        if reaction.resend.is_some()
            && let Some((flow, bytes)) = self.servers.latest(id)
        {
            self.send(flow, bytes, None, now);
        }
        reaction.report
    }
}

/// Returns what identifies a transaction of `method` (RFC 3261 section 17.2.3).
fn key(request: &Request, method: &Method) -> Option<String> {
    let via = request.headers.via().ok().flatten()?;
    if via.has_unique_branch() {
        let branch = via.branch().unwrap_or_default();
        return Some(format!("{method} {} {branch}", via.sent_by));
    }
    // Without a branch of RFC 3261 the fields that a retransmission repeats stand in for it.
    Some(format!("{method} {} {}", via.sent_by, origin(request)?))
}

/// Returns what two copies of an initial request have in common (RFC 3261 section 8.2.2.2).
fn origin(request: &Request) -> Option<String> {
    let headers = &request.headers;
    let from = headers.from().ok().flatten()?;
    let cseq = headers.cseq().ok().flatten()?;
    let call_id = headers.call_id().ok().flatten()?;
    Some(format!(
        "{} {} {call_id}",
        from.tag().unwrap_or_default(),
        cseq.number
    ))
}

/// Returns where responses go (RFC 3261 section 18.2.2, RFC 3581 section 4).
pub(crate) fn reply_flow(via: &Via, flow: Flow, reliable: bool) -> Flow {
    if reliable || via.params.contains("rport") {
        return flow;
    }
    let port = via.sent_by.port.unwrap_or_else(|| via.transport.default_port());
    Flow {
        address: SocketAddr::new(flow.address.ip(), port),
        ..flow
    }
}
