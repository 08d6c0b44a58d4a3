//! What can go wrong in a request, and how a client is told: RFC 9457 problem documents with a stable code.

mod problem;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Refusal;
use store::StoreError;

use crate::backend::{MailError, MediaError, PlaceCallError, RequestError, SimulationError, Unavailable};
use crate::check::Faults;

pub(crate) use problem::Problem;
pub(crate) use problem::render;

/// Said of a number to call from that is not the tenant's.
pub(crate) const NOT_CLAIMED: &str = "Choose one of your phone numbers, written as +12125550187.";

/// Said of a number to call that nobody can read.
pub(crate) const NOT_UNDERSTOOD: &str = "Write the number with its country code, for example +49 30 901820, or as it \
                                         is dialed in your number's country.";

/// Why a request had no success. Each variant is one stable `code`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// After-contact work was extended as often as it may be, or is over.
    #[error("After-contact work cannot be extended any further.")]
    AcwLimit,
    /// Nobody made this API key, or it was deleted.
    #[error("This API key is not known.")]
    ApiKeyUnknown,
    /// The body took too long to come in.
    #[error("The request took too long to come in: try again.")]
    BodyTimeout,
    /// Somebody else changed the configuration in the same moment.
    #[error("Somebody else changed the configuration in the same moment: look at it again, then save.")]
    ConfigChanged,
    /// The contact is not in the state that the request needs.
    #[error("The contact has moved on: it is no longer in a state that allows this.")]
    ContactMovedOn,
    /// The CSRF token is missing or wrong, or the request comes from another site.
    #[error(
        "The request does not prove that it comes from the console: send the CSRF token in X-CSRF-Token."
    )]
    CsrfFailed,
    /// Somebody signed up with the e-mail address before.
    #[error("There is a user with this e-mail address: sign in instead.")]
    EmailTaken,
    /// An emergency number was dialed, and a part of the system cannot answer.
    #[error(
        "The contact center cannot place calls at the moment, and nobody was called: dial it from another phone now."
    )]
    EmergencyUnavailable,
    /// The caller's roles do not allow it.
    #[error("Your role does not allow this.")]
    Forbidden,
    /// The request was sent to a name that is not this installation's.
    #[error("Offhook is not served under this name: the operator says its address with --base-url.")]
    HostUnknown,
    /// The same idempotency key came with another request.
    #[error("This idempotency key was used for another request.")]
    IdempotencyKeyReused,
    /// The first request with this idempotency key is still under way.
    #[error("The first request with this idempotency key is still under way: try again in a moment.")]
    IdempotencyKeyInUse,
    /// A bug, or the database said something unexpected; it is logged, not shown.
    #[error("Something went wrong on our side. Quote the request id when you report it.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A limit of the tenant is reached.
    #[error("{0}")]
    LimitReached(&'static str),
    /// Another browser has the agent's phone.
    #[error("Your phone is in another browser. Use it here to take it over.")]
    LineElsewhere,
    /// The mail server did not take a mail.
    #[error("{0}")]
    MailFailed(String),
    /// The request is not what HTTP and JSON demand.
    #[error("{0}")]
    Malformed(String),
    /// The resource has no such method.
    #[error("This resource does not support this method.")]
    MethodNotAllowed,
    /// The user is no agent.
    #[error("You are not an agent of this contact center.")]
    NoAgent,
    /// An emergency number was dialed, and nobody carries the call.
    #[error(
        "No trunk of yours carries calls to this emergency number, and nobody was called: dial it from another phone now."
    )]
    NoEmergencyTrunk,
    /// Going available needs a line.
    #[error("Your phone line is not open: go available again to open it.")]
    NoLine,
    /// The tenant has no number to call or to call from.
    #[error("You have no phone number: claim one first.")]
    NoPhoneNumber,
    /// The number's trunk takes no calls from us.
    #[error(
        "The trunk of this number takes no outbound calls: call from another number, or have the operator set where \
         the trunk's carrier takes them."
    )]
    NoTrunk,
    /// An API key asks for what only a user has.
    #[error("This is for users who sign in, and an API key is none.")]
    NotAUser,
    /// A fictitious number calls one that is none.
    #[error(
        "No trunk carries this call: the number that calls is made up, and reaches only made-up numbers of this \
         installation. Call from a carrier's number."
    )]
    NotCarried,
    /// There is no such thing, or it is another tenant's.
    #[error("There is no such thing here.")]
    NotFound,
    /// No credentials, or none that stand.
    #[error("Sign in first.")]
    NotSignedIn,
    /// Another tenant was faster, or the number is not in the inventory.
    #[error("This phone number is not available any more: choose another one.")]
    NumberTaken,
    /// The offer was taken back, missed or answered before.
    #[error("The offer has ended.")]
    OfferEnded,
    /// A line cannot be closed with a contact in hand.
    #[error("You have a contact in hand: end it first.")]
    OnContact,
    /// The body is larger than allowed.
    #[error("The request is too large.")]
    PayloadTooLarge,
    /// The link in a password mail was used before, or too late.
    #[error("This link has expired: ask for a new one.")]
    ResetExpired,
    /// A browser's SDP offer cannot be answered.
    #[error("{0}")]
    SdpRejected(String),
    /// Too many requests from one place.
    #[error("Too many attempts: wait a moment and try again.")]
    TooManyRequests {
        /// When to come back, in seconds.
        retry_after_s: u64,
    },
    /// A part of the system cannot answer at the moment.
    #[error("The contact center cannot answer at the moment: try again in a moment.")]
    Unavailable,
    /// The body is not JSON.
    #[error("Send JSON, with the content type application/json.")]
    UnsupportedMediaType,
    /// Fields do not hold what they should.
    #[error("{}", .0.summary())]
    ValidationFailed(Faults),
    /// The e-mail address or the password is wrong; which one is not said.
    #[error("The e-mail address or the password is wrong.")]
    WrongCredentials,
}

impl Error {
    /// The status and the stable code.
    #[must_use]
    pub(crate) const fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::AcwLimit => (StatusCode::CONFLICT, "acw_limit"),
            Self::ApiKeyUnknown => (StatusCode::UNAUTHORIZED, "not_signed_in"),
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "request_timeout"),
            Self::ConfigChanged => (StatusCode::CONFLICT, "config_changed"),
            Self::ContactMovedOn => (StatusCode::CONFLICT, "contact_moved_on"),
            Self::CsrfFailed => (StatusCode::FORBIDDEN, "csrf_failed"),
            Self::EmergencyUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::EmailTaken => (StatusCode::CONFLICT, "email_taken"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::HostUnknown => (StatusCode::MISDIRECTED_REQUEST, "host_unknown"),
            Self::IdempotencyKeyReused => (StatusCode::CONFLICT, "idempotency_key_reused"),
            Self::IdempotencyKeyInUse => (StatusCode::CONFLICT, "idempotency_key_in_use"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Self::LimitReached(_) => (StatusCode::CONFLICT, "limit_reached"),
            Self::LineElsewhere => (StatusCode::CONFLICT, "line_elsewhere"),
            Self::MailFailed(_) => (StatusCode::UNPROCESSABLE_ENTITY, "mail_failed"),
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::NoAgent => (StatusCode::NOT_FOUND, "no_agent"),
            Self::NoEmergencyTrunk => (StatusCode::CONFLICT, "no_emergency_trunk"),
            Self::NoLine => (StatusCode::CONFLICT, "no_line"),
            Self::NoPhoneNumber => (StatusCode::CONFLICT, "no_phone_number"),
            Self::NoTrunk => (StatusCode::CONFLICT, "no_trunk"),
            Self::NotAUser => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotCarried => (StatusCode::CONFLICT, "not_carried"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "not_signed_in"),
            Self::NumberTaken => (StatusCode::CONFLICT, "number_taken"),
            Self::OfferEnded => (StatusCode::CONFLICT, "offer_ended"),
            Self::OnContact => (StatusCode::CONFLICT, "on_contact"),
            Self::PayloadTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large"),
            Self::ResetExpired => (StatusCode::NOT_FOUND, "reset_expired"),
            Self::SdpRejected(_) => (StatusCode::UNPROCESSABLE_ENTITY, "sdp_rejected"),
            Self::TooManyRequests { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::ValidationFailed(_) => (StatusCode::UNPROCESSABLE_ENTITY, "validation_failed"),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, "wrong_credentials"),
        }
    }

    const fn retry_after_s(&self) -> Option<u64> {
        if let Self::TooManyRequests { retry_after_s } = self {
            return Some(*retry_after_s);
        }
        if matches!(
            self,
            Self::IdempotencyKeyInUse | Self::EmergencyUnavailable | Self::Unavailable
        ) {
            Some(1)
        } else {
            None
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Internal(source) = &self {
            tracing::error!(error = %chain(source.as_ref()), "a request failed");
        }
        let (status, code) = self.status_and_code();
        let mut response = status.into_response();
        if let Some(seconds) = self.retry_after_s() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 section 15.5.2 demands a challenge.
            let challenge = HeaderValue::from_static("Bearer realm=\"offhook\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        let errors = if let Self::ValidationFailed(faults) = &self {
            Some(faults.by_field().clone())
        } else {
            None
        };
        let detail = self.to_string();
        response.extensions_mut().insert(problem::Draft {
            status,
            code,
            detail,
            errors,
        });
        response
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl From<Unavailable> for Error {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AfterContactWorkLimit => Self::AcwLimit,
            Refusal::ContactMovedOn => Self::ContactMovedOn,
            Refusal::LineClosed => Self::NoLine,
            Refusal::NotYours => Self::NotFound,
            Refusal::OfferEnded => Self::OfferEnded,
            Refusal::UnknownAgent => Self::NoAgent,
            Refusal::UnknownDisposition => Self::ValidationFailed(Faults::one(
                "disposition_id",
                "Choose a disposition from the list.",
            )),
            Refusal::UnknownStatus => {
                Self::ValidationFailed(Faults::one("status_id", "Choose a status from the list."))
            }
        }
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Refused(refusal) => refusal.into(),
            RequestError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

impl From<MediaError> for Error {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::LimitReached => Self::LimitReached("Too many calls at the same time."),
            MediaError::LineElsewhere => Self::LineElsewhere,
            MediaError::NoPhoneNumber => Self::NoPhoneNumber,
            MediaError::Refused(refusal) => refusal.into(),
            MediaError::Sdp { .. } => Self::SdpRejected(error.to_string()),
            MediaError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

impl From<PlaceCallError> for Error {
    fn from(error: PlaceCallError) -> Self {
        let fault = |field, sentence| Self::ValidationFailed(Faults::one(field, sentence));
        match error {
            PlaceCallError::LimitReached => Self::LimitReached(
                "As many contacts are open as you may have at the same time: call again when one has ended.",
            ),
            PlaceCallError::EmergencyUnavailable => Self::EmergencyUnavailable,
            PlaceCallError::NoEmergencyTrunk => Self::NoEmergencyTrunk,
            PlaceCallError::NoFlow => fault("flow_id", "Choose a flow from the list."),
            PlaceCallError::NoPhoneNumber => Self::NoPhoneNumber,
            PlaceCallError::NoTrunk => Self::NoTrunk,
            PlaceCallError::NotClaimed => fault("from", NOT_CLAIMED),
            PlaceCallError::NotCarried => Self::NotCarried,
            PlaceCallError::NotUnderstood => fault("to", NOT_UNDERSTOOD),
            PlaceCallError::OwnNumber => fault("to", "This is one of your own numbers: call another."),
            PlaceCallError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

impl From<SimulationError> for Error {
    fn from(error: SimulationError) -> Self {
        match error {
            SimulationError::LimitReached => {
                Self::LimitReached("Too many simulated callers at the same time.")
            }
            SimulationError::NoPhoneNumber => Self::NoPhoneNumber,
            SimulationError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

impl From<MailError> for Error {
    fn from(error: MailError) -> Self {
        Self::MailFailed(error.to_string())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull(_) | StoreError::Unavailable(_) => {
                tracing::warn!(error = %chain(&error), "the store did not answer");
                Self::Unavailable
            }
            StoreError::Corrupt { .. } | StoreError::Database(_) | StoreError::UnknownVersion { .. } => {
                Self::Internal(Box::new(error))
            }
        }
    }
}
