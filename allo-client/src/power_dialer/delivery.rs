//! One batch on its way: sent, and sent again by the same key, until it is known
//! what became of it or patience ends. What a failure means is in `settle`.

use std::ops::Range;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::PushEvent;
use super::answer::{self, Placed};
use super::batch;
use super::engine::Course;
use super::journal::{Record, UnderWay};
use super::settle::{self, Step};
use crate::error::Kind;
use crate::operation::RateClass;
use crate::operations::APPEND_DIALING_QUEUE_NUMBERS;
use crate::transport::redact::Redactor;
use crate::transport::repeat_until;
use crate::types::NewQueueNumber;
use crate::{Error, IdempotencyKey, Outcome, TargetTeammate, Timestamp};

/// The random part of a wait is no longer than this.
const MOST_RANDOM: Duration = Duration::from_secs(16);

/// How far a time in a journal may be ahead of the clock, as clocks are set a
/// little now and then.
const MOST_AHEAD: Duration = Duration::from_secs(5);

/// A batch, ready to be sent as often as it takes.
pub(super) struct Batch {
    pub(super) seq: usize,
    pub(super) range: Range<usize>,
    pub(super) key: IdempotencyKey,
    /// When it was, or is, sent for the first time.
    at: Timestamp,
    /// Until when the server is sure to know the key.
    pub(super) until: Timestamp,
    leads: Vec<NewQueueNumber>,
}

/// How the sending of a batch ended.
pub(super) enum End {
    /// It is known of each lead.
    Placed {
        placed: Vec<Placed>,
        replayed: bool,
    },
    Failed(Step, Error),
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

impl Course {
    /// A batch that is sent for the first time.
    pub(super) fn batch(&self, seq: usize, range: Range<usize>) -> Batch {
        let chosen = self.at.draft.to_send.get(range.clone()).unwrap_or_default();
        let lead = |(input, number): &(usize, String)| {
            let mut lead = self.at.draft.leads.get(*input)?.clone();
            lead.number.clone_from(number);
            Some(lead)
        };
        let leads: Vec<_> = chosen.iter().filter_map(lead).collect();
        let body = serde_json::to_vec(&leads).unwrap_or_default();
        let at = Timestamp::from(self.client.shared().engine.clock.now());
        Batch {
            seq,
            key: batch::key(self.at.namespace, &range, &body),
            until: repeat_until(&at),
            at,
            leads,
            range,
        }
    }

    /// A batch that an earlier run has sent, by the key which that used.
    pub(super) fn batch_again(&self, begun: UnderWay) -> Batch {
        let UnderWay {
            seq,
            range,
            key,
            at,
        } = begun;
        let fresh = self.batch(seq, range);
        // The clock was set back since, nobody knows by how much: the key may be forgotten.
        let ahead = at.instant().duration_since(fresh.at.instant());
        let until = match Duration::try_from(ahead) {
            Ok(ahead) if ahead > MOST_AHEAD => fresh.at.clone(),
            _ => repeat_until(&at),
        };
        Batch {
            key,
            until,
            at,
            ..fresh
        }
    }

    /// Sends a batch until it is known what became of it, or patience ends.
    /// `doubt` is whether it may have been carried out before.
    pub(super) async fn deliver(&mut self, batch: &Batch, mut doubt: bool) -> End {
        let eta = self.eta();
        self.listeners.tell(PushEvent::Sending {
            batch: batch.seq,
            leads: batch.leads.len(),
            eta,
        });
        if self.key_left(batch).is_zero() {
            return End::Failed(Step::Unknown, forgotten(batch));
        }
        let started = Instant::now();
        let mut repetition = 0;
        loop {
            let error = match self.call(batch, started).await {
                Ok(end) => return end,
                Err(error) => error,
            };
            let step = settle::decide(&error, &mut doubt);
            let error = if doubt { in_doubt(error, batch) } else { error };
            if step != Step::Again {
                return End::Failed(step, error);
            }
            let step = if doubt { Step::Unknown } else { Step::Stop };
            let dice = &self.client.shared().engine.dice;
            let wait = settle::wait(&error, repetition, dice.up_to(MOST_RANDOM));
            if wait >= self.patience_left(started).min(self.key_left(batch)) {
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
            // A machine may have been asleep meanwhile.
            if self.key_left(batch).is_zero() {
                return End::Failed(step, error);
            }
        }
    }

    /// Sends a batch, the sending of which began at `begun`, by one call.
    async fn call(&mut self, batch: &Batch, begun: Instant) -> Result<End, Error> {
        let started = self.at.pace.start(&self.client, RateClass::Write);
        if !started.wait.is_zero() {
            let for_ = started.wait;
            self.listeners.tell(PushEvent::Waiting { for_ });
        }
        let leads = batch.leads.iter().cloned();
        let dialer = &self.spec.dialer;
        let request = dialer.resource.append_dialing_queue_numbers(leads);
        let request = request.for_teammate(&dialer.teammate);
        let options = self.spec.options.clone();
        let given = options.deadline();
        let wanted = given.unwrap_or_else(|| Some(self.patience_left(begun)));
        // Whatever the caller wants, nothing is sent once the key may be forgotten.
        let deadline = wanted.unwrap_or(Duration::MAX).min(self.key_left(batch));
        let options = options
            .with_idempotency_key(&batch.key)
            .with_deadline(deadline.max(Duration::from_millis(1)));
        let answer = request.options(|_| options).send().await;
        let attempts = match &answer {
            Ok(answer) => answer.attempts(),
            Err(error) => error.attempts(),
        };
        self.totals.requests = self.totals.requests.saturating_add(attempts);
        let waited = self.at.pace.end(&started, attempts);
        self.totals.waited(waited);
        let answer = answer?;
        let replayed = answer.is_replayed();
        self.totals.replays += u32::from(replayed);
        let numbers = batch.leads.iter().map(|lead| lead.number.clone());
        let numbers: Vec<_> = numbers.collect();
        Ok(match answer::place(&numbers, answer.body()) {
            Some(placed) => End::Placed {
                placed: placed.into_iter().map(|one| self.cleaned(one)).collect(),
                replayed,
            },
            None => End::Failed(Step::Unknown, does_not_add_up()),
        })
    }

    /// A reason of the server is a word, but nobody promises that it quotes no number.
    fn cleaned(&self, placed: Placed) -> Placed {
        match placed {
            Placed::Added(_) => placed,
            Placed::Skipped(reason) => {
                let redactor = Redactor::new(&self.client.shared().engine.key);
                Placed::Skipped(redactor.clean(&reason))
            }
        }
    }

    /// How long a batch may still be tried, the sending of which began then.
    fn patience_left(&self, begun: Instant) -> Duration {
        self.spec.patience.saturating_sub(begun.elapsed())
    }

    /// How long the server is sure to know the key of a batch.
    fn key_left(&self, batch: &Batch) -> Duration {
        let now = self.client.shared().engine.clock.now();
        let left = batch.until.instant().duration_since(now);
        Duration::try_from(left).unwrap_or_default()
    }
}

/// The last call did nothing, but one before it may have: that it was not done is
/// true of the call alone, not of the batch.
fn in_doubt(error: Error, batch: &Batch) -> Error {
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
    Error::new(Kind::Decode, message)
        .with_operation(&APPEND_DIALING_QUEUE_NUMBERS)
        .with_outcome(Outcome::Executed)
        .with_suggestion("read the queue to see which of them are in it")
}

/// An earlier run may have sent a batch, too long ago to ask.
fn forgotten(batch: &Batch) -> Error {
    let message = "a batch that was under way when an earlier run ended can no longer be settled, \
                   as the server may have forgotten its idempotency key";
    Error::invalid_request(message)
        .with_operation(&APPEND_DIALING_QUEUE_NUMBERS)
        .with_outcome(Outcome::Unknown {
            key: batch.key.clone(),
            retry_until: batch.until.clone(),
        })
        .with_suggestion("read the queue to see whether its leads are in it, then push the rest")
}
