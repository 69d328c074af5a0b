//! Telemetry of a call: one span, one event for each attempt, and the hook of the caller. None of them contains a
//! query, a body, a key or a header.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tracing::{Level, Span, field};

use super::PreparedRequest;
use super::context::ClientContext;
use super::response::Meta;
use crate::error::code::ErrorCode;
use crate::error::{Error, Outcome};
use crate::model::open_enum::OpenEnum;
use crate::model::operation::Operation;

/// An attempt of a call, for the hook of
/// [`ClientBuilder::on_attempt`](crate::ClientBuilder::on_attempt).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptEvent {
    /// The operation, for example `getUser`.
    pub operation: &'static str,
    /// The number of the attempt, counted from 1.
    pub attempt: u32,
    /// The status, if a response arrived.
    pub status: Option<u16>,
    /// The error code of the API, if the response had one.
    pub code: Option<ErrorCode>,
    /// The kind of failure, if the attempt failed: `connect`, `timeout`, `broken`, `too_large`,
    /// `unexpected_response`, `status`, `redirected` or `unsendable`.
    pub error: Option<&'static str>,
    /// How long the attempt took, from sending to the last byte.
    pub elapsed: Duration,
    /// The wait before the next attempt, if there is one. Waiting for the rate limit may take
    /// longer.
    pub wait: Option<Duration>,
    /// Whether the call is retried.
    pub will_retry: bool,
}

/// The hook of the caller.
#[derive(Clone)]
pub(crate) struct Hook(Arc<dyn Fn(&AttemptEvent) + Send + Sync>);

impl Hook {
    pub(crate) fn new(hook: impl Fn(&AttemptEvent) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// What the retry loop reports of an attempt.
pub(super) struct Seen {
    pub(super) status: Option<u16>,
    pub(super) code: Option<ErrorCode>,
    pub(super) error_type: Option<&'static str>,
    pub(super) wait: Option<Duration>,
}

impl Seen {
    pub(super) const fn success(status: u16) -> Self {
        Self {
            status: Some(status),
            code: None,
            error_type: None,
            wait: None,
        }
    }

    /// Emits the event and calls the hook.
    pub(super) fn tell(
        self,
        context: &ClientContext,
        operation: &'static Operation,
        attempt: u32,
        elapsed: Duration,
    ) {
        let event = AttemptEvent {
            operation: operation.id,
            attempt,
            status: self.status,
            code: self.code,
            error: self.error_type,
            elapsed,
            wait: self.wait,
            will_retry: self.wait.is_some(),
        };
        log(&event);
        if let Some(Hook(hook)) = &context.policy.on_attempt {
            hook(&event);
        }
    }
}

/// The field `error.type`: the status, if the server answered with one.
fn error_type_of(error_type: &str, status: Option<u16>) -> String {
    let status = status.filter(|_| error_type == "status");
    status.map_or_else(|| error_type.to_owned(), |status| status.to_string())
}

fn log(event: &AttemptEvent) {
    let error_type = event
        .error
        .map(|error_type| error_type_of(error_type, event.status));
    let error_type = error_type.as_deref();
    let code = event.code.as_ref().map(OpenEnum::as_str);
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let elapsed = millis(event.elapsed);
    let wait = event.wait.map(millis);
    let count = event.attempt.saturating_sub(1);
    // `tracing` needs the level as a constant.
    macro_rules! attempt {
        ($level:expr, $text:literal) => {
            tracing::event!(
                target: "allo_client",
                $level,
                "allo.operation" = event.operation,
                "http.request.resend_count" = count,
                "http.response.status_code" = event.status,
                "error.type" = error_type,
                "allo.error_code" = code,
                "allo.elapsed_ms" = elapsed,
                "allo.wait_ms" = wait,
                $text
            )
        };
    }
    match (event.error, event.will_retry) {
        (None, _) => attempt!(Level::DEBUG, "attempt succeeded"),
        (Some(_), true) => attempt!(Level::INFO, "attempt failed, retrying"),
        (Some(_), false) => attempt!(Level::WARN, "attempt failed"),
    }
}

/// The span of a call. Fields that are known only at the end are recorded by [`close`].
pub(super) fn span(context: &ClientContext, prepared: &PreparedRequest) -> Span {
    let operation = prepared.operation;
    let server = prepared.other_server.as_ref().unwrap_or(&context.server);
    tracing::info_span!(
        target: "allo_client",
        "allo.call",
        "otel.kind" = "client",
        "otel.name" = operation.id,
        "allo.operation" = operation.id,
        "http.request.method" = operation.method.as_str(),
        "url.template" = operation.path,
        "server.address" = server.address,
        "server.port" = server.port,
        "allo.request_id" = field::Empty,
        "http.response.status_code" = field::Empty,
        "http.request.resend_count" = field::Empty,
        "error.type" = field::Empty,
        "allo.error_code" = field::Empty,
        "allo.outcome" = field::Empty,
        "otel.status_code" = field::Empty,
    )
}

/// Records how a call ended.
pub(super) fn close(span: &Span, result: Result<&Meta, &Error>) {
    if span.is_disabled() {
        return;
    }
    let (attempts, status, id, outcome) = match result {
        Ok(meta) => {
            let id = meta.request_id.get();
            (meta.attempts, Some(meta.status), id, meta.outcome())
        }
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            let error_type = error_type_of(error.error_type(), error.status());
            span.record("error.type", error_type.as_str());
            if let Some(code) = error.code() {
                span.record("allo.error_code", code.as_str());
            }
            let outcome = error.outcome().clone();
            (
                error.attempts(),
                error.status(),
                error.request_id(),
                outcome,
            )
        }
    };
    span.record("http.request.resend_count", attempts.saturating_sub(1));
    span.record("allo.outcome", name(&outcome));
    if let Some(status) = status {
        span.record("http.response.status_code", status);
    }
    if let Some(id) = id {
        span.record("allo.request_id", id);
    }
}

/// The name of an outcome, without its idempotency key.
const fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "not_sent",
        Outcome::NotExecuted => "not_executed",
        Outcome::Executed => "executed",
        Outcome::Replayed => "replayed",
        Outcome::Unknown { .. } => "unknown",
    }
}
