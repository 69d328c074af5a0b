//! Resumes a push whose journal does not record the status of all leads: a batch was in flight when the last run ended, or
//! records were lost. The queue is the evidence; it is read in `evidence`.

use std::ops::Range;
use std::time::Duration;

use super::LeadStatus;
use super::batch;
use super::evidence::{Evidence, Presence};
use super::journal::{self, Record, UnderWay};
use super::prepare::{PreparedPush, StartingPoint, now};
use super::resume::Resumption;
use crate::error::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::idempotency_key::repeat_until;
use crate::model::timestamp::Timestamp;

/// How far a time in a journal may be ahead of the clock, as clocks are set a
/// little now and then.
const MOST_AHEAD: Duration = Duration::from_secs(5);

impl Resumption<'_> {
    /// Goes on in the queue in which the push began.
    pub(super) fn go_on(mut self) -> Result<PreparedPush, Error> {
        self.check_key()?;
        let mut evidence = Evidence::since(self.floor(), &self.snapshot.entries);
        let mut records = Vec::new();
        self.state.batcher.forget_room();
        let open = loop {
            let Some(range) = self.batches().next() else {
                break None;
            };
            match evidence.find(&self.leads.numbers(&range)) {
                Presence::There(position) => records.push(self.found(range, position)),
                presence => break Some(presence),
            }
        };
        let found: usize = records.iter().map(found_leads).sum();
        let start = match open.map(|presence| self.settle_rest(presence, &mut evidence)) {
            None | Some(Rest::NotThere) => {
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
        StartingPoint::GoOn(records)
    }

    /// The key of the batch under way is made of what the journal says about it.
    fn check_key(&self) -> Result<(), Error> {
        let Some(begun) = &self.state.under_way else {
            return Ok(());
        };
        if self.key(&begun.range) == begun.key {
            return Ok(());
        }
        Err(journal::another_push(
            self.spec.journal_path(),
            "way to make idempotency keys; go on with the program that began it",
        ))
    }

    fn key(&self, range: &Range<usize>) -> IdempotencyKey {
        batch::key(self.namespace(), range, &self.leads.body(range))
    }

    fn namespace(&self) -> uuid::Uuid {
        let head = &self.state.head;
        self.spec.namespace(&head.push_id, head.round)
    }

    /// Behind what is sure to have been there before what is in doubt was sent.
    fn floor(&self) -> u64 {
        let exact = self.settled.iter();
        let exact = exact.filter(|lead| {
            let number = self.leads.list.number(lead.input);
            number.is_some_and(|number| self.snapshot.has(lead.position, number))
        });
        let anchor = self.state.planned.last.as_ref();
        let namespace = self.namespace();
        // Under a name of the caller's, a run without this journal may have sent what stands before
        // it; the server says so as long as it knows the keys.
        let is_sure = !self.state.head.named || is_remembered(&self.doubt_at(), &now(self.client));
        let anchor = anchor.filter(|anchor| is_sure && self.snapshot.has_anchor(anchor, namespace));
        let known = exact.map(|lead| lead.position);
        let known = known.chain(anchor.map(|anchor| anchor.position));
        known.max().map_or(0, |position| position.saturating_add(1))
    }

    /// Notes that a batch is in the queue.
    fn found(&mut self, range: Range<usize>, position: u64) -> Record {
        self.state.under_way = None;
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

    /// After when that was sent which no record tells of.
    fn doubt_at(&self) -> Timestamp {
        let state = &self.state;
        state
            .doubt_at
            .clone()
            .unwrap_or_else(|| state.last_at.clone())
    }

    /// A batch that is not there was not sent, or is gone, if its key is forgotten; it
    /// is sent as if for the first time.
    fn give_up_forgotten(&mut self) -> Option<Record> {
        let begun = self
            .state
            .under_way
            .take_if(|begun| !is_remembered(&begun.at, &now(self.client)))?;
        Some(Record::Refused {
            seq: begun.seq,
            requests: self.state.requests,
        })
    }

    /// What is to be done about what is left, of which the first batch is not there as
    /// a whole.
    fn settle_rest(&self, first: Presence, evidence: &mut Evidence) -> Rest {
        let start = self.batches().next().map_or(0, |range| range.start);
        let left: Vec<bool> = {
            let there = evidence.numbers();
            let all = 0..self.leads.to_send.len();
            all.map(|index| index >= start && there.contains(self.leads.number(index)))
                .collect()
        };
        let is_any_left = left.contains(&true);
        let is_remembered = is_remembered(&self.doubt_at(), &now(self.client));
        if !is_any_left && (self.snapshot.is_whole || is_remembered) {
            return Rest::NotThere;
        }
        if !self.snapshot.is_whole && !is_remembered {
            return Rest::Unreadable;
        }
        let might_be_parts = |presence| {
            matches!(
                presence,
                Presence::There(_) | Presence::Unclear { is_beginning: true }
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

    /// The batches that are left, as they would be sent.
    fn batches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let mut begun = self.state.under_way.as_ref().map(|one| one.range.clone());
        let mut batcher = self.state.batcher.clone();
        std::iter::from_fn(move || {
            let range = begun.take().or_else(|| batcher.next())?;
            batcher.pass(range.end);
            Some(range)
        })
    }

    /// The leads of which nobody knows what became of them.
    fn unknown(&self, first: Presence, mut left: Vec<bool>) -> Vec<(usize, LeadStatus)> {
        let begun = self.state.under_way.as_ref();
        if begun.is_some() || first != Presence::NotThere {
            let batch = self.batches().next().unwrap_or_default();
            if let Some(flags) = left.get_mut(batch) {
                flags.fill(true);
            }
        }
        let mut unknown = Vec::new();
        for range in self.batches() {
            let begun = begun.filter(|begun| begun.range == range);
            let (key, since) = match begun {
                Some(UnderWay { key, at, .. }) => (key.clone(), at.clone()),
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

/// What is to be done about the batches that are not there.
enum Rest {
    /// They are sent.
    NotThere,
    /// They are sent by the keys they may have been sent by, which the server knows.
    ByKeys,
    /// It cannot be told which of these are there.
    Unclear(Vec<(usize, LeadStatus)>),
    /// The queue has entries of which the number is not known.
    Unreadable,
}

const fn found_leads(record: &Record) -> usize {
    match record {
        Record::Found { len, .. } => *len,
        _ => 0,
    }
}

/// Whether the server is sure to know a key that was first sent at that time. If the
/// clock was set back since, nobody knows by how much.
pub(super) fn is_remembered(at: &Timestamp, now: &Timestamp) -> bool {
    let ahead = Duration::try_from(at.instant().duration_since(now.instant()));
    ahead.map_or(true, |ahead| ahead <= MOST_AHEAD) && repeat_until(at).instant() > now.instant()
}
