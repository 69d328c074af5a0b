//! Paused time with real sockets. Tokio advances paused time to the next timer whenever no task is ready, but data on a
//! socket is not ready at once, so a request would time out while it is in flight. This file has two solutions.

use std::time::Duration;

use allo_client::BoxFuture;
use allo_client::pacing::{AcquireTimeout, PaceRequest, Pacer, Permit};
use tokio::task::JoinHandle;

/// Stops paused time until it is dropped.
#[derive(Debug)]
pub struct StillTime {
    _end: std::sync::mpsc::Sender<()>,
}

impl StillTime {
    /// Stops time from now on.
    #[must_use]
    pub fn begin() -> Self {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        // Tokio does not advance paused time while a blocking task runs.
        tokio::task::spawn_blocking(move || ended.recv());
        Self { _end: end }
    }
}

/// How often other tasks and sockets are polled before time advances.
const TURNS: usize = 25;
const TICK: Duration = Duration::from_millis(1);

/// Lets other tasks run, then advances a millisecond, while time is stopped.
pub async fn tick() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
    tokio::time::advance(TICK).await;
}

/// Runs a future while time advances in small steps, however long that takes.
///
/// # Panics
/// If the future panics.
pub async fn ticking<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let _still = StillTime::begin();
    let work = tokio::spawn(work);
    while !work.is_finished() {
        tick().await;
    }
    work.await.expect("no panic")
}

/// A pacer without limits that stops time during an attempt, so that only the waits between attempts take time.
#[derive(Debug)]
pub struct StillWhileSending;

impl Pacer for StillWhileSending {
    fn acquire(&self, _: PaceRequest) -> BoxFuture<Result<Permit, AcquireTimeout>> {
        Box::pin(async {
            let still = StillTime::begin();
            Ok(Permit::new(move |_| drop(still)))
        })
    }
}

/// Advances paused time in steps of a millisecond until it is dropped, so that sockets are polled thousands of times
/// before a timer of seconds elapses. For servers that wait themselves.
#[derive(Debug)]
pub struct SmallSteps(JoinHandle<()>);

impl SmallSteps {
    /// Advances time from now on.
    #[must_use]
    pub fn begin() -> Self {
        Self(tokio::spawn(async {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }))
    }
}

impl Drop for SmallSteps {
    fn drop(&mut self) {
        self.0.abort();
    }
}
