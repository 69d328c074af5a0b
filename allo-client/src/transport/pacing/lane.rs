//! The places of one class of requests: which are taken, until when, and when the
//! next one is free. Time is given, nothing waits; that is done in `local`.
//!
//! A place is taken until one second after the latest moment at which its
//! request can have reached the server. Whatever second the server looks at, it
//! then sees no more requests than there are places, be its windows fixed or
//! sliding. How long a request is on its way is learnt from the answers: it has
//! arrived before its answer came back, less most of the fastest round trip.

use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::allowance::Allowance;
use super::queue::{Queue, Ticket};
use super::{Observed, Use, WINDOW};

/// Added to each second, for clocks and timers.
const MARGIN: Duration = Duration::from_millis(5);
/// A request is taken to have arrived after this, answered or not.
const SLOWEST: Duration = Duration::from_millis(500);
/// The least that is taken for it, once round trips are known.
const SLOWEST_IF_KNOWN: Duration = Duration::from_millis(250);
/// No further request is foreseen.
const MOST_FORESEEN: u32 = 10_000;
/// A class is not paused for longer; then the server is asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A place that is taken.
#[derive(Clone, Copy, Debug)]
struct Place {
    id: u64,
    taken_at: Instant,
    free_at: Instant,
}

#[derive(Debug)]
pub(super) struct Lane {
    pub(super) queue: Queue,
    pub(super) allowance: Allowance,
    taken: Vec<Place>,
    places: u64,
    paused_until: Option<Instant>,
    travel: Travel,
    /// Places that may be taken at once before they are spread over the second.
    burst: u32,
    last: Option<Instant>,
}

/// Whether one may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Now, with a place of this id.
    Now(u64),
    /// Not before this, and perhaps then.
    At(Instant),
    /// After somebody else.
    NotNext,
}

impl Lane {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            queue: Queue::default(),
            allowance: Allowance::new(limit),
            taken: Vec::new(),
            places: 0,
            paused_until: None,
            travel: Travel::default(),
            burst: 0,
            last: None,
        }
    }

    /// Takes a place, if it is this one's turn and there is one.
    pub(super) fn take(&mut self, ticket: Ticket, waker: &Waker, now: Instant) -> Turn {
        self.queue.wait(ticket, waker);
        if self.queue.next() != Some(ticket) {
            return Turn::NotNext;
        }
        let free_at = self.next_free(now);
        if free_at > now {
            return Turn::At(free_at);
        }
        self.queue.serve(ticket);
        Turn::Now(self.occupy(now))
    }

    /// When the pause after a 429 ends.
    pub(super) fn paused_until(&self, now: Instant) -> Option<Instant> {
        self.paused_until.filter(|end| *end > now)
    }

    /// What became of a place.
    pub(super) fn end(&mut self, id: u64, what: Use, now: Instant) {
        match what {
            Use::Unused => self.taken.retain(|place| place.id != id),
            // It counts as under way until it must have arrived.
            Use::Lost => {}
            Use::Answered => {
                let place = self.taken.iter_mut().find(|place| place.id == id);
                let Some(place) = place else { return };
                let round_trip = now.saturating_duration_since(place.taken_at);
                self.travel.learn(round_trip);
                let arrived = self.travel.latest_arrival(round_trip);
                place.free_at = place.taken_at + arrived + WINDOW + MARGIN;
            }
        }
    }

    pub(super) fn observe(&mut self, observed: &Observed, now: Instant) {
        if let Some(limit) = observed.limit {
            self.allowance.tell(limit);
        }
        let Some(pause) = observed.pause else { return };
        let end = now + pause.min(LONGEST_PAUSE);
        // Those that were under way together are one sign, not many.
        if self.paused_until(now).is_none() {
            self.allowance.cut(now, end);
        }
        self.paused_until = self.paused_until.max(Some(end));
    }

    fn occupy(&mut self, now: Instant) -> u64 {
        if self.taken.is_empty() {
            self.burst = self.allowance.now(now);
        }
        self.burst = self.burst.saturating_sub(1);
        self.last = Some(now);
        self.places += 1;
        self.taken.push(Place {
            id: self.places,
            taken_at: now,
            free_at: now + self.travel.slowest() + WINDOW + MARGIN,
        });
        self.places
    }

    /// When there is a place, `now` at the earliest.
    fn next_free(&mut self, now: Instant) -> Instant {
        self.taken.retain(|place| place.free_at > now);
        let allowed = self.allowance.now(now);
        let room = self.room_at(allowed, now);
        let spread = self.spread_at(allowed, now);
        room.max(spread).max(self.paused_until.unwrap_or(now))
    }

    /// When fewer places are taken than are allowed.
    fn room_at(&self, allowed: u32, now: Instant) -> Instant {
        let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
        let Some(surplus) = self.taken.len().checked_sub(allowed) else {
            return now;
        };
        let mut ends: Vec<_> = self.taken.iter().map(|place| place.free_at).collect();
        ends.sort_unstable();
        ends.get(surplus).copied().unwrap_or(now)
    }

    /// After a burst the places are spread over the second, so that others who
    /// share the quota find room between them.
    fn spread_at(&self, allowed: u32, now: Instant) -> Instant {
        match self.last {
            Some(last) if self.burst == 0 && !self.taken.is_empty() => {
                last + WINDOW.mul_f64(0.9) / allowed.max(1)
            }
            _ => now,
        }
    }

    /// When the `n`-th of those who come from now on gets a place, if each of them
    /// comes when the one before was answered, after `round_trip`, and nobody else
    /// does.
    pub(super) fn nth_free(&self, n: u32, round_trip: Duration, now: Instant) -> Instant {
        let mut lane = Self {
            queue: Queue::default(),
            taken: self.taken.clone(),
            ..*self
        };
        let waiting = u32::try_from(self.queue.len()).unwrap_or(u32::MAX);
        let mut at = now;
        for number in 0..waiting.saturating_add(n).min(MOST_FORESEEN) {
            // Those who wait already do not wait for each other's answers.
            let answered = if number > waiting {
                at + round_trip
            } else {
                at
            };
            at = lane.next_free(answered).max(answered);
            // What is free by then no longer counts.
            lane.next_free(at);
            lane.occupy(at);
            if let Some(place) = lane.taken.last_mut() {
                place.free_at = at + round_trip + WINDOW + MARGIN;
            }
        }
        at
    }

    /// The fastest answer there was.
    pub(super) const fn fastest(&self) -> Option<Duration> {
        self.travel.fastest
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.taken.len()
    }
}

/// How long requests are on their way.
#[derive(Clone, Copy, Debug, Default)]
struct Travel {
    fastest: Option<Duration>,
    answers: u32,
}

/// So many answers must have come before the fastest of them says something: the
/// first ones had to connect.
const ENOUGH_ANSWERS: u32 = 40;

impl Travel {
    fn learn(&mut self, round_trip: Duration) {
        self.answers = self.answers.saturating_add(1);
        let fastest = self.fastest.unwrap_or(round_trip);
        self.fastest = Some(fastest.min(round_trip));
    }

    fn known(&self) -> Option<Duration> {
        self.fastest.filter(|_| self.answers >= ENOUGH_ANSWERS)
    }

    /// The time after which a request has arrived, if no answer tells better.
    fn slowest(&self) -> Duration {
        let known = |fastest: Duration| (fastest * 3).clamp(SLOWEST_IF_KNOWN, SLOWEST);
        self.known().map_or(SLOWEST, known)
    }

    /// The time after which a request had arrived that took so long to answer.
    fn latest_arrival(&self, round_trip: Duration) -> Duration {
        let way_back = self.known().unwrap_or_default().mul_f64(0.8);
        round_trip.saturating_sub(way_back).min(self.slowest())
    }
}
