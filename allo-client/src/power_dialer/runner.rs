//! Runs a push from the plan to the report: the loop that sends one batch after another. The other modules decide;
//! `send_batch` sends and retries a single batch.

use std::sync::Arc;
use std::time::Duration;

use super::append_response::Placed;
use super::doubt::{Doubt, Failure, Step};
use super::event::Listeners;
use super::failure_policy;
use super::journal::{Journal, Opened, Peeked, PlanLine, Record, position_runs};
use super::leads::ValidatedLeads;
use super::prepare::{EarlierRuns, PreparedPush, StartingPoint, now, prepare};
use super::send_batch::{Batch, BatchResult, Delivered, with_unknown_outcome};
use super::spec::Spec;
use super::totals::Totals;
use super::{LeadReport, LeadStatus, PushEvent, PushPlan, PushReport, WhenFull, queue};
use crate::error::{Error, Outcome};
use crate::error::{ErrorKind, GaveUp};
use crate::model::ids::QueueId;
use crate::transport::client_handle::Client;

/// Stop after this many consecutive single-lead refusals.
const MAX_REFUSALS: u32 = 3;

/// The messages if the deadline passes before the first batch.
const NOT_OPENED: &str = "the journal was not opened";
const NOT_PLANNED: &str = "the queue was not read";

/// Pushes the leads.
pub(super) async fn run(
    spec: Spec,
    leads: Arc<ValidatedLeads>,
    listeners: Listeners,
) -> Result<PushReport, Error> {
    let client = spec.dialer.resource.client.clone();
    let _lock = spec.lock_queue().await?;
    let (journal, prepared) = prepare_all(&spec, &client, leads).await?;
    let mut push = Run::new(spec, client, prepared, journal, listeners);
    let plan = push.state.plan.clone();
    push.listeners.emit(PushEvent::Planned(plan));
    push.send_all().await;
    Ok(push.finish())
}

/// Opens the journal, plans the push and writes the plan to the journal.
async fn prepare_all(
    spec: &Spec,
    client: &Client,
    leads: Arc<ValidatedLeads>,
) -> Result<(Option<Journal>, PreparedPush), Error> {
    let mut is_last = false;
    loop {
        let mut opened = spec.within(NOT_OPENED, open(spec)).await?;
        let was_absent = matches!(opened, Opened::Absent(_));
        let earlier_runs = earlier_runs(&mut opened);
        let preparing = prepare(spec, client, Arc::clone(&leads), earlier_runs);
        let mut prepared = spec.within(NOT_PLANNED, preparing).await?;
        match write_plan(opened, &mut prepared, spec).await {
            // A dropped push may have created the journal in the meantime.
            Err(error) if error.is_journal_in_use() && was_absent && !is_last => {
                is_last = true;
            }
            journal => return Ok((journal?, prepared)),
        }
    }
}

/// Returns the plan that [`run`] would execute.
pub(super) async fn plan(spec: &Spec, leads: Arc<ValidatedLeads>) -> Result<PushPlan, Error> {
    let client = spec.dialer.resource.client.clone();
    let earlier_runs = match &spec.journal {
        Some(path) => spec.within(NOT_OPENED, Journal::peek(path.clone())).await?,
        None => Peeked::Absent,
    };
    let earlier_runs = match earlier_runs {
        Peeked::Absent => EarlierRuns::Nothing,
        Peeked::Empty => EarlierRuns::Lost,
        Peeked::Started(state) => EarlierRuns::Recorded(state),
    };
    let preparing = prepare(spec, &client, leads, earlier_runs);
    Ok(spec.within(NOT_PLANNED, preparing).await?.plan)
}

async fn open(spec: &Spec) -> Result<Opened, Error> {
    match &spec.journal {
        Some(path) => Journal::open(path.clone()).await,
        None => Ok(Opened::Disabled),
    }
}

/// What the journal records of earlier runs.
fn earlier_runs(opened: &mut Opened) -> EarlierRuns {
    match opened {
        Opened::Disabled | Opened::Absent(_) => EarlierRuns::Nothing,
        Opened::Empty(_) => EarlierRuns::Lost,
        Opened::Started(_, state) => state
            .take()
            .map_or(EarlierRuns::Lost, EarlierRuns::Recorded),
    }
}

/// Writes the plan to the journal before it is executed.
async fn write_plan(
    opened: Opened,
    prepared: &mut PreparedPush,
    spec: &Spec,
) -> Result<Option<Journal>, Error> {
    let journal = match opened {
        Opened::Disabled => return Ok(None),
        Opened::Absent(path) => {
            let (head, planned) = prepared.for_journal(spec);
            let plan = PlanLine::Plan(planned);
            return Journal::create(path, head, plan).await.map(Some);
        }
        Opened::Empty(journal) | Opened::Started(journal, _) => journal,
    };
    match &prepared.start {
        StartingPoint::New => {
            let (head, planned) = prepared.for_journal(spec);
            journal.replace(head, PlanLine::Plan(planned)).await?;
        }
        StartingPoint::Resume(records) => journal.resume(records).await?,
        StartingPoint::Finished(_) | StartingPoint::Stop(_) => {}
    }
    Ok(Some(journal))
}

/// A running push.
pub(super) struct Run {
    pub(super) spec: Spec,
    pub(super) client: Client,
    /// Plan and progress.
    pub(super) state: PreparedPush,
    pub(super) listeners: Listeners,
    pub(super) totals: Totals,
    journal: Option<Journal>,
    consecutive_refusals: u32,
    /// The error with which the server reported that the queue is full.
    full: Option<Error>,
    stopped: Option<Error>,
}

impl Run {
    fn new(
        spec: Spec,
        client: Client,
        state: PreparedPush,
        journal: Option<Journal>,
        listeners: Listeners,
    ) -> Self {
        let (requests, replays) = state.earlier;
        let resumed = Totals {
            requests: requests.saturating_add(state.requests),
            replays,
            ..Totals::default()
        };
        let totals = match &state.start {
            StartingPoint::Finished(record) => Totals::of(record),
            _ => resumed,
        };
        Self {
            totals,
            spec,
            client,
            state,
            listeners,
            journal,
            consecutive_refusals: 0,
            full: None,
            stopped: None,
        }
    }

    async fn send_all(&mut self) {
        if self.state.is_over() {
            let start = std::mem::replace(&mut self.state.start, StartingPoint::New);
            if let StartingPoint::Stop(why) = start {
                self.stopped = Some(why);
            }
            return;
        }
        while self.stopped.is_none() {
            if self.spec.time_left().is_some_and(|left| left.is_zero()) {
                self.stopped = Some(self.out_of_time());
                return;
            }
            let ended = match self.next() {
                Some((batch, is_new)) => self.send(batch, is_new).await,
                None => return self.end().await,
            };
            if let Err(error) = ended {
                self.stopped = Some(error);
            }
        }
    }

    /// Records the end of the push: all leads are sent, or the queue is full.
    async fn end(&mut self) {
        let full = self.full.take().filter(|_| self.state.batcher.is_full());
        if full.is_some() && self.spec.when_full == WhenFull::Refuse {
            // The same push can resume once the queue has room.
            self.stopped = full;
            return;
        }
        let finished = self.totals.record(now(&self.client));
        self.stopped = self.record(finished).await.err();
    }

    fn out_of_time(&self) -> Error {
        Error::new(
            ErrorKind::Deadline,
            "the push did not finish before its deadline",
        )
        .with_gave_up(GaveUp::Deadline, self.spec.deadline)
    }

    /// The next batch, and whether it is sent for the first time.
    fn next(&mut self) -> Option<(Batch, bool)> {
        if let Some(in_flight) = self.state.in_flight.take() {
            return Some((self.batch_of_earlier_run(in_flight), false));
        }
        let range = self.state.batcher.next()?;
        let seq = self.state.batches;
        self.state.batches += 1;
        Some((self.batch(seq, range), true))
    }

    /// Sends a batch and records the result.
    ///
    /// # Errors
    ///
    /// If no later batch can be sent.
    async fn send(&mut self, batch: Batch, is_new: bool) -> Result<(), Error> {
        if is_new {
            self.record(batch.record()).await?;
        }
        let doubt = match is_new {
            true => Doubt::None,
            false => Doubt::EarlierRun,
        };
        match self.send_batch(&batch, doubt).await {
            BatchResult::Placed(delivered) => {
                self.consecutive_refusals = 0;
                self.place(&batch, delivered).await
            }
            BatchResult::Failed(Step::Look, error) => self.look_in_queue(&batch, error).await,
            // The API does not promise that a batch which does not fit is not added in part.
            BatchResult::Failed(Step::Fill, error) if self.full.is_none() => {
                self.look_in_queue(&batch, error).await
            }
            BatchResult::Failed(Step::Unknown, error) => self.mark_unknown(&batch, error).await,
            BatchResult::Failed(step, error) => self.refused(&batch, step, error).await,
        }
    }

    /// Handles a batch that was not executed.
    async fn refused(&mut self, batch: &Batch, step: Step, error: Error) -> Result<(), Error> {
        match step {
            Step::Shrink | Step::Split if batch.range.len() <= 1 => self.skip(batch, &error).await,
            Step::Shrink => self.halve(batch, true).await,
            Step::Split => self.halve(batch, false).await,
            Step::Fill => self.fill(batch, error).await,
            _ => {
                let (seq, requests) = (batch.seq, self.totals.requests);
                self.record(Record::Refused { seq, requests }).await?;
                Err(error)
            }
        }
    }

    /// Records the status of each lead of a batch.
    async fn place(&mut self, batch: &Batch, delivered: Delivered) -> Result<(), Error> {
        let (mut added, mut skipped, mut twice) = (Vec::new(), Vec::new(), Vec::new());
        let mut other = delivered.twice_from;
        for (index, placed) in batch.range.clone().zip(delivered.placed) {
            match &placed {
                Placed::Added(position) => {
                    added.push((index, *position));
                    twice.extend(other.map(|other| (index, other)));
                    other = other.map(|other| other.saturating_add(1));
                }
                Placed::Skipped(reason) => skipped.push((index, reason.clone())),
            }
            let status = match placed {
                Placed::Added(position) if delivered.gone.contains(&position) => {
                    LeadStatus::Gone { position }
                }
                placed => placed.into(),
            };
            self.state.leads.set(index, status);
        }
        self.state.twice.extend(twice.iter().copied());
        self.state.batcher.pass(batch.range.end);
        self.state.batcher.took(added.len());
        let last = added.last().map(|(_, position)| position.saturating_add(1));
        self.state.queue.next = last.max(self.state.queue.next);
        self.listeners.emit(PushEvent::Batch {
            added: added.len(),
            skipped: skipped.len(),
            done: batch.range.end,
            of: self.state.leads.to_send.len(),
            eta: self.eta(),
        });
        let record = Record::Done {
            seq: batch.seq,
            at: now(&self.client),
            added: position_runs(added.into_iter()),
            skipped,
            twice: position_runs(twice.into_iter()),
            replayed: delivered.replayed,
            queue: self.read_queue_id().await,
            requests: self.totals.requests,
        };
        self.record(record).await?;
        delivered.stop_error.map_or(Ok(()), Err)
    }

    /// Reads the id of the queue that the first batch created, so that a later run can recognise the queue, if more
    /// batches follow.
    async fn read_queue_id(&mut self) -> Option<QueueId> {
        let is_last = self.state.batcher.next().is_none();
        if self.journal.is_none() || self.state.queue.id.is_some() || is_last {
            return None;
        }
        let found = queue::count(&self.spec.dialer, &self.spec.options);
        let found = self.spec.within(NOT_PLANNED, found).await.ok()?;
        self.totals.requests = self.totals.requests.saturating_add(found.requests);
        self.state.queue.id.clone_from(&found.queue);
        found.queue
    }

    /// Handles a batch that does not fit into the queue.
    async fn fill(&mut self, batch: &Batch, error: Error) -> Result<(), Error> {
        let from = batch.range.len();
        let room = from.saturating_sub(1);
        self.full = Some(error);
        self.state.batcher.fill(room);
        if let Some(next) = self.state.batcher.next() {
            let to = next.len();
            self.listeners.emit(PushEvent::Halved { from, to });
        }
        let (seq, requests) = (batch.seq, self.totals.requests);
        self.record(Record::Full {
            seq,
            room,
            requests,
        })
        .await
    }

    /// Handles a refused batch that may be in the queue already.
    async fn look_in_queue(&mut self, batch: &Batch, error: Error) -> Result<(), Error> {
        match self.find_batch(batch).await {
            Ok(Some(position)) => {
                let count = batch.range.len();
                let placed = (position..).take(count).map(Placed::Added).collect();
                self.place(batch, Delivered::of(placed)).await
            }
            Ok(None) => {
                let error = error.with_outcome(Outcome::NotExecuted);
                let step = Doubt::None.step(Failure::of(&error));
                self.refused(batch, step, error).await
            }
            Err(_) => {
                self.mark_unknown(batch, with_unknown_outcome(error, batch))
                    .await
            }
        }
    }

    /// Handles a batch that was refused because of its size or content: halves it.
    async fn halve(&mut self, batch: &Batch, all: bool) -> Result<(), Error> {
        let from = batch.range.len();
        let to = from.div_ceil(2);
        let cut = batch.range.start + to;
        if all {
            self.state.batcher.shrink(to);
        } else {
            self.state.batcher.cut(cut);
        }
        self.listeners.emit(PushEvent::Halved { from, to });
        self.record(Record::Halved {
            seq: batch.seq,
            size: all.then_some(to),
            cut: (!all).then_some(cut),
            requests: self.totals.requests,
        })
        .await
    }

    /// Handles the refusal of a single lead.
    async fn skip(&mut self, batch: &Batch, error: &Error) -> Result<(), Error> {
        let reason = failure_policy::reason(error);
        let placed = vec![Placed::Skipped(reason)];
        self.place(batch, Delivered::of(placed)).await?;
        self.consecutive_refusals += 1;
        if self.consecutive_refusals < MAX_REFUSALS {
            return Ok(());
        }
        let message =
            format!("the server refused {MAX_REFUSALS} consecutive single leads: {error}");
        Err(Error::invalid_request(message))
    }

    /// Handles a batch with an unknown outcome. No later batch may be sent.
    async fn mark_unknown(&mut self, batch: &Batch, error: Error) -> Result<(), Error> {
        let until = &batch.until;
        let retry_until = match error.outcome() {
            Outcome::Unknown { retry_until, .. } => until.min(retry_until).clone(),
            _ => until.clone(),
        };
        for index in batch.range.clone() {
            let status = LeadStatus::Unknown {
                key: batch.key.clone(),
                retry_until: retry_until.clone(),
            };
            self.state.leads.set(index, status);
        }
        let (seq, requests) = (batch.seq, self.totals.requests);
        self.record(Record::Unknown { seq, requests }).await?;
        Err(error)
    }

    async fn record(&mut self, record: Record) -> Result<(), Error> {
        match &self.journal {
            Some(journal) => journal.append(&record).await,
            None => Ok(()),
        }
    }

    /// The minimum time that the remaining batches take.
    pub(super) fn eta(&self) -> Duration {
        self.state
            .eta
            .least(&self.client, self.state.batcher.batches())
    }

    fn finish(mut self) -> PushReport {
        let stopped = self.stopped.as_ref().map(Error::to_string);
        if let Some(why) = stopped.clone() {
            self.listeners.emit(PushEvent::Stopped { why });
        }
        let planned = self.state.leads;
        let given = ValidatedLeads::into_given(planned.list);
        let leads = given.into_iter().zip(planned.statuses).enumerate();
        let leads = leads.map(|(input, (lead, status))| LeadReport {
            also_at: None,
            input,
            lead,
            status,
        });
        let mut leads: Vec<_> = leads.collect();
        for (index, other) in self.state.twice {
            let input = planned.to_send.get(index);
            if let Some(lead) = input.and_then(|input| leads.get_mut(*input)) {
                lead.also_at = Some(other);
            }
        }
        let report = PushReport {
            push_id: self.state.plan.push_id,
            leads,
            requests: self.totals.requests,
            replays: self.totals.replays,
            waits: self.totals.waits,
            waited: self.totals.waited,
            resumed: self.state.plan.resumed,
            stopped,
            error: self.stopped.map(Arc::new),
        };
        self.listeners.finish(report)
    }
}
