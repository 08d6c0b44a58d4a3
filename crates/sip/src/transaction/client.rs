//! The table of client transactions: sending, matching responses, handing them to their owners.

use std::collections::HashMap;
use std::time::Instant;

use bytes::Bytes;
use rand::Rng;

use super::client_invite::ClientInvite;
use super::client_request::ClientRequest;
use super::{Change, Link, Reaction, Resend, ResponseClass, TransactionId};
use crate::core::Core;
use crate::digest::hex;
use crate::endpoint::ProbeId;
use crate::limits::DATAGRAM_REQUEST_BYTES_MAX;
use crate::registration::RegistrationId;
use crate::schedule::{Deadline, TimerKey};
use crate::session::DialogId;
use crate::timer::TransactionTimer;
use crate::transport::{Flow, TransportId};
use crate::{CSeq, HeaderName, Method, Request, Response};

/// Who is told of the responses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ClientOwner {
    /// The BYE of a dialog.
    Bye(DialogId),
    /// The INVITE that starts a dialog.
    Invite(DialogId),
    /// Nobody waits.
    Nobody,
    /// A question whether a peer is alive.
    Options(ProbeId),
    /// A registration.
    Registration(RegistrationId),
    /// A re-INVITE or UPDATE.
    Reoffer(DialogId),
}

/// What became of a request.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// How often the request has been sent anew to answer challenges or the like.
    pub(crate) attempt: u8,
    /// The way the request went.
    pub(crate) flow: Flow,
    /// The transaction.
    pub(crate) id: TransactionId,
    /// The response; none when nobody answered.
    pub(crate) response: Option<Box<Response>>,
    /// Who waits for it.
    pub(crate) owner: ClientOwner,
    /// The request, with the first final response.
    pub(crate) request: Option<Box<Request>>,
}

/// All client transactions.
#[derive(Debug, Default)]
pub(crate) struct ClientTable {
    all: HashMap<TransactionId, ClientTransaction>,
    /// By branch, and whether it is the CANCEL that shares it.
    by_branch: HashMap<(u64, bool), TransactionId>,
}

#[derive(Debug)]
struct ClientTransaction {
    ack: Option<Bytes>,
    attempt: u8,
    branch: u64,
    /// The socket for datagrams that the request would have taken if it were smaller.
    datagrams: Option<TransportId>,
    flow: Flow,
    lifetime: Option<TimerKey>,
    link: Link,
    machine: ClientMachine,
    method: Method,
    owner: ClientOwner,
    pacing: Option<TimerKey>,
    /// The request, until its first final response.
    request: Option<Box<Request>>,
    wire: Bytes,
}

#[derive(Debug)]
enum ClientMachine {
    Invite(ClientInvite),
    Request(ClientRequest),
}

impl ClientMachine {
    fn start(method: &Method, link: &Link) -> (Self, Reaction) {
        if *method == Method::Invite {
            let (machine, reaction) = ClientInvite::start(link);
            (Self::Invite(machine), reaction)
        } else {
            let (machine, reaction) = ClientRequest::start(link);
            (Self::Request(machine), reaction)
        }
    }
}

impl ClientTable {
    /// Returns how many transactions there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    fn find(&self, response: &Response) -> Option<TransactionId> {
        let via = response.headers.via().ok().flatten()?;
        let cseq = response.headers.cseq().ok().flatten()?;
        let branch = via.branch()?.strip_prefix(COOKIE)?;
        if branch.len() != 16 || !branch.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let branch = u64::from_str_radix(branch, 16).ok()?;
        let id = *self.by_branch.get(&(branch, cseq.method == Method::Cancel))?;
        (self.all.get(&id)?.method == cseq.method).then_some(id)
    }
}

const COOKIE: &str = "z9hG4bK";

impl Core {
    /// Adds a Via to `request` and sends it in a transaction; `None` when there is no such socket.
    pub(crate) fn start_client(
        &mut self,
        mut request: Request,
        flow: Flow,
        owner: ClientOwner,
        attempt: u8,
        now: Instant,
    ) -> Option<TransactionId> {
        let branch = self.rng.next_u64();
        let datagrams = flow.transport;
        let (flow, wire) = self.address(&mut request, flow, branch)?;
        let id = self.launch(request, wire, flow, branch, owner, attempt, now);
        if flow.transport != datagrams
            && let Some(transaction) = self.clients.all.get_mut(&id)
        {
            transaction.datagrams = Some(datagrams);
        }
        Some(id)
    }

    /// Sends a request of which no answer is awaited: the ACK of a 2xx. Returns what went out.
    pub(crate) fn send_alone(
        &mut self,
        mut request: Request,
        flow: Flow,
        now: Instant,
    ) -> Option<(Flow, Bytes)> {
        let branch = self.rng.next_u64();
        let (flow, wire) = self.address(&mut request, flow, branch)?;
        self.send(flow, wire.clone(), None, now);
        Some((flow, wire))
    }

    /// Cancels the INVITE of a transaction that has seen a provisional response.
    pub(crate) fn cancel_client(&mut self, id: TransactionId, reason: Option<&str>, now: Instant) {
        let Some(transaction) = self.clients.all.get(&id) else {
            return;
        };
        let Some(invite) = &transaction.request else {
            return;
        };
        let mut cancel = derived(invite, Method::Cancel);
        if let Some(reason) = reason {
            cancel.headers.push(HeaderName::Reason, reason.to_owned());
        }
        let (flow, branch) = (transaction.flow, transaction.branch);
        let wire = Bytes::from(cancel.encode());
        self.launch(cancel, wire, flow, branch, ClientOwner::Nobody, 0, now);
        let give_up = now + self.config.timers.give_up();
        self.schedule.set(give_up, Deadline::CancelOverdue(id));
    }

    /// Gives up a cancelled INVITE that got no final response (RFC 3261 section 9.1).
    pub(crate) fn give_up_client(&mut self, id: TransactionId, now: Instant) -> Option<Delivery> {
        let transaction = self.clients.all.get_mut(&id)?;
        let reaction = match &mut transaction.machine {
            ClientMachine::Invite(machine) => machine.handle_give_up(),
            ClientMachine::Request(_) => Reaction::NONE,
        };
        self.react_client(id, reaction, None, now)
    }

    /// Ends a transaction whose connection did not come up, unless its request can go another way.
    pub(crate) fn fail_client(&mut self, id: TransactionId, now: Instant) -> Option<Delivery> {
        let is_open = self.clients.all.get(&id)?.request.is_some();
        let reaction = match self.fall_back(id) {
            Some(reaction) => reaction,
            None if is_open => Reaction::TIMED_OUT,
            None => Reaction::OVER,
        };
        self.react_client(id, reaction, None, now)
    }

    /// Has a request that took a connection for its size alone go by datagram after all (RFC 3261 section 18.1.1): many
    /// carriers take nothing else.
    fn fall_back(&mut self, id: TransactionId) -> Option<Reaction> {
        let transaction = self.clients.all.get(&id)?;
        let datagrams = transaction.datagrams?;
        let via = self.listener(datagrams)?.via(&branch_text(transaction.branch));
        let transaction = self.clients.all.get_mut(&id)?;
        transaction.datagrams = None;
        let request = transaction.request.as_mut()?;
        request.headers.set_value(HeaderName::Via, &via);
        transaction.wire = request.encode().into();
        transaction.flow.transport = datagrams;
        transaction.link.reliable = false;
        let (machine, reaction) = ClientMachine::start(&transaction.method, &transaction.link);
        transaction.machine = machine;
        Some(reaction)
    }

    /// Takes a response in; a stray one yields nothing.
    pub(crate) fn receive_response(&mut self, response: Response, now: Instant) -> Option<Delivery> {
        let id = self.clients.find(&response)?;
        let transaction = self.clients.all.get_mut(&id)?;
        let class = ResponseClass::of(response.status.code());
        let reaction = match &mut transaction.machine {
            ClientMachine::Invite(machine) => machine.handle_response(class, &transaction.link),
            ClientMachine::Request(machine) => machine.handle_response(class, &transaction.link),
        };
        if reaction.resend == Some(Resend::Ack)
            && transaction.ack.is_none()
            && let Some(invite) = &transaction.request
        {
            let mut ack = derived(invite, Method::Ack);
            // RFC 3261 section 17.1.1.3: the To of the response, with its tag.
            if let Some(to) = response.headers.get(&HeaderName::To) {
                ack.headers.set(HeaderName::To, to.clone());
            }
            transaction.ack = Some(ack.encode().into());
        }
        self.react_client(id, reaction, Some(Box::new(response)), now)
    }

    /// Handles a timer of a client transaction.
    pub(crate) fn client_timer(
        &mut self,
        id: TransactionId,
        timer: TransactionTimer,
        now: Instant,
    ) -> Option<Delivery> {
        let transaction = self.clients.all.get_mut(&id)?;
        let is_pacing = matches!(timer, TransactionTimer::A | TransactionTimer::E);
        let reaction = match &mut transaction.machine {
            ClientMachine::Invite(machine) if is_pacing => machine.handle_pacing(),
            ClientMachine::Invite(machine) => machine.handle_lifetime(),
            ClientMachine::Request(machine) if is_pacing => machine.handle_pacing(&transaction.link),
            ClientMachine::Request(machine) => machine.handle_lifetime(),
        };
        self.react_client(id, reaction, None, now)
    }

    /// Puts the Via on top, for the transport the size asks for (RFC 3261 section 18.1.1).
    fn address(&self, request: &mut Request, flow: Flow, branch: u64) -> Option<(Flow, Bytes)> {
        let branch = branch_text(branch);
        let listener = self.listener(flow.transport)?;
        request
            .headers
            .push_front_value(HeaderName::Via, &listener.via(&branch));
        let wire = request.encode();
        if !listener.kind.is_reliable()
            && wire.len() > DATAGRAM_REQUEST_BYTES_MAX
            && let Some(transport) = self.config.large_requests
            && let Some(listener) = self.listener(transport)
        {
            request.headers.set_value(HeaderName::Via, &listener.via(&branch));
            let flow = Flow {
                stream: None,
                transport,
                ..flow
            };
            return Some((flow, request.encode().into()));
        }
        Some((flow, wire.into()))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the one place where a transaction is put together"
    )]
    fn launch(
        &mut self,
        request: Request,
        wire: Bytes,
        flow: Flow,
        branch: u64,
        owner: ClientOwner,
        attempt: u8,
        now: Instant,
    ) -> TransactionId {
        let reliable = self
            .listener(flow.transport)
            .is_some_and(|listener| listener.kind.is_reliable());
        let link = Link {
            base: self.config.timers,
            reliable,
        };
        let (machine, reaction) = ClientMachine::start(&request.method, &link);
        let id = self.next_transaction();
        let method = request.method.clone();
        self.clients
            .by_branch
            .insert((branch, method == Method::Cancel), id);
        let transaction = ClientTransaction {
            ack: None,
            attempt,
            branch,
            datagrams: None,
            flow,
            lifetime: None,
            link,
            machine,
            method,
            owner,
            pacing: None,
            request: Some(Box::new(request)),
            wire,
        };
        self.clients.all.insert(id, transaction);
        self.react_client(id, reaction, None, now);
        id
    }

    fn react_client(
        &mut self,
        id: TransactionId,
        reaction: Reaction,
        response: Option<Box<Response>>,
        now: Instant,
    ) -> Option<Delivery> {
        let transaction = self.clients.all.get_mut(&id)?;
        let slots = [
            (reaction.pacing, &mut transaction.pacing),
            (reaction.lifetime, &mut transaction.lifetime),
        ];
        for (change, slot) in slots {
            match change {
                Change::Keep => {}
                Change::Clear => self.schedule.clear(slot),
                Change::Set(timer, wait) => {
                    self.schedule.reset(slot, now + wait, Deadline::Client(id, timer))
                }
            }
        }
        let is_decided = response
            .as_ref()
            .is_none_or(|response| response.status.is_final());
        let delivery = reaction.report.map(|_| Delivery {
            attempt: transaction.attempt,
            flow: transaction.flow,
            id,
            response,
            owner: transaction.owner,
            request: if is_decided {
                transaction.request.take()
            } else {
                None
            },
        });
        if delivery.is_some() && is_decided {
            transaction.wire = Bytes::new();
        }
        let resend = match reaction.resend {
            Some(Resend::Ack) => transaction.ack.clone(),
            Some(Resend::Latest | Resend::Trying) => Some(transaction.wire.clone()),
            None => None,
        };
        let flow = transaction.flow;
        if reaction.is_over {
            self.drop_client(id);
        }
        if let Some(bytes) = resend {
            self.send(flow, bytes, Some(id), now);
        }
        delivery
    }

    fn drop_client(&mut self, id: TransactionId) {
        if let Some(mut transaction) = self.clients.all.remove(&id) {
            self.schedule.clear(&mut transaction.pacing);
            self.schedule.clear(&mut transaction.lifetime);
            let key = (transaction.branch, transaction.method == Method::Cancel);
            self.clients.by_branch.remove(&key);
        }
    }
}

fn branch_text(branch: u64) -> String {
    format!("{COOKIE}{}", hex(&branch.to_be_bytes()))
}

/// Makes the CANCEL or the ACK that belongs to an INVITE: same branch, same way, same number.
fn derived(invite: &Request, method: Method) -> Request {
    let mut request = Request::new(method.clone(), invite.uri.clone());
    if let Some(via) = invite.headers.get(&HeaderName::Via) {
        request.headers.push(HeaderName::Via, via.clone());
    }
    let copied = [
        HeaderName::Route,
        HeaderName::MaxForwards,
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
    ];
    for name in &copied {
        request.headers.copy(name, &invite.headers);
    }
    if method == Method::Ack {
        request.headers.copy(&HeaderName::Authorization, &invite.headers);
        request
            .headers
            .copy(&HeaderName::ProxyAuthorization, &invite.headers);
    }
    if let Ok(Some(cseq)) = invite.headers.cseq() {
        request.headers.push_value(
            HeaderName::CSeq,
            &CSeq {
                number: cseq.number,
                method,
            },
        );
    }
    request
}
