//! The lines of a journal: the head, then a record each. They hold positions,
//! fingerprints and keys, never a number or a name.

use serde::{Deserialize, Serialize};

use super::super::PushId;
use crate::{IdempotencyKey, Timestamp};

/// What the file is.
pub(super) const FORMAT: &str = "allo-push";
/// The version that this program writes, and the newest that it reads.
pub(super) const VERSION: u32 = 1;

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
    pub(in super::super) fn new(push_id: PushId, subject: Subject) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            push_id,
            subject,
        }
    }
}

/// What is decided before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Planned {
    /// The inputs that are sent: first and number of each run of them.
    pub(in super::super) send: Vec<(usize, usize)>,
    /// The inputs that were in the queue already, with their positions there.
    pub(in super::super) queued: Vec<(usize, i64)>,
    pub(in super::super) queue_total: u64,
    /// The id of the queue, if there was one.
    #[serde(default)]
    pub(in super::super) queue: Option<String>,
}

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
        added: Vec<(usize, u64)>,
        skipped: Vec<(usize, String)>,
        replayed: bool,
        #[serde(default)]
        requests: u32,
    },
    /// It was not carried out, and may be sent anew.
    Refused {
        seq: usize,
        #[serde(default)]
        requests: u32,
    },
    /// It was not carried out, and is cut in two.
    Halved {
        seq: usize,
        size: Option<usize>,
        cut: Option<usize>,
        #[serde(default)]
        requests: u32,
    },
    /// It could not be found out what became of it.
    Unknown {
        seq: usize,
        #[serde(default)]
        requests: u32,
    },
    /// All is sent.
    Finished {
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
            Self::Sending { .. } => 0,
            Self::Done { requests, .. }
            | Self::Refused { requests, .. }
            | Self::Halved { requests, .. }
            | Self::Unknown { requests, .. }
            | Self::Finished { requests, .. } => requests,
        }
    }
}

/// The second line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(super) enum First {
    Plan(Planned),
}
