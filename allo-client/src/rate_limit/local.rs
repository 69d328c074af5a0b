//! The default pacer: one process, in memory, without a background task. Each waiter has its own
//! timer in the runtime that polls it, so no waiter depends on another future or runtime being
//! polled.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Id;
use tokio::time::{Instant, Sleep, sleep_until};

use super::class::{Asking, Class, Turn};
use super::queue::Ticket;
use super::{AcquireTimeout, Limits, PaceRequest, Pacer, Permit, Promise, RateLimitInfo};
use crate::model::operation::RateClass;
use crate::support::box_future::BoxFuture;
use crate::support::current_runtime::current_runtime;

/// The shortest round trip that an estimate of waiting time assumes.
const LEAST_ROUND_TRIP: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub(super) struct LocalPacer {
    pub(super) reads: SharedClass,
    pub(super) writes: SharedClass,
}

impl LocalPacer {
    pub(super) fn new(limits: Limits, promise: Promise, max_waiting: Option<usize>) -> Self {
        Self {
            reads: SharedClass::new(Class::new(limits.reads, promise, max_waiting)),
            writes: SharedClass::new(Class::new(limits.writes, promise, max_waiting)),
        }
    }

    pub(super) const fn class(&self, class: RateClass) -> &SharedClass {
        match class {
            RateClass::Read => &self.reads,
            RateClass::Write => &self.writes,
        }
    }
}

impl Pacer for LocalPacer {
    fn acquire(&self, request: PaceRequest) -> BoxFuture<Result<Permit, AcquireTimeout>> {
        let class = self.class(request.operation.rate_class());
        Box::pin(Acquire::new(class.clone(), request))
    }

    fn observe(&self, class: RateClass, info: &RateLimitInfo) {
        let now = Instant::now();
        for one in [&self.reads, &self.writes] {
            one.lock().heard(now);
        }
        let shared = self.class(class);
        let is_worse = shared.change(|class| class.observe(info, now));
        if is_worse {
            // A caller that cannot wait that long has to be told.
            shared.wake_all();
        }
    }

    fn limits(&self) -> Option<Limits> {
        let now = Instant::now();
        let most = |class: &SharedClass| class.lock().limit.most(now);
        Some(Limits::new(most(&self.reads), most(&self.writes)))
    }

    fn earliest(&self, class: RateClass, n: u32) -> Option<Duration> {
        let now = Instant::now();
        let fastest = |class: &SharedClass| class.lock().fastest();
        let known = fastest(self.class(class));
        let known = known
            .or_else(|| fastest(&self.reads))
            .or_else(|| fastest(&self.writes));
        let round_trip = known.unwrap_or_default().max(LEAST_ROUND_TRIP);
        let at = self.class(class).lock().nth_free(n, round_trip, now);
        Some(at.saturating_duration_since(now))
    }

    fn set_limits(&self, limits: Limits) {
        let limits = Limits::new(limits.reads, limits.writes);
        for class in [RateClass::Read, RateClass::Write] {
            let shared = self.class(class);
            shared.change(|one| one.limit.set(limits.of(class)));
            shared.wake_all();
        }
    }
}

/// A class and its waiters.
#[derive(Clone, Debug)]
pub(super) struct SharedClass(Arc<Mutex<Class>>);

impl SharedClass {
    fn new(class: Class) -> Self {
        Self(Arc::new(Mutex::new(class)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Class> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the class, then wakes the waiters that the change affects.
    fn change<T>(&self, change: impl FnOnce(&mut Class) -> T) -> T {
        let mut class = self.lock();
        let result = change(&mut class);
        let called = class.call(Instant::now());
        drop(class);
        called.into_iter().for_each(std::task::Waker::wake);
        result
    }

    fn wake_all(&self) {
        let wakers = self.lock().queue.wakers();
        wakers.into_iter().for_each(std::task::Waker::wake);
    }
}

/// Waits for a slot. Dropping it gives up the place in the queue.
struct Acquire {
    class: SharedClass,
    request: PaceRequest,
    started: Instant,
    /// The ticket while it waits.
    ticket: Option<Ticket>,
    timer: Option<Timer>,
}

/// A timer and the runtime that drives it.
struct Timer {
    sleep: Pin<Box<Sleep>>,
    runtime: Option<Id>,
}

impl Timer {
    fn new(at: Instant) -> Self {
        Self {
            sleep: Box::pin(sleep_until(at)),
            runtime: current_runtime(),
        }
    }
}

impl Acquire {
    fn new(class: SharedClass, request: PaceRequest) -> Self {
        Self {
            class,
            request,
            started: Instant::now(),
            ticket: None,
            timer: None,
        }
    }

    fn turn(&mut self, context: &Context<'_>) -> Turn {
        let max_wait = self.request.max_wait;
        let asking = Asking {
            request: &self.request,
            waker: context.waker(),
            gives_up: max_wait.and_then(|max_wait| self.started.checked_add(max_wait)),
        };
        let ticket = &mut self.ticket;
        let now = Instant::now();
        self.class.change(|class| class.take(ticket, &asking, now))
    }

    fn permit(&self, id: u64) -> Permit {
        let class = self.class.clone();
        let sent = Instant::now();
        Permit::new(move |outcome| {
            class.change(|class| class.end(id, sent, &outcome, Instant::now()));
        })
    }

    /// Whether the timer has elapsed. If not, it will wake the task.
    fn is_due(&mut self, at: Instant, context: &mut Context<'_>) -> bool {
        let here = current_runtime();
        // A timer of another runtime elapses only if that runtime is driven.
        let timer = self.timer.take().filter(|timer| timer.runtime == here);
        let mut timer = timer.unwrap_or_else(|| Timer::new(at));
        if timer.sleep.deadline() != at {
            timer.sleep.as_mut().reset(at);
        }
        let due = timer.sleep.as_mut().poll(context).is_ready();
        self.timer = Some(timer);
        due
    }
}

impl Future for Acquire {
    type Output = Result<Permit, AcquireTimeout>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            match this.turn(context) {
                Turn::Never(timeout) => return Poll::Ready(Err(timeout)),
                Turn::Now(id) => return Poll::Ready(Ok(this.permit(id))),
                Turn::At(at) if this.is_due(at, context) => {}
                Turn::At(_) => return Poll::Pending,
            }
        }
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.class.change(|class| class.queue.leave(ticket));
        }
    }
}
