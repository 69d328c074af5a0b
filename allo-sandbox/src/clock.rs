//! The clock of the sandbox: a start time plus tokio's time, so that a test that pauses tokio's time
//! also stops this clock; `Control` can advance and set it. Also formats times for responses; nothing
//! else reads the time.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::lock::lock;

/// Converts tokio time to wall-clock time.
#[derive(Debug)]
pub(crate) struct Clock(Mutex<Hands>);

/// What the clock is computed from.
#[derive(Debug, Clone, Copy)]
struct Hands {
    start: Timestamp,
    origin: Instant,
    /// By how much the clock was advanced beside tokio's time.
    advanced: Duration,
}

impl Hands {
    fn new(start: Timestamp) -> Self {
        Self {
            start,
            origin: Instant::now(),
            advanced: Duration::ZERO,
        }
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed().saturating_add(self.advanced)
    }

    fn now(&self) -> Timestamp {
        let now = self.start.checked_add(self.elapsed());
        now.unwrap_or(Timestamp::MAX)
    }
}

impl Clock {
    /// A clock that shows `start` now and follows tokio's time.
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self(Mutex::new(Hands::new(start)))
    }

    /// The time since the sandbox started, or was reset.
    pub(crate) fn elapsed(&self) -> Duration {
        lock(&self.0).elapsed()
    }

    /// The current wall-clock time.
    pub(crate) fn now(&self) -> Timestamp {
        lock(&self.0).now()
    }

    /// Starts the clock again.
    pub(crate) fn restart(&self, start: Timestamp) {
        *lock(&self.0) = Hands::new(start);
    }

    /// Advances the clock, as if this time had passed.
    pub(crate) fn advance(&self, time: Duration) {
        let mut hands = lock(&self.0);
        hands.advanced = hands.advanced.saturating_add(time);
    }

    /// Sets the wall-clock time. A later time advances the clock; an earlier one changes only the
    /// wall clock, because no time passes backwards.
    pub(crate) fn set(&self, time: Timestamp) {
        let mut hands = lock(&self.0);
        let ahead = time.duration_since(hands.now());
        match Duration::try_from(ahead) {
            Ok(ahead) => hands.advanced = hands.advanced.saturating_add(ahead),
            Err(_) => hands.start = hands.start.checked_add(ahead).unwrap_or(Timestamp::MIN),
        }
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

    #[tokio::test(start_paused = true)]
    async fn is_advanced_and_set() {
        let clock = Clock::starting_at("2026-03-02T08:30:00Z".parse().unwrap());
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), at("2026-03-02T08:31:30Z"));
        clock.set(at("2026-03-02T09:30:00Z"));
        assert_eq!(clock.elapsed(), Duration::from_secs(3_600));
        clock.set(at("2020-01-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2020-01-01T00:00:00Z"));
        assert_eq!(clock.elapsed(), Duration::from_secs(3_600));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(clock.now(), at("2020-01-01T00:00:01Z"));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.restart(at("2026-03-02T08:30:00Z"));
        assert_eq!(clock.elapsed(), Duration::ZERO);
        assert_eq!(clock.now(), at("2026-03-02T08:30:00Z"));
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
