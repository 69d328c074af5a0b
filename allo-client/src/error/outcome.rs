//! Whether the server executed a call. A status alone does not say so.

use super::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::operation::RetrySafety;
use crate::model::timestamp::Timestamp;

/// Whether the server executed the request.
///
/// All attempts of a call count: after an attempt without a response, a write stays
/// [`Unknown`](Outcome::Unknown) even if the server refuses later attempts, until
/// one of them settles it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// No attempt was sent.
    NotSent,
    /// The server did not execute the request, or the request only reads. This concerns this call
    /// alone: an earlier call with the same idempotency key may have been executed.
    NotExecuted,
    /// The server executed the request. In an [`Error`](crate::Error), only the response was lost
    /// or could not be decoded.
    Executed,
    /// The server executed the request earlier and replayed its response for the
    /// same idempotency key.
    Replayed,
    /// The server may have executed the request. Retrying with the same idempotency key
    /// before the given time cannot execute it twice.
    ///
    /// If the operation is not documented to honour idempotency keys, as with text messages,
    /// retrying is never safe: `retry_until` is the time of the first attempt, and
    /// [`Error::is_replay_unproven`](crate::Error::is_replay_unproven) is true.
    #[non_exhaustive]
    Unknown {
        /// The idempotency key for a retry, by
        /// [`CallOptions::with_idempotency_key`](crate::CallOptions::with_idempotency_key).
        key: IdempotencyKey,
        /// Until when the server certainly remembers the key, counted from the first attempt of
        /// this call. If an earlier call used the key, its lifetime is counted from that call.
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
    /// Whether the outcome is unknown and retrying with the idempotency key is unsafe: nothing
    /// documents that the operation honours idempotency keys, so a retry may execute it twice, with
    /// this key or another. This applies to text messages and to the contacts of the first version
    /// of the API, which the client therefore does not retry; see
    /// [`CallOptions::with_retry_unproven_writes`](crate::CallOptions::with_retry_unproven_writes).
    #[must_use]
    pub fn is_replay_unproven(&self) -> bool {
        let safety = self.0.operation.map(|operation| operation.retry_safety);
        safety == Some(RetrySafety::Unproven) && matches!(self.0.outcome, Outcome::Unknown { .. })
    }
}
