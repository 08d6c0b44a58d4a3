use super::{Method, Request, Response, StatusCode};
use crate::header::HeaderName;
use crate::uri::{Scheme, Uri};

/// What a user agent can do, by which it judges requests that are well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UaCapabilities {
    /// The methods it answers, in the order of its Allow field.
    pub methods: Vec<Method>,
    /// The option tags it supports, in the order of its Supported field.
    pub options: Vec<String>,
    /// The types of bodies it reads, in the order of its Accept field.
    pub content_types: Vec<String>,
    /// The schemes of Request-URIs it serves.
    pub schemes: Vec<Scheme>,
}

/// Checks what `request` asks against `capabilities` in the order of RFC 3261 §8.2: method,
/// Request-URI, extensions, body. A refusal comes as the response to send, without a To tag; one to
/// an ACK is never sent.
pub fn check_request(request: &Request, capabilities: &UaCapabilities) -> Result<(), Response> {
    check_method(request, capabilities)?;
    check_schemes(request, capabilities)?;
    if !matches!(request.method, Method::Cancel | Method::Ack) {
        check_extensions(request, capabilities)?;
    }
    check_body(request, capabilities)?;
    check_accept(request, capabilities)
}

impl UaCapabilities {
    /// Returns the value of Allow.
    pub fn allow(&self) -> String {
        let methods: Vec<_> = self.methods.iter().map(Method::as_str).collect();
        methods.join(", ")
    }

    /// Returns the value of Supported.
    pub fn supported(&self) -> String {
        self.options.join(", ")
    }

    /// Returns the value of Accept.
    pub fn accept(&self) -> String {
        self.content_types.join(", ")
    }
}

fn check_method(request: &Request, capabilities: &UaCapabilities) -> Result<(), Response> {
    if capabilities.methods.contains(&request.method) {
        return Ok(());
    }
    let status = match request.method {
        Method::Other(_) => StatusCode::NOT_IMPLEMENTED,
        Method::Ack
        | Method::Bye
        | Method::Cancel
        | Method::Info
        | Method::Invite
        | Method::Message
        | Method::Notify
        | Method::Options
        | Method::Prack
        | Method::Publish
        | Method::Refer
        | Method::Register
        | Method::Subscribe
        | Method::Update => StatusCode::METHOD_NOT_ALLOWED,
    };
    let mut response = Response::for_request(request, status);
    response.headers.push(HeaderName::Allow, capabilities.allow());
    Err(response)
}

fn check_schemes(request: &Request, capabilities: &UaCapabilities) -> Result<(), Response> {
    if !capabilities.schemes.contains(&request.uri.scheme()) {
        return Err(Response::for_request(request, StatusCode::UNSUPPORTED_URI_SCHEME));
    }
    // RFC 3261 §10.3: the address of record of a registration is a SIP URI.
    let to_uri = request.headers.to().ok().flatten().map(|to| to.uri);
    if request.method == Method::Register && !matches!(to_uri, Some(Uri::Sip(_))) {
        return Err(Response::for_request(request, StatusCode::BAD_REQUEST)
            .with_reason("Address-of-Record Is No SIP URI"));
    }
    Ok(())
}

fn check_extensions(request: &Request, capabilities: &UaCapabilities) -> Result<(), Response> {
    let required = request.headers.require().unwrap_or_default();
    let is_known = |tag: &&String| {
        capabilities
            .options
            .iter()
            .any(|option| option.eq_ignore_ascii_case(tag))
    };
    let unknown: Vec<_> = required.iter().filter(|tag| !is_known(tag)).cloned().collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let mut response = Response::for_request(request, StatusCode::BAD_EXTENSION);
    response.headers.push(HeaderName::Unsupported, unknown.join(", "));
    Err(response)
}

fn check_body(request: &Request, capabilities: &UaCapabilities) -> Result<(), Response> {
    let headers = &request.headers;
    if request.body.is_empty() || is_optional_body(request) {
        return Ok(());
    }
    let encoding = headers.get(&HeaderName::ContentEncoding);
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
        let mut response = Response::for_request(request, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        response.headers.push(HeaderName::AcceptEncoding, "identity");
        return Err(response);
    }
    let media_type = headers.content_type().ok().flatten();
    let is_known =
        media_type.is_some_and(|media_type| capabilities.content_types.iter().any(|own| media_type.is(own)));
    if is_known {
        return Ok(());
    }
    let mut response = Response::for_request(request, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    response.headers.push(HeaderName::Accept, capabilities.accept());
    Err(response)
}

/// Whether Content-Disposition lets us ignore the body (RFC 3261 §20.11).
fn is_optional_body(request: &Request) -> bool {
    let disposition = request.headers.content_disposition().ok().flatten();
    disposition.is_some_and(|disposition| disposition.is_optional())
}

/// Refuses an INVITE whose sender reads none of the bodies we would answer with.
fn check_accept(request: &Request, capabilities: &UaCapabilities) -> Result<(), Response> {
    let Ok(Some(ranges)) = request.headers.accept() else {
        return Ok(());
    };
    let reads_ours = capabilities
        .content_types
        .iter()
        .any(|own| ranges.iter().any(|range| range.covers(own)));
    if request.method != Method::Invite || ranges.is_empty() || reads_ours {
        return Ok(());
    }
    let mut response = Response::for_request(request, StatusCode::NOT_ACCEPTABLE);
    let warning = format!("399 - \"Only {} can be sent\"", capabilities.accept());
    response.headers.push(HeaderName::Warning, warning);
    Err(response)
}
