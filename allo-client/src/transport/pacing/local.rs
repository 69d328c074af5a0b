//! The default pacer: one process, in memory, without a task of its own. Whoever
//! is next sets a timer; nobody else is woken before it is their turn.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::lane::{Lane, Turn};
use super::queue::Ticket;
use super::{Limits, Observed, PaceRequest, Pacer, Permit, TooLong, Use};
use crate::operation::RateClass;
use crate::runtime::BoxFuture;

/// No answer is foreseen to be faster.
const LEAST_ROUND_TRIP: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub(super) struct LocalPacer {
    pub(super) reads: SharedLane,
    pub(super) writes: SharedLane,
}

impl LocalPacer {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            reads: SharedLane::new(limits.reads),
            writes: SharedLane::new(limits.writes),
        }
    }

    pub(super) const fn lane(&self, class: RateClass) -> &SharedLane {
        match class {
            RateClass::Read => &self.reads,
            RateClass::Write => &self.writes,
        }
    }
}

impl Pacer for LocalPacer {
    fn acquire(&self, request: PaceRequest) -> BoxFuture<Result<Permit, TooLong>> {
        let lane = self.lane(request.operation.rate_class());
        Box::pin(Acquire::new(lane.clone(), request))
    }

    fn observe(&self, class: RateClass, observed: &Observed) {
        let lane = self.lane(class);
        lane.change(|lane| lane.observe(observed, Instant::now()));
    }

    fn limits(&self) -> Option<Limits> {
        let most = |lane: &SharedLane| lane.lock().allowance.most();
        Some(Limits::new(most(&self.reads), most(&self.writes)))
    }

    fn earliest(&self, class: RateClass, n: u32) -> Option<Duration> {
        let now = Instant::now();
        let fastest = |lane: &SharedLane| lane.lock().fastest();
        let known = fastest(self.lane(class));
        let known = known
            .or_else(|| fastest(&self.reads))
            .or_else(|| fastest(&self.writes));
        let round_trip = known.unwrap_or_default().max(LEAST_ROUND_TRIP);
        let at = self.lane(class).lock().nth_free(n, round_trip, now);
        Some(at.saturating_duration_since(now))
    }

    fn set_limits(&self, limits: Limits) {
        let limits = Limits::new(limits.reads, limits.writes);
        for class in [RateClass::Read, RateClass::Write] {
            let lane = self.lane(class);
            lane.change(|lane| lane.allowance.set(limits.of(class)));
        }
    }
}

/// A lane, and whoever waits in it.
#[derive(Clone, Debug)]
pub(super) struct SharedLane(Arc<Mutex<Lane>>);

impl SharedLane {
    fn new(limit: u32) -> Self {
        Self(Arc::new(Mutex::new(Lane::new(limit))))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Lane> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the lane, then lets the next one see what that means.
    fn change<T>(&self, change: impl FnOnce(&mut Lane) -> T) -> T {
        let mut lane = self.lock();
        let result = change(&mut lane);
        let next = lane.queue.waker();
        drop(lane);
        if let Some(next) = next {
            next.wake();
        }
        result
    }
}

/// Waits for a place; the place in the queue is given up when this is dropped.
struct Acquire {
    lane: SharedLane,
    request: PaceRequest,
    started: Instant,
    /// There is one from the first poll to the end.
    ticket: Option<Ticket>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Acquire {
    fn new(lane: SharedLane, request: PaceRequest) -> Self {
        Self {
            lane,
            request,
            started: Instant::now(),
            ticket: None,
            timer: None,
        }
    }

    /// When the caller goes away.
    fn gives_up(&self) -> Option<Instant> {
        self.started.checked_add(self.request.patience?)
    }

    /// The end of a pause that outlasts the caller.
    fn hopeless(&self, lane: &Lane, now: Instant) -> Option<TooLong> {
        let end = lane.paused_until(now)?;
        let gives_up = self.gives_up()?;
        (end >= gives_up).then(|| TooLong::after(end - now))
    }

    fn turn(&mut self, context: &Context<'_>) -> Result<Turn, TooLong> {
        let now = Instant::now();
        let mut lane = self.lane.lock();
        if let Some(too_long) = self.hopeless(&lane, now) {
            return Err(too_long);
        }
        let request = &self.request;
        let ticket = *self
            .ticket
            .get_or_insert_with(|| lane.queue.ticket(request));
        Ok(lane.take(ticket, context.waker(), now))
    }

    /// Leaves with the place of this id.
    fn leave_with(&mut self, id: u64) -> Permit {
        self.ticket = None;
        let lane = self.lane.clone();
        // Who is next now may have been asleep without a timer.
        lane.change(|_| ());
        Permit::new(move |what: Use| lane.change(|lane| lane.end(id, what, Instant::now())))
    }
}

impl Future for Acquire {
    type Output = Result<Permit, TooLong>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            match this.turn(context) {
                Err(too_long) => return Poll::Ready(Err(too_long)),
                Ok(Turn::Now(id)) => return Poll::Ready(Ok(this.leave_with(id))),
                Ok(Turn::NotNext) => {
                    this.timer = None;
                    return Poll::Pending;
                }
                Ok(Turn::At(at)) => {
                    let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
                    if timer.deadline() != at {
                        timer.as_mut().reset(at);
                    }
                    if timer.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                }
            }
        }
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.lane.change(|lane| lane.queue.leave(ticket));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Priority, operations};

    /// One write after another, each answered after so long; when each of them left.
    async fn writes(pacer: &LocalPacer, count: usize, trip: Duration) -> Vec<Instant> {
        let mut left = Vec::new();
        for _ in 0..count {
            let request = PaceRequest {
                operation: &operations::RESET_CURRENT_DIALING_QUEUE,
                priority: Priority::Bulk,
                is_retry: false,
                patience: None,
            };
            let permit = pacer.acquire(request).await.expect("a place");
            left.push(Instant::now());
            tokio::time::sleep(trip).await;
            permit.answered();
        }
        left
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_foreseen_is_what_happens() {
        for (before, trip) in [(1, 5), (3, 5), (7, 30), (12, 120), (4, 400)] {
            let trip = Duration::from_millis(trip);
            let pacer = LocalPacer::new(Limits::new(20, 5));
            writes(&pacer, before, trip).await;
            let now = Instant::now();
            let foreseen: Vec<_> = (1..=20)
                .filter_map(|n| pacer.earliest(RateClass::Write, n))
                .collect();
            let left = writes(&pacer, 20, trip).await;
            let happened = left.into_iter().map(|at| at - now);
            for (n, (foreseen, happened)) in foreseen.into_iter().zip(happened).enumerate() {
                let apart = foreseen.abs_diff(happened);
                let near = happened.mul_f64(0.1).max(Duration::from_millis(20));
                assert!(
                    apart <= near,
                    "{before} {trip:?} {n}: {foreseen:?} {happened:?}"
                );
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_taken_by_asking() {
        let pacer = LocalPacer::new(Limits::new(20, 1));
        for _ in 0..3 {
            assert_eq!(pacer.earliest(RateClass::Write, 1), Some(Duration::ZERO));
        }
        let far = pacer.earliest(RateClass::Write, u32::MAX);
        assert!(far.is_some_and(|far| far > Duration::from_secs(9_000)));
    }
}
