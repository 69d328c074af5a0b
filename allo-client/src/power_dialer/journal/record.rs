//! What the lines of a journal say: the head, the plan, then a record each. They
//! hold positions, fingerprints and keys, never a number or a name. How lines are
//! closed by a checksum is in `chain`.

use serde::{Deserialize, Serialize};

use crate::model::idempotency_key::IdempotencyKey;
use crate::model::timestamp::Timestamp;
use crate::power_dialer::push_id::PushId;

/// What the file is.
pub(super) const FORMAT: &str = "allo-push";
/// The version that this program reads and writes.
pub(super) const VERSION: u32 = 3;

/// What any version begins with.
#[derive(Deserialize)]
pub(super) struct Mark {
    pub(super) format: String,
    pub(super) version: u32,
}

/// The first line: of which push the journal is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Head {
    format: String,
    version: u32,
    pub(in super::super) push_id: PushId,
    /// Whether the caller chose the push id, and so may have used it before.
    pub(in super::super) named: bool,
    /// How often the push was begun anew, with idempotency keys of its own.
    pub(in super::super) round: u32,
    /// When the push, or this round of it, began.
    pub(in super::super) began: Timestamp,
    #[serde(flatten)]
    pub(in super::super) subject: Subject,
}

/// What has to be the same when a push goes on.
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
            format: FORMAT.to_owned(),
            version: VERSION,
            push_id,
            named,
            round,
            began,
            subject,
        }
    }
}

/// What is decided before anything is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Planned {
    /// The inputs that are sent: first and number of each run of them.
    pub(in super::super) send: Vec<(usize, usize)>,
    /// The inputs that were in the queue already, with their positions there.
    pub(in super::super) queued: Vec<(usize, i64)>,
    /// What earlier rounds settled: inputs in the queue with their positions,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) kept: Vec<(usize, u64)>,
    /// in a queue that was replaced,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) gone: Vec<(usize, u64)>,
    /// and left out by the server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) skipped: Vec<(usize, String)>,
    pub(in super::super) queue_total: u64,
    /// The id of the queue, if there was one.
    pub(in super::super) queue: Option<String>,
    /// The last entry of the queue, if there was one.
    pub(in super::super) last: Option<Anchor>,
}

/// An entry by which a queue is recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Anchor {
    pub(in super::super) position: u64,
    /// The beginning of a fingerprint of its number.
    pub(in super::super) mark: String,
}

/// Leads that stand at neighbouring positions: the place of the first among those
/// that are sent, its position in the queue, and how many there are.
pub(in super::super) type Run = (usize, u64, usize);

/// Something that happened. Batches are counted from 0, leads by their place
/// among those that are sent; `requests` are those that the push took up to then.
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
    /// It was carried out, or its only lead refused.
    Done {
        seq: usize,
        at: Timestamp,
        added: Vec<Run>,
        skipped: Vec<(usize, String)>,
        /// Where an attempt before had added the same leads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        twice: Vec<Run>,
        replayed: bool,
        /// The id of the queue, if it was not known before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
        requests: u32,
    },
    /// The queue was read, and these leads, which are a batch, are in it.
    Found {
        start: usize,
        len: usize,
        at: Timestamp,
        position: u64,
    },
    /// A batch was not carried out, and may be sent anew.
    Refused { seq: usize, requests: u32 },
    /// It was not carried out, and is cut in two.
    Halved {
        seq: usize,
        size: Option<usize>,
        cut: Option<usize>,
        requests: u32,
    },
    /// It was not carried out, as no more than so many leads fit into the queue.
    Full {
        seq: usize,
        room: usize,
        requests: u32,
    },
    /// It could not be found out what became of it.
    Unknown { seq: usize, requests: u32 },
    /// Another run goes on. What records may have been lost before it was sent after
    /// `doubt`, if that could not be settled.
    Resumed {
        at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        doubt: Option<Timestamp>,
    },
    /// All is sent, or the queue is full.
    Finished {
        at: Timestamp,
        requests: u32,
        replays: u32,
        waits: u32,
        waited_ms: u64,
    },
}

impl Record {
    /// How many requests the push had taken, where that is recorded.
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

    /// When it was written, where that is recorded.
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

/// The second line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(super) enum First {
    Plan(Planned),
}

/// Leads and their positions as runs of neighbours.
pub(in super::super) fn position_runs(places: impl Iterator<Item = (usize, u64)>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (index, position) in places {
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

/// What [`position_runs`] made runs of.
pub(super) fn places(runs: &[Run]) -> impl Iterator<Item = (usize, u64)> + '_ {
    let run = |&(first, at, count): &Run| (first..first.saturating_add(count)).zip(at..);
    runs.iter().flat_map(run)
}
