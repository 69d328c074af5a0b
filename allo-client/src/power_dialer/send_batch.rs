//! Sends one batch and retries it with the same idempotency key until its outcome is known or the batch deadline passes.
//! What to do after a failure is in `failure_policy`.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::PushEvent;
use super::append_response::{self, Placed};
use super::batch;
use super::doubt::{Check, Doubt, Effect, Failure, Step};
use super::journal::{Record, UnderWay};
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
pub(super) enum End {
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
    /// Where an attempt before had added them, if one had.
    pub(super) twice_from: Option<u64>,
    /// Why no later batch may be sent.
    pub(super) trouble: Option<Error>,
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
struct Answer {
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
        let body = self.at.leads.body(&range);
        let at = now(&self.client);
        Batch {
            seq,
            key: batch::key(self.at.namespace, &range, &body),
            until: repeat_until(&at),
            at,
            body,
            range,
        }
    }

    /// A batch of an earlier run, with its idempotency key.
    pub(super) fn batch_again(&self, begun: UnderWay) -> Batch {
        let UnderWay {
            seq,
            range,
            key,
            at,
        } = begun;
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
    pub(super) async fn deliver(&mut self, batch: &Batch, mut doubt: Doubt) -> End {
        let eta = self.eta();
        self.listeners.tell(PushEvent::Sending {
            batch: batch.seq,
            leads: batch.range.len(),
            eta,
        });
        if self.key_left(batch).is_zero() {
            return End::Failed(Step::Unknown, forgotten(batch));
        }
        let started = Instant::now();
        let mut repetition = 0;
        loop {
            let error = match self.call(batch, started).await {
                Ok(answer) => return self.interpret_response(batch, answer, doubt).await,
                Err(error) => error,
            };
            let failure = Failure::of(&error);
            doubt = doubt.after(failure.effect);
            let step = doubt.step(failure);
            // Whether it was executed is found out.
            if step == Step::Look {
                return End::Failed(step, error);
            }
            let error = match doubt.is_open() {
                true => in_doubt(error, batch),
                false => error,
            };
            if step != Step::Retry {
                return End::Failed(step, error);
            }
            let step = match doubt.is_open() {
                true => Step::Unknown,
                false => Step::Stop,
            };
            let rng = &self.client.shared().context.rng;
            let wait = BACKOFF.delay(repetition, error.retry_after(), rng).wait;
            if wait >= self.batch_time_left(started).min(self.key_left(batch)) {
                return End::Failed(step, error);
            }
            repetition += 1;
            self.listeners.tell(PushEvent::Retrying {
                batch: batch.seq,
                repetition,
                wait,
                why: error.to_string(),
            });
            self.totals.waited(wait);
            sleep(wait).await;
            // The machine may have slept in the meantime.
            if self.key_left(batch).is_zero() {
                return End::Failed(step, error);
            }
        }
    }

    /// Sends a batch, the sending of which began at `begun`, by one call.
    async fn call(&mut self, batch: &Batch, begun: Instant) -> Result<Answer, Error> {
        let started = self.at.eta.start(&self.client, RateClass::Write);
        if !started.wait.is_zero() {
            let for_ = started.wait;
            self.listeners.tell(PushEvent::Waiting { for_ });
        }
        let options = self.spec.options.clone();
        let given = options.deadline();
        let wanted = given.unwrap_or_else(|| Some(self.batch_time_left(begun)));
        // Whatever the caller wants, nothing is sent once the key may be forgotten.
        let deadline = wanted.unwrap_or(Duration::MAX).min(self.key_left(batch));
        let deadline = deadline.min(self.spec.time_left().unwrap_or(Duration::MAX));
        let options = options
            .with_idempotency_key(&batch.key)
            .with_deadline(deadline.max(Duration::from_millis(1)));
        let mut call = Call::new(self.client.clone(), &APPEND_DIALING_QUEUE_NUMBERS);
        call.set_teammate(self.spec.dialer.teammate.clone());
        call.change_options(|_| options);
        let call = call.encoded(batch.body.clone());
        let answer = call.send_data::<AppendedQueueNumbers>().await;
        let attempts = match &answer {
            Ok(answer) => answer.attempts(),
            Err(error) => error.attempts(),
        };
        self.totals.requests = self.totals.requests.saturating_add(attempts);
        let waited = self.at.eta.end(&started, attempts);
        self.totals.waited(waited);
        let answer = answer?;
        let replayed = answer.is_replayed();
        self.totals.replays += u32::from(replayed);
        let numbers = self.at.leads.numbers(&batch.range);
        let placed = append_response::place(&numbers, answer.body());
        let cleaned =
            |placed: Vec<Placed>| placed.into_iter().map(|one| self.cleaned(one)).collect();
        Ok(Answer {
            placed: placed.map(cleaned),
            replayed,
            after_doubt: answer.is_after_doubt(),
        })
    }

    /// Checks a response against the queue where that is needed.
    async fn interpret_response(&mut self, batch: &Batch, answer: Answer, doubt: Doubt) -> End {
        let Some(placed) = answer.placed else {
            return End::Failed(Step::Unknown, does_not_add_up());
        };
        let doubt = match answer.after_doubt {
            true => doubt.after(Effect::Unknown),
            false => doubt,
        };
        let mut delivered = Delivered::of(placed);
        delivered.replayed = answer.replayed;
        delivered.trouble = match doubt.check(answer.replayed, self.at.named) {
            Check::Nothing => None,
            Check::Gone => self.find_gone(batch, &mut delivered).await.err(),
            Check::Twice => self.find_twice(batch, &mut delivered).await.err(),
        };
        End::Placed(delivered)
    }

    /// A reason of the server is a word, but nobody promises that it quotes no number.
    fn cleaned(&self, placed: Placed) -> Placed {
        match placed {
            Placed::Added(_) => placed,
            Placed::Skipped(reason) => {
                let redactor = Redactor::new(&self.client.shared().context.key);
                Placed::Skipped(redactor.clean(&reason))
            }
        }
    }

    /// The time left for a batch whose first attempt began then.
    fn batch_time_left(&self, begun: Instant) -> Duration {
        let batch_deadline = self.spec.batch_deadline.saturating_sub(begun.elapsed());
        batch_deadline.min(self.spec.time_left().unwrap_or(Duration::MAX))
    }

    /// How long the server still remembers the key of a batch.
    fn key_left(&self, batch: &Batch) -> Duration {
        let now = self.client.shared().context.clock.now();
        let left = batch.until.instant().duration_since(now);
        Duration::try_from(left).unwrap_or_default()
    }
}

/// The last call did nothing, but one before it may have: that it was not done is
/// true of the call alone, not of the batch.
pub(super) fn in_doubt(error: Error, batch: &Batch) -> Error {
    let retry_until = match error.outcome() {
        Outcome::Executed | Outcome::Replayed => return error,
        Outcome::Unknown { retry_until, .. } => retry_until.min(&batch.until).clone(),
        Outcome::NotSent | Outcome::NotExecuted => batch.until.clone(),
    };
    let key = batch.key.clone();
    error.with_outcome(Outcome::Unknown { key, retry_until })
}

/// A batch was carried out, but which of its leads are in the queue is not told.
fn does_not_add_up() -> Error {
    let message = "the answer does not account for each of the numbers that were sent";
    Error::new(ErrorKind::Decode, message)
        .with_operation(&APPEND_DIALING_QUEUE_NUMBERS)
        .with_outcome(Outcome::Executed)
        .with_suggestion(
            "look for the numbers in the queue, as a push with a journal does when it is started \
             again",
        )
}

/// An earlier run may have sent a batch, too long ago to ask.
fn forgotten(batch: &Batch) -> Error {
    let message = "a batch that was under way when an earlier run ended can no longer be settled, \
                   as the server may have forgotten its idempotency key";
    // Neither operation nor outcome: whoever repeats the request by its key may add all
    // of it once more.
    Error::invalid_request(message).with_suggestion(format!(
        "start the same push again with its journal after {}: it looks for the leads in the queue",
        batch.until
    ))
}
