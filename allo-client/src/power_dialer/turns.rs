//! One push at a time per queue, among the clones of a client. Appends that meet
//! in one queue make the server refuse one of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

use crate::Teammate;

type Queue = tokio::sync::Mutex<()>;

/// Who is at work on which queue.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<Teammate, Weak<Queue>>>);

/// The right to push to a queue, until it is dropped.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Turns {
    /// Waits until nobody else pushes to this teammate; in the order of coming.
    pub(super) async fn take(&self, teammate: &Teammate) -> Turn {
        self.queue(teammate).lock_owned().await
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

    #[tokio::test]
    async fn a_turn_is_for_one_queue_and_forgotten_after_it() {
        let turns = Turns::default();
        let [marie, jonas] = ["usr-1", "usr-2"].map(Teammate::id);
        let held = turns.take(&marie).await;
        let _other = turns.take(&jonas).await;
        let second = turns.queue(&marie);
        assert!(second.try_lock().is_err());
        drop(held);
        assert!(second.try_lock().is_ok());
        drop(second);
        drop(turns.take(&Teammate::Me).await);
        assert_eq!(turns.0.lock().expect("whole").len(), 2);
    }
}
