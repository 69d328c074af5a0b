//! What an attempt means: an answer to hand on, or an error that says how far
//! the call got.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::attempt::{Answer, Attempt};
use super::idempotency::repeat_until;
use super::redact::Redactor;
use super::response_body::BodyProblem;
use super::{Prepared, REQUEST_ID, Success, retry_after};
use crate::client::Shared;
use crate::error::envelope::Envelope;
use crate::error::{Kind, Outcome};
use crate::runtime::Meta;
use crate::{Error, Timestamp};

/// What is known around an attempt.
pub(crate) struct Context<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) prepared: &'a Prepared,
    /// When the call was first sent.
    pub(crate) started: Timestamp,
    pub(crate) attempts: u32,
}

/// Tells success from every sort of failure.
pub(crate) fn judge(attempt: Attempt, context: &Context<'_>) -> Result<Success, Error> {
    let answer = match attempt {
        Attempt::Lost(error) => return Err(context.lost(error)),
        Attempt::Answered(answer) => answer,
    };
    match (answer.status, answer.problem) {
        (200..=299, None) => Ok(context.success(answer.status, answer.headers, answer.body)),
        (200..=299, Some(problem)) => {
            Err(context.broken(answer.status, answer.headers, answer.body, problem))
        }
        (_, problem) => Err(context.refused(Answer { problem, ..answer })),
    }
}

/// See [`super::undecodable`].
pub(crate) fn undecodable(prepared: &Prepared, success: Success, problem: &str) -> Error {
    let Success { meta, body } = success;
    Error::new(
        Kind::Decode,
        format!("the answer cannot be read: {problem}"),
    )
    .with_operation(prepared.operation)
    .with_attempts(meta.attempts)
    .with_request_id(meta.request_id)
    .with_answer(meta.status, meta.headers, body)
    .with_outcome(Outcome::Executed)
}

impl Context<'_> {
    fn success(&self, status: u16, headers: HeaderMap, body: Vec<u8>) -> Success {
        let request_id = self.request_id(&headers);
        let attempts = self.attempts;
        let meta = Meta {
            status,
            headers,
            request_id,
            attempts,
        };
        Success { meta, body }
    }

    /// No status arrived.
    fn lost(&self, error: reqwest::Error) -> Error {
        let timeout = self.timeout().as_secs_f64();
        let (kind, message) = if error.is_connect() {
            (
                Kind::Connect,
                format!("no connection to the server: {}", self.root(&error)),
            )
        } else if error.is_timeout() {
            (Kind::Timeout, format!("no answer within {timeout} s"))
        } else {
            let root = self.root(&error);
            (
                Kind::Transport,
                format!("the connection broke before an answer came: {root}"),
            )
        };
        let outcome = match kind {
            Kind::Connect => Outcome::NotExecuted,
            _ => self.unsure(),
        };
        self.error(kind, message, outcome, &HeaderMap::new())
            .with_source(error.without_url())
    }

    /// It succeeded, but the answer is not whole.
    fn broken(
        &self,
        status: u16,
        headers: HeaderMap,
        body: Vec<u8>,
        problem: BodyProblem,
    ) -> Error {
        let (kind, message, source) = self.describe(problem, body.len());
        let mut error = self.error(kind, message, Outcome::Executed, &headers);
        if let Some(source) = source {
            error = error.with_source(source);
        }
        error.with_answer(status, headers, body)
    }

    fn describe(
        &self,
        problem: BodyProblem,
        arrived: usize,
    ) -> (Kind, String, Option<reqwest::Error>) {
        match problem {
            BodyProblem::TooLarge => {
                let most = self.shared.max_response_bytes;
                let message = format!("the answer is longer than the limit of {most} bytes");
                (Kind::Decode, message, None)
            }
            BodyProblem::Broken(error) if error.is_timeout() => {
                let timeout = self.timeout().as_secs_f64();
                let message =
                    format!("the answer was not whole within {timeout} s ({arrived} bytes came)");
                (Kind::Timeout, message, Some(error.without_url()))
            }
            BodyProblem::Broken(error) => {
                let root = self.root(&error);
                let message =
                    format!("the connection broke amid the answer, {arrived} bytes came: {root}");
                (Kind::Transport, message, Some(error.without_url()))
            }
        }
    }

    /// The cause at the bottom, which says most: the others only say where.
    fn root(&self, error: &reqwest::Error) -> String {
        let top: &dyn std::error::Error = error;
        let causes = std::iter::successors(top.source(), |cause| cause.source());
        let deepest = causes.last().map(ToString::to_string);
        Redactor::new(&self.shared.key).clean(deepest.as_deref().unwrap_or("no cause is known"))
    }

    /// The server, or something in front of it, said no.
    fn refused(&self, answer: Answer) -> Error {
        let Answer {
            status,
            headers,
            body,
            problem,
        } = answer;
        let redactor = Redactor::new(&self.shared.key);
        let content_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let mut envelope = Envelope::of_body(&body, content_type.unwrap_or_default(), &redactor);
        if (300..=399).contains(&status) {
            envelope = Envelope::of_message("the server redirects, which is never followed");
            envelope.suggestion = Some("check the base URL".to_owned());
        }
        let asked = retry_after::of_headers(&headers, status, jiff::Timestamp::now());
        let outcome = if may_have_executed(status) {
            self.unsure()
        } else {
            Outcome::NotExecuted
        };
        let delay = asked.into_iter().chain(envelope.retry_after).max();
        let id = envelope.request_id.take();
        let mut error = self.error(Kind::Status, String::new(), outcome, &headers);
        if let Some(BodyProblem::Broken(source)) = problem {
            error = error.with_source(source.without_url());
        }
        error
            .with_envelope(envelope)
            .with_request_id(id)
            .with_retry_after(delay)
            .with_answer(status, headers, body)
    }

    fn error(&self, kind: Kind, message: String, outcome: Outcome, headers: &HeaderMap) -> Error {
        Error::new(kind, message)
            .with_operation(self.prepared.operation)
            .with_attempts(self.attempts)
            .with_outcome(outcome)
            .with_request_id(self.request_id(headers))
    }

    /// Nobody knows whether it was done; a read does nothing in any case.
    fn unsure(&self) -> Outcome {
        match &self.prepared.key {
            Some(key) => Outcome::Unknown {
                key: key.clone(),
                repeat_until: repeat_until(&self.started),
            },
            None => Outcome::NotExecuted,
        }
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        let given = || self.prepared.options.request_id();
        let text = headers
            .get(REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .or_else(given)?;
        Redactor::new(&self.shared.key).clean_id(text)
    }

    fn timeout(&self) -> Duration {
        self.prepared
            .options
            .timeout()
            .unwrap_or(self.shared.timeout)
    }
}

/// Whether a write answered with this status may have been done. A 4xx is a
/// refusal, except for a request that was cut short in front of the server.
const fn may_have_executed(status: u16) -> bool {
    !matches!(status, 400..=499) || status == 408
}
