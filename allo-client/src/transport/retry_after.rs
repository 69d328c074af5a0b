//! How long the server asks to wait, in any of the forms in which it says so.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, RETRY_AFTER};

use crate::error::envelope::seconds_to_duration;

const RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Below this a reset is a number of seconds, above it a point in time.
const MOST_SECONDS: f64 = 1e6;

/// The wait that the headers ask for at `now`, if they ask for one.
pub(crate) fn of_headers(headers: &HeaderMap, status: u16, now: Timestamp) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let asked = text(RETRY_AFTER).and_then(|text| parse(text.trim(), now));
    // The reset is on every answer, but asks for nothing unless the limit is hit.
    let reset = || text(RATE_LIMIT_RESET).and_then(|text| parse(text.trim(), now));
    asked.or_else(|| (status == 429).then(reset).flatten())
}

/// Seconds, a Unix time or an HTTP date.
fn parse(text: &str, now: Timestamp) -> Option<Duration> {
    match text.parse::<f64>() {
        Ok(seconds) if !seconds.is_finite() => None,
        Ok(seconds) if seconds < MOST_SECONDS => seconds_to_duration(seconds),
        Ok(unix) => seconds_to_duration((unix - as_seconds(now)).max(0.0)),
        Err(_) => {
            let date = jiff::fmt::rfc2822::DateTimeParser::new()
                .parse_timestamp(text)
                .ok()?;
            seconds_to_duration((as_seconds(date) - as_seconds(now)).max(0.0))
        }
    }
}

fn as_seconds(timestamp: Timestamp) -> f64 {
    timestamp.as_duration().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &'static str, value: &str, status: u16) -> Option<f64> {
        let now: Timestamp = "2026-05-20T13:00:00Z".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        of_headers(&headers, status, now).map(|delay| delay.as_secs_f64())
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        let table = [
            ("7", Some(7.0)),
            (" 0 ", Some(0.0)),
            ("1.5", Some(1.5)),
            ("Wed, 20 May 2026 13:00:30 GMT", Some(30.0)),
            ("Wed, 20 May 2026 12:00:00 GMT", Some(0.0)),
            ("1779282010", Some(10.0)),
            ("-1", None),
            ("soon", None),
            ("NaN", None),
            ("inf", None),
            ("1e300", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(wait("retry-after", text, 503), expected, "{text}");
        }
    }

    #[test]
    fn the_reset_counts_only_when_the_limit_is_hit() {
        assert_eq!(wait("x-ratelimit-reset", "1779282002", 429), Some(2.0));
        assert_eq!(wait("x-ratelimit-reset", "3", 429), Some(3.0));
        assert_eq!(wait("x-ratelimit-reset", "3", 500), None);
    }
}
