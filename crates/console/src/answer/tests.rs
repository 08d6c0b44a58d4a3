use std::borrow::Cow;
use std::collections::BTreeMap;

use super::*;

struct Table(BTreeMap<&'static str, &'static str>);

impl Files for Table {
    fn file(&self, name: &str) -> Option<File> {
        self.0.get(name).map(|text| File {
            bytes: Cow::Borrowed(text.as_bytes()),
            etag: format!("\"{text}\""),
        })
    }
}

fn built() -> Table {
    Table(BTreeMap::from([
        ("index.html", "page"),
        ("index.html.br", "small-page"),
        ("favicon.svg", "icon"),
        ("assets/index-abc.js", "script"),
        ("assets/index-abc.js.br", "small-script"),
    ]))
}

fn get(files: &Table, path: &str, fields: &[(HeaderName, &str)]) -> Response<Body> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
    }
    answer(files, &Method::GET, path, &headers)
}

fn field<'a>(response: &'a Response<Body>, name: &HeaderName) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn text(response: &Response<Body>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

#[test]
fn every_address_that_may_be_a_page_gets_the_page() {
    for path in ["/", "/index.html", "/login", "/contacts/cnt_1", "/reset/a.b/c"] {
        let response = get(&built(), path, &[]);
        assert_eq!(
            (response.status(), text(&response)),
            (StatusCode::OK, "page"),
            "{path}"
        );
        assert_eq!(field(&response, &header::CACHE_CONTROL), "no-cache", "{path}");
        assert_eq!(
            field(&response, &header::CONTENT_TYPE),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert!(
            field(&response, &header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"),
            "{path}"
        );
    }
}

#[test]
fn what_is_missing_is_not_the_page() {
    for path in [
        "/assets/gone-1.js",
        "/robots.txt",
        "/assets/index-abc.js.br",
        "/api/v1/nothing",
        "/api/",
    ] {
        assert_eq!(get(&built(), path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn a_hashed_file_is_kept_for_ever() {
    let response = get(&built(), "/assets/index-abc.js", &[]);
    assert_eq!(text(&response), "script");
    assert_eq!(
        field(&response, &header::CACHE_CONTROL),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(field(&response, &header::CONTENT_ENCODING), "");
}

#[test]
fn brotli_goes_to_those_who_take_it() {
    let rows = [
        ("br", true),
        ("gzip, deflate, br, zstd", true),
        ("gzip;q=1.0, BR;q=0.5", true),
        ("gzip, br;q=0", false),
        ("brotli", false),
        ("gzip", false),
    ];
    for (accepted, small) in rows {
        let response = get(
            &built(),
            "/assets/index-abc.js",
            &[(header::ACCEPT_ENCODING, accepted)],
        );
        let expected = if small {
            ("small-script", "br")
        } else {
            ("script", "")
        };
        assert_eq!(
            (text(&response), field(&response, &header::CONTENT_ENCODING)),
            expected,
            "{accepted}"
        );
        assert_eq!(field(&response, &header::VARY), "accept-encoding");
    }
    let uncompressed = get(&built(), "/favicon.svg", &[(header::ACCEPT_ENCODING, "br")]);
    assert_eq!(text(&uncompressed), "icon");
}

#[test]
fn a_version_that_is_known_is_not_sent_again() {
    for known in ["\"page\"", "W/\"page\"", "\"old\", \"page\"", "*"] {
        let response = get(&built(), "/live", &[(header::IF_NONE_MATCH, known)]);
        assert_eq!(
            (response.status(), text(&response)),
            (StatusCode::NOT_MODIFIED, ""),
            "{known}"
        );
        assert_eq!(field(&response, &header::ETAG), "\"page\"");
    }
    let other_coding = [
        (header::IF_NONE_MATCH, "\"page\""),
        (header::ACCEPT_ENCODING, "br"),
    ];
    assert_eq!(text(&get(&built(), "/live", &other_coding)), "small-page");
}

#[test]
fn without_a_build_every_page_says_how_to_build() {
    let nothing = Table(BTreeMap::new());
    let response = get(&nothing, "/start", &[]);
    assert_eq!(response.status(), StatusCode::OK);
    assert!(text(&response).contains("cargo xtask run"));
    assert_eq!(field(&response, &header::CACHE_CONTROL), "no-store");
    assert_eq!(
        get(&nothing, "/assets/index-abc.js", &[]).status(),
        StatusCode::NOT_FOUND
    );
}

#[test]
fn the_console_is_only_read() {
    let response = answer(&built(), &Method::POST, "/live", &HeaderMap::new());
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(field(&response, &header::ALLOW), "GET, HEAD");
    assert_eq!(
        answer(&built(), &Method::HEAD, "/live", &HeaderMap::new()).status(),
        StatusCode::OK
    );
}
