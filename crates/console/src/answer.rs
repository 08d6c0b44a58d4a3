//! Which answer a request gets: a pure function of the files and the request.

use std::borrow::Cow;

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Response, StatusCode};

use crate::files::{File, Files};

const INDEX: &str = "index.html";
const PLACEHOLDER: &[u8] = include_bytes!("placeholder.html");
/// File names under this prefix carry a hash of what is in them, so they never change.
const HASHED: &str = "assets/";

/// What a page of the console may do. Styles are inline because the component library sets them so; the microphone is
/// for the phone; addresses may hold the token of a password reset, which no other site is to see.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' blob:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (
        "permissions-policy",
        "microphone=(self), speaker-selection=(self), camera=(), geolocation=()",
    ),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
];

type Body = Cow<'static, [u8]>;

/// Answers a request for `path` from `files`.
pub(crate) fn answer(files: &impl Files, method: &Method, path: &str, headers: &HeaderMap) -> Response<Body> {
    if path.starts_with("/api/") {
        return empty(StatusCode::NOT_FOUND);
    }
    if method != Method::GET && method != Method::HEAD {
        let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let name = path.trim_start_matches('/');
    if name != INDEX
        && let Some(response) = file(files, name, headers)
    {
        return response;
    }
    // A missing file is missing: the page in its place would be run as a script or shown as a picture.
    let is_page = !name.rsplit('/').next().unwrap_or(name).contains('.') || name == INDEX;
    if !is_page {
        return empty(StatusCode::NOT_FOUND);
    }
    file(files, INDEX, headers).unwrap_or_else(placeholder)
}

fn file(files: &impl Files, name: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    if name.is_empty() || name.ends_with(".br") {
        return None;
    }
    let plain = files.file(name)?;
    let small = takes_brotli(headers)
        .then(|| files.file(&format!("{name}.br")))
        .flatten();
    let is_small = small.is_some();
    let File { bytes, etag } = small.unwrap_or(plain);
    let mut response = if is_known(headers, &etag) {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        page(bytes, &content_type(name))
    };
    let cache = if name.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    fields.insert(
        header::ETAG,
        HeaderValue::from_str(&etag).expect("an entity tag is hexadecimal digits in quotes"),
    );
    fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_small {
        fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    Some(response)
}

fn placeholder() -> Response<Body> {
    let mut response = page(Cow::Borrowed(PLACEHOLDER), "text/html; charset=utf-8");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn page(bytes: Body, content_type: &str) -> Response<Body> {
    let mut response = Response::new(bytes);
    let fields = response.headers_mut();
    for (name, value) in HEADERS {
        fields.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    fields.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(content_type).expect("a media type is visible ASCII"),
    );
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Cow::Borrowed(&[][..]));
    *response.status_mut() = status;
    response
}

fn content_type(name: &str) -> String {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    match guess.type_() {
        mime_guess::mime::TEXT => format!("{guess}; charset=utf-8"),
        _ => guess.to_string(),
    }
}

/// Whether the client takes brotli (RFC 9110 section 12.5.3); a weight of zero means it does not.
fn takes_brotli(headers: &HeaderMap) -> bool {
    items(headers, &header::ACCEPT_ENCODING).any(|item| {
        let (coding, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight
            .trim()
            .trim_start_matches("q=")
            .parse::<f32>()
            .unwrap_or(0.0);
        coding.trim().eq_ignore_ascii_case("br") && weight > 0.0
    })
}

/// Whether the client has this version already (RFC 9110 section 13.1.2, weak comparison).
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    items(headers, &header::IF_NONE_MATCH).any(|item| item == "*" || item.trim_start_matches("W/") == etag)
}

fn items<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests;
