//! The content of the lines of a journal: the head, the plan, then one record per line. They contain positions,
//! fingerprints and idempotency keys, never a number or a name. The checksums are those of `crate::journal`.

use serde::{Deserialize, Serialize};

use super::PushFormat;
use crate::journal::Format;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::ids::QueueId;
use crate::model::timestamp::Timestamp;
use crate::power_dialer::push_id::PushId;

/// The first line: identifies the push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Head {
    format: String,
    version: u32,
    pub(in super::super) push_id: PushId,
    /// Whether the caller chose the push id, and so may have used it before.
    pub(in super::super) named: bool,
    /// How many rounds preceded this one. Each round has idempotency keys of its own.
    pub(in super::super) round: u32,
    /// When this round of the push was started.
    pub(in super::super) began: Timestamp,
    #[serde(flatten)]
    pub(in super::super) subject: Subject,
}

/// What must be equal to resume a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Subject {
    /// A fingerprint of the push id and the teammate.
    pub(in super::super) teammate: String,
    /// A fingerprint of all leads, in order.
    pub(in super::super) list: String,
    pub(in super::super) batch_size: usize,
    pub(in super::super) region: Option<String>,
    pub(in super::super) duplicates: String,
    pub(in super::super) when_full: String,
    pub(in super::super) limit: Option<usize>,
}

impl Head {
    pub(in super::super) fn new(
        push_id: PushId,
        named: bool,
        round: u32,
        began: Timestamp,
        subject: Subject,
    ) -> Self {
        Self {
            format: PushFormat::NAME.to_owned(),
            version: PushFormat::VERSION,
            push_id,
            named,
            round,
            began,
            subject,
        }
    }
}

/// The second line: the plan, decided before anything is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Planned {
    /// The indices of the leads that are sent, as runs: first index and length.
    pub(in super::super) send: Vec<(usize, usize)>,
    /// The indices of the leads whose number was already in the queue, with the positions in the queue.
    pub(in super::super) queued: Vec<(usize, i64)>,
    /// Leads that earlier rounds settled: those in the queue, with their positions,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) kept: Vec<(usize, u64)>,
    /// those in a queue that was replaced,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) gone: Vec<(usize, u64)>,
    /// and those that the server skipped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) skipped: Vec<(usize, String)>,
    pub(in super::super) queue_total: u64,
    /// The id of the queue, if there was one.
    pub(in super::super) queue: Option<QueueId>,
    /// The last entry of the queue, if there was one.
    pub(in super::super) last: Option<Anchor>,
}

/// An entry that identifies a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Anchor {
    pub(in super::super) position: u64,
    /// The prefix of a fingerprint of its number.
    pub(in super::super) mark: String,
}

/// Leads at consecutive positions: the index of the first among the leads that are sent, its position in the queue,
/// and the number of leads.
pub(in super::super) type PositionRun = (usize, u64, usize);

/// An event of the push. Batches are numbered from 0, and leads by their index among the leads that are sent.
/// `requests` is the total number of requests of the push so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(in super::super) enum Record {
    /// A batch is about to be sent for the first time.
    Sending {
        seq: usize,
        start: usize,
        len: usize,
        key: IdempotencyKey,
        at: Timestamp,
    },
    /// The batch was executed, or its only lead was refused.
    Done {
        seq: usize,
        at: Timestamp,
        added: Vec<PositionRun>,
        skipped: Vec<(usize, String)>,
        /// The positions of the same leads, if an earlier attempt had added them, too.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        twice: Vec<PositionRun>,
        replayed: bool,
        /// The id of the queue, if it was unknown before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
        requests: u32,
    },
    /// The push read the queue, and these leads, which are a batch, are in it.
    Found {
        start: usize,
        len: usize,
        at: Timestamp,
        position: u64,
    },
    /// The batch was not executed, and its leads may be sent again as a new batch.
    Refused { seq: usize, requests: u32 },
    /// The batch was not executed, and is split in two.
    Halved {
        seq: usize,
        size: Option<usize>,
        cut: Option<usize>,
        requests: u32,
    },
    /// The batch was not executed, because at most `room` of its leads fit into the queue.
    Full {
        seq: usize,
        room: usize,
        requests: u32,
    },
    /// The outcome of the batch is unknown.
    Unknown { seq: usize, requests: u32 },
    /// Another run resumes. If records may have been lost that this run could not settle, the requests without a
    /// record were sent after `doubt`.
    Resumed {
        at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        doubt: Option<Timestamp>,
    },
    /// All leads are sent, or the queue is full.
    Finished {
        at: Timestamp,
        requests: u32,
        replays: u32,
        waits: u32,
        waited_ms: u64,
    },
}

impl Record {
    /// The number of requests so far, if the record contains it.
    pub(super) const fn requests(&self) -> u32 {
        match *self {
            Self::Sending { .. } | Self::Found { .. } | Self::Resumed { .. } => 0,
            Self::Done { requests, .. }
            | Self::Refused { requests, .. }
            | Self::Halved { requests, .. }
            | Self::Full { requests, .. }
            | Self::Unknown { requests, .. }
            | Self::Finished { requests, .. } => requests,
        }
    }

    /// When the record was written, if the record contains it.
    pub(super) const fn at(&self) -> Option<&Timestamp> {
        match self {
            Self::Sending { at, .. }
            | Self::Done { at, .. }
            | Self::Found { at, .. }
            | Self::Resumed { at, .. }
            | Self::Finished { at, .. } => Some(at),
            _ => None,
        }
    }
}

/// The second line, as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(in super::super) enum PlanLine {
    Plan(Planned),
}

/// Groups leads with their positions into runs of consecutive ones.
pub(in super::super) fn position_runs(
    positions: impl Iterator<Item = (usize, u64)>,
) -> Vec<PositionRun> {
    let mut runs: Vec<PositionRun> = Vec::new();
    for (index, position) in positions {
        match runs.last_mut() {
            Some((first, at, count))
                if *first + *count == index
                    && Some(position)
                        == u64::try_from(*count).ok().and_then(|n| at.checked_add(n)) =>
            {
                *count += 1;
            }
            _ => runs.push((index, position, 1)),
        }
    }
    runs
}

/// The leads and positions that [`position_runs`] grouped.
pub(super) fn positions(runs: &[PositionRun]) -> impl Iterator<Item = (usize, u64)> + '_ {
    let run = |&(first, at, count): &PositionRun| (first..first.saturating_add(count)).zip(at..);
    runs.iter().flat_map(run)
}
