//! The one-second windows of the server, learned from its responses: `X-RateLimit-Reset` names the
//! window in which a request was counted, `X-RateLimit-Remaining` how many requests of all users of
//! the key were counted in it. The caller passes the current time; nothing here waits.
//!
//! Each response shows that a certain window of the server had begun and not ended when the request
//! arrived. A few responses locate the windows on the local clock as precisely as jitter allows. A
//! request without a response counts in every window in which it may arrive; the response says in
//! which one it did.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::RateLimitInfo;

/// A time in microseconds on the local clock.
type Micros = i64;
/// The number of a window, counted from the first one that a response named.
type Second = i64;

const SECOND: Micros = 1_000_000;
/// The tolerance for inaccurate clocks and timers.
const TOLERANCE: Micros = 2_000;
/// After contradicting responses, this many must agree.
const DOUBT: u32 = 60;
/// Data older than this is discarded.
const FORGOTTEN: Micros = 4 * SECOND;

/// A request that was sent.
#[derive(Clone, Copy, Debug)]
struct Sent {
    id: u64,
    at: Micros,
    counted_in: Option<Second>,
}

/// The position of the server's windows: window `n` begins `n` seconds after a time between these
/// two.
#[derive(Clone, Copy, Debug)]
struct Phase {
    earliest: Micros,
    latest: Micros,
}

#[derive(Debug, Default)]
pub(super) struct ServerWindows {
    /// The origin of the local clock and of the server's windows.
    origin: Option<Instant>,
    first: Option<i64>,
    phase: Option<Phase>,
    sent: VecDeque<Sent>,
    /// How many requests of a window other clients have used, as far as known.
    others: VecDeque<(Second, u32)>,
    doubt: u32,
}

impl ServerWindows {
    /// Records a request that is sent now. Ids increase.
    pub(super) fn sent(&mut self, id: u64, now: Instant) {
        let at = self.micros(now);
        while self.sent.front().is_some_and(|old| old.at < at - FORGOTTEN) {
            self.sent.pop_front();
        }
        let counted_in = None;
        self.sent.push_back(Sent { id, at, counted_in });
    }

    /// Records that the request was not sent after all.
    pub(super) fn unsent(&mut self, id: u64) {
        if let Ok(index) = self.find(id) {
            self.sent.remove(index);
        }
    }

    /// Records a response. `jitter` is the time by which its round trip exceeds the fastest
    /// possible one; `spread` is how late requests may be.
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
            // The request was not counted.
            self.unsent(id);
        }
    }

    /// Whether the position of the server's windows is known.
    pub(super) const fn are_known(&self) -> bool {
        self.phase.is_some() && self.doubt == 0
    }

    /// Until when a request has to wait so that no window in which it may arrive counts more than
    /// `limit` requests; `None` if it need not wait.
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

    /// The number of requests that a window may have counted.
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
            // The clock was changed, or the server counts differently.
            self.phase = Some(told);
            self.doubt = DOUBT;
        }
    }

    /// Requests that were counted and not sent by this client were sent by other clients.
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
    /// The windows of the server in which a request may arrive that is sent at this time and may be
    /// late.
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
