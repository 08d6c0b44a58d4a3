//! Session timers (RFC 4028): who refreshes, how often, and when a session counts as dead.

use std::time::Duration;

use crate::{HeaderName, Headers, MinSe, Refresher, SessionExpires};

/// The shortest interval RFC 4028 allows, in seconds.
const MIN_SE_S: u32 = 90;

/// What an operator may set about session timers.
#[derive(Clone, Copy, Debug)]
pub struct SessionTimerConfig {
    /// The interval asked for and at most agreed to, in seconds.
    pub interval_s: u32,
    /// The shortest interval agreed to, in seconds; at least 90.
    pub interval_s_min: u32,
}

impl Default for SessionTimerConfig {
    /// Returns 30 minutes, and at least 90 seconds.
    fn default() -> Self {
        Self {
            interval_s: 1_800,
            interval_s_min: MIN_SE_S,
        }
    }
}

/// The far side asked for a shorter interval than we take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct IntervalTooSmall;

/// What both sides agreed on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Agreement {
    /// The session interval in seconds.
    pub(crate) interval_s: u32,
    /// Whether it is our turn to refresh.
    pub(crate) we_refresh: bool,
}

impl Agreement {
    /// Agrees to what a request asks for (RFC 4028 section 9).
    pub(crate) fn answering(
        request: &Headers,
        config: &SessionTimerConfig,
    ) -> Result<Option<Self>, IntervalTooSmall> {
        let supports_timer = has_option(request, "timer");
        let Ok(Some(asked)) = request.session_expires() else {
            // Nothing asked for: we ask, provided the other side will refresh.
            let min_se = request.min_se().ok().flatten().map_or(0, |min_se| min_se.secs);
            let interval_s = config.interval_s.max(min_se);
            return Ok(supports_timer.then_some(Self {
                interval_s,
                we_refresh: false,
            }));
        };
        if asked.secs < config.interval_s_min.max(MIN_SE_S) && supports_timer {
            return Err(IntervalTooSmall);
        }
        let min_se = request
            .min_se()
            .ok()
            .flatten()
            .map_or(MIN_SE_S, |min_se| min_se.secs);
        let interval_s = asked.secs.min(config.interval_s.max(min_se)).max(MIN_SE_S);
        let we_refresh = !supports_timer || asked.refresher == Some(Refresher::Uas);
        Ok(Some(Self {
            interval_s,
            we_refresh,
        }))
    }

    /// Reads what a 2xx agreed to (RFC 4028 section 7.2).
    pub(crate) fn answered(response: &Headers) -> Option<Self> {
        let agreed = response.session_expires().ok().flatten()?;
        let we_refresh = agreed.refresher != Some(Refresher::Uas);
        Some(Self {
            interval_s: agreed.secs.max(MIN_SE_S),
            we_refresh,
        })
    }

    /// Writes the agreement into a 2xx.
    pub(crate) fn write_answer(self, response: &mut Headers) {
        let refresher = if self.we_refresh {
            Refresher::Uas
        } else {
            Refresher::Uac
        };
        let value = SessionExpires {
            secs: self.interval_s,
            refresher: Some(refresher),
        };
        response.push_value(HeaderName::SessionExpires, &value);
        if refresher == Refresher::Uac {
            response.push(HeaderName::Require, "timer");
        }
    }

    /// Returns when the refresher refreshes, counted from the last refresh.
    pub(crate) fn refresh_after(self) -> Duration {
        Duration::from_secs(u64::from(self.interval_s / 2))
    }

    /// Returns when the session counts as dead, a little before the interval ends (section 10).
    pub(crate) fn expires_after(self) -> Duration {
        Duration::from_secs(u64::from(self.interval_s - (self.interval_s / 3).min(32)))
    }
}

/// Asks for session timers in a request; `current` is what holds already.
pub(crate) fn write_request(
    request: &mut Headers,
    config: &SessionTimerConfig,
    min_se_s: u32,
    current: Option<Agreement>,
) {
    let refresher = current.map(|agreed| {
        if agreed.we_refresh {
            Refresher::Uac
        } else {
            Refresher::Uas
        }
    });
    let secs = current
        .map_or(config.interval_s, |agreed| agreed.interval_s)
        .max(min_se_s);
    request.set_value(HeaderName::SessionExpires, &SessionExpires { secs, refresher });
    let min_se_s = min_se_s.max(config.interval_s_min).max(MIN_SE_S);
    request.set_value(HeaderName::MinSe, &MinSe { secs: min_se_s });
}

/// Whether the sender of a message lists an option tag as supported or required.
pub(crate) fn has_option(headers: &Headers, option: &str) -> bool {
    let names = |tags: &[String]| tags.iter().any(|tag| tag.eq_ignore_ascii_case(option));
    headers.supported().is_ok_and(|tags| names(&tags)) || headers.require().is_ok_and(|tags| names(&tags))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(HeaderName, &'static str)]) -> Headers {
        let mut headers = Headers::new();
        for (name, value) in fields {
            headers.push(name.clone(), *value);
        }
        headers
    }

    #[test]
    fn the_answerer_follows_table_2_of_rfc_4028() {
        use HeaderName::{MinSe, SessionExpires, Supported};
        let agreed = |interval_s, we_refresh| {
            Ok(Some(Agreement {
                interval_s,
                we_refresh,
            }))
        };
        let timer = (Supported, "100rel, timer");
        let rows = [
            (vec![], Ok(None)),
            (vec![timer.clone()], agreed(1800, false)),
            (vec![timer.clone(), (MinSe, "3600")], agreed(3600, false)),
            (vec![timer.clone(), (SessionExpires, "600")], agreed(600, false)),
            (
                vec![timer.clone(), (SessionExpires, "600;refresher=uac")],
                agreed(600, false),
            ),
            (
                vec![timer.clone(), (SessionExpires, "600;refresher=uas")],
                agreed(600, true),
            ),
            (vec![timer.clone(), (SessionExpires, "7200")], agreed(1800, false)),
            (
                vec![timer.clone(), (SessionExpires, "7200"), (MinSe, "3600")],
                agreed(3600, false),
            ),
            (vec![(SessionExpires, "600")], agreed(600, true)),
            (vec![(SessionExpires, "30")], agreed(90, true)),
            (vec![timer, (SessionExpires, "60")], Err(IntervalTooSmall)),
        ];
        for (fields, expected) in rows {
            let request = headers(&fields);
            assert_eq!(
                Agreement::answering(&request, &SessionTimerConfig::default()),
                expected,
                "{fields:?}"
            );
        }
    }

    #[test]
    fn refresh_comes_at_half_time_and_death_a_little_before_the_end() {
        let rows = [(90, 45, 60), (1800, 900, 1768)];
        for (interval_s, refresh_s, death_s) in rows {
            let agreement = Agreement {
                interval_s,
                we_refresh: true,
            };
            assert_eq!(agreement.refresh_after().as_secs(), refresh_s);
            assert_eq!(agreement.expires_after().as_secs(), death_s);
        }
    }
}
