//! The sandbox's wall clock: a fixed start plus tokio's time, so that a test that pauses tokio's
//! time also stops this clock. Formatting for the wire lives here too; nothing else reads the time.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Turns tokio time into wall-clock time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Timestamp,
    origin: Instant,
}

impl Clock {
    /// A clock that shows `start` now and runs with tokio's time from here on.
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self {
            start,
            origin: Instant::now(),
        }
    }

    /// Time since the sandbox started.
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

/// `2026-03-02T08:30:00`: UTC, whole seconds, no offset; the form the dialing queues use.
pub(crate) fn without_offset(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
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
}
