//! The course of a push, from the first look at the queue to the report. What is
//! decided on the way is in the modules beside this one.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::answer::{self, Placed};
use super::batch::{self, Cutter};
use super::event::Listeners;
use super::pace::Pace;
use super::plan::Draft;
use super::push::Spec;
use super::queue::{self, Found};
use super::settle::{self, Step};
use super::{Duplicates, LeadFate, LeadReport, PushEvent, PushId, PushPlan, PushReport, Screen};
use crate::error::Kind;
use crate::operation::RateClass;
use crate::operations::APPEND_DIALING_QUEUE_NUMBERS;
use crate::transport::repeat_until;
use crate::types::NewQueueNumber;
use crate::{Client, Error, IdempotencyKey, Outcome, TargetTeammate, Timestamp};

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
    let mut course = Course::prepare(spec, leads, listeners).await?;
    let plan = course.plan.clone();
    course.listeners.tell(PushEvent::Planned(plan));
    course.send_all().await;
    Ok(course.finish())
}

/// Says what [`run`] would do.
pub(super) async fn plan(spec: Spec, leads: Vec<NewQueueNumber>) -> Result<PushPlan, Error> {
    let course = Course::prepare(spec, leads, Listeners::default()).await?;
    Ok(course.plan)
}

/// A push at work.
struct Course {
    spec: Spec,
    client: Client,
    namespace: Uuid,
    draft: Draft,
    plan: PushPlan,
    cutter: Cutter,
    pace: Pace,
    listeners: Listeners,
    totals: Totals,
    /// How many batches were begun.
    batches: usize,
    refused_in_a_row: u32,
    stopped: Option<Error>,
}

/// What a report counts besides leads.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    requests: u32,
    replays: u32,
    waits: u32,
    waited: Duration,
}

/// A batch, ready to be sent as often as it takes.
struct Batch {
    range: Range<usize>,
    leads: Vec<NewQueueNumber>,
    numbers: Vec<String>,
    key: IdempotencyKey,
    /// Until when the server is sure to know the key.
    until: Timestamp,
}

/// How the sending of a batch ended.
enum End {
    /// It is known of each lead.
    Placed(Vec<Placed>),
    Failed(Step, Error),
}

impl Course {
    async fn prepare(
        spec: Spec,
        leads: Vec<NewQueueNumber>,
        listeners: Listeners,
    ) -> Result<Self, Error> {
        let client = spec.dialer.resource.client.clone();
        let push_id = spec.push_id.clone().unwrap_or_else(PushId::random);
        let mut pace = Pace::default();
        let mut screen = Screen::new(spec.screen);
        let started = pace.start(&client, RateClass::Read);
        let found = look(&spec, &mut screen).await?;
        pace.end(&started, found.requests);
        let mut draft = Draft::screen(leads, &mut screen);
        draft.fit(spec.limit, spec.when_full, found.total)?;
        let cutter = Cutter::new(draft.to_send.len(), spec.batch_size);
        let mut plan = draft.plan(push_id, found.total);
        plan.batches = cutter.batches();
        plan.requests = plan.batches + usize::try_from(found.requests).unwrap_or_default();
        plan.least_time = pace.least(&client, plan.batches);
        Ok(Self {
            namespace: plan.push_id.namespace(&spec.dialer.teammate),
            totals: Totals {
                requests: found.requests,
                ..Totals::default()
            },
            spec,
            client,
            draft,
            plan,
            cutter,
            pace,
            listeners,
            batches: 0,
            refused_in_a_row: 0,
            stopped: None,
        })
    }

    async fn send_all(&mut self) {
        while let Some(range) = self.cutter.next() {
            let batch = self.batch(range);
            let end = self.send(&batch).await;
            self.batches += 1;
            match end {
                End::Placed(placed) => self.place(&batch, placed),
                End::Failed(Step::Shrink, error) => self.halve(&batch, &error, true),
                End::Failed(Step::Split, error) => self.halve(&batch, &error, false),
                End::Failed(Step::Unknown, error) => self.lose(&batch, error),
                End::Failed(Step::Again | Step::Stop, error) => self.stopped = Some(error),
            }
            if self.stopped.is_some() {
                break;
            }
        }
    }

    fn batch(&self, range: Range<usize>) -> Batch {
        let chosen = self.draft.to_send.get(range.clone()).unwrap_or_default();
        let lead = |(input, number): &(usize, String)| {
            let mut lead = self.draft.leads.get(*input)?.clone();
            lead.number.clone_from(number);
            Some(lead)
        };
        let leads: Vec<_> = chosen.iter().filter_map(lead).collect();
        let body = serde_json::to_vec(&leads).unwrap_or_default();
        let now = Timestamp::from(self.client.shared().engine.clock.now());
        Batch {
            key: batch::key(self.namespace, &range, &body),
            numbers: chosen.iter().map(|(_, number)| number.clone()).collect(),
            until: repeat_until(&now),
            leads,
            range,
        }
    }

    /// Sends a batch until it is known what became of it, or patience ends.
    async fn send(&mut self, batch: &Batch) -> End {
        let eta = self.pace.least(&self.client, self.cutter.batches());
        self.listeners.tell(PushEvent::Sending {
            batch: self.batches,
            leads: batch.leads.len(),
            eta,
        });
        let patience = Instant::now() + self.spec.patience;
        let mut doubt = false;
        let mut repetition = 0;
        loop {
            let error = match self.call(batch).await {
                Ok(Some(placed)) => return End::Placed(placed),
                Ok(None) => return End::Failed(Step::Unknown, does_not_add_up()),
                Err(error) => error,
            };
            match settle::decide(&error, &mut doubt) {
                Step::Again => {}
                step => return End::Failed(step, error),
            }
            let wait = settle::wait(&error, repetition, self.dice());
            let left = patience.saturating_duration_since(Instant::now());
            if wait >= left.min(self.key_left(batch)) {
                let step = if doubt { Step::Unknown } else { Step::Stop };
                return End::Failed(step, error);
            }
            repetition += 1;
            self.listeners.tell(PushEvent::Retrying {
                batch: self.batches,
                repetition,
                wait,
                why: error.to_string(),
            });
            self.waited(wait);
            sleep(wait).await;
        }
    }

    /// Sends a batch by one call.
    async fn call(&mut self, batch: &Batch) -> Result<Option<Vec<Placed>>, Error> {
        let started = self.pace.start(&self.client, RateClass::Write);
        if !started.wait.is_zero() {
            let for_ = started.wait;
            self.listeners.tell(PushEvent::Waiting { for_ });
        }
        let leads = batch.leads.iter().cloned();
        let request = self
            .spec
            .dialer
            .resource
            .append_dialing_queue_numbers(leads);
        let request = request.for_teammate(&self.spec.dialer.teammate);
        let deadline = self.spec.patience.min(self.key_left(batch));
        let options = self.spec.options.clone();
        let given = options.deadline();
        let options = options
            .with_idempotency_key(&batch.key)
            .with_deadline(given.unwrap_or(Some(deadline)));
        let answer = request.options(|_| options).send().await;
        let attempts = match &answer {
            Ok(answer) => answer.attempts(),
            Err(error) => error.attempts(),
        };
        self.totals.requests = self.totals.requests.saturating_add(attempts);
        let waited = self.pace.end(&started, attempts);
        self.waited(waited);
        let answer = answer?;
        self.totals.replays += u32::from(answer.is_replayed());
        Ok(answer::place(&batch.numbers, answer.body()))
    }

    /// The server told what became of each lead.
    fn place(&mut self, batch: &Batch, placed: Vec<Placed>) {
        let added = placed.iter().filter(|one| matches!(one, Placed::Added(_)));
        let added = added.count();
        let skipped = placed.len() - added;
        for (index, placed) in batch.range.clone().zip(placed) {
            self.set(
                index,
                match placed {
                    Placed::Added(position) => LeadFate::Added { position },
                    Placed::Skipped(reason) => LeadFate::Skipped { reason },
                },
            );
        }
        self.refused_in_a_row = 0;
        self.pass(batch, added, skipped);
    }

    /// The server refused a batch for what is in it.
    fn halve(&mut self, batch: &Batch, error: &Error, all: bool) {
        let from = batch.range.len();
        if from <= 1 {
            return self.skip(batch, error);
        }
        let to = from.div_ceil(2);
        if all {
            self.cutter.shrink(to);
        } else {
            self.cutter.cut(batch.range.start + to);
        }
        self.listeners.tell(PushEvent::Halved { from, to });
    }

    /// The server refused a single lead.
    fn skip(&mut self, batch: &Batch, error: &Error) {
        self.refused_in_a_row += 1;
        let reason = settle::reason(error);
        self.set(batch.range.start, LeadFate::Skipped { reason });
        self.pass(batch, 0, 1);
        if self.refused_in_a_row >= MOST_REFUSED {
            let message = format!(
                "the server refused {MOST_REFUSED} leads in a row, one by one; the last time: {error}"
            );
            self.stopped = Some(Error::invalid_request(message));
        }
    }

    /// Nobody knows what became of a batch. Nothing may overtake it.
    fn lose(&mut self, batch: &Batch, error: Error) {
        let retry_until = match error.outcome() {
            Outcome::Unknown { retry_until, .. } => batch.until.clone().min(retry_until.clone()),
            _ => batch.until.clone(),
        };
        for index in batch.range.clone() {
            let fate = LeadFate::Unknown {
                key: batch.key.clone(),
                retry_until: retry_until.clone(),
            };
            self.set(index, fate);
        }
        self.stopped = Some(error);
    }

    fn pass(&mut self, batch: &Batch, added: usize, skipped: usize) {
        self.cutter.pass(batch.range.end);
        let eta = self.pace.least(&self.client, self.cutter.batches());
        self.listeners.tell(PushEvent::Batch {
            added,
            skipped,
            done: batch.range.end,
            of: self.draft.to_send.len(),
            eta,
        });
    }

    fn set(&mut self, index: usize, fate: LeadFate) {
        let input = self.draft.to_send.get(index).map(|(input, _)| *input);
        let place = input.and_then(|input| self.draft.fates.get_mut(input));
        if let Some(place) = place {
            *place = fate;
        }
    }

    fn finish(mut self) -> PushReport {
        let stopped = self.stopped.as_ref().map(Error::to_string);
        if let Some(why) = stopped.clone() {
            self.listeners.tell(PushEvent::Stopped { why });
        }
        let leads = self.draft.leads.into_iter().zip(self.draft.fates);
        let leads = leads
            .enumerate()
            .map(|(input, (lead, fate))| LeadReport { input, lead, fate });
        let report = PushReport {
            push_id: self.plan.push_id,
            leads: leads.collect(),
            requests: self.totals.requests,
            replays: self.totals.replays,
            waits: self.totals.waits,
            waited: self.totals.waited,
            stopped,
            error: self.stopped.map(Arc::new),
        };
        if self.listeners.are_there() {
            let report = Box::new(report.clone());
            self.listeners.tell(PushEvent::Finished(report));
        }
        report
    }

    fn waited(&mut self, time: Duration) {
        self.totals.waits += u32::from(!time.is_zero());
        self.totals.waited = self.totals.waited.saturating_add(time);
    }

    fn dice(&self) -> Duration {
        self.client
            .shared()
            .engine
            .dice
            .up_to(Duration::from_secs(16))
    }

    /// How long the server is sure to know the key of a batch.
    fn key_left(&self, batch: &Batch) -> Duration {
        let now = self.client.shared().engine.clock.now();
        let left = batch.until.instant().duration_since(now);
        Duration::try_from(left).unwrap_or_default()
    }
}

/// A batch was carried out, but which of its leads are in the queue is not told.
fn does_not_add_up() -> Error {
    let message = "the answer does not account for each of the numbers that were sent";
    Error::new(Kind::Decode, message)
        .with_operation(&APPEND_DIALING_QUEUE_NUMBERS)
        .with_outcome(Outcome::Executed)
        .with_suggestion("read the queue to see which of them are in it")
}

/// Looks at the queue, as far as the push has to know it.
async fn look(spec: &Spec, screen: &mut Screen) -> Result<Found, Error> {
    if spec.screen.duplicates == Duplicates::DropInListAndQueue {
        queue::read(&spec.dialer, &spec.options, |entry| screen.queued(entry)).await
    } else {
        queue::count(&spec.dialer, &spec.options).await
    }
}
