//! The deadline of a call. It bounds all attempts, the backoff and waits for the rate limit
//! together.

use std::time::Duration;

use tokio::time::Instant;

/// The deadline of a call, if it has one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    ends: Option<Instant>,
}

impl Deadline {
    pub(crate) fn start(now: Instant, total: Option<Duration>) -> Self {
        // A time that cannot be represented means no deadline.
        let ends = total.and_then(|total| now.checked_add(total));
        Self { ends }
    }

    /// The time left; `None` means no deadline.
    pub(crate) fn left(self, now: Instant) -> Option<Duration> {
        self.ends.map(|ends| ends.saturating_duration_since(now))
    }

    /// Whether the deadline is later than the end of `wait`.
    pub(crate) fn allows(self, wait: Duration, now: Instant) -> bool {
        self.left(now).is_none_or(|left| wait < left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_wait_must_end_before_the_call() {
        let now = Instant::now();
        let deadline = Deadline::start(now, Some(SECOND * 10));
        assert!(deadline.allows(SECOND * 9, now));
        assert!(!deadline.allows(SECOND * 10, now));
        assert!(!deadline.allows(SECOND, now + SECOND * 9));
        assert!(!deadline.allows(Duration::ZERO, now + SECOND * 11));
        assert_eq!(deadline.left(now + SECOND * 11), Some(Duration::ZERO));
    }

    #[test]
    fn there_may_be_no_end() {
        let now = Instant::now();
        for total in [None, Some(Duration::MAX)] {
            let deadline = Deadline::start(now, total);
            assert!(deadline.allows(SECOND * 1_000_000, now));
            assert_eq!(deadline.left(now), None);
        }
    }
}
