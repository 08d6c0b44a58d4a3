//! Reading requests: whatever does not fit becomes a problem document.

use std::fmt::Display;
use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

use crate::check::Faults;
use crate::error::Error;
use crate::limits;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        if !is_json(request.headers()) {
            return Err(Error::UnsupportedMediaType);
        }
        let bytes = read_body(request, state).await?;
        let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
        let parsed = serde_path_to_error::deserialize(&mut deserializer);
        let value = parsed.map_err(|error| {
            let fault = Fault::of(&error).filter(|_| error.inner().is_data());
            fault.map_or_else(|| not_expected(error.inner()), Into::into)
        })?;
        deserializer.end().map_err(|cause| not_expected(&cause))?;
        Ok(Self(value))
    }
}

fn not_expected(cause: &serde_json::Error) -> Error {
    Error::Malformed(format!("The body is not the expected JSON: {cause}."))
}

/// A field that is not what it should be, and a sentence about it.
struct Fault(String, String);

impl Fault {
    /// None when no field is at fault but the whole.
    fn of<E: Display>(error: &serde_path_to_error::Error<E>) -> Option<Self> {
        let cause = error.inner().to_string();
        // The position within the document helps nobody who sees a form.
        let cause = cause.split(" at line ").next().unwrap_or_default();
        let path = error.path().to_string();
        let is_root = error.path().iter().next().is_none();
        // The path ends at what holds these fields, and only the words of serde name them.
        let told = [
            ("missing field `", "This field is missing."),
            ("duplicate field `", "This field is there twice."),
        ];
        for (words, sentence) in told {
            let Some(field) = cause.strip_prefix(words).and_then(|rest| rest.split('`').next()) else {
                continue;
            };
            let path = if is_root {
                field.to_owned()
            } else {
                format!("{path}.{field}")
            };
            return Some(Self(path, sentence.to_owned()));
        }
        (!is_root).then(|| Self(path, cause.to_owned()))
    }
}

impl From<Fault> for Error {
    fn from(Fault(path, sentence): Fault) -> Self {
        Self::ValidationFailed(Faults::one(&path, &sentence))
    }
}

/// Reads a request's body.
///
/// # Errors
/// When it is larger than allowed, takes longer than [`limits::BODY_READ_MAX`], or was cut off.
pub(crate) async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    let read = tokio::time::timeout(limits::BODY_READ_MAX, Bytes::from_request(request, state)).await;
    read.map_err(|_| Error::BodyTimeout)?
        .map_err(|error| unreadable(&error))
}

fn unreadable(rejection: &BytesRejection) -> Error {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::PayloadTooLarge
    } else {
        Error::Malformed("The body could not be read.".to_owned())
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The one id in the path. What is no id of its kind does not exist.
pub(crate) struct Id<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::NotFound)?;
        text.parse().map(Self).map_err(|_| Error::NotFound)
    }
}

/// The parameters after the question mark.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        let value = parsed.map_err(|error| {
            let unexpected =
                || Error::Malformed(format!("The query is not the expected one: {}.", error.inner()));
            Fault::of(&error).map_or_else(unexpected, Into::into)
        })?;
        Ok(Self(value))
    }
}

/// What there is no resource for.
pub(crate) async fn no_resource() -> impl IntoResponse {
    Error::NotFound
}

/// What a resource has no method for.
pub(crate) async fn no_method() -> impl IntoResponse {
    Error::MethodNotAllowed
}
