//! The clock of the sandbox: a start time plus tokio's time, so that a test that pauses tokio's time
//! also stops this clock. Also formats times for responses; nothing else reads the time.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Converts tokio time to wall-clock time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Timestamp,
    origin: Instant,
}

impl Clock {
    /// A clock that shows `start` now and follows tokio's time.
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self {
            start,
            origin: Instant::now(),
        }
    }

    /// The time since the sandbox started.
    pub(crate) fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }

    /// The current wall-clock time.
    pub(crate) fn now(&self) -> Timestamp {
        self.start
            .checked_add(self.elapsed())
            .unwrap_or(Timestamp::MAX)
    }
}

/// `2026-03-02T08:30:00`: UTC, whole seconds, no offset; used by most resources.
pub(crate) fn without_offset(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Parses a time with an offset, or without one as UTC.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let local: jiff::civil::DateTime = text.parse().ok()?;
    let time = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(time.timestamp())
}

/// `2026-03-02T08:30:00Z`: UTC, whole seconds; used by conversations and webhooks.
pub(crate) fn with_offset(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn follows_tokio_time_from_its_start() {
        let clock = Clock::starting_at("2026-03-02T08:30:00.9Z".parse().unwrap());
        tokio::time::advance(Duration::from_millis(61_200)).await;
        assert_eq!(without_offset(clock.now()), "2026-03-02T08:31:02");
        assert_eq!(clock.elapsed(), Duration::from_millis(61_200));
    }

    #[test]
    fn times_are_read_with_and_without_offset() {
        let expected = Some("2026-03-02T08:30:00Z");
        for text in [
            "2026-03-02T08:30:00Z",
            "2026-03-02T08:30:00",
            "2026-03-02T08:30:00.25",
            "2026-03-02T10:30:00+02:00",
        ] {
            assert_eq!(parse(text).map(with_offset).as_deref(), expected, "{text}");
        }
        for text in ["", "soon", "2026-13-02T08:30:00", "08:30:00"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
