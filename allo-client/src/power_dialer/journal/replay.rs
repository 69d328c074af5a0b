//! What a journal says, from its bytes. Without I/O; what is torn off at the end
//! is left away, anything else that cannot be is an error.

use std::ops::Range;

use serde::de::DeserializeOwned;

use super::super::answer::Placed;
use super::super::batch::Cutter;
use super::record::{FORMAT, First, Head, Mark, Planned, Record, VERSION};
use crate::{IdempotencyKey, Timestamp};

/// Why a file cannot be gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// It is something else.
    NotAJournal,
    /// A later version of this program has written it.
    Newer(u32),
    /// This line, counted from 1, is not what was written.
    Damaged(usize),
}

/// What earlier runs of a push have done.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Past {
    pub(in super::super) head: Head,
    pub(in super::super) planned: Planned,
    pub(in super::super) cutter: Cutter,
    /// What became of the leads that are sent, as far as it is known.
    pub(in super::super) placed: Vec<Placed>,
    /// How many batches were begun.
    pub(in super::super) batches: usize,
    pub(in super::super) under_way: Option<UnderWay>,
    /// How many requests they took, as far as that is recorded.
    pub(in super::super) requests: u32,
    /// How many batches were answered by a repeated answer.
    pub(in super::super) replays: u32,
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

/// Reads a journal. Returns also how many of its bytes are whole lines; nothing
/// if it ends before a plan was made, as then nothing was sent either.
pub(super) fn replay(bytes: &[u8]) -> Result<Option<(Past, usize)>, Problem> {
    let mut lines = Lines {
        rest: bytes,
        number: 0,
    };
    let Some(head) = lines.head()? else {
        return Ok(None);
    };
    let Some(First::Plan(planned)) = lines.next()? else {
        return Ok(None);
    };
    let mut past = Past::begin(head, planned).ok_or(Problem::Damaged(2))?;
    while let Some(record) = lines.next()? {
        past.take(record).ok_or(Problem::Damaged(lines.number))?;
    }
    let whole = bytes.len() - lines.rest.len();
    Ok(Some((past, whole)))
}

/// What every journal begins with.
pub(super) fn beginning() -> Vec<u8> {
    format!("{{\"format\":\"{FORMAT}\"").into_bytes()
}

/// What has not been read yet.
struct Lines<'a> {
    rest: &'a [u8],
    /// Of the last line that was read.
    number: usize,
}

impl Lines<'_> {
    /// The first line, which says what all this is.
    fn head(&mut self) -> Result<Option<Head>, Problem> {
        let begin = beginning();
        let seen = self.rest.len().min(begin.len());
        if self.rest.get(..seen) != begin.get(..seen) {
            return Err(Problem::NotAJournal);
        }
        let line = self.rest.split(|byte| *byte == b'\n').next();
        let mark = line.and_then(|line| serde_json::from_slice::<Mark>(line).ok());
        match mark {
            Some(mark) if mark.format == FORMAT && mark.version > VERSION => {
                Err(Problem::Newer(mark.version))
            }
            _ => self.next(),
        }
    }

    /// The next whole line. What stands at the end and cannot be read was being
    /// written when the program died.
    fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Problem> {
        let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') else {
            return Ok(None);
        };
        let (line, rest) = self.rest.split_at(end + 1);
        match serde_json::from_slice(line) {
            Ok(value) => {
                self.rest = rest;
                self.number += 1;
                Ok(Some(value))
            }
            Err(_) if rest.is_empty() => Ok(None),
            Err(_) => Err(Problem::Damaged(self.number + 1)),
        }
    }
}

impl Past {
    fn begin(head: Head, planned: Planned) -> Option<Self> {
        let mut leads = 0_usize;
        for (first, count) in &planned.send {
            first.checked_add(*count)?;
            leads = leads.checked_add(*count)?;
        }
        Some(Self {
            cutter: Cutter::new(leads, head.subject.batch_size),
            head,
            planned,
            placed: Vec::new(),
            batches: 0,
            under_way: None,
            requests: 0,
            replays: 0,
            finished: None,
        })
    }

    /// Goes one record further. Nothing if it does not fit to those before.
    fn take(&mut self, record: Record) -> Option<()> {
        let is_over = self.finished.is_some();
        self.requests = self.requests.max(record.requests());
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
                let next = self.cutter.next()?;
                let fits = seq == self.batches && range == next && self.under_way.is_none();
                self.batches += 1;
                self.under_way = fits.then_some(UnderWay {
                    seq,
                    range,
                    key,
                    at,
                });
                fits.then_some(())?;
            }
            Record::Done {
                seq,
                added,
                skipped,
                replayed,
                ..
            } => {
                let batch = self.end(seq)?;
                self.replays = self.replays.saturating_add(u32::from(replayed));
                let added = added
                    .into_iter()
                    .map(|(index, position)| (index, Placed::Added(position)));
                let skipped = skipped
                    .into_iter()
                    .map(|(index, reason)| (index, Placed::Skipped(reason)));
                let mut placed: Vec<_> = added.chain(skipped).collect();
                placed.sort_unstable_by_key(|(index, _)| *index);
                let indices = placed.iter().map(|(index, _)| *index);
                indices.eq(batch.range.clone()).then_some(())?;
                self.placed
                    .extend(placed.into_iter().map(|(_, placed)| placed));
                self.cutter.pass(batch.range.end);
            }
            Record::Refused { seq, .. } => drop(self.end(seq)?),
            Record::Halved { seq, size, cut, .. } => {
                let batch = self.end(seq)?;
                if let Some(size) = size {
                    self.cutter.shrink(size);
                }
                if let Some(cut) = cut {
                    let inside = batch.range.start < cut && cut < batch.range.end;
                    inside.then(|| self.cutter.cut(cut))?;
                }
            }
            // It stays under way: its key may still be known.
            Record::Unknown { seq, .. } => {
                (self.under_way.as_ref()?.seq == seq).then_some(())?;
            }
            Record::Finished { .. } => {
                let open = self.under_way.is_some() || self.cutter.next().is_some();
                (!open).then_some(())?;
                self.finished = Some(record);
            }
        }
        Some(())
    }

    /// The batch that was under way, if it is this one.
    fn end(&mut self, seq: usize) -> Option<UnderWay> {
        self.under_way.take().filter(|batch| batch.seq == seq)
    }
}
