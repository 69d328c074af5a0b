//! One push at a time per queue, among the clones of a client. Appends that meet
//! in one queue make the server refuse one of them.

use std::time::Duration;

use crate::error::{Error, ErrorKind, GaveUp};
use crate::model::teammate::Teammate;
use crate::support::keyed_lock::{KeyedGuard, KeyedLock};

/// Waits until no other push works on the queue of this teammate, in the order of asking, but no
/// longer than this: whoever holds the lock may be a push that nobody polls.
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
        let message = "another push of this client to the same queue has not ended";
        Error::new(ErrorKind::Deadline, message)
            .with_gave_up(GaveUp::Deadline, Some(most))
            .with_suggestion(
                "let that push end, or drop it: a push goes on only while it is awaited or \
                 its events are read",
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_push_that_waits_in_vain_for_the_queue_is_told_so() {
        let queues = KeyedLock::default();
        let held = lock_queue(&queues, &Teammate::Me, SOON)
            .await
            .expect("nobody has it");
        let error = lock_queue(&queues, &Teammate::Me, SOON)
            .await
            .expect_err("it is held");
        assert!(error.is_deadline() && error.is_timeout());
        assert!(error.to_string().contains("another push"), "{error}");
        drop(held);
        lock_queue(&queues, &Teammate::Me, SOON)
            .await
            .expect("it is free");
    }
}
