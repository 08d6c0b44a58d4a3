//! The session cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::limits;

const NAME: &str = "offhook_session";

/// The session's secret that the request carries.
pub(crate) fn read(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, secret)| secret)
}

/// Sets the cookie for as long as a session lasts.
pub(crate) fn set(secret: &str, base_url: &str) -> HeaderValue {
    write(secret, limits::SESSION_LIFETIME.as_secs(), base_url)
}

/// Takes the cookie away.
pub(crate) fn clear(base_url: &str) -> HeaderValue {
    write("", 0, base_url)
}

fn write(secret: &str, max_age_s: u64, base_url: &str) -> HeaderValue {
    let secure = if base_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!("{NAME}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
    HeaderValue::from_str(&cookie).expect("secrets are base 64")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        assert_eq!(read(&headers), None);
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=1; offhook_session=s3cret; b=2"),
        );
        assert_eq!(read(&headers), Some("s3cret"));
    }

    #[test]
    fn the_cookie_is_secure_wherever_the_console_is() {
        let plain = set("s", "http://localhost:8080");
        assert_eq!(
            plain,
            "offhook_session=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600"
        );
        assert!(
            set("s", "https://calls.example")
                .to_str()
                .unwrap()
                .ends_with("; Secure")
        );
    }
}
