//! Dialogs (RFC 3261 section 12): tags, sequence numbers, the route set and the remote target.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;

use crate::core::Core;
use crate::peers::is_same_host;
use crate::transport::Flow;
use crate::{CSeq, HeaderName, HeaderValue, Headers, Method, NameAddr, Request, Uri};

/// One peer-to-peer relation between two user agents, early or confirmed.
#[derive(Debug)]
pub(crate) struct Dialog {
    call_id: Bytes,
    /// Where the far side was last seen; where requests go when the target cannot be resolved.
    flow: Flow,
    is_behind_nat: bool,
    local: Bytes,
    local_seq: u32,
    remote: Bytes,
    remote_seq: Option<u32>,
    remote_tag: String,
    remote_target: Uri,
    route_set: Vec<Bytes>,
    /// The URI of the first route, if there is one.
    first_route: Option<Uri>,
}

/// A message lacks what a dialog needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NoDialog;

impl Dialog {
    /// Makes the dialog that an INVITE starts at the called side (RFC 3261 section 12.1.1).
    pub(crate) fn called(invite: &Request, local_tag: &str, flow: Flow) -> Result<Self, NoDialog> {
        let headers = &invite.headers;
        let from = headers.from().ok().flatten().ok_or(NoDialog)?;
        let mut to = headers.to().ok().flatten().ok_or(NoDialog)?;
        to.set_tag(local_tag);
        let cseq = headers.cseq().ok().flatten().ok_or(NoDialog)?;
        let route_set = headers.record_route().map_err(|_| NoDialog)?;
        let via = headers.via().ok().flatten().ok_or(NoDialog)?;
        let remote_target = contact(headers).ok_or(NoDialog)?;
        let sent_by_differs = via
            .sent_by
            .host
            .ip()
            .is_some_and(|ip| ip != flow.address.ip().to_canonical());
        Ok(Self {
            call_id: owned(headers.get(&HeaderName::CallId).ok_or(NoDialog)?),
            flow,
            is_behind_nat: route_set.is_empty()
                && (sent_by_differs || is_private_behind(&remote_target, flow.address.ip())),
            local: to.to_bytes().into(),
            local_seq: 0,
            remote_tag: from.tag().unwrap_or_default().to_owned(),
            remote: from.to_bytes().into(),
            remote_seq: Some(cseq.number),
            remote_target,
            first_route: route_set.first().map(|route| route.uri.clone()),
            route_set: route_set.iter().map(|route| route.to_bytes().into()).collect(),
        })
    }

    /// Makes the dialog that a response to our INVITE starts (RFC 3261 section 12.1.2).
    pub(crate) fn calling(
        invite: &Headers,
        response: &Headers,
        target: &Uri,
        flow: Flow,
    ) -> Result<Self, NoDialog> {
        let to = response.to().ok().flatten().ok_or(NoDialog)?;
        let cseq = response.cseq().ok().flatten().ok_or(NoDialog)?;
        let mut route_set = response.record_route().map_err(|_| NoDialog)?;
        route_set.reverse();
        let remote_target = contact(response).unwrap_or_else(|| target.clone());
        Ok(Self {
            call_id: owned(invite.get(&HeaderName::CallId).ok_or(NoDialog)?),
            flow,
            is_behind_nat: route_set.is_empty() && is_private_behind(&remote_target, flow.address.ip()),
            local: owned(invite.get(&HeaderName::From).ok_or(NoDialog)?),
            local_seq: cseq.number,
            remote_tag: to.tag().unwrap_or_default().to_owned(),
            remote: to.to_bytes().into(),
            remote_seq: None,
            remote_target,
            first_route: route_set.first().map(|route| route.uri.clone()),
            route_set: route_set.iter().map(|route| route.to_bytes().into()).collect(),
        })
    }

    /// Returns the tag of the far side; empty when it has none (RFC 2543).
    pub(crate) fn remote_tag(&self) -> &str {
        &self.remote_tag
    }

    /// Whether a request with this Call-ID and From tag belongs here.
    pub(crate) fn matches(&self, call_id: &str, from_tag: &str) -> bool {
        self.call_id == call_id.as_bytes() && self.remote_tag == from_tag
    }

    /// Takes in the number of a request; false when it is out of order (RFC 3261 section 12.2.2).
    pub(crate) fn take_remote_seq(&mut self, number: u32) -> bool {
        let is_next = self.remote_seq.is_none_or(|last| number > last);
        if is_next {
            self.remote_seq = Some(number);
        }
        is_next
    }

    /// Follows the far side to a new contact (RFC 3261 section 12.2).
    pub(crate) fn refresh_target(&mut self, headers: &Headers) {
        if let Some(target) = contact(headers) {
            self.remote_target = target;
        }
    }

    /// Takes the route set of a final response, which settles that of an early dialog (13.2.2.4).
    pub(crate) fn confirm(&mut self, response: &Headers) {
        self.refresh_target(response);
        if let Ok(mut route_set) = response.record_route() {
            route_set.reverse();
            self.first_route = route_set.first().map(|route| route.uri.clone());
            self.route_set = route_set.iter().map(|route| route.to_bytes().into()).collect();
        }
    }

    /// Makes the next request; its number is one higher than the last (RFC 3261 section 12.2.1.1).
    pub(crate) fn request(&mut self, method: Method) -> Request {
        self.local_seq += 1;
        self.numbered(method, self.local_seq)
    }

    /// Makes the ACK for a 2xx to the INVITE with this number.
    pub(crate) fn ack(&self, invite_seq: u32) -> Request {
        self.numbered(Method::Ack, invite_seq)
    }

    /// Notes that a request was sent anew under a higher number.
    pub(crate) fn advance_local_seq(&mut self, number: u32) {
        self.local_seq = self.local_seq.max(number);
    }

    fn numbered(&self, method: Method, number: u32) -> Request {
        let mut request = Request::new(method.clone(), self.remote_target.clone());
        let headers = &mut request.headers;
        for route in &self.route_set {
            headers.push(HeaderName::Route, route.clone());
        }
        headers.push(HeaderName::MaxForwards, "70");
        headers.push(HeaderName::From, self.local.clone());
        headers.push(HeaderName::To, self.remote.clone());
        headers.push(HeaderName::CallId, self.call_id.clone());
        headers.push_value(HeaderName::CSeq, &CSeq { number, method });
        request
    }

    /// Returns the user part of our own address, for the Contact.
    pub(crate) fn local_user(&self) -> Option<String> {
        NameAddr::parse(&self.local).ok()?.uri.user().map(str::to_owned)
    }

    /// Returns the way of the next request: an open connection first, then the address in the first
    /// route or the remote target, and the address last seen when that is a name or behind a NAT.
    pub(crate) fn next_hop(&self, core: &Core) -> Flow {
        let open = self
            .flow
            .stream
            .filter(|stream| core.streams.flow(*stream).is_some());
        if open.is_some() {
            return self.flow;
        }
        let uri = self.first_route.as_ref().unwrap_or(&self.remote_target);
        let address = uri
            .host()
            .and_then(|host| host.ip())
            .filter(|_| !self.is_behind_nat);
        match address {
            Some(ip) => {
                let address = SocketAddr::new(ip, uri.port().unwrap_or(5060));
                Flow {
                    address,
                    stream: None,
                    transport: self.flow.transport,
                }
            }
            None => self.flow,
        }
    }

    /// Whether the address is the far side's: where it was last seen, its Contact or the first route.
    pub(crate) fn names(&self, source: SocketAddr) -> bool {
        let named = [self.first_route.as_ref(), Some(&self.remote_target)];
        let mut named = named.into_iter().flatten().filter_map(|uri| uri.host()?.ip());
        is_same_host(self.flow.address.ip(), source.ip()) || named.any(|ip| is_same_host(ip, source.ip()))
    }

    /// Returns the way by which the far side was last seen.
    pub(crate) fn flow(&self) -> Flow {
        self.flow
    }
}

/// Copies bytes that would otherwise keep a whole message alive.
fn owned(bytes: &Bytes) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

fn contact(headers: &Headers) -> Option<Uri> {
    let contacts = headers.contacts().ok().flatten()?;
    let mut uri = contacts.as_slice().first()?.uri.clone();
    if let Uri::Sip(uri) = &mut uri {
        uri.remove_headers();
    }
    Some(uri)
}

/// Whether a contact names a private address although its owner is seen under a public one.
fn is_private_behind(contact: &Uri, seen: IpAddr) -> bool {
    let is_private = |ip: IpAddr| match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    contact.host().and_then(|host| host.ip()).is_some_and(is_private) && !is_private(seen)
}
