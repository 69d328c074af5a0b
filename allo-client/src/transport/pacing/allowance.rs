//! How many requests a second are allowed now: set by the caller, lowered by what
//! the server says, cut when the limit is hit, and slowly restored.

use tokio::time::Instant;

/// The part of the limit that comes back in a second after a cut.
const RECOVERED: f64 = 0.05;

#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    /// What the caller or `/me` says.
    set: u32,
    /// What the headers say.
    told: Option<u32>,
    /// What was left by the last cut, and when that was.
    cut: Option<(f64, Instant)>,
}

impl Allowance {
    pub(super) const fn new(limit: u32) -> Self {
        Self {
            set: limit,
            told: None,
            cut: None,
        }
    }

    /// Sets the limit, forgetting what was learnt.
    pub(super) const fn set(&mut self, limit: u32) {
        *self = Self::new(limit);
    }

    /// The server names its limit. A higher one than was set changes nothing:
    /// the caller may be sharing the quota on purpose.
    pub(super) const fn tell(&mut self, limit: u32) {
        self.told = Some(limit);
    }

    /// The limit was hit although it was kept: somebody else uses it, too. What
    /// is cut comes back from `end` on.
    pub(super) fn cut(&mut self, now: Instant, end: Instant) {
        self.cut = Some((self.exact(now) / 2.0, end));
    }

    /// How many requests a second are allowed; at least one.
    pub(super) fn now(&mut self, now: Instant) -> u32 {
        let exact = self.exact(now);
        if exact >= f64::from(self.most()) {
            self.cut = None;
            return self.most();
        }
        // It is positive and less than a limit, which is a `u32`.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = exact as u32;
        whole.max(1)
    }

    /// The limit when nothing is cut.
    pub(super) fn most(&self) -> u32 {
        self.told.map_or(self.set, |told| told.min(self.set))
    }

    fn exact(&self, now: Instant) -> f64 {
        let most = f64::from(self.most());
        let Some((left, at)) = self.cut else {
            return most;
        };
        let recovered = now.saturating_duration_since(at).as_secs_f64() * RECOVERED * most;
        (left.max(1.0) + recovered).min(most)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_cut_halves_and_time_restores() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut allowance = Allowance::new(20);
        assert_eq!(allowance.now(start), 20);
        allowance.cut(start, start);
        let seen = [0, 1, 5, 9, 10, 60].map(|seconds| allowance.now(after(seconds)));
        assert_eq!(seen, [10, 11, 15, 19, 20, 20]);
        (0..10).for_each(|_| allowance.cut(after(60), after(60)));
        assert_eq!(allowance.now(after(60)), 1);
        assert_eq!(allowance.now(after(80)), 20);
    }

    #[test]
    fn headers_lower_the_limit_and_give_it_back_but_raise_it_never() {
        let now = Instant::now();
        let mut allowance = Allowance::new(5);
        let mut told = |limit| {
            allowance.tell(limit);
            allowance.now(now)
        };
        assert_eq!([told(2), told(1_000), told(4)], [2, 5, 4]);
        allowance.set(50);
        assert_eq!(allowance.now(now), 50);
    }
}
