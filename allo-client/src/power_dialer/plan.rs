//! Plans a push: which of the validated leads are sent, in how many batches, and how long that takes at least.
//! Without I/O.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::duplicates::DuplicateFilter;
use super::journal::{self, Planned};
use super::leads::{ValidatedLeads, yield_periodically};
use super::queue::Snapshot;
use super::validate;
use super::{LeadStatus, PushId};
use crate::error::Error;
use crate::error::code::ErrorCode;
use crate::model::timestamp::Timestamp;
use crate::phone::rejection::Rejection;

/// What to do when not all leads fit into the queue. Only the server knows how many fit, unless the caller sets
/// [`Push::capacity`](super::Push::capacity).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhenFull {
    /// Fail. If the caller set a capacity, nothing is sent; otherwise the first leads are sent, as many as the server
    /// accepts, and the error is in the report.
    #[default]
    Refuse,
    /// Send the first leads, as many as fit. This is not an error.
    SendWhatFits,
}

/// What to do when the journal is that of a finished push, and leads that the push added are no longer in the queue.
/// If all of them are still in the queue, nothing is sent and the push returns the same report again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FinishedJournal {
    /// Send nothing, and fail with an error that says how many leads are no longer in the queue.
    #[default]
    Refuse,
    /// Send nothing, and report which leads are in the queue and which are gone.
    Report,
    /// Push the leads that are not in the queue, with new idempotency keys. If the queue was emptied or replaced, all
    /// leads are pushed.
    PushAgain,
}

/// What to do when the journal is that of an unfinished push, and its queue was replaced or emptied since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplacedQueue {
    /// Send nothing, and fail.
    #[default]
    Refuse,
    /// Push the leads that are not settled to the new queue.
    PushRest,
    /// Push all leads to the new queue.
    PushAll,
}

/// What a push will do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PushPlan {
    /// The id of the push.
    pub push_id: PushId,
    /// How many leads were given.
    pub leads: usize,
    /// How many leads will be sent.
    pub to_send: usize,
    /// How many leads are rejected as invalid, duplicates not counted.
    pub rejected: usize,
    /// How many leads are dropped as duplicates.
    pub duplicates: usize,
    /// How many leads are valid, but exceed the limit or do not fit into the queue.
    pub left_out: usize,
    /// How many entries the queue has.
    pub queue_total: u64,
    /// How many more entries fit, if the caller set the [capacity](super::Push::capacity).
    pub capacity_left: Option<u64>,
    /// The number of batches.
    pub batches: usize,
    /// The total number of requests, including those that read the queue.
    pub requests: usize,
    /// The minimum time of sending, by the rate limit and by the other calls that wait for it; serialized in seconds.
    #[serde(serialize_with = "in_seconds")]
    pub least_time: Duration,
    /// What earlier runs did, if this run resumes from their journal.
    pub resumed: Option<ResumedPush>,
}

/// What the journal records of earlier runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResumedPush {
    /// When the push was started.
    pub began: Timestamp,
    /// When an earlier run settled the last lead.
    pub last_settled: Option<Timestamp>,
    /// How many leads were settled: added, or skipped by the server.
    pub settled: usize,
    /// How many of the settled leads are in the queue now.
    pub still_in_queue: usize,
    /// How many of the settled leads were added and are no longer in the queue.
    pub gone: usize,
    /// How many leads are in the queue although the journal has no record of them.
    pub found_in_queue: usize,
    /// Whether the queue was replaced since.
    pub queue_replaced: bool,
    /// Whether a batch was in flight when the last run ended.
    pub under_way: bool,
    /// Whether an earlier run finished the push, so that this run sends nothing.
    pub finished: bool,
}

pub(super) fn in_seconds<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(time.as_secs_f64())
}

/// The leads of a push: which of them are sent, and the status of each.
pub(super) struct PlannedLeads {
    pub(super) list: Arc<ValidatedLeads>,
    /// One for each lead. Leads that are still to be sent have the status `NotSent`.
    pub(super) statuses: Vec<LeadStatus>,
    /// The indices of the leads that are sent, in order.
    pub(super) to_send: Vec<usize>,
    /// How many leads are valid and no duplicates.
    accepted: usize,
    /// How many leads earlier rounds settled.
    settled: usize,
    /// The indices of the leads that earlier rounds added, with their positions.
    pub(super) kept: Vec<(usize, u64)>,
}

impl PlannedLeads {
    /// Selects the valid leads that are no duplicates.
    pub(super) async fn select(list: Arc<ValidatedLeads>, filter: &mut DuplicateFilter) -> Self {
        let mut statuses = Vec::with_capacity(list.len());
        let mut to_send = Vec::new();
        for (input, lead) in list.numbers().enumerate() {
            let checked = match lead {
                Ok(number) => filter.check(number, input),
                Err(reason) => Err(reason.clone()),
            };
            statuses.push(match checked {
                Ok(()) => {
                    to_send.push(input);
                    LeadStatus::NotSent
                }
                Err(reason) => LeadStatus::Rejected { reason },
            });
            yield_periodically(input).await;
        }
        Self {
            accepted: to_send.len(),
            list,
            statuses,
            to_send,
            settled: 0,
            kept: Vec::new(),
        }
    }

    /// Leaves out the leads that exceed the limit, or that do not fit into a queue whose capacity the caller set.
    pub(super) fn fit(
        &mut self,
        limit: Option<usize>,
        when_full: WhenFull,
        capacity: Option<u64>,
        queue_total: u64,
    ) -> Result<(), Error> {
        self.to_send.truncate(limit.unwrap_or(usize::MAX));
        let Some(capacity) = capacity else {
            return Ok(());
        };
        let left = capacity.saturating_sub(queue_total);
        let room = usize::try_from(left).unwrap_or(usize::MAX);
        if self.to_send.len() > room {
            if when_full == WhenFull::Refuse {
                return Err(does_not_fit(self.to_send.len(), left, capacity));
            }
            self.to_send.truncate(room);
        }
        Ok(())
    }

    /// Sets the status of leads that are no longer to be sent.
    pub(super) fn settle(&mut self, statuses: Vec<(usize, LeadStatus)>) {
        self.settled += statuses.len();
        for (input, status) in statuses {
            if let Some(place) = self.statuses.get_mut(input) {
                *place = status;
            }
        }
        let statuses = &self.statuses;
        self.to_send
            .retain(|input| statuses.get(*input) == Some(&LeadStatus::NotSent));
    }

    /// Replaces the selection by the plan in the journal.
    pub(super) fn apply_plan(&mut self, planned: &Planned) -> Result<(), Error> {
        for &(input, position) in &planned.queued {
            if let Some(status) = self.statuses.get_mut(input) {
                let reason = Rejection::AlreadyQueued { position };
                *status = LeadStatus::Rejected { reason };
            }
        }
        let accepted = std::mem::take(&mut self.to_send);
        let mut valid = flags(self.list.len(), &accepted);
        for &(input, _) in &planned.queued {
            valid.get_mut(input).map(std::mem::take);
        }
        self.accepted = valid.iter().filter(|is_valid| **is_valid).count();
        let runs = planned.send.iter();
        let to_send = runs.flat_map(|&(first, count)| first..first.saturating_add(count));
        for input in to_send {
            take(&mut valid, input)?;
            self.to_send.push(input);
        }
        for &(input, position) in &planned.kept {
            take(&mut valid, input)?;
            self.kept.push((input, position));
        }
        let kept = planned.kept.iter();
        let kept = kept.map(|&(input, position)| (input, LeadStatus::Added { position }));
        let gone = planned.gone.iter();
        let gone = gone.map(|&(input, position)| (input, LeadStatus::Gone { position }));
        let skipped = planned.skipped.iter().map(|(input, reason)| {
            let reason = reason.clone();
            (*input, LeadStatus::Skipped { reason })
        });
        self.settle(kept.chain(gone).chain(skipped).collect());
        Ok(())
    }

    /// The plan as the journal stores it.
    pub(super) fn for_journal(&self) -> Planned {
        let mut planned = Planned {
            send: journal::runs(self.to_send.iter().copied()),
            ..Planned::default()
        };
        for (input, status) in self.statuses.iter().enumerate() {
            match status {
                LeadStatus::Added { position } => planned.kept.push((input, *position)),
                LeadStatus::Gone { position } => planned.gone.push((input, *position)),
                LeadStatus::Skipped { reason } => planned.skipped.push((input, reason.clone())),
                LeadStatus::Rejected {
                    reason: Rejection::AlreadyQueued { position },
                } => planned.queued.push((input, *position)),
                _ => {}
            }
        }
        planned
    }

    /// The number of the lead at this index of `to_send`.
    pub(super) fn number(&self, index: usize) -> &str {
        let input = self.to_send.get(index);
        input
            .and_then(|input| self.list.number(*input))
            .unwrap_or_default()
    }

    /// The request body of a batch.
    pub(super) fn body(&self, range: &Range<usize>) -> Vec<u8> {
        let inputs = self.to_send.get(range.clone()).unwrap_or_default();
        validate::body(inputs.iter().filter_map(|input| self.list.json(*input)))
    }

    /// How many leads to send have a number that is in the queue.
    pub(super) fn count_queued(&self, snapshot: &Snapshot) -> usize {
        let queued = snapshot.entries.iter();
        let queued: HashSet<&str> = queued.map(|entry| &*entry.number).collect();
        let sent = 0..self.to_send.len();
        sent.filter(|index| queued.contains(self.number(*index)))
            .count()
    }

    /// The positions of the leads that earlier rounds added.
    pub(super) fn positions(&self) -> HashSet<u64> {
        let added = self.statuses.iter().filter_map(|status| match status {
            LeadStatus::Added { position } => Some(*position),
            _ => None,
        });
        added.collect()
    }

    /// The numbers of a batch.
    pub(super) fn numbers(&self, range: &Range<usize>) -> Vec<&str> {
        range.clone().map(|index| self.number(index)).collect()
    }

    /// Sets the status of the lead at this index of `to_send`.
    pub(super) fn set(&mut self, index: usize, status: LeadStatus) {
        let input = self.to_send.get(index);
        let place = input.and_then(|input| self.statuses.get_mut(*input));
        if let Some(place) = place {
            *place = status;
        }
    }

    /// The plan with its counts. The caller sets the number of batches and requests.
    pub(super) fn plan(
        &self,
        push_id: PushId,
        queue_total: u64,
        capacity: Option<u64>,
    ) -> PushPlan {
        let rejections = self.statuses.iter().filter_map(LeadStatus::rejection);
        let (duplicates, rejected): (Vec<_>, Vec<_>) =
            rejections.partition(|reason| Rejection::is_duplicate(reason));
        PushPlan {
            push_id,
            leads: self.list.len(),
            to_send: self.to_send.len(),
            rejected: rejected.len(),
            duplicates: duplicates.len(),
            left_out: self
                .accepted
                .saturating_sub(self.to_send.len() + self.settled),
            queue_total,
            capacity_left: capacity.map(|capacity| capacity.saturating_sub(queue_total)),
            batches: 0,
            requests: 0,
            least_time: Duration::ZERO,
            resumed: None,
        }
    }
}

/// One flag for each of `count` inputs: whether it is among `inputs`.
pub(super) fn flags(count: usize, inputs: &[usize]) -> Vec<bool> {
    let mut flags = vec![false; count];
    for input in inputs {
        if let Some(flag) = flags.get_mut(*input) {
            *flag = true;
        }
    }
    flags
}

/// Removes an input that the journal names from the valid ones.
fn take(valid: &mut [bool], input: usize) -> Result<(), Error> {
    if valid.get_mut(input).is_some_and(std::mem::take) {
        return Ok(());
    }
    // The list is unchanged since the journal was written, but its numbers are parsed differently.
    let message = "a number that the journal plans to send is now rejected";
    Err(Error::invalid_request(message)
        .with_param("journal")
        .with_suggestion("resume with the program that started the push"))
}

fn does_not_fit(leads: usize, left: u64, capacity: u64) -> Error {
    let message =
        format!("{leads} leads to send, but the queue has room for {left} (capacity {capacity})");
    Error::invalid_request(message)
        .with_code(ErrorCode::DialingQueueLimitReached)
        .with_param("leads")
        .with_suggestion("clear or reset the queue, or set `WhenFull::SendWhatFits`")
}
