//! The `Display` and `Debug` of an error: one line for people, and a debug form without payloads.

use std::fmt;

use super::{Error, ErrorKind, GaveUp, Outcome};
use crate::error::code::ErrorCode;
use crate::model::open_enum::OpenEnum;
use crate::model::operation::Operation;

/// The maximum number of field errors listed in one line.
const MOST_LISTED: usize = 3;

/// Joins several field errors into one text.
pub(super) fn list(texts: &[&str]) -> String {
    let shown = texts
        .iter()
        .take(MOST_LISTED)
        .copied()
        .collect::<Vec<_>>()
        .join("; ");
    match texts.len().saturating_sub(MOST_LISTED) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_head(f)?;
        f.write_str(self.message().trim_end_matches('.'))?;
        if let Some(suggestion) = self.suggestion() {
            write!(f, "; {}", suggestion.trim_end_matches('.'))?;
        }
        if let Some(delay) = self.retry_after().filter(|_| !self.is_replay_unproven()) {
            write!(f, "; wait {} s", delay.as_secs_f64().ceil())?;
        }
        self.write_gave_up(f)?;
        self.write_outcome(f)?;
        match self.request_id() {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// The operation, the status and the code: the part of the line before the message.
    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.operation().unwrap_or("allo-client");
        match self.0.kind {
            ErrorKind::InvalidRequest
            | ErrorKind::MissingScope
            | ErrorKind::Deadline
            | ErrorKind::InUse => write!(f, "{name} was not sent")?,
            ErrorKind::UnresolvedTeammate => write!(f, "{name}: could not resolve the teammate")?,
            ErrorKind::AmbiguousPerson => write!(f, "{name}: could not resolve the person")?,
            ErrorKind::Configuration => f.write_str("the client cannot be built")?,
            _ => write!(f, "{name} failed")?,
        }
        if let Some(status) = self.0.status.filter(|status| !self.opens_with(*status)) {
            write!(
                f,
                ": {}",
                status_line(status, self.0.envelope.code.as_ref())
            )?;
        }
        f.write_str(if self.message().is_empty() { "" } else { ": " })
    }

    /// Whether the message is only a description of the status, which is shown already.
    fn opens_with(&self, status: u16) -> bool {
        self.0.envelope.code.is_none() && self.message().starts_with(&status_line(status, None))
    }

    /// Why the call was not retried, or not sent.
    fn write_gave_up(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(last) = &self.0.last_response {
            write!(
                f,
                "; the last response was {}",
                status_line(last.status, last.code.as_ref())
            )?;
        }
        let Some((why, deadline)) = self.0.gave_up else {
            return Ok(());
        };
        match self.attempts() {
            0 => {}
            1 if why == GaveUp::Attempts => return Ok(()),
            1 => f.write_str("; gave up after 1 attempt")?,
            many => write!(f, "; gave up after {many} attempts")?,
        }
        match (why, deadline) {
            (GaveUp::Deadline, Some(deadline)) => {
                let seconds = deadline.as_secs_f64();
                write!(f, "; the deadline of {seconds} s would pass first")
            }
            (GaveUp::Attempts | GaveUp::Deadline, _) => Ok(()),
            (GaveUp::QueueFull, _) => f.write_str("; `max_waiting_calls` allows no more"),
            (GaveUp::Budget, _) => f.write_str("; retry budget exhausted"),
            (GaveUp::KeyExpires, _) => f.write_str("; the idempotency key expires first"),
        }
    }

    /// What a caller must know before a retry.
    fn write_outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let writes = self
            .0
            .operation
            .is_some_and(Operation::takes_idempotency_key);
        match (&self.0.outcome, writes) {
            (Outcome::Unknown { .. }, true) if self.is_replay_unproven() => f.write_str(
                "; the request may have been executed, and a retry is not known to be safe, \
                 whatever idempotency key it carries",
            ),
            (Outcome::Unknown { .. }, true) => f.write_str(
                "; the request may have been executed; retry it only with the idempotency key from `outcome()`",
            ),
            (Outcome::Executed | Outcome::Replayed, true) => {
                f.write_str("; the request was executed, do not retry it")
            }
            (Outcome::NotExecuted, true) if self.is_transport() => f.write_str("; the request was not executed"),
            _ => Ok(()),
        }
    }
}

/// A status with its standard phrase, such as `503 Service Unavailable`.
pub(super) fn status_line(status: u16, code: Option<&ErrorCode>) -> String {
    let reason = || {
        reqwest::StatusCode::from_u16(status)
            .ok()?
            .canonical_reason()
    };
    match code.map(OpenEnum::as_str).or_else(reason) {
        Some(word) => format!("{status} {word}"),
        None => status.to_string(),
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &self.operation())
            .field("status", &inner.status)
            .field("code", &inner.envelope.code)
            .field("message", &inner.envelope.message)
            .field("param", &inner.envelope.param)
            .field("request_id", &inner.request_id)
            .field("retry_after", &inner.retry_after)
            .field("attempts", &inner.attempts)
            .field("outcome", &inner.outcome)
            .field("gave_up", &inner.gave_up)
            .field("body", &format_args!("<{} bytes>", inner.body.len()))
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}
