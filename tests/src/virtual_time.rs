//! Paused time beside real sockets. Tokio moves paused time to the next timer whenever nothing is ready, and what comes
//! over a socket is not ready at once; so a request would time out while it is under way. Here are two ways round that.

use std::time::Duration;

use allo_client::BoxFuture;
use allo_client::pacing::{AcquireTimeout, PaceRequest, Pacer, Permit};
use tokio::task::JoinHandle;

/// Keeps paused time where it is until it is dropped.
#[derive(Debug)]
pub struct StillTime {
    _end: std::sync::mpsc::Sender<()>,
}

impl StillTime {
    /// From now on.
    #[must_use]
    pub fn begin() -> Self {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        // Tokio does not move paused time by itself while something blocks.
        tokio::task::spawn_blocking(move || ended.recv());
        Self { _end: end }
    }
}

/// How often all others have their turn, and the sockets are looked at, before time moves on.
const TURNS: usize = 25;
const TICK: Duration = Duration::from_millis(1);

/// Lets all others have their turns, then a millisecond pass. For time that stands still.
pub async fn tick() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
    tokio::time::advance(TICK).await;
}

/// Does some work while time passes in small steps, however long that takes.
///
/// # Panics
/// When the work does.
pub async fn ticking<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let _still = StillTime::begin();
    let work = tokio::spawn(work);
    while !work.is_finished() {
        tick().await;
    }
    work.await.expect("no panic")
}

/// Paces nobody, and keeps time still while an attempt is under way: all that passes is what is waited in between.
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

/// Lets paused time pass in steps of a millisecond until it is dropped, so that sockets get thousands of chances before
/// a timer of seconds goes off. For servers that wait themselves.
#[derive(Debug)]
pub struct SmallSteps(JoinHandle<()>);

impl SmallSteps {
    /// From now on.
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
