//! Usage: what was metered.

mod csv;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{TenantConfig, Timestamp};
use serde::{Deserialize, Serialize};
use store::UsageTotal as StoredTotal;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Admin;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::Params;
use crate::limits;
use crate::state::ApiState;

/// All meters measure connected time in seconds.
pub(crate) const UNIT: &str = "s";

/// What was metered in a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Usage {
    /// The first day.
    #[schema(format = Date, example = "2026-11-01")]
    pub(crate) from: String,
    /// The last day.
    #[schema(format = Date, example = "2026-11-30")]
    pub(crate) to: String,
    /// The zone in which days begin.
    pub(crate) time_zone: String,
    /// One entry per meter.
    pub(crate) totals: Vec<UsageTotal>,
    /// The same for test calls and simulated callers, which never count to `totals`.
    pub(crate) test_totals: Vec<UsageTotal>,
}

/// The sum of one meter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageTotal {
    /// What was measured.
    #[schema(example = "inbound_trunk_seconds")]
    pub(crate) meter: String,
    /// In what.
    #[schema(example = "s")]
    pub(crate) unit: String,
    /// How much; each record's time is rounded up to the second once.
    pub(crate) quantity: u64,
    /// How many records.
    pub(crate) record_count: u64,
}

/// The period, both days included, in the tenant's zone. Missing days are those of the present month.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsageQuery {
    /// The first day.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day.
    #[param(format = Date)]
    to: Option<String>,
}

/// The period, and which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsageExportQuery {
    /// The first day.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day.
    #[param(format = Date)]
    to: Option<String>,
    /// True for test calls and simulated callers alone, false for all others; both when missing.
    test: Option<bool>,
}

/// Sums up what was metered.
#[utoipa::path(
    get,
    path = "/usage",
    operation_id = "getUsage",
    tag = "usage",
    params(UsageQuery),
    responses((status = 200, body = Usage))
)]
pub(crate) async fn get(
    State(state): State<ApiState>,
    admin: Admin,
    Params(query): Params<UsageQuery>,
) -> Result<Json<Usage>, Error> {
    let config = state.config(admin.tenant).await?;
    let period = query.period(&config, state.backend.now())?;
    let totals = state
        .store
        .usage_totals(admin.tenant, period.begins_at, period.ends_at)
        .await?;
    Ok(Json(Usage {
        from: period.from.to_string(),
        to: period.to.to_string(),
        time_zone: config.settings.time_zone,
        totals: totals
            .iter()
            .filter(|total| !total.test)
            .map(UsageTotal::from)
            .collect(),
        test_totals: totals
            .iter()
            .filter(|total| total.test)
            .map(UsageTotal::from)
            .collect(),
    }))
}

/// Exports usage records, one a line, the earliest end first.
///
/// Columns: `contact_id`; `leg_id`, the side of the contact that was connected; `meter`, what was measured
/// (`inbound_trunk_seconds`: a customer who called over a trunk, `outbound_trunk_seconds`: a customer who was called over a
/// trunk, `customer_browser_seconds`: a customer in a browser, `agent_browser_seconds`: an agent's softphone); `unit`, always
/// `s`; `quantity`, each started second counting; `quantity_ms`, the exact time; `started_at` and `ended_at` in UTC; `test`,
/// true for test calls and simulated callers.
#[utoipa::path(
    get,
    path = "/usage.csv",
    operation_id = "getUsageCsv",
    tag = "usage",
    params(UsageExportQuery),
    responses((status = 200, body = String, content_type = "text/csv"))
)]
pub(crate) async fn get_csv(
    State(state): State<ApiState>,
    admin: Admin,
    Params(query): Params<UsageExportQuery>,
) -> Result<impl IntoResponse, Error> {
    let config = state.config(admin.tenant).await?;
    let UsageExportQuery { from, to, test } = query;
    let period = UsageQuery { from, to }.period(&config, state.backend.now())?;
    let file = format!("attachment; filename=\"usage-{}-{}.csv\"", period.from, period.to);
    let body = csv::body(
        state.store.clone(),
        admin.tenant,
        period.begins_at..period.ends_at,
        test,
    );
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, file),
    ];
    Ok((headers, body))
}

impl From<&StoredTotal> for UsageTotal {
    fn from(total: &StoredTotal) -> Self {
        Self {
            meter: total.meter.name().to_owned(),
            unit: UNIT.to_owned(),
            quantity: total.seconds,
            record_count: total.record_count,
        }
    }
}

struct Period {
    from: Date,
    to: Date,
    begins_at: Timestamp,
    ends_at: Timestamp,
}

impl UsageQuery {
    fn period(&self, config: &TenantConfig, now: Timestamp) -> Result<Period, Error> {
        let zone = TimeZone::get(&config.settings.time_zone).unwrap_or(TimeZone::UTC);
        let today = now.to_calendar().to_zoned(zone.clone()).date();
        let mut faults = Faults::default();
        let from = day("from", self.from.as_deref(), today.first_of_month(), &mut faults);
        let to = day("to", self.to.as_deref(), today.last_of_month(), &mut faults);
        faults.demand(from <= to, "to", "The last day must not be before the first.");
        let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
        faults.demand(days < limits::USAGE_DAYS_MAX, "to", "Ask for at most 366 days.");
        let begin = |date: Date| {
            date.to_zoned(zone.clone())
                .map(|at| at.timestamp().as_millisecond())
        };
        let begins_at = begin(from);
        let ends_at = to.tomorrow().and_then(begin);
        faults.demand(
            begins_at.is_ok() && ends_at.is_ok(),
            "from",
            "Ask for days of this era.",
        );
        faults.finish()?;
        let millis = |at: Result<i64, jiff::Error>| Timestamp::from_millis(at.unwrap_or_default());
        Ok(Period {
            from,
            to,
            begins_at: millis(begins_at),
            ends_at: millis(ends_at),
        })
    }
}

fn day(field: &str, text: Option<&str>, default: Date, faults: &mut Faults) -> Date {
    let Some(text) = text else {
        return default;
    };
    // The parser takes much more than dates (RFC 9557); ten characters are a date.
    match text.parse() {
        Ok(date) if text.len() == 10 => date,
        Ok(_) | Err(_) => {
            faults.add(field, "Write the day as 2026-11-30.");
            default
        }
    }
}
