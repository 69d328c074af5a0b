//! The delay that the server asks for: `Retry-After` and the reset of the rate limit, in all their formats.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::error::envelope::seconds_to_duration;

const RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Below this value a reset is a number of seconds, above it a Unix time.
const MOST_SECONDS: f64 = 1e6;
/// From this value on a Unix time is in milliseconds.
const LEAST_MILLIS: f64 = 1e11;
/// If the clocks differ by more than this, they are not compared.
const MOST_SKEW: f64 = 2.0;

/// The delay that the headers ask for at `now`, if they do.
pub(crate) fn of_headers(headers: &HeaderMap, status: u16, now: Timestamp) -> Option<Duration> {
    let now = server_time(headers, now);
    let asked = text(headers, RETRY_AFTER).and_then(|text| parse(text, now));
    // Every response has the reset; it is a delay only if the rate limit was hit.
    asked.or_else(|| (status == 429).then(|| reset(headers, now)).flatten())
}

/// When the window of the rate limit ends, from `now` on.
pub(crate) fn of_reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    reset(headers, server_time(headers, now))
}

fn reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    text(headers, RATE_LIMIT_RESET).and_then(|text| parse(text, now))
}

/// The time of the server's `Date`. The local clock is more precise and is used if both agree.
fn server_time(headers: &HeaderMap, now: Timestamp) -> Timestamp {
    let told = text(headers, DATE).and_then(http_date);
    let is_off = |told: &Timestamp| (as_seconds(*told) - as_seconds(now)).abs() > MOST_SKEW;
    told.filter(is_off).unwrap_or(now)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Seconds, a Unix time or an HTTP date.
fn parse(text: &str, now: Timestamp) -> Option<Duration> {
    match text.parse::<f64>() {
        Ok(seconds) if !seconds.is_finite() => None,
        Ok(seconds) if seconds < MOST_SECONDS => seconds_to_duration(seconds),
        Ok(millis) if millis >= LEAST_MILLIS => until(millis / 1e3, now),
        Ok(unix) => until(unix, now),
        Err(_) => until(as_seconds(http_date(text)?), now),
    }
}

fn until(unix: f64, now: Timestamp) -> Option<Duration> {
    seconds_to_duration((unix - as_seconds(now)).max(0.0))
}

fn http_date(text: &str) -> Option<Timestamp> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text).ok()
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
            ("1779282010000", Some(10.0)),
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

    #[test]
    fn a_clock_that_is_wrong_does_not_make_the_wait_wrong() {
        let now: Timestamp = "2026-05-20T12:00:00Z".parse().unwrap();
        let mut headers = HeaderMap::new();
        let insert = |headers: &mut HeaderMap, name: &'static str, value: &str| {
            headers.insert(name, value.parse().unwrap());
        };
        insert(&mut headers, "x-ratelimit-reset", "1779282001");
        assert_eq!(
            of_headers(&headers, 429, now),
            Some(Duration::from_secs(3601))
        );
        insert(&mut headers, "date", "Wed, 20 May 2026 13:00:00 GMT");
        assert_eq!(of_headers(&headers, 429, now), Some(Duration::from_secs(1)));
        assert_eq!(of_reset(&headers, now), Some(Duration::from_secs(1)));
    }
}
