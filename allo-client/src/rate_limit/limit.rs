//! The number of requests allowed per second. The caller sets it, the server's headers lower it for
//! as long as they name a lower one, and frequent 429s cut it, because they show that other clients
//! use the same key. A single 429 cuts nothing.

use std::time::Duration;

use tokio::time::Instant;

/// A lower limit is forgotten if no header names it again within this time.
const TOLD_FOR: Duration = Duration::from_secs(10);
/// The fraction of the limit that is restored per second after a cut.
const RECOVERED: f64 = 0.05;
/// The weight of the last response in the moving average of 429s.
const WEIGHT: f64 = 1.0 / 10.0;
/// The limit is cut if at least this fraction of responses are 429s.
const MANY: f64 = 0.2;

#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    /// The limit set by the caller or by `/me`.
    set: u32,
    /// The limit named by headers, and when they last named it.
    told: Option<(u32, Instant)>,
    /// What the last cut left, and the time of the cut.
    cut: Option<(f64, Instant)>,
    /// The recent fraction of responses that were 429s.
    refused: f64,
}

impl Limit {
    pub(super) const fn new(limit: u32) -> Self {
        Self {
            set: limit,
            told: None,
            cut: None,
            refused: 0.0,
        }
    }

    /// Sets the limit and forgets what was learned.
    pub(super) const fn set(&mut self, limit: u32) {
        *self = Self::new(limit);
    }

    /// Records the limit named by a header. A higher one than the caller's changes nothing: the
    /// caller may share the quota on purpose.
    pub(super) const fn tell(&mut self, limit: u32, now: Instant) {
        self.told = Some((limit, now));
    }

    /// Counts a response as a 429 or not.
    pub(super) fn count(&mut self, refused: bool) {
        let one = if refused { WEIGHT } else { 0.0 };
        self.refused = self.refused * (1.0 - WEIGHT) + one;
    }

    /// Records a rate-limit hit: the class pauses until `end`. If hits are frequent, another client
    /// uses the key, and half of the limit is left to it. The cut is restored gradually after
    /// `end`.
    pub(super) fn hit(&mut self, now: Instant, end: Instant) {
        if self.refused >= MANY {
            self.cut = Some((self.exact(now) / 2.0, end));
            self.refused = MANY / 2.0;
        }
    }

    /// The number of requests allowed per second; at least one.
    pub(super) fn now(&self, now: Instant) -> usize {
        let exact = self.exact(now).max(1.0);
        // The value is positive and at most a `u32`.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = exact as u32;
        usize::try_from(whole).unwrap_or(usize::MAX)
    }

    /// Whether the limit is cut because other clients use the key.
    pub(super) fn is_cut(&self, now: Instant) -> bool {
        self.cut.is_some() && self.exact(now) < f64::from(self.most(now))
    }

    /// The limit without a cut.
    pub(super) fn most(&self, now: Instant) -> u32 {
        match self.told {
            Some((told, at)) if now.saturating_duration_since(at) < TOLD_FOR => told.min(self.set),
            _ => self.set,
        }
    }

    fn exact(&self, now: Instant) -> f64 {
        let most = f64::from(self.most(now));
        let Some((left, at)) = self.cut else {
            return most;
        };
        let recovered = now.saturating_duration_since(at).as_secs_f64() * RECOVERED * most;
        (left.max(1.0) + recovered).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn one_refusal_cuts_nothing_many_halve_and_time_restores() {
        let start = Instant::now();
        let mut limit = Limit::new(20);
        limit.count(true);
        limit.hit(start, start);
        assert_eq!((limit.now(start), limit.is_cut(start)), (20, false));
        (0..5).for_each(|_| limit.count(true));
        limit.hit(start, start);
        let seen = [0, 1, 5, 9, 10, 60].map(|seconds| limit.now(after(start, seconds)));
        assert_eq!(seen, [10, 11, 15, 19, 20, 20]);
        assert!(limit.is_cut(after(start, 9)) && !limit.is_cut(after(start, 10)));
    }

    #[test]
    fn one_refusal_in_a_hundred_responses_never_cuts() {
        let start = Instant::now();
        let mut limit = Limit::new(20);
        for number in 0..10_000 {
            let refused = number % 100 == 0;
            limit.count(refused);
            if refused {
                limit.hit(start, start);
            }
            assert_eq!(limit.now(start), 20);
        }
    }

    #[test]
    fn headers_lower_the_limit_and_give_it_back_but_raise_it_never() {
        let now = Instant::now();
        let mut limit = Limit::new(5);
        let mut told = |number| {
            limit.tell(number, now);
            limit.now(now)
        };
        assert_eq!([told(2), told(1_000), told(4)], [2, 5, 4]);
        limit.set(50);
        assert_eq!(limit.now(now), 50);
    }

    #[test]
    fn a_lower_limit_that_is_not_named_again_is_forgotten() {
        let start = Instant::now();
        let mut limit = Limit::new(20);
        limit.tell(1, start);
        assert_eq!(limit.now(after(start, 9)), 1);
        assert_eq!(limit.now(after(start, 10)), 20);
        limit.tell(2, after(start, 9));
        assert_eq!(limit.now(after(start, 18)), 2);
    }
}
