//! The error type of the SDK: what failed, whether the request was executed and what to do next. `Display` is in `display`,
//! error bodies are parsed in `envelope`, and the kind of failure is queried by `predicates`.

pub(crate) mod code;
mod display;
pub(crate) mod envelope;
mod keys;
mod list;
mod outcome;
mod predicates;
pub(crate) mod retry_decision;
#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::error::code::ErrorCode;
use crate::error::retry_decision::effective;
use crate::model::operation::Operation;
use envelope::Envelope;
use retry_decision::RetryDecision;

pub use envelope::FieldError;
pub use outcome::Outcome;

/// The error of a call.
///
/// An opaque pointer with predicates (`is_…`) and accessors. `Display` is one line with the failed
/// operation, status, code, message, request id and what to do next. Neither `Display` nor `Debug`
/// shows an API key, a phone number, an e-mail address or the body of a response.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// match client.get_user("usr-0001").send().await {
///     Ok(user) => println!("{:?}", user.body().role),
///     Err(error) if error.is_not_found() => println!("no user has this id"),
///     Err(error) if error.is_rate_limited() => println!("wait {:?}", error.retry_after()),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

/// The contents of an [`Error`].
pub(crate) struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    status: Option<u16>,
    /// Status and code of an earlier attempt's response, if the last attempt has none.
    last_response: Option<LastResponse>,
    /// The decision of the classifier on the failed attempt; `None` if nothing was sent.
    retry_decision: Option<RetryDecision>,
    headers: HeaderMap,
    body: Vec<u8>,
    envelope: Envelope,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    attempts: u32,
    outcome: Outcome,
    gave_up: Option<(GaveUp, Option<Duration>)>,
    source: Option<BoxError>,
}

/// Why a call was not retried although a retry might have helped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GaveUp {
    /// The maximum number of attempts is reached.
    Attempts,
    /// The deadline passes before the next attempt.
    Deadline,
    /// The maximum number of calls waits for the rate limit.
    QueueFull,
    /// The retry budget is exhausted.
    Budget,
    /// The idempotency key expires before the next attempt.
    KeyExpires,
}

/// The source of an error.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// The settings of the client are invalid.
    Configuration,
    /// The request breaks a documented limit.
    InvalidRequest,
    /// A name does not match exactly one teammate.
    UnresolvedTeammate,
    /// Several people have a number.
    AmbiguousPerson,
    /// The API key is known to lack a scope of the operation.
    MissingScope,
    /// Writing to the caller's output failed.
    Output,
    /// The journal is in use by another push.
    InUse,
    /// Connecting failed.
    Connect,
    /// The connection closed before the response was complete.
    Transport,
    /// The attempt timed out.
    Timeout,
    /// The server answered with a status other than 2xx.
    Status,
    /// The server succeeded, but its response could not be decoded.
    Decode,
    /// The status is 2xx, but the response does not come from the API.
    UnexpectedResponse,
    /// The rate limit allowed no request before the deadline; nothing was sent.
    Deadline,
}

/// The last response of a call whose last attempt had none.
#[derive(Clone, Debug)]
pub(crate) struct LastResponse {
    pub(crate) status: u16,
    pub(crate) code: Option<ErrorCode>,
    #[cfg_attr(
        not(feature = "power-dialer"),
        expect(dead_code, reason = "only the Power Dialer asks for it")
    )]
    pub(crate) decision: RetryDecision,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            status: None,
            last_response: None,
            retry_decision: None,
            headers: HeaderMap::new(),
            body: Vec::new(),
            envelope: Envelope::of_message(message),
            request_id: None,
            retry_after: None,
            attempts: 0,
            outcome: Outcome::NotSent,
            gave_up: None,
            source: None,
        }))
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    /// A request that is refused for all of `problems`.
    pub(crate) fn invalid_fields(problems: Vec<FieldError>) -> Self {
        let texts: Vec<_> = problems.iter().filter_map(FieldError::message).collect();
        let mut error = Self::invalid_request(display::list(&texts));
        error.0.envelope.param = problems
            .first()
            .and_then(|first| first.field().map(str::to_owned));
        error.0.envelope.errors = problems;
        error
    }

    pub(crate) fn with_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    #[cfg(feature = "power-dialer")]
    pub(crate) fn with_code(mut self, code: ErrorCode) -> Self {
        self.0.envelope.code = Some(code);
        self
    }

    pub(crate) fn with_param(mut self, param: &str) -> Self {
        self.0.envelope.param = Some(param.to_owned());
        self
    }

    pub(crate) fn with_suggestion(mut self, suggestion: impl Into<String>) -> Self {
        self.0.envelope.suggestion = Some(suggestion.into());
        self
    }

    pub(crate) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id.or(self.0.request_id);
        self
    }

    /// Adds the part of a response that arrived before a failure, or all of it.
    pub(crate) fn with_response(mut self, status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        self.0.status = Some(status);
        self.0.headers = headers;
        self.0.body = body;
        self
    }

    /// Adds the last response of the call, if the last attempt had none.
    pub(crate) fn with_last_response(mut self, response: Option<LastResponse>) -> Self {
        self.0.last_response = response.filter(|_| self.0.status.is_none());
        self
    }

    /// Replaces the server's error with another one.
    pub(crate) fn with_retry_decision(mut self, decision: RetryDecision) -> Self {
        self.0.retry_decision = Some(decision);
        self
    }

    pub(crate) fn with_envelope(mut self, envelope: Envelope) -> Self {
        self.0.envelope = envelope;
        self
    }

    pub(crate) fn with_retry_after(mut self, delay: Option<Duration>) -> Self {
        self.0.retry_after = delay;
        self
    }

    /// Records why the call was not retried; `deadline` is the deadline of the whole call.
    pub(crate) fn with_gave_up(mut self, why: GaveUp, deadline: Option<Duration>) -> Self {
        self.0.gave_up = Some((why, deadline));
        self
    }

    /// The kind of failure in one word, for logs and metrics.
    pub(crate) fn error_type(&self) -> &'static str {
        match self.0.kind {
            ErrorKind::Configuration => "configuration",
            ErrorKind::InvalidRequest => "invalid_request",
            ErrorKind::UnresolvedTeammate => "unresolved_teammate",
            ErrorKind::AmbiguousPerson => "ambiguous_person",
            ErrorKind::MissingScope => "missing_scope",
            ErrorKind::Output => "output",
            ErrorKind::InUse => "in_use",
            ErrorKind::Connect => "connect",
            ErrorKind::Transport => "broken",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Status => "status",
            ErrorKind::Decode => "decode",
            ErrorKind::UnexpectedResponse => "unexpected_response",
            ErrorKind::Deadline => "deadline",
        }
    }

    /// The status, or the status that an error inside a 2xx corresponds to.
    fn effective_status(&self) -> Option<u16> {
        let code = self.0.envelope.code.as_ref();
        self.0.status.map(|status| effective(status, code))
    }
}

/// Accessors.
impl Error {
    /// The operation that failed, for example `getUser`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The HTTP status of the last response, if any attempt got one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        let last = self.0.last_response.as_ref();
        self.0.status.or(last.map(|last| last.status))
    }

    /// The error code of the API, if the last response has one.
    ///
    /// ```
    /// use allo_client::{Error, ErrorCode};
    ///
    /// fn is_full(error: &Error) -> bool {
    ///     error.code() == Some(&ErrorCode::DialingQueueLimitReached)
    /// }
    /// ```
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        let last = self.0.last_response.as_ref();
        let last = last.and_then(|last| last.code.as_ref());
        self.0.envelope.code.as_ref().or(last)
    }

    /// A description of the failure, by the server or by the client. Phone numbers, e-mail
    /// addresses and keys are masked; so are numbers of nine digits or more without a unit. The
    /// unmasked body is in [`body`](Error::body).
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.envelope.message
    }

    /// The id by which the server knows the request. Give it to support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The invalid parameter or field.
    #[must_use]
    pub fn param(&self) -> Option<&str> {
        self.0.envelope.param.as_deref()
    }

    /// What to do next: the server's advice, or else the client's for the code. Advice to retry is
    /// not passed on if a retry [may do harm](Error::is_replay_unproven).
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        if self.is_replay_unproven() {
            return Some("check whether the request was executed before you retry it");
        }
        let own = || self.0.envelope.code.as_ref().and_then(ErrorCode::advice);
        self.0.envelope.suggestion.as_deref().or_else(own)
    }

    /// All invalid fields, if the server names several.
    #[must_use]
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.envelope.errors
    }

    /// The time to wait before a retry: the delay the server asks for, or the wait that the
    /// [deadline](crate::ClientBuilder::deadline) did not allow.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the server says that a retry may help.
    #[must_use]
    pub fn retryable(&self) -> Option<bool> {
        self.0.envelope.retryable
    }

    /// The number of times the request was sent; 0 if it was never sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the server executed the request.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.0.outcome
    }

    /// The unmodified body, as far as it arrived. May contain personal data.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The unmodified headers of the response, if one arrived. May contain personal data.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

// An `Error` is one pointer, so that results stay small, and can be sent between threads.
const _: () = {
    const fn anywhere<T: Send + Sync + 'static>() {}
    anywhere::<Error>();
    assert!(size_of::<Error>() == size_of::<usize>());
};
