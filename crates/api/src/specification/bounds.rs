//! How long, how many and how large what clients write may be, from the constants that the handlers check.

use std::collections::BTreeMap;

use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Array, Object, OpenApi, RefOr};

use crate::limits;

/// A bound of one property.
#[derive(Clone, Copy)]
enum Bound {
    /// A string of so many characters.
    Chars(usize, usize),
    /// A list of at most so many items.
    Items(usize),
    /// A whole number.
    Number(u32, u32),
}

const NAME: Bound = Bound::Chars(1, limits::NAME_CHARS_MAX);
const EMAIL: Bound = Bound::Chars(1, limits::EMAIL_BYTES_MAX);
const NEW_PASSWORD: Bound = Bound::Chars(limits::PASSWORD_CHARS_MIN, limits::PASSWORD_CHARS_MAX);
const TIME_ZONE: Bound = Bound::Chars(1, limits::NAME_CHARS_MAX);
const ID: Bound = Bound::Chars(1, limits::ID_CHARS_MAX);
const CREDENTIAL: Bound = Bound::Chars(0, limits::PASSWORD_CHARS_MAX);
const CLOCK: Bound = Bound::Chars(limits::CLOCK_CHARS, limits::CLOCK_CHARS);

/// Schema, property, bound.
const BOUNDS: &[(&str, &str, Bound)] = &[
    ("AgentStatusChange", "status_id", ID),
    ("ContactCompletion", "disposition_id", ID),
    (
        "ContactCompletion",
        "notes",
        Bound::Chars(0, limits::NOTES_CHARS_MAX),
    ),
    ("FlowGreeting", "prompt_id", ID),
    (
        "HoursOfOperationPatch",
        "periods",
        Bound::Items(limits::PERIODS_MAX),
    ),
    ("HoursOfOperationPatch", "time_zone", TIME_ZONE),
    ("LineRequest", "previous_line_id", ID),
    ("LineRequest", "sdp", Bound::Chars(1, limits::SDP_BYTES_MAX)),
    ("MailSettingsUpdate", "from_address", EMAIL),
    (
        "MailSettingsUpdate",
        "host",
        Bound::Chars(1, limits::HOST_CHARS_MAX),
    ),
    ("MailSettingsUpdate", "password", CREDENTIAL),
    ("MailSettingsUpdate", "port", Bound::Number(1, u16::MAX as u32)),
    ("MailSettingsUpdate", "username", CREDENTIAL),
    ("MailTest", "to", EMAIL),
    ("NewApiKey", "name", NAME),
    ("OpenPeriod", "closes", CLOCK),
    ("OpenPeriod", "opens", CLOCK),
    ("OutboundCallStart", "flow_id", ID),
    (
        "OutboundCallStart",
        "from",
        Bound::Chars(3, limits::PHONE_NUMBER_CHARS_MAX),
    ),
    (
        "OutboundCallStart",
        "ring_timeout_s",
        Bound::Number(limits::RING_TIMEOUT_S_MIN, limits::RING_TIMEOUT_S_MAX),
    ),
    (
        "OutboundCallStart",
        "to",
        Bound::Chars(2, limits::DIALED_CHARS_MAX),
    ),
    ("PasswordReset", "password", NEW_PASSWORD),
    ("PasswordResetRequest", "email", EMAIL),
    (
        "PhoneNumberClaim",
        "e164",
        Bound::Chars(3, limits::PHONE_NUMBER_CHARS_MAX),
    ),
    ("PhoneNumberClaim", "flow_id", ID),
    ("SdpOffer", "sdp", Bound::Chars(1, limits::SDP_BYTES_MAX)),
    ("SignIn", "email", EMAIL),
    ("SignIn", "password", Bound::Chars(1, limits::PASSWORD_CHARS_MAX)),
    ("SignUp", "company", NAME),
    ("SignUp", "email", EMAIL),
    ("SignUp", "password", NEW_PASSWORD),
    ("SignUp", "time_zone", TIME_ZONE),
    (
        "TenantPatch",
        "after_contact_work_s",
        Bound::Number(limits::AFTER_CONTACT_WORK_S_MIN, limits::AFTER_CONTACT_WORK_S_MAX),
    ),
    ("TenantPatch", "name", NAME),
    (
        "TenantPatch",
        "reattach_timeout_s",
        Bound::Number(limits::REATTACH_TIMEOUT_S_MIN, limits::REATTACH_TIMEOUT_S_MAX),
    ),
    ("TenantPatch", "time_zone", TIME_ZONE),
];

/// Writes the bounds into the schemas of request bodies.
pub(super) fn write(document: &mut OpenApi) {
    let Some(components) = &mut document.components else {
        return;
    };
    for (schema, property, bound) in BOUNDS {
        let found = components.schemas.get_mut(*schema).and_then(properties);
        let found = found.and_then(|properties| properties.get_mut(*property));
        let is_written = found.is_some_and(|property| apply(property, *bound));
        debug_assert!(is_written, "{schema} has no {property} to bound");
    }
}

fn properties(schema: &mut RefOr<Schema>) -> Option<&mut BTreeMap<String, RefOr<Schema>>> {
    if let RefOr::T(Schema::Object(Object { properties, .. })) = schema {
        Some(properties)
    } else {
        None
    }
}

fn apply(property: &mut RefOr<Schema>, bound: Bound) -> bool {
    match (property, bound) {
        (RefOr::T(Schema::Object(text)), Bound::Chars(min, max)) => {
            text.min_length = (min > 0).then_some(min);
            text.max_length = Some(max);
        }
        (RefOr::T(Schema::Object(number)), Bound::Number(min, max)) => {
            number.minimum = Some(min.into());
            number.maximum = Some(max.into());
        }
        (RefOr::T(Schema::Array(Array { max_items, .. })), Bound::Items(max)) => *max_items = Some(max),
        _ => return false,
    }
    true
}
