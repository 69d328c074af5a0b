//! The progress of a push, replayed from the records of its journal. Without I/O. Records may be missing at the end;
//! `resume` reads the queue to settle the leads without a record.

use std::ops::Range;

use super::record::{Head, Planned, Record, positions};
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::ids::QueueId;
use crate::model::timestamp::Timestamp;
use crate::power_dialer::append_response::Placed;
use crate::power_dialer::batch::Batcher;

/// The progress of earlier runs of a push.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct JournalState {
    pub(in super::super) head: Head,
    pub(in super::super) planned: Planned,
    pub(in super::super) batcher: Batcher,
    /// The status of the leads that are sent, as far as it is recorded.
    pub(in super::super) placed: Vec<Placed>,
    /// The leads that are in the queue twice, with the other position.
    pub(in super::super) twice: Vec<(usize, u64)>,
    /// How many batches were started.
    pub(in super::super) batches: usize,
    pub(in super::super) in_flight: Option<InFlight>,
    /// The id of the queue, once it is known.
    pub(in super::super) queue: Option<QueueId>,
    /// How many requests these runs sent, as far as it is recorded.
    pub(in super::super) requests: u32,
    /// How many batches got a replayed response.
    pub(in super::super) replays: u32,
    /// The time of the last record that contains a time.
    pub(in super::super) last_at: Timestamp,
    /// If an earlier run could not settle lost records: the time after which their requests were sent.
    pub(in super::super) doubt_at: Option<Timestamp>,
    /// When the last lead was settled.
    pub(in super::super) settled_at: Option<Timestamp>,
    /// The totals of the report, once the push is finished.
    pub(in super::super) finished: Option<Record>,
}

/// A batch whose outcome is not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct InFlight {
    pub(in super::super) seq: usize,
    pub(in super::super) range: Range<usize>,
    pub(in super::super) key: IdempotencyKey,
    pub(in super::super) at: Timestamp,
}

impl JournalState {
    pub(super) fn new(head: Head, planned: Planned) -> Option<Self> {
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
            in_flight: None,
            requests: 0,
            replays: 0,
            doubt_at: None,
            settled_at: None,
            finished: None,
        })
    }

    /// Applies the next record. Returns `None` if it contradicts those before.
    pub(super) fn apply(&mut self, record: Record) -> Option<()> {
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
                let fits = seq == self.batches && range == next && self.in_flight.is_none();
                fits.then_some(())?;
                self.batches += 1;
                self.in_flight = Some(InFlight {
                    seq,
                    range,
                    key,
                    at,
                });
            }
            Record::Done { seq, .. } => {
                let batch = self.end(seq)?;
                self.apply_done(&batch.range, record)?;
            }
            Record::Found {
                start,
                len,
                at,
                position,
            } => {
                let range = start..start.checked_add(len)?;
                let next = self.in_flight.take().map(|batch| batch.range);
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
            // The batch stays in flight: the server may still remember its key.
            Record::Unknown { seq, .. } => {
                (self.in_flight.as_ref()?.seq == seq).then_some(())?;
            }
            // The queue may have room again.
            Record::Resumed { doubt, .. } => {
                self.batcher.forget_room();
                self.doubt_at = self.doubt_at.take().or(doubt);
            }
            Record::Finished { .. } => {
                let open = self.in_flight.is_some() || self.batcher.next().is_some();
                (!open).then_some(())?;
                self.finished = Some(record);
            }
        }
        Some(())
    }

    fn apply_done(&mut self, range: &Range<usize>, record: Record) -> Option<()> {
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
        self.twice.extend(positions(&twice));
        self.place(range, added, skipped, at)
    }

    /// Records the status of each lead of a batch.
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
        let added = positions(&added).map(|(index, position)| (index, Placed::Added(position)));
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

    /// Takes the batch in flight, if it has this number.
    fn end(&mut self, seq: usize) -> Option<InFlight> {
        self.in_flight.take().filter(|batch| batch.seq == seq)
    }
}
