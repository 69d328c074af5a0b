//! The state of one class of requests (reads or writes): the window, the limit, the estimate and
//! the queue. The caller passes the current time; nothing here waits or reads a clock, `local`
//! does.

use std::collections::VecDeque;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::estimate::Estimate;
use super::limit::Limit;
use super::queue::{GRACE, Queue, Ticket};
use super::server_windows::ServerWindows;
use super::window::{WINDOW, Window};
use super::{AcquireTimeout, PaceRequest, PermitOutcome, Promise, RateLimitInfo};

/// The most requests that an estimate of waiting time looks ahead.
const MOST_FORESEEN: u32 = 10_000;
/// The longest pause of a class. After it, a request asks the server again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How many waiters at the front of the queue check in turn whether the waiter before them takes
/// its slot.
const LOOKOUTS: usize = 4;
/// All other waiters check again after this fraction of their remaining wait.
const LOOK_AGAIN: u32 = 8;

#[derive(Debug)]
pub(super) struct Class {
    pub(super) queue: Queue,
    pub(super) limit: Limit,
    window: Window,
    estimate: Estimate,
    server: ServerWindows,
    ids: u64,
    last_sent: Option<Instant>,
    paused_until: Option<Instant>,
    /// Responses 429 until then belong to the rate-limit hit that was already counted.
    hit_until: Option<Instant>,
    max_waiting: Option<usize>,
}

/// The result of asking for a slot.
#[derive(Debug)]
pub(super) enum Turn {
    /// Granted: the id of the slot.
    Now(u64),
    /// Not before this time. Ask again then.
    At(Instant),
    /// No slot comes free before the caller's deadline, or the queue is full.
    Never(AcquireTimeout),
}

/// A waiter that asks for a slot.
pub(super) struct Asking<'a> {
    pub(super) request: &'a PaceRequest,
    pub(super) waker: &'a Waker,
    /// The deadline of the caller.
    pub(super) gives_up: Option<Instant>,
}

impl Class {
    pub(super) fn new(limit: u32, promise: Promise, max_waiting: Option<usize>) -> Self {
        Self {
            queue: Queue::default(),
            limit: Limit::new(limit),
            window: Window::default(),
            estimate: Estimate::new(promise),
            server: ServerWindows::default(),
            ids: 0,
            last_sent: None,
            paused_until: None,
            hit_until: None,
            max_waiting,
        }
    }

    /// Takes a slot if this waiter is next and a slot is free. Otherwise puts the waiter into the
    /// queue and its ticket into `place`.
    pub(super) fn take(
        &mut self,
        place: &mut Option<Ticket>,
        asking: &Asking<'_>,
        now: Instant,
    ) -> Turn {
        self.queue.pass_over(now);
        let next = self.next_free(now);
        let is_new = place.is_none();
        let ticket = *place.get_or_insert_with(|| self.queue.ticket(asking.request));
        let ahead = self.queue.ahead_of(ticket);
        let due = self.due(ahead, next, now);
        let turn = if due <= now {
            self.queue.serve(ticket);
            Turn::Now(self.send(now))
        } else {
            let alarm = Self::alarm(ahead, is_new, next, due, now);
            self.wait(is_new, ahead, alarm, asking, now)
        };
        match turn {
            Turn::At(alarm) => self.queue.wait(ticket, asking.waker, alarm),
            Turn::Now(_) | Turn::Never(_) => {
                self.queue.leave(ticket);
                *place = None;
            }
        }
        turn
    }

    /// Decides how long a waiter waits, or that waiting is useless because of its deadline or a
    /// full queue.
    fn wait(
        &self,
        is_new: bool,
        ahead: usize,
        alarm: Instant,
        asking: &Asking<'_>,
        now: Instant,
    ) -> Turn {
        let is_full = self
            .max_waiting
            .is_some_and(|most| self.queue.len() >= most);
        if is_new && is_full && !asking.request.is_retry {
            let wait = self.at_best(ahead, now) - now;
            return Turn::Never(AcquireTimeout::queue_full(wait));
        }
        let Some(gives_up) = asking.gives_up else {
            return Turn::At(alarm);
        };
        let at_best = self.at_best(ahead, now);
        if at_best >= gives_up || gives_up <= now {
            return Turn::Never(AcquireTimeout::after(at_best - now));
        }
        Turn::At(alarm.min(gives_up))
    }

    /// The earliest time at which a waiter with `ahead` waiters before it can be served.
    fn at_best(&self, ahead: usize, now: Instant) -> Instant {
        let limit = self.limit.now(now);
        let free = self.window.nth_free_at_best(limit, ahead, now);
        free.max(self.paused_until.unwrap_or(now))
    }

    /// When a waiter with `ahead` waiters before it is served if all of them take their slots.
    fn due(&self, ahead: usize, next: Instant, now: Instant) -> Instant {
        let limit = self.limit.now(now);
        let free = self.window.nth_free(limit, ahead, now).max(next);
        match self.interval(now) {
            Some(interval) => free.max(next + interval * u32::try_from(ahead).unwrap_or(0)),
            None => free,
        }
    }

    /// When a waiter that cannot be served now asks again.
    fn alarm(ahead: usize, is_new: bool, next: Instant, due: Instant, now: Instant) -> Instant {
        if next <= now {
            // The waiters ahead were woken. If they are not polled, they are passed over.
            return due.min(now + GRACE);
        }
        // The newest waiter is the one most likely to be polled again.
        let looks_out = is_new || ahead <= LOOKOUTS;
        let after = u32::try_from(ahead.min(LOOKOUTS)).unwrap_or(0);
        let soon = next + GRACE * after;
        let later = now + (due - now) / LOOK_AGAIN;
        due.min(if looks_out { soon } else { soon.max(later) })
    }

    /// Finds the waiters that can be served now, or earlier than their alarm, and returns their
    /// wakers.
    pub(super) fn call(&mut self, now: Instant) -> Vec<Waker> {
        if self.queue.waiting() == 0 {
            return Vec::new();
        }
        self.queue.pass_over(now);
        let next = self.next_free(now);
        let limit = self.limit.now(now);
        let free = if next > now {
            0
        } else {
            self.window.free(limit)
        };
        let mut wakers = Vec::new();
        for (ahead, ticket) in self.queue.first(free.max(2)).into_iter().enumerate() {
            let due = self.due(ahead, next, now);
            if self.queue.alarm(ticket).is_some_and(|alarm| alarm > due) {
                wakers.extend(self.queue.call(ticket, now));
            }
        }
        wakers
    }

    /// Takes a slot for a request that is sent now.
    fn send(&mut self, now: Instant) -> u64 {
        self.ids += 1;
        self.last_sent = Some(now);
        self.window.take(self.estimate.slot(self.ids, now));
        if self.estimate.promise() == Promise::FullUse {
            self.server.sent(self.ids, now);
        }
        self.ids
    }

    /// Handles the end of the slot that was taken at `sent`.
    pub(super) fn end(&mut self, id: u64, sent: Instant, outcome: &PermitOutcome, now: Instant) {
        let slot = self.window.release(id);
        match outcome {
            PermitOutcome::Unused => self.server.unsent(id),
            PermitOutcome::Lost => {
                if let Some(slot) = slot {
                    self.window.take(self.estimate.lost(slot, now));
                }
            }
            PermitOutcome::Answered(info) => self.answered(id, sent, info, now),
        }
    }

    fn answered(&mut self, id: u64, sent: Instant, info: &RateLimitInfo, now: Instant) {
        self.limit.count(info.refused);
        let watched = info.reset.is_some() && self.server.are_known();
        let slot = self.estimate.answered(id, sent, watched, now);
        if slot.free_at > now {
            self.window.take(slot);
        }
        if self.estimate.promise() == Promise::FullUse {
            let jitter = self.estimate.jitter(sent, now);
            let spread = self.estimate.spread();
            self.server.answered(id, jitter, spread, info);
        }
    }

    /// Records that a response arrived, to a request of any class.
    pub(super) fn heard(&mut self, now: Instant) {
        self.estimate.heard(now);
    }

    /// Applies the rate limit headers of a response. Returns whether all waiters have to be woken.
    pub(super) fn observe(&mut self, info: &RateLimitInfo, now: Instant) -> bool {
        if let Some(limit) = info.limit {
            self.limit.tell(limit, now);
        }
        let Some(pause) = info.pause else {
            return false;
        };
        let end = now + pause.min(LONGEST_PAUSE);
        // Several 429s to concurrent requests count as one hit.
        if self.hit_until.is_none_or(|until| until <= now) {
            self.hit_until = Some(end);
            if self.estimate.is_careful(now) {
                // The estimate is already careful, so it is not the cause of this hit.
                self.limit.hit(now, end);
            }
            self.estimate.hit(now);
        }
        if pause <= WINDOW && info.reset.is_some() && self.server.are_known() {
            // Only the window is full, and the time at which it ends is known.
            return false;
        }
        let is_longer = self.paused_until.is_none_or(|until| until < end);
        self.paused_until = self.paused_until.max(Some(end));
        is_longer
    }

    /// When the next slot is free; `now` at the earliest.
    fn next_free(&mut self, now: Instant) -> Instant {
        self.window.expire(now);
        self.paused_until = self.paused_until.filter(|until| *until > now);
        let limit = self.limit.now(now);
        let free = self.window.nth_free(limit, 0, now);
        let free = free.max(self.paused_until.unwrap_or(now));
        if free > now {
            return free;
        }
        let free = free.max(self.spread_at(now));
        if self.estimate.is_certain(now) {
            return free;
        }
        let most = usize::try_from(self.limit.most(now)).unwrap_or(usize::MAX);
        let full = self.server.full_until(most, self.estimate.spread(), now);
        free.max(full.unwrap_or(now))
    }

    /// When the next request may be sent while requests are spread over the window.
    fn spread_at(&self, now: Instant) -> Instant {
        let interval = self.interval(now);
        let next = self.last_sent.zip(interval);
        next.map_or(now, |(last, interval)| last + interval)
    }

    /// The interval between requests while other clients use the same key, so that their requests
    /// find free slots in between. `None` if no other client is known.
    fn interval(&self, now: Instant) -> Option<Duration> {
        let limit = u32::try_from(self.limit.now(now)).unwrap_or(u32::MAX);
        let spread = WINDOW.mul_f64(0.9) / limit;
        self.limit.is_cut(now).then_some(spread)
    }

    /// When the `n`-th future request gets a slot if requests are sent one after another, each when
    /// the response to the one before has arrived after `round_trip`, and no other caller sends
    /// any.
    pub(super) fn nth_free(&self, n: u32, round_trip: Duration, now: Instant) -> Instant {
        let limit = self.limit.now(now);
        let mut ends: VecDeque<_> = self.window.ends().filter(|end| *end > now).collect();
        let waiting = u32::try_from(self.queue.waiting()).unwrap_or(u32::MAX);
        let mut at = self.paused_until.map_or(now, |until| until.max(now));
        for number in 0..waiting.saturating_add(n).min(MOST_FORESEEN) {
            // Requests that wait already do not wait for each other's responses.
            if number > waiting {
                at += round_trip;
            }
            while ends.len() >= limit {
                at = at.max(ends.pop_front().unwrap_or(at));
            }
            while ends.front().is_some_and(|end| *end <= at) {
                ends.pop_front();
            }
            ends.push_back(at + self.estimate.cycle(round_trip));
        }
        at
    }

    /// The fastest recent round trip.
    pub(super) fn fastest(&self) -> Option<Duration> {
        self.estimate.fastest()
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.window.taken()
    }
}
