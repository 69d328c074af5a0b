//! The course of a push, from the plan to the report: the loop that sends one
//! batch after another. What is decided on the way is in the modules beside this
//! one; how a batch is sent until its end is known is in `delivery`.

use std::sync::Arc;
use std::time::Duration;

use super::answer::Placed;
use super::delivery::{Batch, End};
use super::event::Listeners;
use super::journal::{Journal, Past, Record};
use super::prepare::{Prepared, prepare};
use super::push::Spec;
use super::settle::{self, Step};
use super::{LeadFate, LeadReport, PushEvent, PushPlan, PushReport};
use crate::types::NewQueueNumber;
use crate::{Client, Error, Outcome};

/// So many leads in a row that the server refuses one by one are enough.
const MOST_REFUSED: u32 = 3;

/// Pushes the leads.
pub(super) async fn run(
    spec: Spec,
    leads: Vec<NewQueueNumber>,
    listeners: Listeners,
) -> Result<PushReport, Error> {
    let client = spec.dialer.resource.client.clone();
    let _turn = client.shared().turns.take(&spec.dialer.teammate).await;
    let (journal, past) = open(&spec).await?;
    let is_new = past.is_none();
    let prepared = match prepare(&spec, &client, leads, past).await {
        Ok(prepared) => prepared,
        Err(error) => {
            if let Some(journal) = journal.filter(|_| is_new) {
                journal.discard().await;
            }
            return Err(error);
        }
    };
    if let Some(journal) = journal.as_ref().filter(|_| is_new) {
        let (head, planned) = prepared.for_journal(&spec).await;
        journal.begin(&head, planned).await?;
    }
    let mut course = Course::new(spec, client, prepared, journal, listeners);
    let plan = course.at.plan.clone();
    course.listeners.tell(PushEvent::Planned(plan));
    course.send_all().await;
    Ok(course.finish())
}

/// Says what [`run`] would do.
pub(super) async fn plan(spec: Spec, leads: Vec<NewQueueNumber>) -> Result<PushPlan, Error> {
    let client = spec.dialer.resource.client.clone();
    let past = match &spec.journal {
        Some(path) => Journal::peek(path.clone()).await?,
        None => None,
    };
    Ok(prepare(&spec, &client, leads, past).await?.plan)
}

async fn open(spec: &Spec) -> Result<(Option<Journal>, Option<Past>), Error> {
    let Some(path) = &spec.journal else {
        return Ok((None, None));
    };
    let (journal, past) = Journal::open(path.clone()).await?;
    Ok((Some(journal), past))
}

/// A push at work.
pub(super) struct Course {
    pub(super) spec: Spec,
    pub(super) client: Client,
    /// How far it is.
    pub(super) at: Prepared,
    pub(super) listeners: Listeners,
    pub(super) totals: Totals,
    journal: Option<Journal>,
    refused_in_a_row: u32,
    stopped: Option<Error>,
}

/// What a report counts besides leads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) requests: u32,
    pub(super) replays: u32,
    pub(super) waits: u32,
    pub(super) waited: Duration,
}

impl Course {
    fn new(
        spec: Spec,
        client: Client,
        at: Prepared,
        journal: Option<Journal>,
        listeners: Listeners,
    ) -> Self {
        let (requests, replays) = at.earlier;
        let begun = Totals {
            requests: requests.saturating_add(at.requests),
            replays,
            ..Totals::default()
        };
        Self {
            totals: at.finished.as_ref().map_or(begun, Totals::of),
            spec,
            client,
            at,
            listeners,
            journal,
            refused_in_a_row: 0,
            stopped: None,
        }
    }

    async fn send_all(&mut self) {
        if self.at.finished.is_some() {
            return;
        }
        while self.stopped.is_none() {
            let ended = match self.next() {
                Some((batch, is_new)) => self.send(batch, is_new).await,
                None => {
                    let finished = self.totals.record();
                    self.stopped = self.note(finished).await.err();
                    return;
                }
            };
            if let Err(error) = ended {
                self.stopped = Some(error);
            }
        }
    }

    /// The next batch, and whether it is sent for the first time.
    fn next(&mut self) -> Option<(Batch, bool)> {
        if let Some(begun) = self.at.under_way.take() {
            return Some((self.batch_again(begun), false));
        }
        let range = self.at.cutter.next()?;
        let seq = self.at.batches;
        self.at.batches += 1;
        Some((self.batch(seq, range), true))
    }

    /// Sends a batch, and notes what became of it.
    ///
    /// # Errors
    ///
    /// If nothing can be sent after it.
    async fn send(&mut self, batch: Batch, is_new: bool) -> Result<(), Error> {
        if is_new {
            self.note(batch.record()).await?;
        }
        match self.deliver(&batch, !is_new).await {
            End::Placed { placed, replayed } => {
                self.refused_in_a_row = 0;
                self.place(&batch, placed, replayed).await
            }
            End::Failed(Step::Shrink | Step::Split, error) if batch.range.len() <= 1 => {
                self.skip(&batch, &error).await
            }
            End::Failed(Step::Shrink, _) => self.halve(&batch, true).await,
            End::Failed(Step::Split, _) => self.halve(&batch, false).await,
            End::Failed(Step::Unknown, error) => self.lose(&batch, error).await,
            End::Failed(Step::Again | Step::Stop, error) => {
                let requests = self.totals.requests;
                let seq = batch.seq;
                self.note(Record::Refused { seq, requests }).await?;
                Err(error)
            }
        }
    }

    /// It is known what became of each lead of a batch.
    async fn place(
        &mut self,
        batch: &Batch,
        placed: Vec<Placed>,
        replayed: bool,
    ) -> Result<(), Error> {
        let (mut added, mut skipped) = (Vec::new(), Vec::new());
        for (index, placed) in batch.range.clone().zip(placed) {
            match &placed {
                Placed::Added(position) => added.push((index, *position)),
                Placed::Skipped(reason) => skipped.push((index, reason.clone())),
            }
            self.at.draft.set(index, placed.into());
        }
        self.at.cutter.pass(batch.range.end);
        self.listeners.tell(PushEvent::Batch {
            added: added.len(),
            skipped: skipped.len(),
            done: batch.range.end,
            of: self.at.draft.to_send.len(),
            eta: self.eta(),
        });
        let seq = batch.seq;
        self.note(Record::Done {
            seq,
            added,
            skipped,
            replayed,
            requests: self.totals.requests,
        })
        .await
    }

    /// The server refused a batch for what is in it.
    async fn halve(&mut self, batch: &Batch, all: bool) -> Result<(), Error> {
        let from = batch.range.len();
        let to = from.div_ceil(2);
        let cut = batch.range.start + to;
        if all {
            self.at.cutter.shrink(to);
        } else {
            self.at.cutter.cut(cut);
        }
        self.listeners.tell(PushEvent::Halved { from, to });
        self.note(Record::Halved {
            seq: batch.seq,
            size: all.then_some(to),
            cut: (!all).then_some(cut),
            requests: self.totals.requests,
        })
        .await
    }

    /// The server refused a single lead.
    async fn skip(&mut self, batch: &Batch, error: &Error) -> Result<(), Error> {
        let reason = settle::reason(error);
        let placed = vec![Placed::Skipped(reason)];
        self.place(batch, placed, false).await?;
        self.refused_in_a_row += 1;
        if self.refused_in_a_row < MOST_REFUSED {
            return Ok(());
        }
        let message = format!("{MOST_REFUSED} leads in a row were refused one by one: {error}");
        Err(Error::invalid_request(message))
    }

    /// Nobody knows what became of a batch. Nothing may overtake it.
    async fn lose(&mut self, batch: &Batch, error: Error) -> Result<(), Error> {
        let until = &batch.until;
        let retry_until = match error.outcome() {
            Outcome::Unknown { retry_until, .. } => until.min(retry_until).clone(),
            _ => until.clone(),
        };
        for index in batch.range.clone() {
            let fate = LeadFate::Unknown {
                key: batch.key.clone(),
                retry_until: retry_until.clone(),
            };
            self.at.draft.set(index, fate);
        }
        let (seq, requests) = (batch.seq, self.totals.requests);
        self.note(Record::Unknown { seq, requests }).await?;
        Err(error)
    }

    async fn note(&mut self, record: Record) -> Result<(), Error> {
        match &self.journal {
            Some(journal) => journal.note(&record).await,
            None => Ok(()),
        }
    }

    /// How long the rest takes at least.
    pub(super) fn eta(&self) -> Duration {
        self.at.pace.least(&self.client, self.at.cutter.batches())
    }

    fn finish(mut self) -> PushReport {
        let stopped = self.stopped.as_ref().map(Error::to_string);
        if let Some(why) = stopped.clone() {
            self.listeners.tell(PushEvent::Stopped { why });
        }
        let draft = self.at.draft;
        let leads = draft.leads.into_iter().zip(draft.fates).enumerate();
        let leads = leads.map(|(input, (lead, fate))| LeadReport { input, lead, fate });
        let report = PushReport {
            push_id: self.at.plan.push_id,
            leads: leads.collect(),
            requests: self.totals.requests,
            replays: self.totals.replays,
            waits: self.totals.waits,
            waited: self.totals.waited,
            resumed: self.at.plan.resumed,
            stopped,
            error: self.stopped.map(Arc::new),
        };
        if self.listeners.are_there() {
            let report = Box::new(report.clone());
            self.listeners.tell(PushEvent::Finished(report));
        }
        report
    }
}

impl Totals {
    /// A wait of this length, if there was one.
    pub(super) fn waited(&mut self, time: Duration) {
        self.waits += u32::from(!time.is_zero());
        self.waited = self.waited.saturating_add(time);
    }

    fn record(self) -> Record {
        Record::Finished {
            requests: self.requests,
            replays: self.replays,
            waits: self.waits,
            waited_ms: u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn of(record: &Record) -> Self {
        match *record {
            Record::Finished {
                requests,
                replays,
                waits,
                waited_ms,
            } => Self {
                requests,
                replays,
                waits,
                waited: Duration::from_millis(waited_ms),
            },
            _ => Self::default(),
        }
    }
}
