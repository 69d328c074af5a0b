//! The options of a single call. What they add to the request is in `additions`.

use std::time::Duration;

use serde_json::Value;

use crate::error::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::rate_limit::Priority;
use crate::transport::additions::{Additions, Refused};

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
    keep_raw_body: bool,
    /// Boxed, as hardly any call has them.
    additions: Option<Box<Additions>>,
    /// The first invalid option; `send` reports it.
    problem: Option<Problem>,
}

/// The problem with an option. An [`Error`] cannot be cloned.
#[derive(Clone, Debug)]
struct Problem {
    message: String,
    param: String,
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
    /// let alarm = client.send_sms().from("+12125550100").to("+12125550101");
    /// let alarm = alarm.text("the door is open");
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

    /// Adds a header to every attempt of the call.
    ///
    /// Headers that the client sets itself are reserved (`Authorization`, `Content-Type`,
    /// `Idempotency-Key`, `X-Request-Id`, …), as are those that frame a message (`Host`,
    /// `Content-Length`, …). A reserved header, a header set twice, and a name or value that is not
    /// valid in HTTP make the call fail before anything is sent. `Debug` masks the value.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// let users = client.list_users().options(|o| o.with_header("x-allo-beta", "people-2"));
    /// users.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.add(|additions| additions.header(name, value));
        self
    }

    /// Adds a query parameter that the operation does not have.
    ///
    /// A parameter that the operation has makes the call fail before anything is sent: use its
    /// setter, which checks its limits. Adding the same name several times sends each value.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// let users = client.list_users().options(|o| o.with_query("team", "north"));
    /// users.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_query(mut self, name: &str, value: impl ToString) -> Self {
        self.add(|additions| additions.query(name, value.to_string()));
        self
    }

    /// Adds a field to the body, at its top, that the operation does not have.
    ///
    /// A field that the operation has, or that is in the body already, makes the call fail before
    /// anything is sent, as does a field for an operation without a body.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// let company = client.create_company("Fern Street Books");
    /// company.options(|o| o.with_body_field("founded", 1987)).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_body_field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.add(|additions| additions.body_field(name, value.into()));
        self
    }

    /// Keeps the body of a successful response as it came, for
    /// [`Response::raw_body`](crate::Response::raw_body). By default it is dropped once it is decoded.
    #[must_use]
    pub const fn keep_raw_body(mut self) -> Self {
        self.keep_raw_body = true;
        self
    }

    /// Fails if an option is invalid.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.problem.as_ref().map_or(Ok(()), |problem| {
            Err(Error::invalid_request(problem.message.as_str()).with_param(&problem.param))
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

    /// The same timeouts, deadline, attempts and priority, for another operation of the same job.
    #[cfg(feature = "power-dialer")]
    pub(crate) fn for_another_operation(&self) -> Self {
        Self {
            timeout: self.timeout,
            deadline: self.deadline,
            max_attempts: self.max_attempts,
            priority: self.priority,
            ..Self::default()
        }
    }

    pub(crate) const fn retries_unproven_writes(&self) -> bool {
        self.retry_unproven_writes
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    pub(crate) const fn keeps_raw_body(&self) -> bool {
        self.keep_raw_body
    }

    /// The headers, query parameters and body fields added to the request, if there are any.
    pub(crate) fn additions(&self) -> Option<&Additions> {
        self.additions.as_deref()
    }

    fn add(&mut self, add: impl FnOnce(&mut Additions) -> Result<(), Refused>) {
        if let Err(Refused { param, message }) = add(self.additions.get_or_insert_default()) {
            self.refuse(&param, &message);
        }
    }

    fn refuse(&mut self, param: &str, message: &str) {
        let problem = || Problem {
            message: message.to_owned(),
            param: param.to_owned(),
        };
        self.problem.get_or_insert_with(problem);
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
