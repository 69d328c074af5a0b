//! What a watch of a queue returns.

use crate::generated::types::QueueNumber;

/// A change of a queue. An entry is added, then called, then finished, each told once; several at a time if they happened
/// between two polls.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum QueueChange {
    /// The entry is in the queue. The first poll tells this of every entry.
    Added(QueueNumber),
    /// The call to the number has begun. If the number is called again, this is told again.
    Called(QueueNumber),
    /// The call has ended: [`routing_result`](QueueNumber::routing_result) is set.
    Finished(QueueNumber),
    /// The entry was removed; this is how it was last seen.
    Removed(QueueNumber),
    /// The teammate has another queue: it was reset, for example. What was in the old one is not told; the entries of the
    /// new one follow as added.
    Replaced {
        /// The id of the new queue; `None` if the teammate has no queue.
        queue_id: Option<String>,
    },
}

impl QueueChange {
    /// The entry that changed; `None` for a replaced queue.
    #[must_use]
    pub const fn entry(&self) -> Option<&QueueNumber> {
        match self {
            Self::Added(entry)
            | Self::Called(entry)
            | Self::Finished(entry)
            | Self::Removed(entry) => Some(entry),
            Self::Replaced { .. } => None,
        }
    }
}
