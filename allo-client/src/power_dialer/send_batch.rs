//! Sends one batch and retries it with the same idempotency key until its outcome is known or the batch deadline
//! passes. `failure_policy` and `doubt` decide what to do after a failure.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::PushEvent;
use super::append_response::{self, Placed};
use super::batch;
use super::doubt::{Check, Doubt, Effect, Failure, Step};
use super::journal::{InFlight, Record};
use super::prepare::now;
use super::recovery::is_remembered;
use super::runner::Run;
use crate::call::Call;
use crate::error::ErrorKind;
use crate::error::{Error, Outcome};
use crate::generated::operations::APPEND_DIALING_QUEUE_NUMBERS;
use crate::generated::types::AppendedQueueNumbers;
use crate::model::idempotency_key::{IdempotencyKey, repeat_until};
use crate::model::operation::RateClass;
use crate::model::timestamp::Timestamp;
use crate::redact::Redactor;
use crate::transport::backoff::Backoff;

/// The backoff between calls for a batch. Each call retries by the policy of the client before it fails.
const BACKOFF: Backoff = Backoff::new()
    .base(Duration::from_secs(1))
    .cap(Duration::from_secs(32));

/// A batch with its idempotency key.
pub(super) struct Batch {
    pub(super) seq: usize,
    pub(super) range: Range<usize>,
    pub(super) key: IdempotencyKey,
    /// When the first attempt is or was sent.
    at: Timestamp,
    /// Until when the server remembers the idempotency key.
    pub(super) until: Timestamp,
    body: Vec<u8>,
}

/// The result of sending a batch.
pub(super) enum BatchResult {
    /// The status of each lead is known.
    Placed(Delivered),
    Failed(Step, Error),
}

/// The status of the leads of a batch.
#[derive(Default)]
pub(super) struct Delivered {
    pub(super) placed: Vec<Placed>,
    /// Whether the server replayed an earlier response.
    pub(super) replayed: bool,
    /// The positions of leads that are no longer in the queue.
    pub(super) gone: HashSet<u64>,
    /// The first position of the same leads, if an earlier attempt had added them, too.
    pub(super) twice_from: Option<u64>,
    /// Why no later batch may be sent.
    pub(super) stop_error: Option<Error>,
}

impl Delivered {
    pub(super) fn of(placed: Vec<Placed>) -> Self {
        Self {
            placed,
            ..Self::default()
        }
    }
}

/// A response to an append.
struct AppendResponse {
    /// `None` if the response contradicts the request.
    placed: Option<Vec<Placed>>,
    replayed: bool,
    /// Whether an earlier attempt may have been executed.
    after_doubt: bool,
}

impl Batch {
    pub(super) fn record(&self) -> Record {
        Record::Sending {
            seq: self.seq,
            start: self.range.start,
            len: self.range.len(),
            key: self.key.clone(),
            at: self.at.clone(),
        }
    }
}

impl Run {
    /// A new batch.
    pub(super) fn batch(&self, seq: usize, range: Range<usize>) -> Batch {
        let body = self.state.leads.body(&range);
        let at = now(&self.client);
        Batch {
            seq,
            key: batch::key(self.state.namespace, &range, &body),
            until: repeat_until(&at),
            at,
            body,
            range,
        }
    }

    /// A batch of an earlier run, with its idempotency key.
    pub(super) fn batch_of_earlier_run(&self, first_sent: InFlight) -> Batch {
        let InFlight {
            seq,
            range,
            key,
            at,
        } = first_sent;
        let fresh = self.batch(seq, range);
        let until = match is_remembered(&at, &fresh.at) {
            true => repeat_until(&at),
            false => fresh.at.clone(),
        };
        Batch {
            key,
            until,
            at,
            ..fresh
        }
    }

    /// Sends a batch until its outcome is known or the batch deadline passes.
    pub(super) async fn send_batch(&mut self, batch: &Batch, mut doubt: Doubt) -> BatchResult {
        let eta = self.eta();
        self.listeners.emit(PushEvent::Sending {
            batch: batch.seq,
            leads: batch.range.len(),
            eta,
        });
        if self.key_left(batch).is_zero() {
            return BatchResult::Failed(Step::Unknown, key_forgotten(batch));
        }
        let started = Instant::now();
        let mut repetition = 0;
        loop {
            let error = match self.call(batch, started).await {
                Ok(response) => return self.interpret_response(batch, response, doubt).await,
                Err(error) => error,
            };
            let failure = Failure::of(&error);
            doubt = doubt.after(failure.effect);
            let step = doubt.step(failure);
            // The caller looks for the batch in the queue.
            if step == Step::Look {
                return BatchResult::Failed(step, error);
            }
            let error = match doubt.is_open() {
                true => with_unknown_outcome(error, batch),
                false => error,
            };
            if step != Step::Retry {
                return BatchResult::Failed(step, error);
            }
            let step = match doubt.is_open() {
                true => Step::Unknown,
                false => Step::Stop,
            };
            let rng = &self.client.shared().context.rng;
            let wait = BACKOFF.delay(repetition, error.retry_after(), rng).wait;
            if wait >= self.batch_time_left(started).min(self.key_left(batch)) {
                return BatchResult::Failed(step, error);
            }
            repetition += 1;
            self.listeners.emit(PushEvent::Retrying {
                batch: batch.seq,
                repetition,
                wait,
                why: error.to_string(),
            });
            self.totals.waited(wait);
            sleep(wait).await;
            // The machine may have slept in the meantime.
            if self.key_left(batch).is_zero() {
                return BatchResult::Failed(step, error);
            }
        }
    }

    /// Sends a batch by one call; `first_sent` is when `send_batch` was called.
    async fn call(&mut self, batch: &Batch, first_sent: Instant) -> Result<AppendResponse, Error> {
        let started = self.state.eta.start(&self.client, RateClass::Write);
        if !started.wait.is_zero() {
            let for_ = started.wait;
            self.listeners.emit(PushEvent::Waiting { for_ });
        }
        let options = self.spec.options.clone();
        let given = options.deadline();
        let wanted = given.unwrap_or_else(|| Some(self.batch_time_left(first_sent)));
        // Whatever deadline the caller set, the batch is not sent once its key may be forgotten.
        let deadline = wanted.unwrap_or(Duration::MAX).min(self.key_left(batch));
        let deadline = deadline.min(self.spec.time_left().unwrap_or(Duration::MAX));
        let options = options
            .with_idempotency_key(&batch.key)
            .with_deadline(deadline.max(Duration::from_millis(1)));
        let mut call = Call::new(self.client.clone(), &APPEND_DIALING_QUEUE_NUMBERS);
        call.set_teammate(self.spec.dialer.teammate.clone());
        call.change_options(|_| options);
        let call = call.encoded(batch.body.clone());
        let response = call.send_data::<AppendedQueueNumbers>().await;
        let attempts = match &response {
            Ok(response) => response.attempts(),
            Err(error) => error.attempts(),
        };
        self.totals.requests = self.totals.requests.saturating_add(attempts);
        let waited = self.state.eta.end(&started, attempts);
        self.totals.waited(waited);
        let response = response?;
        let replayed = response.is_replayed();
        self.totals.replays += u32::from(replayed);
        let numbers = self.state.leads.numbers(&batch.range);
        let placed = append_response::place(&numbers, response.body());
        let redacted =
            |placed: Vec<Placed>| placed.into_iter().map(|one| self.redacted(one)).collect();
        Ok(AppendResponse {
            placed: placed.map(redacted),
            replayed,
            after_doubt: response.is_after_doubt(),
        })
    }

    /// Checks a response against the queue where that is needed.
    async fn interpret_response(
        &mut self,
        batch: &Batch,
        response: AppendResponse,
        doubt: Doubt,
    ) -> BatchResult {
        let Some(placed) = response.placed else {
            return BatchResult::Failed(Step::Unknown, response_mismatch());
        };
        let doubt = match response.after_doubt {
            true => doubt.after(Effect::Unknown),
            false => doubt,
        };
        let mut delivered = Delivered::of(placed);
        delivered.replayed = response.replayed;
        delivered.stop_error = match doubt.check(response.replayed, self.state.named) {
            Check::Nothing => None,
            Check::Gone => self.find_gone(batch, &mut delivered).await.err(),
            Check::Twice => self.find_twice(batch, &mut delivered).await.err(),
        };
        BatchResult::Placed(delivered)
    }

    /// Redacts the reason for a skipped lead: it should be a code, but the API does not promise that it contains no
    /// number.
    fn redacted(&self, placed: Placed) -> Placed {
        match placed {
            Placed::Added(_) => placed,
            Placed::Skipped(reason) => {
                let redactor = Redactor::new(&self.client.shared().context.key);
                Placed::Skipped(redactor.clean(&reason))
            }
        }
    }

    /// The time left for a batch that was first sent at `first_sent`.
    fn batch_time_left(&self, first_sent: Instant) -> Duration {
        let batch_deadline = self
            .spec
            .batch_deadline
            .saturating_sub(first_sent.elapsed());
        batch_deadline.min(self.spec.time_left().unwrap_or(Duration::MAX))
    }

    /// How long the server still remembers the key of a batch.
    fn key_left(&self, batch: &Batch) -> Duration {
        let now = self.client.shared().context.clock.now();
        let left = batch.until.instant().duration_since(now);
        Duration::try_from(left).unwrap_or_default()
    }
}

/// Sets the outcome of an error to unknown: the last call was not executed, but an earlier one may have been, so the
/// error must not say that the batch was not executed.
pub(super) fn with_unknown_outcome(error: Error, batch: &Batch) -> Error {
    let retry_until = match error.outcome() {
        Outcome::Executed | Outcome::Replayed => return error,
        Outcome::Unknown { retry_until, .. } => retry_until.min(&batch.until).clone(),
        Outcome::NotSent | Outcome::NotExecuted => batch.until.clone(),
    };
    let key = batch.key.clone();
    error.with_outcome(Outcome::Unknown { key, retry_until })
}

/// A batch was executed, but the response does not say which of its leads are in the queue.
fn response_mismatch() -> Error {
    let message = "the response does not account for each number that was sent";
    Error::new(ErrorKind::Decode, message)
        .with_operation(&APPEND_DIALING_QUEUE_NUMBERS)
        .with_outcome(Outcome::Executed)
        .with_suggestion(
            "look for the numbers in the queue, as a push with a journal does when it is resumed",
        )
}

/// An earlier run may have sent a batch, and its key may be forgotten.
fn key_forgotten(batch: &Batch) -> Error {
    let message = "the outcome of a batch that was in flight when an earlier run ended is unknown, \
                   and the server may have forgotten its idempotency key";
    // The error has no operation and no outcome: a retry of the request with its key may add the leads once more.
    Error::invalid_request(message).with_suggestion(format!(
        "run the same push with its journal again after {}: it looks for the leads in the queue",
        batch.until
    ))
}
