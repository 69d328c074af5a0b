//! The retry loop of a call: acquire a permit of the rate limiter, sign, send, decode, classify, back off and retry.
//! The rules are in the sibling modules.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::backoff::Delay;
use super::context::ClientContext;
use super::deadline::Deadline;
use super::decoding;
use super::http_transport::{Attempt, HttpTransport};
use super::interpret::{Failure, Interpreter};
use super::observe;
use super::outcome_tracker::OutcomeTracker;
use super::{PreparedRequest, Success};
use crate::error::{Error, LastResponse};

use crate::error::retry_decision::RetryKind;
use crate::error::{ErrorKind, GaveUp};
use crate::model::idempotency_key::REMEMBERED;
use crate::model::operation::RetrySafety;
use crate::model::timestamp::Timestamp;
use crate::rate_limit::{AcquireTimeout, PaceRequest, Permit, PermitOutcome, RateLimitInfo};

/// The maximum number of retries after conflicts.
const MOST_CONFLICTS: u32 = 3;

/// Sends a request until it succeeds or a retry cannot help.
pub(crate) async fn run<E: HttpTransport>(
    context: &ClientContext,
    transport: &E,
    prepared: &PreparedRequest,
) -> Result<Success, Error> {
    let mut state = RetryState::start(context, prepared);
    loop {
        let permit = state.limit().await?;
        let request = state.sign(transport)?;
        let attempt = state.send(transport, request, permit).await;
        let attempt = decoding::decode(attempt, prepared.read).await;
        match state.classify(attempt) {
            Next::Done(response) => return response,
            Next::Retry(wait) => sleep(wait).await,
        }
    }
}

/// What to do after an attempt.
#[expect(
    clippy::large_enum_variant,
    reason = "it is returned once per attempt, and a box costs an allocation per call"
)]
enum Next {
    Done(Result<Success, Error>),
    Retry(Duration),
}

/// The state of one call across its attempts.
struct RetryState<'a> {
    context: &'a ClientContext,
    prepared: &'a PreparedRequest,
    limits: CallLimits,
    attempts: u32,
    conflicts: u32,
    outcome_tracker: OutcomeTracker,
    /// When the first attempt was sent.
    first: Option<Sent>,
    /// When the current attempt was sent, and its timeout.
    current: (Instant, Duration),
    /// When the last attempt ended.
    answered: jiff::Timestamp,
    /// What its response says about the rate limit; empty without a response.
    rate_limit: RateLimitInfo,
    /// The error of the last attempt.
    last: Option<Error>,
    /// The last response, if there was one.
    last_response: Option<LastResponse>,
}

/// The limits of a call.
struct CallLimits {
    deadline: Deadline,
    total: Option<Duration>,
    timeout: Duration,
    attempts: u32,
}

/// A point in time on the monotonic clock and the wall clock. Only the wall clock advances while
/// the machine sleeps.
#[derive(Clone, Debug)]
struct Sent {
    at: Instant,
    time: Timestamp,
}

impl<'a> RetryState<'a> {
    fn start(context: &'a ClientContext, prepared: &'a PreparedRequest) -> Self {
        let now = Instant::now();
        let (policy, options) = (&context.policy, &prepared.options);
        let total = options.deadline().unwrap_or(policy.deadline);
        let timeout = options.timeout().unwrap_or(policy.timeout);
        Self {
            context,
            prepared,
            limits: CallLimits {
                deadline: Deadline::start(now, total),
                total,
                timeout,
                attempts: options.max_attempts().unwrap_or(policy.max_attempts),
            },
            attempts: 0,
            conflicts: 0,
            outcome_tracker: OutcomeTracker::default(),
            first: None,
            current: (now, timeout),
            answered: context.clock.now(),
            rate_limit: RateLimitInfo::default(),
            last: None,
            last_response: None,
        }
    }

    /// Waits for a permit of the rate limiter.
    async fn limit(&mut self) -> Result<Permit, Error> {
        if self.prepared.other_server.is_some() {
            return Ok(Permit::free());
        }
        let max_wait = self.max_wait();
        let place = self.context.pacer.acquire(PaceRequest {
            operation: self.prepared.operation,
            priority: self.prepared.options.priority(),
            is_retry: self.attempts > 0,
            max_wait,
        });
        let place = match max_wait {
            Some(max_wait) => timeout(max_wait, place)
                .await
                .unwrap_or(Err(AcquireTimeout::UNKNOWN)),
            None => place.await,
        };
        match place {
            Ok(permit) if self.key_time_left().is_some_and(|left| left.is_zero()) => {
                drop(permit);
                Err(self.give_up_waiting(AcquireTimeout::UNKNOWN, GaveUp::KeyExpires))
            }
            Ok(permit) => Ok(permit),
            Err(refused) if refused.queue_full => {
                Err(self.give_up_waiting(refused, GaveUp::QueueFull))
            }
            Err(timeout) => Err(self.give_up_waiting(timeout, GaveUp::Deadline)),
        }
    }

    fn sign<E: HttpTransport>(&self, transport: &E) -> Result<E::Request, Error> {
        let unsent = |error: Error| error.with_operation(self.prepared.operation);
        transport.sign().map_err(unsent)
    }

    /// Sends one attempt.
    async fn send<E: HttpTransport>(
        &mut self,
        transport: &E,
        request: E::Request,
        mut permit: Permit,
    ) -> Attempt {
        let now = Instant::now();
        let clock = &self.context.clock;
        self.first.get_or_insert_with(|| Sent {
            at: now,
            time: clock.now().into(),
        });
        let left = self.limits.deadline.left(now).unwrap_or(Duration::MAX);
        let time = self.limits.timeout.min(left.max(Duration::from_millis(1)));
        self.attempts += 1;
        self.current = (now, time);
        permit.sent();
        let attempt = transport.send(request, time).await;
        self.answered = clock.now();
        let outcome = attempt.permit_outcome();
        self.rate_limit = match outcome {
            PermitOutcome::Answered(info) => info,
            PermitOutcome::Unused | PermitOutcome::Lost => RateLimitInfo::default(),
        };
        permit.end(outcome);
        attempt
    }

    /// Interprets the attempt and decides what to do next.
    fn classify(&mut self, attempt: Attempt) -> Next {
        let interpreter = Interpreter {
            context: self.context,
            prepared: self.prepared,
            attempts: self.attempts,
            time: self.current.1,
            answered: self.answered,
        };
        match interpreter.interpret(attempt) {
            Ok(mut success) => {
                success.meta.after_doubt = matches!(
                    self.outcome_tracker,
                    OutcomeTracker::Unknown | OutcomeTracker::Executed
                );
                self.observe(&self.rate_limit);
                self.context.budget.reward();
                self.watch(observe::Seen::success(success.meta.status));
                Next::Done(Ok(success))
            }
            Err(failure) => self.failed(failure),
        }
    }

    fn failed(&mut self, failure: Failure) -> Next {
        let Failure {
            error,
            decision,
            error_type,
        } = failure;
        self.outcome_tracker = self.outcome_tracker.after(decision.side_effect);
        if let Some(status) = error.status() {
            self.last_response = Some(LastResponse {
                status,
                code: error.code().cloned(),
                decision,
            });
        }
        self.conflicts += u32::from(decision.kind == RetryKind::Conflict);
        self.observe(&match decision.kind {
            RetryKind::RateLimit => self.rate_limit.throttled(error.retry_after()),
            _ => self.rate_limit,
        });
        let wait = self.wait(&error, decision.kind);
        self.watch(observe::Seen {
            status: error.status(),
            code: error.code().cloned(),
            error_type: Some(error_type),
            wait: wait.as_ref().ok().copied(),
        });
        match wait {
            Ok(wait) => {
                self.last = Some(error);
                Next::Retry(wait)
            }
            Err(stop) => Next::Done(Err(self.finish(error, stop))),
        }
    }

    /// The wait before the next attempt, or why there is none.
    fn wait(&self, error: &Error, kind: RetryKind) -> Result<Duration, Stop> {
        if kind == RetryKind::Never || !self.may_replay() {
            return Err(Stop::Final);
        }
        let too_often = kind == RetryKind::Conflict && self.conflicts > MOST_CONFLICTS;
        if too_often || self.attempts >= self.limits.attempts {
            return Err(Stop::GaveUp(GaveUp::Attempts, None));
        }
        let now = Instant::now();
        let backoff = &self.context.policy.backoff;
        let retries = self.attempts.saturating_sub(1);
        let Delay { least, wait } = backoff.delay(retries, error.retry_after(), &self.context.rng);
        if !self.limits.deadline.allows(wait, now) {
            return Err(Stop::GaveUp(GaveUp::Deadline, Some(least)));
        }
        if self.key_time_left().is_some_and(|left| wait >= left) {
            return Err(Stop::GaveUp(GaveUp::KeyExpires, None));
        }
        // The rate limit says nothing about the server's health.
        if kind != RetryKind::RateLimit && !self.context.budget.take(now) {
            return Err(Stop::GaveUp(GaveUp::Budget, None));
        }
        Ok(wait)
    }

    /// Whether a retry cannot execute the request twice, or the caller accepts that.
    fn may_replay(&self) -> bool {
        self.prepared.operation.retry_safety != RetrySafety::Unproven
            || self.prepared.options.retries_unproven_writes()
            || !self.outcome_tracker.is_in_doubt()
    }

    /// Passes the rate limit of a response to the pacer.
    fn observe(&self, info: &RateLimitInfo) {
        if self.prepared.other_server.is_some() {
            return;
        }
        let class = self.prepared.operation.rate_class();
        self.context.pacer.observe(class, info);
    }

    fn watch(&self, seen: observe::Seen) {
        let (sent, _) = self.current;
        let operation = self.prepared.operation;
        seen.tell(self.context, operation, self.attempts, sent.elapsed());
    }

    /// The error that ends the call.
    fn finish(&self, error: Error, stop: Stop) -> Error {
        let error = error
            .with_outcome(self.outcome())
            .with_last_response(self.last_response.clone());
        match stop {
            Stop::Final => error,
            Stop::GaveUp(why, wait) => {
                let asked = error.retry_after();
                error
                    .with_retry_after(wait.or(asked))
                    .with_gave_up(why, self.limits.total)
            }
        }
    }

    /// The error of a call that got no further permit.
    fn give_up_waiting(&mut self, timeout: AcquireTimeout, why: GaveUp) -> Error {
        let wait = timeout.wait;
        if let Some(last) = self.last.take() {
            return self.finish(last, Stop::GaveUp(why, wait));
        }
        let error = Error::new(ErrorKind::Deadline, not_acquired(why))
            .with_operation(self.prepared.operation);
        self.finish(error, Stop::GaveUp(why, wait))
    }

    fn outcome(&self) -> crate::error::Outcome {
        let sent = self.first.as_ref().map(|sent| sent.time.clone());
        let sent = sent.unwrap_or_else(|| self.context.clock.now().into());
        let safety = self.prepared.operation.retry_safety;
        self.outcome_tracker
            .outcome(safety, self.prepared.key.as_ref(), &sent)
    }

    /// The maximum wait for the next permit.
    fn max_wait(&self) -> Option<Duration> {
        let left = self.limits.deadline.left(Instant::now());
        left.into_iter().chain(self.key_time_left()).min()
    }

    /// How long the server still remembers the idempotency key, once the first attempt was sent.
    fn key_time_left(&self) -> Option<Duration> {
        self.prepared.key.as_ref()?;
        if self.prepared.operation.retry_safety == RetrySafety::Read {
            return None;
        }
        let first = self.first.as_ref()?;
        let slept = self
            .context
            .clock
            .now()
            .duration_since(first.time.instant());
        let slept = Duration::try_from(slept).unwrap_or_default();
        Some(REMEMBERED.saturating_sub(slept.max(first.at.elapsed())))
    }
}

/// Why there is no further attempt.
enum Stop {
    /// A retry cannot help.
    Final,
    /// A retry could help, but a limit forbids it; with the wait that would have been needed.
    GaveUp(GaveUp, Option<Duration>),
}

/// The message of a call that got no permit.
const fn not_acquired(why: GaveUp) -> &'static str {
    match why {
        GaveUp::QueueFull => "too many calls wait for the rate limit",
        _ => "the rate limit allows no request before the deadline",
    }
}
