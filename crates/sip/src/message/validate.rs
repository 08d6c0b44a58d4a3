use std::net::IpAddr;

use super::{Flaw, Message, Method, Request, Response};
use crate::header::{HeaderError, HeaderName, Headers, Via};
use crate::limits::VIA_COUNT_MAX;
use crate::name::NameAddr;
use crate::parse::SyntaxError;
use crate::uri::Uri;

/// Checks what every message must have, whoever receives it: the header fields that make up its
/// identity and its way, well formed and consistent. Other fields are checked by whoever needs them
/// (RFC 3261 §8.2).
///
/// What RFC 2543 allowed stays allowed: no branch, no From tag, no Max-Forwards (RFC 4475 §3.4.1).
pub fn validate(message: &Message) -> Result<(), Flaw> {
    match message {
        Message::Request(request) => validate_request(request),
        Message::Response(response) => validate_response(response),
    }
}

pub(super) fn validate_request(request: &Request) -> Result<(), Flaw> {
    let headers = &request.headers;
    if let Uri::Sip(uri) = &request.uri
        && !uri.headers().is_empty()
    {
        let what = "a Request-URI without header fields";
        return Err(Flaw::RequestUri(SyntaxError::Expected(what)));
    }
    let vias = vias(headers)?;
    if vias.len() > VIA_COUNT_MAX {
        return Err(Flaw::TooManyVias);
    }
    if vias.iter().any(Via::has_empty_branch) {
        return Err(Flaw::EmptyBranch);
    }
    if identity(headers)? != request.method {
        return Err(Flaw::CSeqMethodMismatch);
    }
    headers.max_forwards()?;
    headers.contacts()?;
    headers.route()?;
    headers.record_route()?;
    headers.require()?;
    headers.content_type()?;
    Ok(())
}

pub(super) fn validate_response(response: &Response) -> Result<(), Flaw> {
    let headers = &response.headers;
    let vias = vias(headers)?;
    let [via] = vias.as_slice() else {
        return Err(Flaw::TooManyVias);
    };
    if via.sent_by.host.ip().is_some_and(is_unroutable) {
        return Err(Flaw::UnroutableVia);
    }
    identity(headers)?;
    headers.contacts()?;
    headers.record_route()?;
    headers.content_type()?;
    Ok(())
}

fn vias(headers: &Headers) -> Result<Vec<Via>, Flaw> {
    let vias = headers.vias()?;
    match vias.first() {
        Some(top) if top.params.has_duplicates() => Err(repeated_parameter(HeaderName::Via)),
        Some(_) => Ok(vias),
        None => Err(missing(HeaderName::Via)),
    }
}

/// Checks From, To, Call-ID and CSeq and returns the method of the last.
fn identity(headers: &Headers) -> Result<Method, Flaw> {
    check_party(HeaderName::From, headers.from()?)?;
    check_party(HeaderName::To, headers.to()?)?;
    headers.call_id()?.ok_or_else(|| missing(HeaderName::CallId))?;
    let cseq = headers.cseq()?.ok_or_else(|| missing(HeaderName::CSeq))?;
    Ok(cseq.method)
}

fn check_party(header: HeaderName, party: Option<NameAddr>) -> Result<(), Flaw> {
    let Some(party) = party else {
        return Err(missing(header));
    };
    if party.params.has_duplicates() {
        return Err(repeated_parameter(header));
    }
    if party.params.contains("tag") && party.tag().is_none_or(str::is_empty) {
        let source = SyntaxError::Expected("the value of tag");
        return Err(HeaderError::Malformed { header, source }.into());
    }
    Ok(())
}

fn is_unroutable(address: IpAddr) -> bool {
    let is_broadcast = match address {
        IpAddr::V4(address) => address.is_broadcast(),
        IpAddr::V6(_) => false,
    };
    is_broadcast || address.is_multicast() || address.is_unspecified()
}

fn missing(header: HeaderName) -> Flaw {
    HeaderError::Missing { header }.into()
}

fn repeated_parameter(header: HeaderName) -> Flaw {
    let source = SyntaxError::Expected("each parameter once");
    HeaderError::Malformed { header, source }.into()
}
