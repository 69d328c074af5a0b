//! The report of a push: the status of every lead.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::append_response::Placed;
use super::{PushId, ResumedPush};
use crate::error::Error;
use crate::generated::types::NewQueueNumber;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::timestamp::Timestamp;
use crate::phone::rejection::Rejection;

/// The result of a push: an entry for every lead, in the order of the input.
///
/// Serialized as JSON it contains the leads, so it is personal data; `Debug` shows none of them.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PushReport {
    /// The id of the push.
    pub push_id: PushId,
    /// Every lead, in the order of the input.
    pub leads: Vec<LeadReport>,
    /// How many requests were sent, including retries. For a push that resumed from its journal, this includes the
    /// requests of earlier runs as far as the journal records them: requests for a batch that was still in flight
    /// when a run ended are not counted.
    pub requests: u32,
    /// How many batches the server had executed before, so that it only replayed the response; includes earlier runs.
    pub replays: u32,
    /// How many times the push paused, for the rate limit or between the calls for a batch; counted by the run that
    /// finished the push. The backoff between the attempts of a single call is not counted.
    pub waits: u32,
    /// The total duration of these pauses.
    pub waited: Duration,
    /// What earlier runs did, if this run resumed from their journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed: Option<ResumedPush>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stopped: Option<String>,
    #[serde(skip)]
    pub(super) error: Option<Arc<Error>>,
}

/// One lead of a push.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeadReport {
    /// The position of a second entry for this lead in the queue: the server executed a batch twice, although both
    /// requests had the same idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also_at: Option<u64>,
    /// The index of the lead in the input, from 0.
    pub input: usize,
    /// The lead as it was given.
    pub lead: NewQueueNumber,
    /// The status of the lead.
    #[serde(flatten)]
    pub status: LeadStatus,
}

/// The status of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeadStatus {
    /// The lead is in the queue.
    Added {
        /// The position of the entry when it was added.
        position: u64,
    },
    /// An earlier run added the lead, and it is no longer in the queue: the entry was removed, or the queue was
    /// replaced.
    Gone {
        /// The position of the entry when it was added.
        position: u64,
    },
    /// The server skipped the lead.
    Skipped {
        /// The reason code of the API.
        reason: String,
    },
    /// The lead was not sent, because it is invalid or a duplicate.
    Rejected {
        /// The reason.
        reason: Rejection,
    },
    /// The lead was not sent: the queue was full, a limit was reached, or the push stopped first.
    NotSent,
    /// It is unknown whether the lead is in the queue.
    Unknown {
        /// The idempotency key of its batch.
        key: IdempotencyKey,
        /// Until when the server remembers that key for certain.
        retry_until: Timestamp,
    },
}

impl From<Placed> for LeadStatus {
    fn from(placed: Placed) -> Self {
        match placed {
            Placed::Added(position) => Self::Added { position },
            Placed::Skipped(reason) => Self::Skipped { reason },
        }
    }
}

/// The number of leads of a push by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PushCounts {
    /// Leads in the queue.
    pub added: usize,
    /// Leads that an earlier run added and that are no longer in the queue.
    #[serde(default)]
    pub gone: usize,
    /// Leads that are in the queue twice; they are also counted in `added`.
    #[serde(default)]
    pub twice: usize,
    /// Leads that the server skipped.
    pub skipped: usize,
    /// Leads that were rejected before sending, duplicates included.
    pub rejected: usize,
    /// Leads that were not sent.
    pub not_sent: usize,
    /// Leads with an unknown status.
    pub unknown: usize,
}

impl fmt::Display for LeadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { position } => write!(f, "added at position {position}"),
            Self::Gone { position } => write!(
                f,
                "added at position {position} by an earlier run, no longer in the queue"
            ),
            Self::Skipped { reason } => write!(f, "skipped by the service: {reason}"),
            Self::Rejected { reason } => write!(f, "rejected: {reason}"),
            Self::NotSent => f.write_str("not sent"),
            Self::Unknown { retry_until, .. } => write!(
                f,
                "unknown whether it was added; a retry with the same idempotency key is safe until {retry_until}"
            ),
        }
    }
}

impl LeadStatus {
    pub(super) const fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected { reason } => Some(reason),
            _ => None,
        }
    }
}

impl PushReport {
    /// Counts the leads by status.
    #[must_use]
    pub fn counts(&self) -> PushCounts {
        let mut counts = PushCounts::default();
        for lead in &self.leads {
            counts.twice += usize::from(lead.also_at.is_some());
            *match lead.status {
                LeadStatus::Added { .. } => &mut counts.added,
                LeadStatus::Gone { .. } => &mut counts.gone,
                LeadStatus::Skipped { .. } => &mut counts.skipped,
                LeadStatus::Rejected { .. } => &mut counts.rejected,
                LeadStatus::NotSent => &mut counts.not_sent,
                LeadStatus::Unknown { .. } => &mut counts.unknown,
            } += 1;
        }
        counts
    }

    /// Whether every lead is in the queue, and none twice.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let counts = self.counts();
        counts.added == self.leads.len() && counts.twice == 0
    }

    /// The leads that are not in the queue or have an unknown status, in order.
    ///
    /// ```no_run
    /// # fn example(report: allo_client::power_dialer::PushReport) {
    /// for lead in report.not_added() {
    ///     println!("line {}: {}", lead.input + 1, lead.status);
    /// }
    /// # }
    /// ```
    pub fn not_added(&self) -> impl Iterator<Item = &LeadReport> {
        let leads = self.leads.iter();
        leads.filter(|lead| !matches!(lead.status, LeadStatus::Added { .. }))
    }

    /// The error that stopped the push early. It is not serialized; the reason in [`stopped`](Self::stopped) is.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_deref()
    }

    /// Why the push stopped early, as a message for people.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// The leads that were not sent, as they were given; they are valid input for another push. Leads with an
    /// [unknown](LeadStatus::Unknown) status and leads that are [gone](LeadStatus::Gone) are not included.
    #[must_use]
    pub fn remaining(&self) -> Vec<NewQueueNumber> {
        let left = self.leads.iter();
        let left = left.filter(|lead| lead.status == LeadStatus::NotSent);
        left.map(|lead| lead.lead.clone()).collect()
    }

    /// All leads as they were given, in order, moved out of the report.
    #[must_use]
    pub fn into_leads(self) -> Vec<NewQueueNumber> {
        self.leads.into_iter().map(|lead| lead.lead).collect()
    }

    /// The leads with an unknown status. The status contains the idempotency key and the time until which the server
    /// remembers it.
    pub fn unknown(&self) -> impl Iterator<Item = &LeadReport> {
        let leads = self.leads.iter();
        leads.filter(|lead| matches!(lead.status, LeadStatus::Unknown { .. }))
    }

    /// The number of rejected leads by reason code.
    #[must_use]
    pub fn rejections(&self) -> BTreeMap<&'static str, usize> {
        let mut reasons = BTreeMap::new();
        let rejected = self.leads.iter().filter_map(|lead| lead.status.rejection());
        for reason in rejected {
            *reasons.entry(reason.code()).or_default() += 1;
        }
        reasons
    }
}

impl fmt::Debug for PushReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushReport")
            .field("counts", &self.counts())
            .field("requests", &self.requests)
            .field("replays", &self.replays)
            .field("waits", &self.waits)
            .field("waited", &self.waited)
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}
