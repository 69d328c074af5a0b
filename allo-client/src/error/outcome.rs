//! Whether a call did its work, which no status alone tells.

use super::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::operation::RetrySafety;
use crate::model::timestamp::Timestamp;

/// What became of a call.
///
/// All attempts of a call count: an answer that was lost leaves a write
/// [`Unknown`](Outcome::Unknown) even if later attempts were turned away, until
/// one of them is answered for good.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It never left this process.
    NotSent,
    /// The server has not done it, or it only reads and there was nothing to do.
    /// This speaks of this call alone: an earlier one with the same key may have
    /// done it.
    NotExecuted,
    /// The server has done it. In an [`Error`](crate::Error): only its answer is
    /// lost or cannot be read.
    Executed,
    /// The server had done it before, and repeated its earlier answer to the same
    /// idempotency key.
    Replayed,
    /// The server may or may not have done it. PendingCall the same call with the
    /// same key, before the given time, cannot do it twice.
    ///
    /// Where nothing documents that the operation honours keys, as with text
    /// messages, there is no such time: `retry_until` is that of the first attempt,
    /// and [`Error::is_replay_unproven`](crate::Error::is_replay_unproven) says so.
    #[non_exhaustive]
    Unknown {
        /// The key to repeat the call with, by
        /// [`CallOptions::with_idempotency_key`](crate::CallOptions::with_idempotency_key).
        key: IdempotencyKey,
        /// Until when the server is sure to remember the key, counted from the
        /// first attempt of this call. A key that was used in an earlier call
        /// is remembered from that one on.
        retry_until: Timestamp,
    },
}

impl Outcome {
    /// Whether the server may have done it.
    #[must_use]
    pub const fn may_have_executed(&self) -> bool {
        matches!(self, Self::Executed | Self::Replayed | Self::Unknown { .. })
    }
}

impl Error {
    /// Whether the outcome is unknown and the key in it is no help: nothing documents
    /// that the operation honours idempotency keys, so sending it again, with the same
    /// key or another, may execute it twice. So it is with text messages and with the
    /// contacts of the first version of the API, which are therefore not retried; see
    /// [`CallOptions::with_retry_unproven_writes`](crate::CallOptions::with_retry_unproven_writes).
    #[must_use]
    pub fn is_replay_unproven(&self) -> bool {
        let safety = self.0.operation.map(|operation| operation.retry_safety);
        safety == Some(RetrySafety::Unproven) && matches!(self.0.outcome, Outcome::Unknown { .. })
    }
}
