//! Locks for slow appends: while one is in progress, another append to the same queue is refused.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use crate::errors::{ApiError, Code};
use crate::lock::lock;

/// The append duration, and the assignees whose queues are locked.
#[derive(Debug, Default)]
pub(crate) struct AppendLocks {
    time: Duration,
    under_way: Mutex<HashSet<String>>,
}

impl AppendLocks {
    /// Appends that take this long.
    pub(crate) fn taking(time: Duration) -> Self {
        Self {
            time,
            under_way: Mutex::default(),
        }
    }

    /// Locks the queue of `assignee` and waits for the append duration. The queue stays locked until the returned guard
    /// is dropped. An append without an assignee is refused by its handler, so it takes no time.
    pub(crate) async fn acquire(
        &self,
        assignee: Option<String>,
    ) -> Result<Option<AppendLock<'_>>, ApiError> {
        let Some(assignee) = assignee.filter(|_| !self.time.is_zero()) else {
            return Ok(None);
        };
        if !lock(&self.under_way).insert(assignee.clone()) {
            let message = "Another append to this queue is in progress.";
            return Err(ApiError::new(Code::DialingQueueAppendConflict, message));
        }
        let append = AppendLock {
            append_locks: self,
            assignee,
        };
        tokio::time::sleep(self.time).await;
        Ok(Some(append))
    }
}

/// A guard that unlocks the queue when it is dropped.
#[derive(Debug)]
pub(crate) struct AppendLock<'a> {
    append_locks: &'a AppendLocks,
    assignee: String,
}

impl Drop for AppendLock<'_> {
    fn drop(&mut self) {
        lock(&self.append_locks.under_way).remove(&self.assignee);
    }
}
