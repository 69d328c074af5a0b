//! Exponential backoff with full jitter, used when the server does not say how long to wait. The delay that the server
//! asks for is in `retry_after`.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The maximum jitter added to the delay that the server asks for. Jitter is at most a tenth of that delay; it spreads
/// clients that wait for the same moment.
const MAX_EXTRA: Duration = Duration::from_millis(500);

/// Exponential backoff between attempts, used if the server does not say how long to wait.
///
/// Before the n-th retry the wait is a random time between zero and `base`·2ⁿ⁻¹, at most `cap`
/// ("full jitter"), so that callers that failed together do not retry together.
///
/// ```
/// use std::time::Duration;
/// use allo_client::Backoff;
///
/// let patient = Backoff::new().base(Duration::from_secs(1)).cap(Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Backoff {
    base: Duration,
    cap: Duration,
    seed: Option<u64>,
}

impl Backoff {
    /// At most 250 ms before the first retry, and at most 20 s before any retry.
    pub const fn new() -> Self {
        Self {
            base: Duration::from_millis(250),
            cap: Duration::from_secs(20),
            seed: None,
        }
    }

    /// Sets the maximum of the first wait.
    pub const fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// Sets the maximum of any wait.
    pub const fn cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// Seeds the random waits, so that they are the same on every run, for tests.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The delay before a retry, after `repeated` earlier retries. `asked` is the delay that the server asks for.
    pub(crate) fn delay(&self, repeated: u32, asked: Option<Duration>, rng: &Rng) -> Delay {
        match asked.filter(|delay| !delay.is_zero()) {
            Some(least) => {
                let extra = rng.up_to((least / 10).min(MAX_EXTRA));
                let wait = least.saturating_add(extra);
                Delay { least, wait }
            }
            None => {
                let wait = rng.up_to(self.most(repeated));
                Delay { least: wait, wait }
            }
        }
    }

    /// The maximum wait before a retry, after `repeated` earlier retries.
    fn most(&self, repeated: u32) -> Duration {
        let factor = 2_u32.checked_pow(repeated).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.cap)
    }

    pub(super) fn rng(&self) -> Rng {
        let rng = self
            .seed
            .map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        Rng(Mutex::new(rng))
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

/// A delay before a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delay {
    /// The minimum that makes sense.
    pub(crate) least: Duration,
    /// The same with jitter.
    pub(crate) wait: Duration,
}

/// The random number generator of a client.
#[derive(Debug)]
pub(crate) struct Rng(Mutex<fastrand::Rng>);

impl Rng {
    /// A uniformly random time from zero to `most`.
    pub(crate) fn up_to(&self, most: Duration) -> Duration {
        let nanos = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX);
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_nanos(rng.u64(0..=nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_doubles_up_to_the_cap_and_never_overflows() {
        let backoff = Backoff::new();
        let expected = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000];
        for (repeated, millis) in (0..).zip(expected) {
            assert_eq!(backoff.most(repeated), Duration::from_millis(millis));
        }
        assert_eq!(backoff.most(u32::MAX), Duration::from_secs(20));
        let endless = backoff.base(Duration::MAX).cap(Duration::MAX);
        assert_eq!(endless.most(u32::MAX), Duration::MAX);
    }

    #[test]
    fn jitter_is_full_uniform_and_repeats_with_its_seed() {
        let draw = |seed| {
            let rng = Backoff::new().seed(seed).rng();
            let most = Duration::from_millis(1_000);
            (0..10_000).map(|_| rng.up_to(most)).collect::<Vec<_>>()
        };
        let waits = draw(7);
        assert_eq!(waits, draw(7));
        assert_ne!(waits, draw(8));
        for tenth in 0..10 {
            let range =
                Duration::from_millis(tenth * 100)..Duration::from_millis(tenth * 100 + 100);
            let hits = waits.iter().filter(|wait| range.contains(*wait)).count();
            assert!((850..1_150).contains(&hits), "{hits} in {range:?}");
        }
        let never = Backoff::new().rng();
        assert_eq!(never.up_to(Duration::ZERO), Duration::ZERO);
    }
}
