//! The error type of the SDK: what failed, whether the request was executed and what to do next. `Display` is in `display`,
//! error bodies are parsed in `envelope`, and the kind of failure is queried by `predicates`.

pub(crate) mod code;
mod display;
pub(crate) mod envelope;
mod keys;
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

/// Why a call failed.
///
/// One opaque pointer: look at it with the predicates (`is_…`) and accessors.
/// `Display` is one line that says what failed, where, with which status, code
/// and request id, and what to do next. Neither it nor `Debug` shows an API key,
/// a phone number, an e-mail address or the body of a response.
///
/// ```no_run
/// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
/// match client.get_user("usr-0001").send().await {
///     Ok(user) => println!("{:?}", user.body().role),
///     Err(error) if error.is_not_found() => println!("nobody has that id"),
///     Err(error) if error.is_rate_limited() => println!("wait {:?}", error.retry_after()),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

/// Everything an [`Error`] knows.
pub(crate) struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    status: Option<u16>,
    /// Status and code of an earlier attempt's answer, if the last attempt has none.
    last_answer: Option<LastAnswer>,
    /// What the classifier decided on the attempt that failed; none without an attempt.
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
    /// The API key is known to lack a scope of the operation.
    MissingScope,
    /// Writing to the output of the caller failed.
    Output,
    /// Another push uses the journal.
    InUse,
    /// Connecting failed.
    Connect,
    /// The connection broke before the response was complete.
    Transport,
    /// The attempt timed out.
    Timeout,
    /// The server answered with a status other than 2xx.
    Status,
    /// The server succeeded, but its response cannot be decoded.
    Decode,
    /// The status is 2xx, but the response does not come from the API.
    UnexpectedResponse,
    /// The rate limit allowed no request before the deadline; nothing was sent.
    Deadline,
}

/// The last response of a call that ended without another one.
#[derive(Clone, Debug)]
pub(crate) struct LastAnswer {
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
            last_answer: None,
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

    /// A request refused for every one of `problems`.
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

    /// Adds what arrived of a response: all of it, or the part before a failure.
    pub(crate) fn with_answer(mut self, status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        self.0.status = Some(status);
        self.0.headers = headers;
        self.0.body = body;
        self
    }

    /// Adds what the last response was, if the last attempt got none.
    pub(crate) fn with_last_answer(mut self, answer: Option<LastAnswer>) -> Self {
        self.0.last_answer = answer.filter(|_| self.0.status.is_none());
        self
    }

    /// Replaces what the server says went wrong.
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

    /// Says why it was not tried again; `deadline` is that of the whole call.
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

    /// The status, or what an error inside a 2xx stands for.
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

    /// The HTTP status of the last response, if any attempt was answered, whatever its
    /// body was.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        let last = self.0.last_answer.as_ref();
        self.0.status.or(last.map(|last| last.status))
    }

    /// The code of the API, if the last response has one.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        let last = self.0.last_answer.as_ref();
        let last = last.and_then(|last| last.code.as_ref());
        self.0.envelope.code.as_ref().or(last).cloned()
    }

    /// What went wrong, in words of the server or ours. Phone numbers, e-mail
    /// addresses and keys are masked, so is a count of nine digits or more that has
    /// no unit; [`body`](Error::body) has the original.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.envelope.message
    }

    /// The id under which the server knows the request; give it to support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The parameter or field at fault.
    #[must_use]
    pub fn param(&self) -> Option<&str> {
        self.0.envelope.param.as_deref()
    }

    /// What to do next: the advice of the server, else ours for the code. No advice
    /// to send it again is passed on if that [may do harm](Error::is_replay_unproven).
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        if self.is_replay_unproven() {
            return Some("find out whether it was executed before you send it again");
        }
        let own = || self.0.envelope.code.as_ref().and_then(ErrorCode::advice);
        self.0.envelope.suggestion.as_deref().or_else(own)
    }

    /// Every field at fault, if several were named.
    #[must_use]
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.envelope.errors
    }

    /// How long to wait before the call may be repeated: what the server asks
    /// for, or the wait that the [deadline](crate::ClientBuilder::deadline) did
    /// not allow.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the server itself says that repeating the request may help.
    #[must_use]
    pub fn retryable(&self) -> Option<bool> {
        self.0.envelope.retryable
    }

    /// How many times the request was sent; 0 if it never left.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the server did what was asked.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.0.outcome
    }

    /// What arrived of the body, unchanged. May hold personal data.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The headers of the response, if one arrived, unchanged. May hold personal data.
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

// Results stay small, and errors go wherever tasks go.
const _: () = {
    const fn anywhere<T: Send + Sync + 'static>() {}
    anywhere::<Error>();
    assert!(size_of::<Error>() == size_of::<usize>());
};
