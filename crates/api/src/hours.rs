//! Hours of operation.

use axum::Json;
use axum::extract::State;
use model::hours::{HoursOfOperation as Hours, OpenSpan};
use model::{ConfigChange, HoursId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::limits;
use crate::state::ApiState;

const MINUTES_PER_DAY: u16 = 24 * 60;

/// When a tenant is open.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoursOfOperation {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    #[schema(example = "Business hours")]
    pub(crate) name: String,
    /// An IANA time zone.
    #[schema(example = "Europe/Berlin")]
    pub(crate) time_zone: String,
    /// Open at all times; `periods` is empty then.
    pub(crate) always_open: bool,
    /// Open at this moment.
    pub(crate) open_now: bool,
    /// The weekly periods.
    pub(crate) periods: Vec<OpenPeriod>,
}

/// A period of one weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenPeriod {
    /// The weekday.
    pub(crate) day: Day,
    /// Local time from which it is open, `00:00` to `23:59`.
    #[schema(example = "08:00")]
    pub(crate) opens: String,
    /// Local time until which it is open, `00:01` to `24:00`.
    #[schema(example = "18:00")]
    pub(crate) closes: String,
}

/// A weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

/// All hours of operation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoursOfOperationList {
    /// In the order in which they were made.
    pub(crate) items: Vec<HoursOfOperation>,
}

/// What changes; what is missing stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HoursOfOperationPatch {
    /// True opens at all times; false keeps `periods`.
    #[schema(nullable = false)]
    pub(crate) always_open: Option<bool>,
    /// Replaces all periods.
    #[schema(nullable = false)]
    pub(crate) periods: Option<Vec<OpenPeriod>>,
    /// An IANA time zone.
    #[schema(nullable = false)]
    pub(crate) time_zone: Option<String>,
}

/// Lists the hours of operation.
#[utoipa::path(
    get,
    path = "/hours-of-operation",
    operation_id = "listHoursOfOperation",
    tag = "hours-of-operation",
    responses((status = 200, body = HoursOfOperationList))
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    admin: Admin,
) -> Result<Json<HoursOfOperationList>, Error> {
    let config = state.config(admin.tenant).await?;
    let now = state.backend.now();
    let items = config
        .hours
        .values()
        .map(|hours| HoursOfOperation::of(hours, now))
        .collect();
    Ok(Json(HoursOfOperationList { items }))
}

/// Changes hours of operation, in force at once.
#[utoipa::path(
    patch,
    path = "/hours-of-operation/{id}",
    operation_id = "updateHoursOfOperation",
    tag = "hours-of-operation",
    params(("id" = String, Path)),
    request_body = HoursOfOperationPatch,
    responses((status = 200, body = HoursOfOperation))
)]
pub(crate) async fn update(
    State(state): State<ApiState>,
    admin: Admin,
    Id(id): Id<HoursId>,
    Body(patch): Body<HoursOfOperationPatch>,
) -> Result<Json<HoursOfOperation>, Error> {
    let config = state.config(admin.tenant).await?;
    let mut hours = config.hours.get(&id).cloned().ok_or(Error::NotFound)?;
    patch.apply(&mut hours)?;
    state
        .change_config(&admin, &config, vec![ConfigChange::PutHours(hours.clone())])
        .await?;
    Ok(Json(HoursOfOperation::of(&hours, state.backend.now())))
}

impl HoursOfOperation {
    fn of(hours: &Hours, now: Timestamp) -> Self {
        let always_open = hours.spans == Hours::always();
        let spans: &[OpenSpan] = if always_open { &[] } else { &hours.spans };
        Self {
            id: hours.id.to_string(),
            name: hours.name.clone(),
            time_zone: hours.time_zone.clone(),
            always_open,
            open_now: hours.is_open(now),
            periods: spans.iter().filter_map(OpenPeriod::of).collect(),
        }
    }
}

impl HoursOfOperationPatch {
    fn apply(self, hours: &mut Hours) -> Result<(), Error> {
        let mut faults = Faults::default();
        if let Some(time_zone) = &self.time_zone {
            hours.time_zone = faults.time_zone("time_zone", time_zone);
        }
        if let Some(periods) = &self.periods {
            faults.demand(
                periods.len() <= limits::PERIODS_MAX,
                "periods",
                "Use at most 28 periods.",
            );
            hours.spans = spans(periods, &mut faults);
        }
        match self.always_open {
            Some(true) => hours.spans = Hours::always(),
            // Not open at all times any more, and nothing said instead: the usual office hours.
            Some(false) if self.periods.is_none() && hours.spans == Hours::always() => {
                hours.spans = (0..5).map(|weekday| span(weekday, 9 * 60, 17 * 60)).collect();
            }
            Some(false) | None => {}
        }
        faults.finish()
    }
}

impl OpenPeriod {
    fn of(span: &OpenSpan) -> Option<Self> {
        Some(Self {
            day: *Day::ALL.get(usize::from(span.weekday))?,
            opens: clock(span.from_minute),
            closes: clock(span.to_minute),
        })
    }
}

fn spans(periods: &[OpenPeriod], faults: &mut Faults) -> Vec<OpenSpan> {
    let mut spans = Vec::new();
    for (at, period) in periods.iter().enumerate() {
        let opens = minute(&period.opens).filter(|minute| *minute < MINUTES_PER_DAY);
        let closes = minute(&period.closes);
        let (Some(opens), Some(closes)) = (opens, closes) else {
            faults.add(
                &format!("periods[{at}]"),
                "Write times as 08:00; 24:00 is the end of the day.",
            );
            continue;
        };
        if closes <= opens {
            faults.add(&format!("periods[{at}].closes"), "Close later than you open.");
            continue;
        }
        spans.push(span(period.day as u8, opens, closes));
    }
    spans.sort_by_key(|span| (span.weekday, span.from_minute));
    spans
}

const fn span(weekday: u8, from_minute: u16, to_minute: u16) -> OpenSpan {
    OpenSpan {
        weekday,
        from_minute,
        to_minute,
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| {
        (part.len() == 2 && part.bytes().all(|c| c.is_ascii_digit())).then(|| part.parse::<u16>().ok())?
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (minutes < 60)
        .then_some(hours * 60 + minutes)
        .filter(|minute| *minute <= MINUTES_PER_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_two_digits_and_two_digits() {
        for (text, expected) in [
            ("00:00", Some(0)),
            ("08:30", Some(510)),
            ("23:59", Some(1439)),
            ("24:00", Some(1440)),
            ("24:01", None),
            ("12:60", None),
            ("8:30", None),
            ("08.30", None),
            ("+8:30", None),
            ("", None),
        ] {
            assert_eq!(minute(text), expected, "{text:?}");
            if let Some(minute) = expected {
                assert_eq!(clock(minute), text);
            }
        }
    }

    #[test]
    fn a_period_that_ends_before_it_begins_is_told_by_its_place() {
        let mut faults = Faults::default();
        let period = |opens: &str, closes: &str| OpenPeriod {
            day: Day::Sunday,
            opens: opens.to_owned(),
            closes: closes.to_owned(),
        };
        let found = spans(
            &[
                period("09:00", "17:00"),
                period("18:00", "17:00"),
                period("x", "y"),
            ],
            &mut faults,
        );
        assert_eq!(found, [span(6, 540, 1020)]);
        let fields: Vec<_> = faults.by_field().keys().cloned().collect();
        assert_eq!(fields, ["periods[1].closes", "periods[2]"]);
    }
}
