//! One class of requests: its window, its limit, its estimate and its queue put
//! together. Time is given, nothing waits; that is done in `local`.

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

/// No further request is foreseen.
const MOST_FORESEEN: u32 = 10_000;
/// A class is not paused for longer; then the server is asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// So many of those who wait look whether whoever is next takes its slot.
const LOOKOUTS: usize = 4;
/// The others look again after this part of the time they are to wait.
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
    /// Refusals until then belong to one that came before.
    hit_until: Option<Instant>,
    max_waiting: Option<usize>,
}

/// Whether one may go.
#[derive(Debug)]
pub(super) enum Turn {
    /// Now, with a slot of this id.
    Now(u64),
    /// Not before this, and perhaps then.
    At(Instant),
    /// It is certain that it is too late, or too many wait.
    Never(AcquireTimeout),
}

/// One who asks for a slot.
pub(super) struct Asking<'a> {
    pub(super) request: &'a PaceRequest,
    pub(super) waker: &'a Waker,
    /// When it goes away.
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

    /// Takes a slot, if it is this one's turn and there is one. Else it waits from
    /// now on, with the ticket that is then put in its place.
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

    /// Until when one waits, unless that is in vain.
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

    /// When one is served with so many ahead, if everything goes well.
    fn at_best(&self, ahead: usize, now: Instant) -> Instant {
        let limit = self.limit.now(now);
        let free = self.window.nth_free_at_best(limit, ahead, now);
        free.max(self.paused_until.unwrap_or(now))
    }

    /// When one goes with so many ahead that all come for their slots.
    fn due(&self, ahead: usize, next: Instant, now: Instant) -> Instant {
        let limit = self.limit.now(now);
        let free = self.window.nth_free(limit, ahead, now).max(next);
        match self.interval(now) {
            Some(interval) => free.max(next + interval * u32::try_from(ahead).unwrap_or(0)),
            None => free,
        }
    }

    /// When one is to look again that cannot go now.
    fn alarm(ahead: usize, is_new: bool, next: Instant, due: Instant, now: Instant) -> Instant {
        if next <= now {
            // Those ahead were called, and are passed over if they do not come.
            return due.min(now + GRACE);
        }
        // The newest one is likely to be polled again, whatever became of the rest.
        let looks_out = is_new || ahead <= LOOKOUTS;
        let after = u32::try_from(ahead.min(LOOKOUTS)).unwrap_or(0);
        let soon = next + GRACE * after;
        let later = now + (due - now) / LOOK_AGAIN;
        due.min(if looks_out { soon } else { soon.max(later) })
    }

    /// Calls those who could go now, or earlier than they think. Returns how they
    /// are woken.
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

    /// Takes a slot.
    fn send(&mut self, now: Instant) -> u64 {
        self.ids += 1;
        self.last_sent = Some(now);
        self.window.take(self.estimate.slot(self.ids, now));
        if self.estimate.promise() == Promise::FullUse {
            self.server.sent(self.ids, now);
        }
        self.ids
    }

    /// What became of a slot that was taken at `sent`.
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

    /// An answer came, of whatever class.
    pub(super) fn heard(&mut self, now: Instant) {
        self.estimate.heard(now);
    }

    /// What an answer says about the class. Whether everybody is to be woken.
    pub(super) fn observe(&mut self, info: &RateLimitInfo, now: Instant) -> bool {
        if let Some(limit) = info.limit {
            self.limit.tell(limit, now);
        }
        let Some(pause) = info.pause else {
            return false;
        };
        let end = now + pause.min(LONGEST_PAUSE);
        // Those that were under way together are one sign, not many.
        if self.hit_until.is_none_or(|until| until <= now) {
            self.hit_until = Some(end);
            if self.estimate.is_careful(now) {
                // It is not for our estimate that the limit is hit.
                self.limit.hit(now, end);
            }
            self.estimate.hit(now);
        }
        if pause <= WINDOW && info.reset.is_some() && self.server.are_known() {
            // Only the window is full, and it is known when that ends.
            return false;
        }
        let is_longer = self.paused_until.is_none_or(|until| until < end);
        self.paused_until = self.paused_until.max(Some(end));
        is_longer
    }

    /// When a slot is free, `now` at the earliest.
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

    /// The next moment for a request while they are spread.
    fn spread_at(&self, now: Instant) -> Instant {
        let interval = self.interval(now);
        let next = self.last_sent.zip(interval);
        next.map_or(now, |(last, interval)| last + interval)
    }

    /// While others use the key too, requests are spread over the second, so that
    /// they find room between them.
    fn interval(&self, now: Instant) -> Option<Duration> {
        let limit = u32::try_from(self.limit.now(now)).unwrap_or(u32::MAX);
        let spread = WINDOW.mul_f64(0.9) / limit;
        self.limit.is_cut(now).then_some(spread)
    }

    /// When the `n`-th of those who come from now on gets a slot, if each of them
    /// comes when the one before was answered, after `round_trip`, and nobody else
    /// does.
    pub(super) fn nth_free(&self, n: u32, round_trip: Duration, now: Instant) -> Instant {
        let limit = self.limit.now(now);
        let mut ends: VecDeque<_> = self.window.ends().filter(|end| *end > now).collect();
        let waiting = u32::try_from(self.queue.waiting()).unwrap_or(u32::MAX);
        let mut at = self.paused_until.map_or(now, |until| until.max(now));
        for number in 0..waiting.saturating_add(n).min(MOST_FORESEEN) {
            // Those who wait already do not wait for each other's answers.
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

    /// The fastest answer there was.
    pub(super) fn fastest(&self) -> Option<Duration> {
        self.estimate.fastest()
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.window.taken()
    }
}
