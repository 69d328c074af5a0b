//! Plans a push: which of the validated leads are sent, in how many batches, and how long that takes at least. Without I/O.

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
use super::{LeadStatus, PushId, Rejection};
use crate::error::Error;
use crate::error::code::ErrorCode;
use crate::model::timestamp::Timestamp;

/// What to do when not all leads fit into the queue. How many fit is known to the
/// server alone, and to callers who say so by [`Push::capacity`](super::Push::capacity).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhenFull {
    /// It is an error. With a capacity that the caller named, nothing is sent;
    /// otherwise the first leads are, as many as the server takes, and the error is
    /// in the report.
    #[default]
    Refuse,
    /// It is no error: the first leads are sent, as many as fit.
    SendWhatFits,
}

/// What to do when the journal is that of a push that is finished, and leads that
/// it added are not in the queue any more. If all of them are, there is nothing to
/// do, and the report is given again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FinishedJournal {
    /// Send nothing, and fail with an error that says what is gone.
    #[default]
    Refuse,
    /// Send nothing, and report which leads are there and which are gone.
    Report,
    /// Push the leads that are not in the queue, by new idempotency keys. In a queue
    /// that was emptied or replaced that is all of them.
    PushAgain,
}

/// What to do when the journal is that of a push that is not finished, and its queue
/// was replaced or emptied since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplacedQueue {
    /// Send nothing, and fail.
    #[default]
    Refuse,
    /// Push to the new queue what was not settled.
    PushRest,
    /// Push all leads to the new queue.
    PushAll,
}

/// What a push is going to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PushPlan {
    /// The name of the push.
    pub push_id: PushId,
    /// How many leads were given.
    pub leads: usize,
    /// How many of them are sent.
    pub to_send: usize,
    /// How many are rejected for what they say, duplicates not counted.
    pub rejected: usize,
    /// How many are dropped as duplicates.
    pub duplicates: usize,
    /// How many are good, but over the limit that was set or do not fit.
    pub left_out: usize,
    /// How many entries the queue has.
    pub queue_total: u64,
    /// How many more it can take, if the caller said what it
    /// [holds](super::Push::capacity).
    pub capacity_left: Option<u64>,
    /// In how many batches the leads are sent.
    pub batches: usize,
    /// How many requests that takes in all, the reading of the queue included.
    pub requests: usize,
    /// How long sending takes at least, by the rate limit and by what else is
    /// waiting; as JSON in seconds.
    #[serde(serialize_with = "in_seconds")]
    pub least_time: Duration,
    /// What an earlier run has done, if this one goes on with its journal.
    pub resumed: Option<ResumedPush>,
}

/// What the journal of a push says of earlier runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResumedPush {
    /// When the push began.
    pub began: Timestamp,
    /// When the last of its leads was settled by an earlier run.
    pub last_settled: Option<Timestamp>,
    /// How many leads were settled: added, or left out by the server.
    pub settled: usize,
    /// How many of those are in the queue now.
    pub still_in_queue: usize,
    /// How many of those were added, and are not in the queue any more.
    pub gone: usize,
    /// How many leads no record tells of, and the queue has.
    pub found_in_queue: usize,
    /// Whether the queue is another one than that which was pushed to.
    pub queue_replaced: bool,
    /// Whether a batch was under way when the last run ended.
    pub under_way: bool,
    /// Whether all was done before, so that this run has nothing to send.
    pub finished: bool,
}

pub(super) fn in_seconds<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(time.as_secs_f64())
}

/// The leads of a push: which of them are sent, and the status of each.
pub(super) struct PlannedLeads {
    pub(super) list: Arc<ValidatedLeads>,
    /// One for each lead; those that are to be sent are `NotSent` until they are.
    pub(super) statuses: Vec<LeadStatus>,
    /// The inputs that are sent, in order.
    pub(super) to_send: Vec<usize>,
    /// How many leads are valid and no duplicates.
    accepted: usize,
    /// How many leads earlier rounds have settled.
    settled: usize,
    /// The inputs that earlier rounds have added, with their positions.
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

    /// Leaves out what is over the limit of the caller, or does not fit into a queue
    /// of which the caller said how much it holds.
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

    /// Settles inputs that are not to be sent any more.
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

    /// Sends what an earlier run has planned to send.
    pub(super) fn follow(&mut self, planned: &Planned) -> Result<(), Error> {
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

    /// What a later run has to know of the plan.
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

    /// The number of a lead that is sent, by its place among those.
    pub(super) fn number(&self, index: usize) -> &str {
        let input = self.to_send.get(index);
        input
            .and_then(|input| self.list.number(*input))
            .unwrap_or_default()
    }

    /// The body of a batch.
    pub(super) fn body(&self, range: &Range<usize>) -> Vec<u8> {
        let inputs = self.to_send.get(range.clone()).unwrap_or_default();
        validate::body(inputs.iter().filter_map(|input| self.list.json(*input)))
    }

    /// How many leads that are to be sent have a number that is in the queue.
    pub(super) fn there(&self, snapshot: &Snapshot) -> usize {
        let there = snapshot.entries.iter();
        let there: HashSet<&str> = there.map(|entry| &*entry.number).collect();
        let sent = 0..self.to_send.len();
        sent.filter(|index| there.contains(self.number(*index)))
            .count()
    }

    /// The positions of what earlier rounds have added.
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

    /// Notes what became of a lead, by its place among those that are sent.
    pub(super) fn set(&mut self, index: usize, status: LeadStatus) {
        let input = self.to_send.get(index);
        let place = input.and_then(|input| self.statuses.get_mut(*input));
        if let Some(place) = place {
            *place = status;
        }
    }

    /// The counts of a plan.
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

/// Which of so many inputs are among these.
pub(super) fn flags(count: usize, inputs: &[usize]) -> Vec<bool> {
    let mut flags = vec![false; count];
    for input in inputs {
        if let Some(flag) = flags.get_mut(*input) {
            *flag = true;
        }
    }
    flags
}

/// Takes an input that the journal names out of the valid ones.
fn take(valid: &mut [bool], input: usize) -> Result<(), Error> {
    if valid.get_mut(input).is_some_and(std::mem::take) {
        return Ok(());
    }
    // The list is that of the journal, but its numbers are read in another way.
    let message = "a number that the journal plans to send is not accepted any more";
    Err(Error::invalid_request(message)
        .with_param("journal")
        .with_suggestion("resume with the program that started the push"))
}

fn does_not_fit(leads: usize, left: u64, capacity: u64) -> Error {
    let message = format!(
        "{leads} leads are to be sent, but the queue has room for {left} of at most {capacity}"
    );
    Error::invalid_request(message)
        .with_code(ErrorCode::DialingQueueLimitReached)
        .with_param("leads")
        .with_suggestion("clear or reset the queue, or send only what fits")
}
