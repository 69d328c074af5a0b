//! The journal of a push: what it records. The file, its checksums and its errors are those of every journal, in
//! `crate::journal`.
//!
//! # Format, version 3
//!
//! The first line identifies the push, the second contains the plan; each further line is a [`Record`]. To resume, a
//! push reads the queue, because records may be lost, and sends no lead that may be in it.
//!
//! Version 1 had no checksums, version 2 another fingerprint of the list. Both are refused.

mod errors;
mod record;
mod replay;
#[cfg(test)]
mod tests;

use uuid::Uuid;

use crate::journal::Format;

pub(super) use errors::{
    another_push, empty, finished_and_gone, left_in_doubt, no_directory, other_queue,
    unreadable_queue,
};
pub(super) use record::{Anchor, Head, PlanLine, Planned, Record, Subject, position_runs};
pub(super) use replay::{InFlight, JournalState};

/// The journal of a push.
pub(super) type Journal = crate::journal::Journal<PushFormat>;
/// The result of opening the journal of a push.
pub(super) type Opened = crate::journal::Opened<PushFormat>;
/// The result of reading the journal of a push without locking it.
pub(super) type Peeked = crate::journal::Peeked<PushFormat>;

/// What a push records.
#[derive(Debug)]
pub(super) enum PushFormat {}

impl Format for PushFormat {
    const NAME: &'static str = "allo-push";
    const VERSION: u32 = 3;
    const JOB: &'static str = "push";
    const START_OVER: &'static str = errors::LEAVE_OUT;
    type Head = Head;
    type Plan = PlanLine;
    type Record = Record;
    type State = JournalState;

    fn begin(head: Head, PlanLine::Plan(planned): PlanLine) -> Option<JournalState> {
        JournalState::new(head, planned)
    }

    fn apply(state: &mut JournalState, record: Record) -> Option<()> {
        state.apply(record)
    }
}

/// The prefix of a fingerprint of a number: enough to recognise an entry of the queue, not enough to reveal the
/// number.
pub(super) fn mark(namespace: Uuid, number: &str) -> String {
    let mut text = Uuid::new_v5(&namespace, number.as_bytes())
        .simple()
        .to_string();
    text.truncate(8);
    text
}

/// Groups ascending indices into runs: the first index and the length of each.
pub(super) fn runs(inputs: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for input in inputs {
        match runs.last_mut() {
            Some((first, count)) if *first + *count == input => *count += 1,
            _ => runs.push((input, 1)),
        }
    }
    runs
}
