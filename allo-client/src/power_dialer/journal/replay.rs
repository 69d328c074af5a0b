//! What a journal says, from its bytes. Without I/O. A line that does not verify
//! ends what can be read: what may have stood behind it is in doubt, and so is
//! what may have been cut off at the end, as nobody sees that. The doubt is settled
//! in `resume`, by reading the queue.

use std::ops::Range;

use super::chain::Chain;
use super::record::{FORMAT, First, Head, Mark, Planned, Record, VERSION, places};
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::timestamp::Timestamp;
use crate::power_dialer::append_response::Placed;
use crate::power_dialer::batch::Batcher;

/// Why a file cannot be gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// It is something else.
    NotAJournal,
    /// A later version of this program has written it.
    Newer(u32),
    /// An earlier version of this program has written it, without checksums.
    Older(u32),
    /// This line, counted from 1, is not what was written, and without it nothing
    /// can be said.
    Damaged(usize),
}

/// A journal that was read.
#[derive(Debug)]
pub(super) struct Replayed {
    pub(super) state: JournalState,
    /// How many of its bytes verify.
    pub(super) whole: usize,
    /// Where the next line is attached.
    pub(super) chain: Chain,
}

/// What earlier runs of a push have done.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct JournalState {
    pub(in super::super) head: Head,
    pub(in super::super) planned: Planned,
    pub(in super::super) batcher: Batcher,
    /// What became of the leads that are sent, as far as it is known.
    pub(in super::super) placed: Vec<Placed>,
    /// Which of those are in the queue twice, and where.
    pub(in super::super) twice: Vec<(usize, u64)>,
    /// How many batches were begun.
    pub(in super::super) batches: usize,
    pub(in super::super) under_way: Option<UnderWay>,
    /// The id of the queue, once it is known.
    pub(in super::super) queue: Option<String>,
    /// How many requests they took, as far as that is recorded.
    pub(in super::super) requests: u32,
    /// How many batches were answered by a repeated answer.
    pub(in super::super) replays: u32,
    /// When the last record that tells the time was written.
    pub(in super::super) last_at: Timestamp,
    /// After when that was sent of which an earlier run could not be sure.
    pub(in super::super) doubt_at: Option<Timestamp>,
    /// When the last lead was settled.
    pub(in super::super) settled_at: Option<Timestamp>,
    /// The totals of the report, once all is done.
    pub(in super::super) finished: Option<Record>,
}

/// A batch of which the end is not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct UnderWay {
    pub(in super::super) seq: usize,
    pub(in super::super) range: Range<usize>,
    pub(in super::super) key: IdempotencyKey,
    pub(in super::super) at: Timestamp,
}

/// Reads a journal that is not empty. It is written in one piece up to the plan, so
/// it always has head and plan unless it was damaged.
pub(super) fn replay(bytes: &[u8]) -> Result<Replayed, Problem> {
    let begin = beginning();
    let seen = bytes.len().min(begin.len());
    if bytes.get(..seen) != begin.get(..seen) {
        return Err(Problem::NotAJournal);
    }
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut chain = Chain::new();
    let mut next = || lines.next().unwrap_or_default();
    let first = next();
    if !chain.verify(first) {
        return Err(unreadable(first));
    }
    let head: Head = serde_json::from_slice(first).map_err(|_| unreadable(first))?;
    let second = next();
    let planned = match serde_json::from_slice(second) {
        Ok(First::Plan(planned)) if chain.verify(second) => planned,
        _ => return Err(Problem::Damaged(2)),
    };
    let mut state = JournalState::begin(head, planned).ok_or(Problem::Damaged(2))?;
    let mut whole = first.len() + second.len();
    for line in lines {
        if !chain.verify(line) {
            break;
        }
        // What verifies was written so; what cannot be read was not written by us.
        let problem = Problem::Damaged(chain.lines());
        let record = serde_json::from_slice(line).map_err(|_| problem)?;
        state.take(record).ok_or(problem)?;
        whole += line.len();
    }
    Ok(Replayed {
        state,
        whole,
        chain,
    })
}

/// What every journal begins with.
pub(super) fn beginning() -> Vec<u8> {
    format!("{{\"format\":\"{FORMAT}\"").into_bytes()
}

/// What is wrong with a first line that does not verify.
fn unreadable(line: &[u8]) -> Problem {
    match serde_json::from_slice::<Mark>(line) {
        Ok(mark) if mark.format == FORMAT && mark.version > VERSION => Problem::Newer(mark.version),
        Ok(mark) if mark.format == FORMAT && mark.version < VERSION => Problem::Older(mark.version),
        _ => Problem::Damaged(1),
    }
}

impl JournalState {
    fn begin(head: Head, planned: Planned) -> Option<Self> {
        let mut leads = 0_usize;
        for (first, count) in &planned.send {
            first.checked_add(*count)?;
            leads = leads.checked_add(*count)?;
        }
        Some(Self {
            batcher: Batcher::new(leads, head.subject.batch_size),
            last_at: head.began.clone(),
            queue: planned.queue.clone(),
            head,
            planned,
            placed: Vec::new(),
            twice: Vec::new(),
            batches: 0,
            under_way: None,
            requests: 0,
            replays: 0,
            doubt_at: None,
            settled_at: None,
            finished: None,
        })
    }

    /// Goes one record further. Nothing if it does not fit to those before.
    fn take(&mut self, record: Record) -> Option<()> {
        let is_over = self.finished.is_some();
        self.requests = self.requests.max(record.requests());
        if let Some(at) = record
            .at()
            .filter(|at| at.instant() > self.last_at.instant())
        {
            self.last_at = at.clone();
        }
        match record {
            _ if is_over => return None,
            Record::Sending {
                seq,
                start,
                len,
                key,
                at,
            } => {
                let range = start..start.checked_add(len)?;
                let next = self.batcher.next()?;
                let fits = seq == self.batches && range == next && self.under_way.is_none();
                fits.then_some(())?;
                self.batches += 1;
                self.under_way = Some(UnderWay {
                    seq,
                    range,
                    key,
                    at,
                });
            }
            Record::Done { seq, .. } => {
                let batch = self.end(seq)?;
                self.take_done(&batch.range, record)?;
            }
            Record::Found {
                start,
                len,
                at,
                position,
            } => {
                let range = start..start.checked_add(len)?;
                let next = self.under_way.take().map(|batch| batch.range);
                (next.or_else(|| self.batcher.next())? == range).then_some(())?;
                self.place(&range, [(start, position, len)].into(), Vec::new(), at)?;
            }
            Record::Refused { seq, .. } => drop(self.end(seq)?),
            Record::Halved { seq, size, cut, .. } => {
                let batch = self.end(seq)?;
                if let Some(size) = size {
                    self.batcher.shrink(size);
                }
                if let Some(cut) = cut {
                    let inside = batch.range.start < cut && cut < batch.range.end;
                    inside.then(|| self.batcher.cut(cut))?;
                }
            }
            Record::Full { seq, room, .. } => {
                let batch = self.end(seq)?;
                (room < batch.range.len()).then_some(())?;
                self.batcher.fill(room);
            }
            // It stays under way: its key may still be known.
            Record::Unknown { seq, .. } => {
                (self.under_way.as_ref()?.seq == seq).then_some(())?;
            }
            // There may be room again.
            Record::Resumed { doubt, .. } => {
                self.batcher.forget_room();
                self.doubt_at = self.doubt_at.take().or(doubt);
            }
            Record::Finished { .. } => {
                let open = self.under_way.is_some() || self.batcher.next().is_some();
                (!open).then_some(())?;
                self.finished = Some(record);
            }
        }
        Some(())
    }

    fn take_done(&mut self, range: &Range<usize>, record: Record) -> Option<()> {
        let Record::Done {
            at,
            added,
            skipped,
            twice,
            replayed,
            queue,
            ..
        } = record
        else {
            return None;
        };
        self.replays = self.replays.saturating_add(u32::from(replayed));
        self.queue = self.queue.take().or(queue);
        let inside = |&(first, _, count): &(usize, u64, usize)| {
            range.contains(&first) && count <= range.end - first
        };
        (twice.iter().all(inside) && added.iter().all(inside)).then_some(())?;
        self.twice.extend(places(&twice));
        self.place(range, added, skipped, at)
    }

    /// Notes what became of each lead of a batch.
    fn place(
        &mut self,
        range: &Range<usize>,
        added: Vec<(usize, u64, usize)>,
        skipped: Vec<(usize, String)>,
        at: Timestamp,
    ) -> Option<()> {
        let counts = added.iter().map(|(_, _, count)| *count);
        let total = counts.fold(skipped.len(), usize::saturating_add);
        (total == range.len()).then_some(())?;
        let added = places(&added).map(|(index, position)| (index, Placed::Added(position)));
        let skipped = skipped
            .into_iter()
            .map(|(index, reason)| (index, Placed::Skipped(reason)));
        let mut placed: Vec<_> = added.chain(skipped).collect();
        placed.sort_unstable_by_key(|(index, _)| *index);
        let indices = placed.iter().map(|(index, _)| *index);
        indices.eq(range.clone()).then_some(())?;
        let placed = placed.into_iter().map(|(_, placed)| placed);
        let in_queue = self.placed.len();
        self.placed.extend(placed);
        let new = self.placed.get(in_queue..).unwrap_or_default();
        let added = new.iter().filter(|lead| lead.is_added()).count();
        self.batcher.pass(range.end);
        self.batcher.took(added);
        self.settled_at = Some(at);
        Some(())
    }

    /// The batch that was under way, if it is this one.
    fn end(&mut self, seq: usize) -> Option<UnderWay> {
        self.under_way.take().filter(|batch| batch.seq == seq)
    }
}
