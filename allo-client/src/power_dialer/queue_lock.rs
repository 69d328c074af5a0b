//! The queue lock: one push at a time per queue, among the clones of a client. Concurrent appends to one queue make
//! the server refuse one of them.

use std::time::Duration;

use crate::error::{Error, ErrorKind, GaveUp};
use crate::model::teammate::Teammate;
use crate::support::keyed_lock::{KeyedGuard, KeyedLock};

/// Waits for the lock of the queue of this teammate, in the order of the requests, but no longer than `most`: the
/// push that holds the lock may be one that is not polled.
///
/// # Errors
///
/// If the lock is not free in time.
pub(super) async fn lock_queue(
    queues: &KeyedLock<Teammate>,
    teammate: &Teammate,
    most: Duration,
) -> Result<KeyedGuard, Error> {
    let lock = queues.lock(teammate);
    tokio::time::timeout(most, lock).await.map_err(|_| {
        let message = "another push of this client holds the queue";
        Error::new(ErrorKind::Deadline, message)
            .with_gave_up(GaveUp::Deadline, Some(most))
            .with_suggestion(
                "wait for that push to end, or drop it: a push runs only while it is awaited or \
                 its events are read",
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn waiting_for_the_queue_lock_ends_with_a_deadline_error() {
        let queues = KeyedLock::default();
        let held = lock_queue(&queues, &Teammate::Me, SOON)
            .await
            .expect("the lock is free");
        let error = lock_queue(&queues, &Teammate::Me, SOON)
            .await
            .expect_err("the lock is held");
        assert!(error.is_deadline() && error.is_timeout());
        assert!(error.to_string().contains("another push"), "{error}");
        drop(held);
        lock_queue(&queues, &Teammate::Me, SOON)
            .await
            .expect("the lock is free");
    }
}
