//! How a push goes on with its journal: what of it is still in the queue, what
//! the queue says about what no record tells of, and what follows from both.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use super::batch::{self, Cutter};
use super::evidence::{Evidence, Verdict};
use super::journal::{self, JournalState, Record, UnderWay};
use super::pace::Pace;
use super::plan::Draft;
use super::prepare::{Course, Prepared, Target, now};
use super::push::Spec;
use super::queue::{self, Snapshot};
use super::{Duplicates, FinishedJournal, LeadFate, ReplacedQueue, ResumedPush, Screen};
use crate::operation::RateClass;
use crate::transport::repeat_until;
use crate::types::NewQueueNumber;
use crate::{Client, Error, IdempotencyKey, Timestamp};

/// How far a time in a journal may be ahead of the clock, as clocks are set a
/// little now and then.
const MOST_AHEAD: Duration = Duration::from_secs(5);

/// A push that was begun, beside the queue as it is now.
struct Resumption<'a> {
    spec: &'a Spec,
    client: &'a Client,
    state: JournalState,
    draft: Draft,
    snapshot: Snapshot,
    pace: Pace,
    settled: Vec<Settled>,
}

/// A lead that was added.
struct Settled {
    input: usize,
    position: u64,
    number: String,
    /// Whether it is in the queue now.
    is_here: bool,
}

/// Goes on with a push. The plan is not made again, as the queue holds what was
/// sent meanwhile.
pub(super) async fn resume(
    spec: &Spec,
    client: &Client,
    leads: Vec<NewQueueNumber>,
    state: JournalState,
) -> Result<Prepared, Error> {
    state.check(spec, &leads).await?;
    let mut pace = Pace::default();
    let started = pace.start(client, RateClass::Read);
    let snapshot = queue::snapshot(&spec.dialer, &spec.options).await?;
    pace.end(&started, snapshot.requests);
    let mut draft = Draft::screen(leads, &mut Screen::new(spec.screen)).await;
    draft.follow(&state.planned)?;
    let resumption = Resumption {
        spec,
        client,
        settled: settled(&state, &draft, &snapshot),
        state,
        draft,
        snapshot,
        pace,
    };
    resumption.decide().await
}

/// What was added, and whether it is in the queue now.
fn settled(state: &JournalState, draft: &Draft, snapshot: &Snapshot) -> Vec<Settled> {
    let kept = draft.kept.iter().cloned();
    let placed = state.placed.iter().zip(&draft.to_send);
    let placed = placed
        .filter_map(|(placed, (input, number))| Some((*input, number.clone(), placed.position()?)));
    let all: Vec<_> = kept.chain(placed).collect();
    let places: Vec<_> = all
        .iter()
        .map(|(_, number, position)| (*position, number.as_str()))
        .collect();
    let here = snapshot.presence(&places);
    let all = all.into_iter().zip(here);
    let settled = all.map(|((input, number, position), is_here)| Settled {
        input,
        position,
        number,
        is_here,
    });
    settled.collect()
}

impl Resumption<'_> {
    async fn decide(self) -> Result<Prepared, Error> {
        let path = self.spec.journal_path();
        let is_replaced = self.is_replaced();
        let gone = self.gone();
        if let Some(finished) = self.state.finished.clone() {
            return match self.spec.when_finished {
                _ if gone == 0 && !is_replaced => Ok(self.report(finished)),
                FinishedJournal::Report => Ok(self.report(finished)),
                FinishedJournal::PushAgain => self.push_again().await,
                FinishedJournal::Refuse => {
                    let began = &self.state.head.began;
                    Err(journal::finished_and_gone(path, gone, began, is_replaced))
                }
            };
        }
        match self.spec.when_replaced {
            _ if !is_replaced => self.go_on(),
            ReplacedQueue::Refuse => Err(journal::other_queue(path, self.state.placed.len())),
            ReplacedQueue::PushRest => {
                let fates = self.fates();
                self.begin_anew(fates).await
            }
            ReplacedQueue::PushAll => self.begin_anew(BTreeMap::new()).await,
        }
    }

    /// Whether the queue is another one than that which was pushed to.
    fn is_replaced(&self) -> bool {
        match &self.state.queue {
            Some(queue) => self.snapshot.queue.as_ref() != Some(queue),
            // It came into being with the first batch, and nobody has asked for its id.
            None => !self.settled.is_empty() && self.settled.iter().all(|lead| !lead.is_here),
        }
    }

    fn gone(&self) -> usize {
        self.settled.iter().filter(|lead| !lead.is_here).count()
    }

    fn resumed(&self) -> ResumedPush {
        let planned = &self.state.planned;
        let earlier = planned.kept.len() + planned.gone.len() + planned.skipped.len();
        ResumedPush {
            began: self.state.head.began.clone(),
            last_settled: self.state.settled_at.clone(),
            settled: self.state.placed.len() + earlier,
            still_in_queue: self.settled.len() - self.gone(),
            gone: self.gone() + planned.gone.len(),
            found_in_queue: 0,
            queue_replaced: self.is_replaced(),
            under_way: self.state.under_way.is_some(),
            finished: self.state.finished.is_some(),
        }
    }

    /// What is known of the leads that were settled.
    fn fates(&self) -> BTreeMap<usize, LeadFate> {
        let is_replaced = self.is_replaced();
        let added = self.settled.iter().map(|lead| {
            let position = lead.position;
            let fate = if lead.is_here && !is_replaced {
                LeadFate::Added { position }
            } else {
                LeadFate::Gone { position }
            };
            (lead.input, fate)
        });
        let placed = self.state.placed.iter().zip(&self.draft.to_send);
        let skipped = placed.filter(|(placed, _)| !placed.is_added());
        let skipped = skipped.map(|(placed, (input, _))| (*input, placed.clone().into()));
        added.chain(skipped).collect()
    }

    /// All was done before.
    fn report(self, finished: Record) -> Prepared {
        self.prepared(Course::Finished(finished))
    }

    /// Pushes what is not in the queue, by new keys.
    async fn push_again(self) -> Result<Prepared, Error> {
        let keep = if self.is_replaced() {
            BTreeMap::new()
        } else {
            let mut fates = self.fates();
            fates.retain(|_, fate| !matches!(fate, LeadFate::Gone { .. }));
            fates
        };
        self.begin_anew(keep).await
    }

    /// Plans again what is not settled by these, for the queue as it is.
    async fn begin_anew(self, settled: BTreeMap<usize, LeadFate>) -> Result<Prepared, Error> {
        let Self {
            spec,
            client,
            snapshot,
            ..
        } = &self;
        let mut resumed = self.resumed();
        resumed.under_way = false;
        let inputs: BTreeSet<_> = self.draft.to_send.iter().map(|(input, _)| *input).collect();
        let mut screen = Screen::new(spec.screen);
        if spec.screen.duplicates == Duplicates::DropInListAndQueue {
            for entry in &snapshot.entries {
                screen.queued_at(&entry.number, entry.position);
            }
        }
        let leads = self.draft.leads.clone();
        let mut draft = Draft::screen(leads, &mut screen).await;
        draft.settle(settled);
        if spec.limit.is_some() {
            draft.to_send.retain(|(input, _)| inputs.contains(input));
        }
        let total = u64::try_from(snapshot.entries.len()).unwrap_or(u64::MAX);
        draft.fit(None, spec.when_full, spec.capacity, total)?;
        if !snapshot.is_whole {
            return Err(journal::unreadable_queue(spec.journal_path()));
        }
        // An append that was under way may have arrived.
        match draft.there(&snapshot.without(draft.positions())) {
            0 => {}
            there => return Err(journal::left_in_doubt(spec.journal_path(), there)),
        }
        let push_id = self.state.head.push_id.clone();
        let round = self.state.head.round.saturating_add(1);
        let namespace = spec.namespace(&push_id, round);
        let mut plan = draft.plan(push_id, total, spec.capacity);
        plan.resumed = Some(resumed);
        let last = snapshot.entries.last().map(|last| last.anchor(namespace));
        Ok(Prepared {
            namespace,
            round,
            began: now(client),
            cutter: Cutter::new(draft.to_send.len(), spec.batch_size),
            plan,
            draft,
            requests: snapshot.requests,
            batches: 0,
            earlier: (0, 0),
            queue: Target {
                id: snapshot.queue.clone(),
                total,
                last,
                next: Some(snapshot.next()),
                snapshot: None,
            },
            under_way: None,
            twice: BTreeMap::new(),
            course: Course::Begin,
            pace: self.pace,
        })
    }

    /// Goes on in the queue in which the push began.
    fn go_on(mut self) -> Result<Prepared, Error> {
        self.check_key()?;
        let mut evidence = Evidence::since(self.floor(), &self.snapshot.entries);
        let mut records = Vec::new();
        self.state.cutter.forget_room();
        let open = loop {
            let Some(range) = self.batches().next() else {
                break None;
            };
            match evidence.judge(&self.draft.numbers(&range)) {
                Verdict::There(position) => records.push(self.found(range, position)),
                verdict => break Some(verdict),
            }
        };
        let found: usize = records.iter().map(found_leads).sum();
        let course = match open.map(|verdict| self.settle_rest(verdict, &mut evidence)) {
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
                for (index, fate) in unknown {
                    self.draft.set(index, fate);
                }
                Course::Stop(error)
            }
        };
        let mut prepared = self.prepared(course);
        if let Some(resumed) = &mut prepared.plan.resumed {
            resumed.found_in_queue = found;
        }
        Ok(prepared)
    }

    fn resuming(&self, doubt: Option<Timestamp>, found: Vec<Record>) -> Course {
        let at = now(self.client);
        let mut records = vec![Record::Resumed { at, doubt }];
        records.extend(found);
        Course::GoOn(records)
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
        let namespace = self.namespace();
        let leads = self.draft.batch(range);
        let body = serde_json::to_vec(&leads).unwrap_or_default();
        batch::key(namespace, range, &body)
    }

    fn namespace(&self) -> uuid::Uuid {
        let head = &self.state.head;
        self.spec.namespace(&head.push_id, head.round)
    }

    /// Behind what is sure to have been there before what is in doubt was sent.
    fn floor(&self) -> u64 {
        let exact = self.settled.iter();
        let exact = exact.filter(|lead| self.snapshot.has(lead.position, &lead.number));
        let anchor = self.state.planned.last.as_ref();
        let namespace = self.namespace();
        let anchor = anchor.filter(|anchor| self.snapshot.has_anchor(anchor, namespace));
        let known = exact.map(|lead| lead.position);
        let known = known.chain(anchor.map(|anchor| anchor.position));
        known.max().map_or(0, |position| position.saturating_add(1))
    }

    /// Notes that a batch is in the queue.
    fn found(&mut self, range: Range<usize>, position: u64) -> Record {
        self.state.under_way = None;
        self.state.cutter.pass(range.end);
        for (index, position) in range.clone().zip(position..) {
            self.draft.set(index, LeadFate::Added { position });
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
    fn settle_rest(&self, first: Verdict, evidence: &mut Evidence) -> Rest {
        let start = self.batches().next().map_or(0, |range| range.start);
        let left: BTreeSet<usize> = {
            let there = evidence.numbers();
            let rest = start..self.draft.to_send.len();
            rest.filter(|index| there.contains(self.draft.number(*index)))
                .collect()
        };
        let is_remembered = is_remembered(&self.doubt_at(), &now(self.client));
        if left.is_empty() && (self.snapshot.is_whole || is_remembered) {
            return Rest::NotThere;
        }
        if !self.snapshot.is_whole && !is_remembered {
            return Rest::Unreadable;
        }
        let might_be_parts = |verdict| {
            matches!(
                verdict,
                Verdict::There(_) | Verdict::Unclear { is_beginning: true }
            )
        };
        let is_clear = !might_be_parts(first)
            && self
                .batches()
                .skip(1)
                .all(|range| !might_be_parts(evidence.judge(&self.draft.numbers(&range))));
        if is_remembered && is_clear {
            return Rest::ByKeys;
        }
        Rest::Unclear(self.unknown(first, left))
    }

    /// The batches that are left, as they would be sent.
    fn batches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let mut begun = self.state.under_way.as_ref().map(|one| one.range.clone());
        let mut cutter = self.state.cutter.clone();
        std::iter::from_fn(move || {
            let range = begun.take().or_else(|| cutter.next())?;
            cutter.pass(range.end);
            Some(range)
        })
    }

    /// The leads of which nobody knows what became of them.
    fn unknown(&self, first: Verdict, mut left: BTreeSet<usize>) -> Vec<(usize, LeadFate)> {
        let begun = self.state.under_way.as_ref();
        if begun.is_some() || first != Verdict::NotThere {
            left.extend(self.batches().next().into_iter().flatten());
        }
        let mut unknown = Vec::new();
        for range in self.batches() {
            let begun = begun.filter(|begun| begun.range == range);
            let (key, since) = match begun {
                Some(UnderWay { key, at, .. }) => (key.clone(), at.clone()),
                None => (self.key(&range), self.doubt_at()),
            };
            for index in range.clone().filter(|index| left.contains(index)) {
                let fate = LeadFate::Unknown {
                    key: key.clone(),
                    retry_until: repeat_until(&since),
                };
                unknown.push((index, fate));
            }
        }
        unknown
    }

    fn prepared(mut self, course: Course) -> Prepared {
        let resumed = self.resumed();
        for (input, fate) in self.fates() {
            if let Some(place) = self.draft.fates.get_mut(input) {
                *place = fate;
            }
        }
        let state = self.state;
        let namespace = self.spec.namespace(&state.head.push_id, state.head.round);
        let total = state.planned.queue_total;
        let push_id = state.head.push_id;
        let mut plan = self.draft.plan(push_id, total, self.spec.capacity);
        plan.resumed = Some(resumed);
        Prepared {
            namespace,
            round: state.head.round,
            began: state.head.began,
            cutter: state.cutter,
            plan,
            draft: self.draft,
            pace: self.pace,
            requests: self.snapshot.requests,
            batches: state.batches,
            earlier: (state.requests, state.replays),
            queue: Target {
                id: state.queue,
                total,
                last: state.planned.last,
                next: Some(self.snapshot.next()),
                snapshot: Some(self.snapshot),
            },
            under_way: state.under_way,
            twice: state.twice.into_iter().collect(),
            course,
        }
    }
}

/// What is to be done about the batches that are not there.
enum Rest {
    /// They are sent.
    NotThere,
    /// They are sent by the keys they may have been sent by, which the server knows.
    ByKeys,
    /// It cannot be told which of these are there.
    Unclear(Vec<(usize, LeadFate)>),
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
