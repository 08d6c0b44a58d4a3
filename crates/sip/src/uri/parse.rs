use super::escape::{is_param_char, is_user_char};
use super::{OtherUri, SipUri, TelUri, Uri};
use crate::host::Host;
use crate::params::{Param, Params};
use crate::parse::{SyntaxError, has_escape_pairs, is_unreserved};

pub(super) fn uri(text: &[u8]) -> Result<Uri, SyntaxError> {
    let text = str::from_utf8(text)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
        .ok_or(SyntaxError::Expected("a URI of visible ASCII characters"))?;
    let (scheme, rest) = text
        .split_once(':')
        .ok_or(SyntaxError::Expected("a URI scheme"))?;
    if !is_scheme(scheme) {
        return Err(SyntaxError::Expected("a URI scheme"));
    }
    match scheme.to_ascii_lowercase().as_str() {
        "sip" => sip(rest, false).map(Uri::Sip),
        "sips" => sip(rest, true).map(Uri::Sip),
        "tel" => tel(rest).map(Uri::Tel),
        other => opaque(other, rest).map(Uri::Other),
    }
}

fn sip(text: &str, is_secure: bool) -> Result<SipUri, SyntaxError> {
    // The user part may hold `;` and `?`, but none of the parts may hold an unescaped `@`.
    let (userinfo, text) = match text.split_once('@') {
        Some((userinfo, rest)) => (Some(userinfo), rest),
        None => (None, text),
    };
    let (user, password) = match userinfo {
        Some(userinfo) => self::userinfo(userinfo)?,
        None => (None, None),
    };
    let (text, headers) = match text.split_once('?') {
        Some((text, headers)) => (text, self::headers(headers)?),
        None => (text, Vec::new()),
    };
    let (hostport, params) = match text.split_once(';') {
        Some((hostport, params)) => (hostport, self::params(params)?),
        None => (text, Params::new()),
    };
    let (host, port) = self::hostport(hostport)?;
    Ok(SipUri {
        is_secure,
        user,
        password,
        host,
        port,
        params,
        headers,
    })
}

fn tel(text: &str) -> Result<TelUri, SyntaxError> {
    let (number, params) = match text.split_once(';') {
        Some((number, params)) => (number, self::params(params)?),
        None => (text, Params::new()),
    };
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_phone_char = |byte: u8| byte.is_ascii_hexdigit() || b"*#-.()".contains(&byte);
    if digits.is_empty() || !digits.bytes().all(is_phone_char) {
        return Err(SyntaxError::Expected("a telephone number"));
    }
    Ok(TelUri {
        number: number.to_owned(),
        params,
    })
}

fn opaque(scheme: &str, text: &str) -> Result<OtherUri, SyntaxError> {
    let is_uric = |byte: u8| is_unreserved(byte) || b";/?:@&=+$,%[]#".contains(&byte);
    if text.is_empty() || !text.bytes().all(is_uric) {
        return Err(SyntaxError::Expected("an absolute URI"));
    }
    Ok(OtherUri {
        scheme: scheme.to_owned(),
        opaque: text.to_owned(),
    })
}

fn userinfo(text: &str) -> Result<(Option<String>, Option<String>), SyntaxError> {
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (text, None),
    };
    if user.is_empty() {
        return Err(SyntaxError::Expected("a user"));
    }
    // `#` has no place in a user part, yet phones dial `*21#` without escaping it.
    check(user, "a user", |byte| is_user_char(byte) || byte == b'#')?;
    check(password.unwrap_or_default(), "a password", |byte| {
        is_unreserved(byte) || b"&=+$,".contains(&byte)
    })?;
    Ok((Some(user.to_owned()), password.map(str::to_owned)))
}

/// Reads `host[:port]` as in a URI: no white space, the port 1 to 65535.
fn hostport(text: &str) -> Result<(Host, Option<u16>), SyntaxError> {
    let host_end = text.find(']').map_or(0, |end| end + 1);
    let (host, port) = match text[host_end..].split_once(':') {
        Some((before, port)) => (&text[..host_end + before.len()], Some(port)),
        None => (text, None),
    };
    Ok((Host::parse(host)?, port.map(parse_port).transpose()?))
}

fn params(text: &str) -> Result<Params, SyntaxError> {
    let mut params = Params::new();
    for param in text.split(';') {
        let (name, value) = match param.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (param, None),
        };
        if name.is_empty() || value.is_some_and(str::is_empty) {
            return Err(SyntaxError::Expected("a URI parameter"));
        }
        check(name, "a URI parameter name", is_param_char)?;
        check(value.unwrap_or_default(), "a URI parameter value", is_param_char)?;
        // RFC 3261 §19.1.1: no name twice, for two readers could pick two different values.
        if params.contains(name) {
            return Err(SyntaxError::Expected("each URI parameter once"));
        }
        params.push(Param::bare(name, value));
    }
    Ok(params)
}

fn headers(text: &str) -> Result<Vec<(String, String)>, SyntaxError> {
    let is_header_char = |byte: u8| is_unreserved(byte) || b"[]/?:+$".contains(&byte);
    let mut headers = Vec::new();
    for header in text.split('&') {
        let (name, value) = header
            .split_once('=')
            .ok_or(SyntaxError::Expected("a URI header value"))?;
        if name.is_empty() {
            return Err(SyntaxError::Expected("a URI header name"));
        }
        check(name, "a URI header name", is_header_char)?;
        // Replaces and its like come with `=` and `;` unescaped from several makers of phones.
        check(value, "a URI header value", |byte| {
            is_header_char(byte) || b"=;@".contains(&byte)
        })?;
        headers.push((name.to_owned(), value.to_owned()));
    }
    Ok(headers)
}

/// Reads a port, 1 to 65535.
pub(crate) fn parse_port(text: &str) -> Result<u16, SyntaxError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SyntaxError::Expected("a port"));
    }
    match text.parse() {
        Ok(0) | Err(_) => Err(SyntaxError::NumberOutOfRange),
        Ok(port) => Ok(port),
    }
}

fn check(text: &str, what: &'static str, is_plain: impl Fn(u8) -> bool) -> Result<(), SyntaxError> {
    if !text.bytes().all(|byte| byte == b'%' || is_plain(byte)) {
        return Err(SyntaxError::Expected(what));
    }
    if has_escape_pairs(text.as_bytes()) {
        Ok(())
    } else {
        Err(SyntaxError::BadEscape)
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}
