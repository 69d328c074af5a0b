//! The retry budget: limits the retries of a client in total, so that retries do not overload a failing server.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// Limits the retries of a client and its clones, as a token bucket.
///
/// Each retry takes a token. Two tokens are added per second, and one for every ten successful
/// calls. Without a token the last error is final. Retries after a rate-limit hit take no token:
/// the pacer limits them, and the server is healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryBudget {
    /// `None` means unlimited.
    capacity: Option<u32>,
}

impl RetryBudget {
    /// At most `capacity` retries in a row. The default is 100.
    pub const fn new(capacity: u32) -> Self {
        Self {
            capacity: Some(capacity),
        }
    }

    /// No budget: only attempts and the deadline bound a call.
    pub const fn unlimited() -> Self {
        Self { capacity: None }
    }

    pub(super) fn open(self) -> Budget {
        let tokens = f64::from(self.capacity.unwrap_or_default());
        Budget {
            capacity: self.capacity.map(f64::from),
            state: Mutex::new(State { tokens, at: None }),
        }
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new(100)
    }
}

const PER_SECOND: f64 = 2.0;
const PER_SUCCESS: f64 = 0.1;

/// The tokens of the bucket.
#[derive(Debug)]
pub(crate) struct Budget {
    capacity: Option<f64>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: f64,
    /// The time of the last refill by elapsed time; `None` while the bucket is full.
    at: Option<Instant>,
}

impl Budget {
    /// Takes a token for a retry, if there is one.
    pub(super) fn take(&self, now: Instant) -> bool {
        let Some(capacity) = self.capacity else {
            return true;
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let since = state.at.replace(now).unwrap_or(now);
        let earned = now.saturating_duration_since(since).as_secs_f64() * PER_SECOND;
        state.tokens = (state.tokens + earned).min(capacity);
        let enough = state.tokens >= 1.0;
        state.tokens -= f64::from(u8::from(enough));
        enough
    }

    /// Adds the tokens of a successful call.
    pub(super) fn reward(&self) {
        let Some(capacity) = self.capacity else {
            return;
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tokens = (state.tokens + PER_SUCCESS).min(capacity);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn tokens_go_with_repetitions_and_come_with_time_and_success() {
        let start = Instant::now();
        let budget = RetryBudget::new(3).open();
        let taken = |at| (0..10).filter(|_| budget.take(at)).count();
        assert_eq!(taken(start), 3);
        assert_eq!(taken(start + Duration::from_millis(400)), 0);
        assert_eq!(taken(start + Duration::from_secs(1)), 2);
        assert_eq!(taken(start + Duration::from_secs(60)), 3);
        (0..11).for_each(|_| budget.reward());
        assert_eq!(taken(start + Duration::from_secs(60)), 1);
    }

    #[test]
    fn success_never_fills_it_over_its_brim() {
        let budget = RetryBudget::new(1).open();
        (0..100).for_each(|_| budget.reward());
        let now = Instant::now();
        assert!(budget.take(now) && !budget.take(now));
    }

    #[test]
    fn without_a_budget_there_is_no_end_and_with_none_no_start() {
        let now = Instant::now();
        let unlimited = RetryBudget::unlimited().open();
        assert!((0..10_000).all(|_| unlimited.take(now)));
        assert!(!RetryBudget::new(0).open().take(now));
    }
}
