//! Resumes a push whose journal does not record the status of all leads: a batch was in flight when the last run
//! ended, or records were lost. `evidence` looks for these leads in the queue.

use std::ops::Range;
use std::time::Duration;

use super::LeadStatus;
use super::batch;
use super::evidence::{Evidence, Presence};
use super::journal::{self, InFlight, Record};
use super::prepare::{PreparedPush, StartingPoint, now};
use super::resume::Resumption;
use crate::error::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::idempotency_key::repeat_until;
use crate::model::timestamp::Timestamp;

/// How far a time in a journal may be ahead of the clock, because clocks are sometimes adjusted slightly.
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(5);

impl Resumption<'_> {
    /// Resumes in the queue in which the push was started.
    pub(super) fn resume_in_queue(mut self) -> Result<PreparedPush, Error> {
        self.check_key()?;
        let mut evidence = Evidence::since(self.floor(), &self.snapshot.entries);
        let mut records = Vec::new();
        self.state.batcher.forget_room();
        let open = loop {
            let Some(range) = self.batches().next() else {
                break None;
            };
            match evidence.find(&self.leads.numbers(&range)) {
                Presence::Present(position) => records.push(self.found(range, position)),
                presence => break Some(presence),
            }
        };
        let found: usize = records.iter().map(found_leads).sum();
        let start = match open.map(|presence| self.settle_rest(presence, &mut evidence)) {
            None | Some(Rest::Absent) => {
                records.extend(self.give_up_forgotten());
                self.resuming(None, records)
            }
            Some(Rest::ByKeys) => self.resuming(Some(self.doubt_at()), records),
            Some(Rest::Unreadable) => {
                return Err(journal::unreadable_queue(self.spec.journal_path()));
            }
            Some(Rest::Unclear(unknown)) => {
                let path = self.spec.journal_path();
                let error = journal::left_in_doubt(path, unknown.len());
                for (index, status) in unknown {
                    self.leads.set(index, status);
                }
                StartingPoint::Stop(error)
            }
        };
        let mut prepared = self.prepared(start);
        if let Some(resumed) = &mut prepared.plan.resumed {
            resumed.found_in_queue = found;
        }
        Ok(prepared)
    }

    fn resuming(&self, doubt: Option<Timestamp>, found: Vec<Record>) -> StartingPoint {
        let at = now(self.client);
        let mut records = vec![Record::Resumed { at, doubt }];
        records.extend(found);
        StartingPoint::Resume(records)
    }

    /// Checks that the key of the batch in flight is the one that this program derives.
    fn check_key(&self) -> Result<(), Error> {
        let Some(in_flight) = &self.state.in_flight else {
            return Ok(());
        };
        if self.key(&in_flight.range) == in_flight.key {
            return Ok(());
        }
        Err(journal::another_push(
            self.spec.journal_path(),
            "derivation of idempotency keys; resume with the program that started it",
        ))
    }

    fn key(&self, range: &Range<usize>) -> IdempotencyKey {
        batch::key(self.namespace(), range, &self.leads.body(range))
    }

    fn namespace(&self) -> uuid::Uuid {
        let head = &self.state.head;
        self.spec.namespace(&head.push_id, head.round)
    }

    /// The first position that leads with an unknown status can have: after all entries that were certainly in the
    /// queue before these leads were sent.
    fn floor(&self) -> u64 {
        let exact = self.settled.iter();
        let exact = exact.filter(|lead| {
            let number = self.leads.list.number(lead.input);
            number.is_some_and(|number| self.snapshot.has(lead.position, number))
        });
        let anchor = self.state.planned.last.as_ref();
        let namespace = self.namespace();
        // If the caller chose the push id, a run without this journal may have sent the leads before the anchor. As
        // long as the server remembers the keys, it replays the response.
        let is_sure = !self.state.head.named || is_remembered(&self.doubt_at(), &now(self.client));
        let anchor = anchor.filter(|anchor| is_sure && self.snapshot.has_anchor(anchor, namespace));
        let known = exact.map(|lead| lead.position);
        let known = known.chain(anchor.map(|anchor| anchor.position));
        known.max().map_or(0, |position| position.saturating_add(1))
    }

    /// Records that a batch is in the queue.
    fn found(&mut self, range: Range<usize>, position: u64) -> Record {
        self.state.in_flight = None;
        self.state.batcher.pass(range.end);
        for (index, position) in range.clone().zip(position..) {
            self.leads.set(index, LeadStatus::Added { position });
        }
        Record::Found {
            start: range.start,
            len: range.len(),
            at: now(self.client),
            position,
        }
    }

    /// The time after which requests without a record were sent.
    fn doubt_at(&self) -> Timestamp {
        let state = &self.state;
        state
            .doubt_at
            .clone()
            .unwrap_or_else(|| state.last_at.clone())
    }

    /// Gives up the batch in flight if its key is forgotten: the batch is not in the queue, so it was not sent or was
    /// removed, and it is sent as a new batch.
    fn give_up_forgotten(&mut self) -> Option<Record> {
        let in_flight = self
            .state
            .in_flight
            .take_if(|in_flight| !is_remembered(&in_flight.at, &now(self.client)))?;
        Some(Record::Refused {
            seq: in_flight.seq,
            requests: self.state.requests,
        })
    }

    /// Decides about the remaining leads, whose first batch is not in the queue as a whole.
    fn settle_rest(&self, first: Presence, evidence: &mut Evidence) -> Rest {
        let start = self.batches().next().map_or(0, |range| range.start);
        let left: Vec<bool> = {
            let numbers = evidence.numbers();
            let all = 0..self.leads.to_send.len();
            all.map(|index| index >= start && numbers.contains(self.leads.number(index)))
                .collect()
        };
        let is_any_left = left.contains(&true);
        let is_remembered = is_remembered(&self.doubt_at(), &now(self.client));
        if !is_any_left && (self.snapshot.is_whole || is_remembered) {
            return Rest::Absent;
        }
        if !self.snapshot.is_whole && !is_remembered {
            return Rest::Unreadable;
        }
        let might_be_parts = |presence| {
            matches!(
                presence,
                Presence::Present(_) | Presence::Unclear { is_beginning: true }
            )
        };
        let is_clear = !might_be_parts(first)
            && self
                .batches()
                .skip(1)
                .all(|range| !might_be_parts(evidence.find(&self.leads.numbers(&range))));
        if is_remembered && is_clear {
            return Rest::ByKeys;
        }
        Rest::Unclear(self.unknown(first, left))
    }

    /// The remaining batches, as they would be sent.
    fn batches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let mut in_flight = self.state.in_flight.as_ref().map(|one| one.range.clone());
        let mut batcher = self.state.batcher.clone();
        std::iter::from_fn(move || {
            let range = in_flight.take().or_else(|| batcher.next())?;
            batcher.pass(range.end);
            Some(range)
        })
    }

    /// The leads with an unknown status.
    fn unknown(&self, first: Presence, mut left: Vec<bool>) -> Vec<(usize, LeadStatus)> {
        let in_flight = self.state.in_flight.as_ref();
        if in_flight.is_some() || first != Presence::Absent {
            let batch = self.batches().next().unwrap_or_default();
            if let Some(flags) = left.get_mut(batch) {
                flags.fill(true);
            }
        }
        let mut unknown = Vec::new();
        for range in self.batches() {
            let in_flight = in_flight.filter(|in_flight| in_flight.range == range);
            let (key, since) = match in_flight {
                Some(InFlight { key, at, .. }) => (key.clone(), at.clone()),
                None => (self.key(&range), self.doubt_at()),
            };
            for index in range
                .clone()
                .filter(|index| left.get(*index) == Some(&true))
            {
                let status = LeadStatus::Unknown {
                    key: key.clone(),
                    retry_until: repeat_until(&since),
                };
                unknown.push((index, status));
            }
        }
        unknown
    }
}

/// What to do about the batches that are not in the queue.
enum Rest {
    /// Send them.
    Absent,
    /// Send them with the keys that an earlier run may have used; the server remembers these keys.
    ByKeys,
    /// The queue does not show which of these leads are in it.
    Unclear(Vec<(usize, LeadStatus)>),
    /// The queue has entries whose number cannot be read.
    Unreadable,
}

const fn found_leads(record: &Record) -> usize {
    match record {
        Record::Found { len, .. } => *len,
        _ => 0,
    }
}

/// Whether the server certainly remembers a key that was first sent at `at`. If `at` is in the future, the clock was
/// set back by an unknown amount.
pub(super) fn is_remembered(at: &Timestamp, now: &Timestamp) -> bool {
    let ahead = Duration::try_from(at.instant().duration_since(now.instant()));
    ahead.map_or(true, |ahead| ahead <= MAX_CLOCK_SKEW)
        && repeat_until(at).instant() > now.instant()
}
