//! The server's own windows, where its answers tell them: `X-RateLimit-Reset`
//! names the second in which a request was counted, and `X-RateLimit-Remaining`
//! how many of all who use the key were. Time is given, nothing waits.
//!
//! From each answer it is known that some second of the server had begun when its
//! request arrived, and had not ended. A few of them tell where these seconds lie
//! on our clock, as far as jitter allows. A request that is on its way counts in
//! every second in which it may arrive, until its answer says in which it did.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::RateLimitInfo;

/// In microseconds, on our clock.
type Micros = i64;
/// The number of a second, counted from the first one that was named.
type Second = i64;

const SECOND: Micros = 1_000_000;
/// Clocks and timers may be off by this.
const TOLERANCE: Micros = 2_000;
/// After answers that contradict each other, so many must not.
const DOUBT: u32 = 60;
/// What is older says nothing any more.
const FORGOTTEN: Micros = 4 * SECOND;

/// A request that was sent.
#[derive(Clone, Copy, Debug)]
struct Sent {
    id: u64,
    at: Micros,
    counted_in: Option<Second>,
}

/// Where the seconds of the server lie: second `n` begins `n` seconds after a
/// moment between these two.
#[derive(Clone, Copy, Debug)]
struct Phase {
    earliest: Micros,
    latest: Micros,
}

#[derive(Debug, Default)]
pub(super) struct ServerWindows {
    /// When our clock, and the seconds of the server, begin.
    origin: Option<Instant>,
    first: Option<i64>,
    phase: Option<Phase>,
    sent: VecDeque<Sent>,
    /// How much of a second is used by others, as far as that is known.
    others: VecDeque<(Second, u32)>,
    doubt: u32,
}

impl ServerWindows {
    /// A request is sent now. The ids grow.
    pub(super) fn sent(&mut self, id: u64, now: Instant) {
        let at = self.micros(now);
        while self.sent.front().is_some_and(|old| old.at < at - FORGOTTEN) {
            self.sent.pop_front();
        }
        let counted_in = None;
        self.sent.push_back(Sent { id, at, counted_in });
    }

    /// It was not sent after all.
    pub(super) fn unsent(&mut self, id: u64) {
        if let Ok(index) = self.find(id) {
            self.sent.remove(index);
        }
    }

    /// Its answer came, `jitter` later than the fastest could, when requests may be
    /// late by `spread`.
    pub(super) fn answered(
        &mut self,
        id: u64,
        jitter: Duration,
        spread: Duration,
        info: &RateLimitInfo,
    ) {
        let (Ok(index), Some(reset)) = (self.find(id), info.reset) else {
            return;
        };
        let second = reset.saturating_sub(*self.first.get_or_insert(reset));
        let Some(sent) = self.sent.get_mut(index) else {
            return;
        };
        sent.counted_in = Some(second);
        let at = sent.at;
        self.learn(at, micros(jitter), second);
        self.count_others(id, second, spread, info);
        if info.refused {
            // It was not counted.
            self.unsent(id);
        }
    }

    /// Whether the server's windows are known.
    pub(super) const fn are_known(&self) -> bool {
        self.phase.is_some() && self.doubt == 0
    }

    /// Until when a request must wait, so that no window of the server in which it
    /// may arrive counts more than `limit`; none if it need not.
    pub(super) fn full_until(
        &mut self,
        limit: usize,
        spread: Duration,
        now: Instant,
    ) -> Option<Instant> {
        let origin = self.origin?;
        let phase = self.phase.filter(|_| self.doubt == 0)?;
        let (first, last) = phase.seconds(self.micros(now), micros(spread));
        let full = |second: &Second| self.used(*second, phase, spread) >= limit;
        let second = (first..=last.min(first + 2)).rev().find(full)?;
        let end = phase.latest + (second + 1) * SECOND + TOLERANCE;
        Some(origin + Duration::from_micros(u64::try_from(end).ok()?))
    }

    /// How many requests a second may have counted.
    fn used(&self, second: Second, phase: Phase, spread: Duration) -> usize {
        let late = micros(spread);
        let may_count = |sent: &&Sent| match sent.counted_in {
            Some(counted) => counted == second,
            None => {
                let (first, last) = phase.seconds(sent.at, late);
                (first..=last).contains(&second)
            }
        };
        let ours = self.sent.iter().filter(may_count).count();
        let others = self.others.iter().find(|(of, _)| *of == second);
        let others = others.map_or(0, |(_, count)| *count);
        ours.saturating_add(usize::try_from(others).unwrap_or(usize::MAX))
    }

    fn learn(&mut self, sent: Micros, jitter: Micros, second: Second) {
        let told = Phase {
            earliest: sent - (second + 1) * SECOND - TOLERANCE,
            latest: sent + jitter - second * SECOND + TOLERANCE,
        };
        let known = self.phase.unwrap_or(told);
        let both = Phase {
            earliest: known.earliest.max(told.earliest),
            latest: known.latest.min(told.latest),
        };
        if both.earliest <= both.latest {
            self.phase = Some(both);
            self.doubt = self.doubt.saturating_sub(1);
        } else {
            // A clock was set, or the server counts in another way.
            self.phase = Some(told);
            self.doubt = DOUBT;
        }
    }

    /// What is used and not by us is used by others.
    fn count_others(&mut self, id: u64, second: Second, spread: Duration, info: &RateLimitInfo) {
        let Some(phase) = self.phase else { return };
        let used = match (info.limit, info.remaining) {
            (Some(limit), _) if info.refused => limit,
            (Some(limit), Some(remaining)) => limit.saturating_sub(remaining),
            _ => return,
        };
        let late = micros(spread);
        let ours = self.sent.iter().filter(|sent| match sent.counted_in {
            Some(counted) => counted == second && !(info.refused && sent.id == id),
            None => {
                let (first, last) = phase.seconds(sent.at, late);
                (first..=last).contains(&second)
            }
        });
        let ours = u32::try_from(ours.count()).unwrap_or(u32::MAX);
        let others = used.saturating_sub(ours);
        match self.others.iter_mut().find(|(of, _)| *of == second) {
            Some((_, count)) => *count = others.max(*count),
            None => {
                self.others.push_back((second, others));
                if self.others.len() > 4 {
                    self.others.pop_front();
                }
            }
        }
    }

    fn find(&self, id: u64) -> Result<usize, usize> {
        self.sent.binary_search_by_key(&id, |sent| sent.id)
    }

    fn micros(&mut self, at: Instant) -> Micros {
        let origin = *self.origin.get_or_insert(at);
        micros(at.saturating_duration_since(origin))
    }
}

impl Phase {
    /// The seconds of the server in which a request may arrive that is sent then
    /// and may be late.
    fn seconds(self, sent: Micros, late: Micros) -> (Second, Second) {
        let first = (sent - self.latest).div_euclid(SECOND);
        let last = (sent + late - self.earliest).div_euclid(SECOND);
        (first, last)
    }
}

fn micros(duration: Duration) -> Micros {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
#[path = "server_windows_tests.rs"]
mod tests;
