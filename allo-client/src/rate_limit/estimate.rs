//! Estimates when a request reaches the server, from measured round trips, and so when its slot is
//! free again. The caller passes the current time; nothing here waits.
//!
//! A client cannot distinguish a late request from a late response. A delay common to all round
//! trips shifts every request equally. Only jitter, the time by which a round trip exceeds the
//! fastest one, can bring two requests closer together at the server than they were sent. Requests
//! that are sent before the first response open new connections, so no common delay is known for
//! them: requests that follow over these connections may be faster than any of them.

use std::time::Duration;

use tokio::time::Instant;

use super::Promise;
use super::window::{CYCLE, Slot};

/// A request without a response is assumed to arrive within this time.
const LATEST: Duration = Duration::from_millis(500);
/// The lower bound of that time once round trips are known.
const LATEST_IF_KNOWN: Duration = Duration::from_millis(100);
/// The same time under the strict promise.
const LATEST_IF_STRICT: Duration = Duration::from_secs(5);
/// Jitter up to this is attributed to the request.
const SMALL: Duration = Duration::from_millis(25);
/// Two 429s within this time are not rare.
const RARE: Duration = Duration::from_secs(10);
/// For this long after them, all jitter is attributed to the request.
const CAREFUL_FOR: Duration = Duration::from_secs(60);
/// Jitter is used only after this many responses.
const ENOUGH_RESPONSES: u32 = 40;

/// Estimates when slots are free again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    promise: Promise,
    trips: RoundTrips,
    first_response: Option<Instant>,
    last_hit: Option<Instant>,
    careful_until: Option<Instant>,
}

impl Estimate {
    pub(super) fn new(promise: Promise) -> Self {
        Self {
            promise,
            trips: RoundTrips::default(),
            first_response: None,
            last_hit: None,
            careful_until: None,
        }
    }

    /// Records a 429 that arrived in spite of the estimate. One is rare; two in a short time mean
    /// that the estimate is wrong, so it becomes careful for a while.
    pub(super) fn hit(&mut self, now: Instant) {
        let again = |last: Instant| now.saturating_duration_since(last) < RARE;
        if self.last_hit.is_some_and(again) {
            self.careful_until = Some(now + CAREFUL_FOR);
        }
        self.last_hit = Some(now);
    }

    /// Whether the estimate is careful: it assumes that each request arrives as late as its round
    /// trip allows.
    pub(super) fn is_careful(&self, now: Instant) -> bool {
        self.careful_until.is_some_and(|until| now < until)
    }

    /// Records a response to a request of either class: from now on there are open connections.
    pub(super) fn heard(&mut self, now: Instant) {
        self.first_response.get_or_insert(now);
    }

    /// The slot of a request that is sent now.
    pub(super) fn slot(&self, id: u64, now: Instant) -> Slot {
        let latest = match self.promise {
            Promise::Strict => LATEST_IF_STRICT,
            Promise::FullUse => self.trips.latest(),
        };
        Slot {
            id,
            free_at: now + CYCLE + latest,
            earliest: now + CYCLE,
        }
    }

    /// The slot after its response has arrived. If the server's own counts are `watched`, they are
    /// more precise about late requests than round trips.
    pub(super) fn answered(&mut self, id: u64, sent: Instant, watched: bool, now: Instant) -> Slot {
        self.trips.learn(now.saturating_duration_since(sent));
        self.heard(now);
        let free_at = match self.promise {
            Promise::Strict => now + CYCLE,
            Promise::FullUse => sent + CYCLE + self.allowance(sent, watched, now),
        };
        Slot {
            id,
            free_at,
            earliest: free_at,
        }
    }

    /// The slot if no response will arrive but the request may still reach the server.
    pub(super) fn lost(&self, slot: Slot, now: Instant) -> Slot {
        let free_at = match self.promise {
            Promise::Strict => slot.free_at.max(now + CYCLE),
            Promise::FullUse => slot.free_at,
        };
        Slot {
            free_at,
            earliest: free_at,
            ..slot
        }
    }

    /// The delay attributed to the request, from its own round trip.
    fn allowance(&self, sent: Instant, watched: bool, now: Instant) -> Duration {
        if self.is_careful(now) {
            let round_trip = now.saturating_duration_since(sent);
            return round_trip.saturating_sub(self.trips.fastest().unwrap_or_default());
        }
        let jitter = self.jitter(sent, now);
        if self.is_first(sent) {
            // Opening a connection delays only the request, never the response.
            return jitter;
        }
        let small = jitter.min(SMALL);
        if watched {
            return small;
        }
        // The jitter may be the request's or the response's: attribute half of it to the request.
        small + (jitter - small) / 2
    }

    /// The time by which this round trip exceeds the fastest possible one.
    pub(super) fn jitter(&self, sent: Instant, now: Instant) -> Duration {
        let fastest = self.trips.fastest().filter(|_| !self.is_first(sent));
        let round_trip = now.saturating_duration_since(sent);
        let jitter = round_trip.saturating_sub(fastest.unwrap_or_default());
        jitter.min(LATEST)
    }

    /// Whether the request was sent before the first response arrived.
    fn is_first(&self, sent: Instant) -> bool {
        self.first_response.is_none_or(|response| sent < response)
    }

    /// How much later than another request a request may arrive.
    pub(super) fn spread(&self) -> Duration {
        self.trips.spread().unwrap_or(LATEST)
    }

    /// How long a slot is taken if its round trip takes `round_trip`.
    pub(super) fn cycle(&self, round_trip: Duration) -> Duration {
        match self.promise {
            Promise::Strict => round_trip + CYCLE,
            Promise::FullUse => CYCLE,
        }
    }

    /// The fastest recent round trip.
    pub(super) fn fastest(&self) -> Option<Duration> {
        self.trips.fastest()
    }

    /// Whether slots alone guarantee that no window of the server is exceeded.
    pub(super) fn is_certain(&self, now: Instant) -> bool {
        self.promise == Promise::Strict || self.is_careful(now)
    }

    pub(super) const fn promise(&self) -> Promise {
        self.promise
    }
}

/// Recent round trips: those of this period and of the one before.
#[derive(Clone, Copy, Debug, Default)]
struct RoundTrips {
    responses: u32,
    this: Option<Range>,
    before: Option<Range>,
}

/// The fastest and the slowest round trip.
type Range = (Duration, Duration);

/// The number of responses in a period.
const TURN: u32 = 256;

impl RoundTrips {
    fn learn(&mut self, round_trip: Duration) {
        self.responses = self.responses.saturating_add(1);
        if self.responses.is_multiple_of(TURN) {
            self.before = self.this.take();
        }
        let (fastest, slowest) = self.this.unwrap_or((round_trip, round_trip));
        self.this = Some((fastest.min(round_trip), slowest.max(round_trip)));
    }

    fn ranges(&self) -> impl Iterator<Item = Range> {
        self.this.into_iter().chain(self.before)
    }

    fn fastest(&self) -> Option<Duration> {
        self.ranges().map(|(fastest, _)| fastest).min()
    }

    fn spread(&self) -> Option<Duration> {
        let slowest = self.ranges().map(|(_, slowest)| slowest).max()?;
        let spread = slowest.saturating_sub(self.fastest()?);
        (self.responses >= ENOUGH_RESPONSES).then(|| spread.min(LATEST))
    }

    /// How late a request without a response may arrive.
    fn latest(&self) -> Duration {
        let known = |spread: Duration| (spread * 2).clamp(LATEST_IF_KNOWN, LATEST);
        self.spread().map_or(LATEST, known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// When the slot of a request is free, in milliseconds from sending it, if its response takes
    /// this long.
    fn free_after(estimate: &mut Estimate, round_trip: u32, watched: bool) -> u128 {
        let sent = Instant::now();
        let slot = estimate.answered(1, sent, watched, sent + MS * round_trip);
        (slot.free_at - sent).as_millis()
    }

    /// An estimate that has received a response before.
    fn after_a_response() -> Estimate {
        Estimate {
            first_response: Some(Instant::now()),
            ..Estimate::new(Promise::FullUse)
        }
    }

    #[test]
    fn what_was_sent_before_any_response_may_arrive_as_late_as_its_own_came() {
        let mut estimate = Estimate::new(Promise::FullUse);
        for trip in [300, 400] {
            let after = u128::from(trip) + 1_005;
            assert_eq!(free_after(&mut estimate, trip, true), after);
        }
        assert_eq!(free_after(&mut estimate, 9_000, false), 1_005 + 500);
    }

    #[test]
    fn what_all_round_trips_have_in_common_delays_nobody() {
        let mut estimate = after_a_response();
        for _ in 0..100 {
            assert_eq!(free_after(&mut estimate, 400, false), 1_005);
        }
        assert_eq!(free_after(&mut estimate, 420, true), 1_025);
        assert_eq!(free_after(&mut estimate, 420, false), 1_025);
        assert_eq!(free_after(&mut estimate, 500, true), 1_030);
        assert_eq!(free_after(&mut estimate, 500, false), 1_005 + 25 + 37);
    }

    #[test]
    fn strict_waits_a_window_from_each_response_on() {
        let mut estimate = Estimate::new(Promise::Strict);
        for trip in [0, 1_500, 3] {
            let after = u128::from(trip) + 1_005;
            assert_eq!(free_after(&mut estimate, trip, true), after);
        }
        let sent = Instant::now();
        let slot = estimate.slot(1, sent);
        assert!(slot.free_at >= sent + LATEST_IF_STRICT + CYCLE);
        let lost = estimate.lost(slot, sent + MS * 9_000);
        assert_eq!(lost.free_at, sent + MS * 9_000 + CYCLE);
    }

    #[test]
    fn without_a_response_a_request_is_late_as_others_were() {
        let mut estimate = Estimate::new(Promise::FullUse);
        let held = |estimate: &Estimate| {
            let now = Instant::now();
            (estimate.slot(1, now).free_at - now - CYCLE).as_millis()
        };
        assert_eq!(held(&estimate), 500);
        for _ in 0..50 {
            free_after(&mut estimate, 30, false);
        }
        assert_eq!(held(&estimate), 100);
        free_after(&mut estimate, 130, false);
        assert_eq!((held(&estimate), estimate.spread()), (200, MS * 100));
        // The estimate forgets the hit in the end.
        for _ in 0..600 {
            free_after(&mut estimate, 60, false);
        }
        assert_eq!((held(&estimate), estimate.fastest()), (100, Some(MS * 60)));
    }
}
