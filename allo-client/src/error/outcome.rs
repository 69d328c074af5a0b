//! Whether the server executed a call, which a status alone does not tell.

use super::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::operation::RetrySafety;
use crate::model::timestamp::Timestamp;

/// Whether the server executed the request of a call.
///
/// All attempts of a call count: after an attempt without a response, a write stays
/// [`Unknown`](Outcome::Unknown) even if the server refuses later attempts, until
/// one of them settles it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// No attempt was sent.
    NotSent,
    /// The server did not execute the request, or the request only reads.
    /// This is about this call alone: an earlier call with the same idempotency key
    /// may have been executed.
    NotExecuted,
    /// The server executed the request. In an [`Error`](crate::Error): only the
    /// response was lost or cannot be decoded.
    Executed,
    /// The server executed the request earlier and replayed its response for the
    /// same idempotency key.
    Replayed,
    /// The server may have executed the request. Retrying with the same idempotency key
    /// before the given time cannot execute it twice.
    ///
    /// Where nothing documents that the operation honours keys, as with text
    /// messages, there is no such time: `retry_until` is that of the first attempt,
    /// and [`Error::is_replay_unproven`](crate::Error::is_replay_unproven) says so.
    #[non_exhaustive]
    Unknown {
        /// The idempotency key for a retry, by
        /// [`CallOptions::with_idempotency_key`](crate::CallOptions::with_idempotency_key).
        key: IdempotencyKey,
        /// Until when the server is sure to remember the key, counted from the
        /// first attempt of this call. A key that was used in an earlier call
        /// is remembered from that one on.
        retry_until: Timestamp,
    },
}

impl Outcome {
    /// Whether the server may have executed the request.
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
