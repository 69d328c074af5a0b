//! The options of a single call, apart from the request itself.

use std::time::Duration;

use crate::error::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::rate_limit::Priority;

/// Options of one call, set through `.options(…)` of every builder.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// use std::time::Duration;
///
/// let users = client
///     .list_users()
///     .options(|o| o.with_timeout(Duration::from_secs(5)).with_request_id("nightly-7"))
///     .send()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    timeout: Option<Duration>,
    /// `Some(None)` means no deadline; `None` means the deadline of the client.
    deadline: Option<Option<Duration>>,
    max_attempts: Option<u32>,
    priority: Priority,
    idempotency_key: Option<IdempotencyKey>,
    retry_unproven_writes: bool,
    request_id: Option<Box<str>>,
    /// The first invalid option; `send` reports it.
    problem: Option<Problem>,
}

/// The problem with an option. An [`Error`] cannot be cloned.
#[derive(Clone, Debug)]
struct Problem {
    message: String,
    param: &'static str,
}

/// The maximum length of a request id.
const MOST_ID_CHARS: usize = 128;

impl CallOptions {
    /// The timeout of each attempt, from connecting to the last byte of the body. Overrides the
    /// timeout of the client.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        if timeout.is_zero() {
            self.refuse("timeout", "timeout must be greater than zero");
        }
        self.timeout = Some(timeout);
        self
    }

    /// The deadline of the call: waiting for the rate limit, all attempts, and the backoff between
    /// them. Overrides the deadline of the client; `None` means no deadline.
    #[must_use]
    pub fn with_deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        let deadline = deadline.into();
        if deadline.is_some_and(|deadline| deadline.is_zero()) {
            self.refuse("deadline", "deadline must be greater than zero");
        }
        self.deadline = Some(deadline);
        self
    }

    /// The maximum number of attempts. Overrides that of the client; with 1 the call is never
    /// retried.
    #[must_use]
    pub fn with_max_attempts(mut self, most: u32) -> Self {
        if most == 0 {
            self.refuse("max_attempts", "max_attempts must be at least 1");
        }
        self.max_attempts = Some(most);
        self
    }

    /// The priority of the call when it waits for the rate limit: interactive by default.
    #[must_use]
    pub const fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// The idempotency key of a write, instead of a random one.
    ///
    /// With an invalid key, or a key for an operation that only reads, the call fails before
    /// anything is sent.
    #[must_use]
    pub fn with_idempotency_key<K>(mut self, key: K) -> Self
    where
        K: TryInto<IdempotencyKey>,
        K::Error: Into<Error>,
    {
        match key.try_into() {
            Ok(key) => self.idempotency_key = Some(key),
            Err(error) => self.refuse("idempotency_key", error.into().message()),
        }
        self
    }

    /// Retries a write of the class [`RetrySafety::Unproven`](crate::operation::RetrySafety), such as a text message,
    /// even if an earlier attempt may have been executed. Off by default.
    ///
    /// Nothing documents that these operations honour idempotency keys, so a retry may execute the
    /// write a second time. Without this option such a call ends at once with
    /// [`Outcome::Unknown`](crate::Outcome::Unknown). The option does not affect other operations.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// // An alarm that arrives twice is better than none.
    /// let alarm = client.send_sms("+12125550100", "the door is open", "+12125550101");
    /// alarm.options(|o| o.with_retry_unproven_writes(true)).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn with_retry_unproven_writes(mut self, retry: bool) -> Self {
        self.retry_unproven_writes = retry;
        self
    }

    /// The request id, by which the server knows the request, instead of one that the server
    /// generates. At most 128 visible ASCII characters.
    #[must_use]
    pub fn with_request_id(mut self, id: &str) -> Self {
        let fits = (1..=MOST_ID_CHARS).contains(&id.len());
        if !fits || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.refuse(
                "request_id",
                "the request id must be 1 to 128 visible ASCII characters",
            );
        }
        self.request_id = Some(id.into());
        self
    }

    /// Fails if an option is invalid.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.problem.as_ref().map_or(Ok(()), |problem| {
            Err(Error::invalid_request(problem.message.as_str()).with_param(problem.param))
        })
    }

    pub(crate) const fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The deadline option, if it is set; it may be `None`.
    pub(crate) const fn deadline(&self) -> Option<Option<Duration>> {
        self.deadline
    }

    pub(crate) const fn max_attempts(&self) -> Option<u32> {
        self.max_attempts
    }

    pub(crate) const fn priority(&self) -> Priority {
        self.priority
    }

    pub(crate) const fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.idempotency_key.as_ref()
    }

    pub(crate) const fn retries_unproven_writes(&self) -> bool {
        self.retry_unproven_writes
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    fn refuse(&mut self, param: &'static str, message: &str) {
        let message = message.to_owned();
        self.problem.get_or_insert(Problem { message, param });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_sent_is_reported_with_its_name() {
        let table = [
            (
                CallOptions::default().with_timeout(Duration::ZERO),
                "timeout",
            ),
            (
                CallOptions::default().with_deadline(Duration::ZERO),
                "deadline",
            ),
            (CallOptions::default().with_max_attempts(0), "max_attempts"),
            (
                CallOptions::default().with_idempotency_key("a b"),
                "idempotency_key",
            ),
            (
                CallOptions::default().with_request_id("a\r\nb"),
                "request_id",
            ),
            (CallOptions::default().with_request_id(""), "request_id"),
        ];
        for (options, param) in table {
            let error = options.check().unwrap_err();
            assert!(error.is_invalid_request());
            assert_eq!(error.param(), Some(param));
        }
    }

    #[test]
    fn a_key_is_taken_as_text_or_as_a_key() {
        let key = IdempotencyKey::random();
        let options = CallOptions::default().with_idempotency_key(key.clone());
        assert_eq!(options.idempotency_key(), Some(&key));
        let options = options
            .with_idempotency_key("mine")
            .with_request_id("req-1");
        assert_eq!(
            options.idempotency_key().map(IdempotencyKey::as_str),
            Some("mine")
        );
        assert!(options.check().is_ok());
    }
}
