//! Whether a failed call did its work, which no status alone tells.

use crate::{IdempotencyKey, Timestamp};

/// What became of a call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It never left this process.
    NotSent,
    /// The server has not done it, or it only reads and there was nothing to do.
    NotExecuted,
    /// The server has done it; only its answer is lost or cannot be read.
    Executed,
    /// The server may or may not have done it. Sending the same call with the
    /// same key, before the given time, cannot do it twice.
    #[non_exhaustive]
    Unknown {
        /// The key to repeat the call with, by
        /// [`CallOptions::with_idempotency_key`](crate::CallOptions::with_idempotency_key).
        key: IdempotencyKey,
        /// Until when the server is sure to remember the key.
        repeat_until: Timestamp,
    },
}

impl Outcome {
    /// Whether the server may have done it.
    #[must_use]
    pub const fn may_have_executed(&self) -> bool {
        matches!(self, Self::Executed | Self::Unknown { .. })
    }
}
