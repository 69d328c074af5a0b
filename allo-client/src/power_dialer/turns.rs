//! One push at a time per queue, among the clones of a client. Appends that meet
//! in one queue make the server refuse one of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use crate::error::{GaveUp, Kind};
use crate::{Error, Teammate};

type Queue = tokio::sync::Mutex<()>;

/// Who is at work on which queue.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<Teammate, Weak<Queue>>>);

/// The right to push to a queue, until it is dropped.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Turns {
    /// Waits until nobody else pushes to this teammate, in the order of coming, but no
    /// longer than this: whoever has the turn may be a push that nobody polls.
    ///
    /// # Errors
    ///
    /// If the turn does not come.
    pub(super) async fn take(&self, teammate: &Teammate, most: Duration) -> Result<Turn, Error> {
        let turn = self.queue(teammate).lock_owned();
        tokio::time::timeout(most, turn).await.map_err(|_| {
            let message = "another push of this client to the same queue has not ended";
            Error::new(Kind::Deadline, message)
                .with_gave_up(GaveUp::Deadline, Some(most))
                .with_suggestion(
                    "let that push end, or drop it: a push goes on only while it is awaited or \
                     its events are read",
                )
        })
    }

    fn queue(&self, teammate: &Teammate) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(teammate).and_then(Weak::upgrade) {
            return queue;
        }
        queues.retain(|_, queue| queue.strong_count() > 0);
        let queue = Arc::new(Queue::default());
        queues.insert(teammate.clone(), Arc::downgrade(&queue));
        queue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_turn_that_does_not_come_is_told_so() {
        let turns = Turns::default();
        let held = turns
            .take(&Teammate::Me, SOON)
            .await
            .expect("nobody has it");
        let error = turns
            .take(&Teammate::Me, SOON)
            .await
            .expect_err("it is held");
        assert!(error.is_deadline() && error.is_timeout());
        assert!(error.to_string().contains("another push"), "{error}");
        drop(held);
        turns.take(&Teammate::Me, SOON).await.expect("it is free");
    }

    #[tokio::test]
    async fn a_turn_is_for_one_queue_and_forgotten_after_it() {
        let turns = Turns::default();
        let [marie, jonas] = ["usr-1", "usr-2"].map(Teammate::id);
        let held = turns.take(&marie, SOON).await.expect("a turn");
        let _other = turns.take(&jonas, SOON).await.expect("a turn");
        let second = turns.queue(&marie);
        assert!(second.try_lock().is_err());
        drop(held);
        assert!(second.try_lock().is_ok());
        drop(second);
        drop(turns.take(&Teammate::Me, SOON).await);
        assert_eq!(turns.0.lock().expect("whole").len(), 2);
    }
}
