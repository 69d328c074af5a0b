//! What became of every lead of a push.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::append_response::Placed;
use super::{PushId, Rejection, ResumedPush};
use crate::error::Error;
use crate::generated::types::NewQueueNumber;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::timestamp::Timestamp;

/// What became of a push: an entry for every lead that was given, in order.
///
/// As JSON it holds the leads, so it is personal data; `Debug` shows none of it.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PushReport {
    /// The name of the push.
    pub push_id: PushId,
    /// Every lead, in the order of the input.
    pub leads: Vec<LeadReport>,
    /// How many requests were sent, those that were repeated included. Of a push
    /// that went on with its journal, also by earlier runs, as far as they wrote
    /// it down: what was sent for a batch that a run did not see the end of is
    /// not counted.
    pub requests: u32,
    /// How many batches the server had carried out before, and so repeated only
    /// its answer; earlier runs included.
    pub replays: u32,
    /// How often it was waited, for the rate limit or between the calls for a
    /// batch, by the run that came to the end. What a call waits before it repeats
    /// its request is not counted.
    pub waits: u32,
    /// How long that was.
    pub waited: Duration,
    /// What earlier runs had done, if this one went on with their journal.
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
    /// The position at which it is in the queue a second time: the server carried out
    /// a batch twice, though both requests had the same idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also_at: Option<u64>,
    /// Its position in the input, from 0.
    pub input: usize,
    /// The lead as it was given.
    pub lead: NewQueueNumber,
    /// What became of it.
    #[serde(flatten)]
    pub status: LeadStatus,
}

/// What became of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeadStatus {
    /// It is in the queue.
    Added {
        /// Its position there when it was added.
        position: u64,
    },
    /// An earlier run added it, and it is not in the queue any more: the entry was
    /// removed, or the queue replaced.
    Gone {
        /// Its position in the queue when it was added.
        position: u64,
    },
    /// The server left it out.
    Skipped {
        /// Its reason, by the word of the API.
        reason: String,
    },
    /// It was not sent, as it cannot be dialled or is there already.
    Rejected {
        /// Why.
        reason: Rejection,
    },
    /// It was not sent: there was no room for it, or the push ended before.
    NotSent,
    /// Nobody knows whether it is in the queue.
    Unknown {
        /// The idempotency key of its batch.
        key: IdempotencyKey,
        /// Until when the server is sure to know that key.
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

/// How many leads of a push became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PushCounts {
    /// In the queue.
    pub added: usize,
    /// Added by an earlier run, and not in the queue any more.
    #[serde(default)]
    pub gone: usize,
    /// Of those that are in the queue, how many are in it twice.
    #[serde(default)]
    pub twice: usize,
    /// Left out by the server.
    pub skipped: usize,
    /// Rejected before they were sent, duplicates included.
    pub rejected: usize,
    /// Not sent.
    pub not_sent: usize,
    /// Nobody knows.
    pub unknown: usize,
}

impl fmt::Display for LeadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { position } => write!(f, "added at position {position}"),
            Self::Gone { position } => write!(
                f,
                "added at position {position} by an earlier run, and not in the queue any more"
            ),
            Self::Skipped { reason } => write!(f, "left out by the service: {reason}"),
            Self::Rejected { reason } => write!(f, "rejected: {reason}"),
            Self::NotSent => f.write_str("not sent"),
            Self::Unknown { retry_until, .. } => write!(
                f,
                "unknown whether it was added; the idempotency key settles it until {retry_until}"
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
    /// How many leads became what.
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

    /// The leads that are not in the queue, or of which nobody knows, in order.
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

    /// What ended the push before all was sent. It is not kept in JSON; why the
    /// push ended is, see [`stopped`](Self::stopped).
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_deref()
    }

    /// Why the push ended before all was sent, in words for people.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// The leads that were not sent, as they were given; valid input of another
    /// push. Never those of which nobody knows whether they were, nor those that are
    /// [gone](LeadStatus::Gone).
    #[must_use]
    pub fn remaining(&self) -> Vec<NewQueueNumber> {
        let left = self.leads.iter();
        let left = left.filter(|lead| lead.status == LeadStatus::NotSent);
        left.map(|lead| lead.lead.clone()).collect()
    }

    /// All leads as they were given, in order, without a copy.
    #[must_use]
    pub fn into_leads(self) -> Vec<NewQueueNumber> {
        self.leads.into_iter().map(|lead| lead.lead).collect()
    }

    /// The leads of which nobody knows whether they are in the queue; their status
    /// has the key, and the time until which it is remembered.
    pub fn unknown(&self) -> impl Iterator<Item = &LeadReport> {
        let leads = self.leads.iter();
        leads.filter(|lead| matches!(lead.status, LeadStatus::Unknown { .. }))
    }

    /// How many leads were rejected for each reason, by its word.
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
