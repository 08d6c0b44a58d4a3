//! Hours of operation: when a tenant is open, in the tenant's time zone.

use jiff::civil::Weekday;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{HoursId, Timestamp};

/// A span of one weekday, in minutes after local midnight, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSpan {
    /// 0 is Monday, 6 is Sunday.
    pub weekday: u8,
    /// 0 to 1439.
    pub from_minute: u16,
    /// 1 to 1440, greater than `from_minute`.
    pub to_minute: u16,
}

/// Hours of operation of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursOfOperation {
    /// Its id.
    pub id: HoursId,
    /// What people call it.
    pub name: String,
    /// An IANA time zone name, for example `Europe/Berlin`.
    pub time_zone: String,
    /// The weekly spans; a tenant that is open at all times has seven full days.
    pub spans: Vec<OpenSpan>,
}

impl HoursOfOperation {
    /// Seven full days.
    #[must_use]
    pub fn always() -> Vec<OpenSpan> {
        (0..7)
            .map(|weekday| OpenSpan {
                weekday,
                from_minute: 0,
                to_minute: 1440,
            })
            .collect()
    }

    /// Whether the tenant is open at that instant. An unknown time zone counts as UTC.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        let zone = time_zone(&self.time_zone).unwrap_or(TimeZone::UTC);
        let local = at.to_calendar().to_zoned(zone);
        let weekday = weekday_number(local.weekday());
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        self.spans
            .iter()
            .any(|span| span.weekday == weekday && (span.from_minute..span.to_minute).contains(&minute))
    }
}

/// Whether the text names a time zone of the IANA database.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    time_zone(name).is_some()
}

fn time_zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

fn weekday_number(weekday: Weekday) -> u8 {
    weekday.to_monday_zero_offset().unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nine_to_five(time_zone: &str) -> HoursOfOperation {
        HoursOfOperation {
            id: HoursId::from_bits(1),
            name: "Office".into(),
            time_zone: time_zone.into(),
            spans: (0..5)
                .map(|weekday| OpenSpan {
                    weekday,
                    from_minute: 540,
                    to_minute: 1020,
                })
                .collect(),
        }
    }

    #[test]
    fn opening_hours_follow_the_zone_and_its_summer_time() {
        let berlin = nine_to_five("Europe/Berlin");
        for (at, open) in [
            ("2026-11-23T07:59:59Z", false),
            ("2026-11-23T08:00:00Z", true),
            ("2026-11-23T15:59:59Z", true),
            ("2026-11-23T16:00:00Z", false),
            ("2026-07-06T07:00:00Z", true),
            ("2026-11-22T12:00:00Z", false),
        ] {
            let instant: jiff::Timestamp = at.parse().unwrap();
            assert_eq!(
                berlin.is_open(Timestamp::from_millis(instant.as_millisecond())),
                open,
                "{at}"
            );
        }
    }

    #[test]
    fn always_means_always() {
        let hours = HoursOfOperation {
            spans: HoursOfOperation::always(),
            ..nine_to_five("Asia/Kathmandu")
        };
        for hour in 0..(7 * 24) {
            assert!(hours.is_open(Timestamp::from_millis(hour * 3_600_000 + 3_599_999)));
        }
        assert!(is_time_zone("America/New_York") && !is_time_zone("Mars/Olympus"));
    }
}
