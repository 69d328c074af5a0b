//! Turns the result of an attempt into a success or an error with a message. Whether to retry is decided in `classify`.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::classify::{Arrived, Facts, classify, settles};
use super::context::ClientContext;
use super::decoded::Decoded;
use super::http_transport::{
    Attempt, BodyProblem, ReceivedResponse, TransportError, TransportErrorKind,
};
use super::response_shape;
use super::{PreparedRequest, REQUEST_ID, Success, retry_after};
use crate::error::ErrorKind;
use crate::error::envelope::Envelope;
use crate::error::retry_decision::{RetryDecision, effective};
use crate::error::{Error, Outcome};
use crate::redact::Redactor;
use crate::transport::response::{Meta, RawBody, RequestId};

/// The context of an attempt.
pub(crate) struct Interpreter<'a> {
    pub(crate) context: &'a ClientContext,
    pub(crate) prepared: &'a PreparedRequest,
    /// The number of attempts, including this one.
    pub(crate) attempts: u32,
    /// The timeout of this attempt.
    pub(crate) time: Duration,
    /// When the attempt ended.
    pub(crate) answered: jiff::Timestamp,
}

/// A failed attempt.
pub(crate) struct Failure {
    /// Without an outcome, which depends on all attempts.
    pub(crate) error: Error,
    pub(crate) decision: RetryDecision,
    /// The field `error.type` of logs.
    pub(crate) error_type: &'static str,
}

/// The error of a complete 2xx response that cannot be decoded. The request was executed.
pub(super) fn undecodable(
    prepared: &PreparedRequest,
    meta: Meta,
    body: Vec<u8>,
    mut problem: String,
) -> Error {
    if body.trim_ascii().is_empty() {
        problem = "it has no body".to_owned();
    }
    let outcome = meta.outcome();
    let mut envelope = Envelope::of_message(format!("could not decode the response: {problem}"));
    let content_type = content_type(&meta.headers);
    envelope.advise_on_page(meta.status, &body, content_type);
    Error::new(ErrorKind::Decode, String::new())
        .with_envelope(envelope)
        .with_operation(prepared.operation)
        .with_attempts(meta.attempts)
        .with_request_id(meta.request_id.get().map(str::to_owned))
        .with_response(meta.status, meta.headers, body)
        .with_outcome(outcome)
}

impl Interpreter<'_> {
    /// Decides whether an attempt succeeded.
    pub(crate) fn interpret(&self, attempt: Attempt) -> Result<Success, Failure> {
        let mut response = match attempt {
            Attempt::Failed(failure) => return Err(self.no_response(failure)),
            Attempt::Answered(response) => response,
        };
        if response.is_whole_success() {
            return match response.decoded.take() {
                Some(decoded) if decoded.is_certain => Ok(self.success(response, decoded)),
                decoded => self.doubtful(response, decoded),
            };
        }
        match response
            .problem
            .take_if(|_| (200..=299).contains(&response.status))
        {
            Some(problem) => Err(self.broken(response, problem)),
            None => {
                let envelope = self.envelope(&response);
                Err(self.refused(response, envelope))
            }
        }
    }

    /// The status is 2xx; the body decides whether the request succeeded.
    fn doubtful(
        &self,
        response: ReceivedResponse,
        decoded: Option<Decoded>,
    ) -> Result<Success, Failure> {
        match self.error_inside(&response) {
            Some(envelope) => Err(self.refused(response, envelope)),
            None if self.is_in_shape(&response) => {
                let decoded = decoded.unwrap_or_else(|| Decoded::unit(&response.body));
                Ok(self.success(response, decoded))
            }
            None => {
                let envelope = self.envelope(&response);
                Err(self.refused(response, envelope))
            }
        }
    }

    fn success(&self, response: ReceivedResponse, decoded: Decoded) -> Success {
        let meta = Meta {
            request_id: RequestId::new(self.raw_id(&response.headers), self.context.key.clone()),
            status: response.status,
            headers: response.headers,
            attempts: self.attempts,
            after_doubt: false,
            received: self.answered,
            raw_body: RawBody::default(),
        };
        Success {
            meta,
            body: response.body,
            value: decoded.value,
        }
    }

    /// No response arrived.
    fn no_response(&self, failure: TransportError) -> Failure {
        let time = self.time.as_secs_f64();
        let cause = self.redactor().clean(&failure.cause);
        let peer = self.redactor().clean(&failure.peer());
        let (kind, error_type, message) = match failure.kind {
            TransportErrorKind::Unsendable => (
                ErrorKind::InvalidRequest,
                "unsendable",
                format!("the HTTP client refuses the request: {cause}"),
            ),
            TransportErrorKind::Connect | TransportErrorKind::Unreachable => (
                ErrorKind::Connect,
                "connect",
                format!("could not connect to {peer}: {cause}"),
            ),
            TransportErrorKind::Timeout => (
                ErrorKind::Timeout,
                "timeout",
                format!("no response within {time} s"),
            ),
            TransportErrorKind::Broken => (
                ErrorKind::Transport,
                "broken",
                format!("the connection to {peer} closed before a response arrived: {cause}"),
            ),
            TransportErrorKind::Redirected => (
                ErrorKind::Transport,
                "redirected",
                format!("the request was redirected: {cause}"),
            ),
        };
        let mut error = self.error(kind, message, &HeaderMap::new());
        if let Some(advice) = failure.advice {
            error = error.with_suggestion(advice);
        }
        if let Some(source) = failure.source {
            error = error.with_source(source);
        }
        self.failure(error, Arrived::Nothing(failure.kind), false, error_type)
    }

    /// The status is 2xx, but the body is incomplete.
    fn broken(&self, response: ReceivedResponse, problem: BodyProblem) -> Failure {
        let expected = self.prepared.operation.success;
        let is_in_shape =
            response_shape::is_success(expected, response.status, &response.body, false);
        let ReceivedResponse {
            status,
            headers,
            body,
            ..
        } = response;
        let came = body.len();
        let time = self.time.as_secs_f64();
        let (kind, error_type, message) = match &problem {
            BodyProblem::TooLarge => {
                let most = self.context.max_response_bytes;
                let message = format!("the response exceeds the limit of {most} bytes");
                (ErrorKind::Decode, "too_large", message)
            }
            BodyProblem::Broken(failure) if failure.kind == TransportErrorKind::Timeout => {
                let message =
                    format!("the response was incomplete after {time} s ({came} bytes received)");
                (ErrorKind::Timeout, "timeout", message)
            }
            BodyProblem::Broken(failure) => {
                let cause = self.redactor().clean(&failure.cause);
                let message = format!(
                    "the connection closed while the response was being read, after {came} bytes: {cause}"
                );
                (ErrorKind::Transport, "broken", message)
            }
        };
        let arrived = arrived(status, Some(&problem));
        let error = self.error(kind, message, &headers);
        let error = with_cause(error, Some(problem)).with_response(status, headers, body);
        self.failure(error, arrived, is_in_shape, error_type)
    }

    /// The server, or a gateway in front of it, refused the request.
    fn refused(&self, response: ReceivedResponse, mut envelope: Envelope) -> Failure {
        let arrived = arrived(response.status, response.problem.as_ref());
        let status = effective(response.status, envelope.code.as_ref());
        let asked = retry_after::of_headers(&response.headers, status, self.answered);
        let delay = asked.into_iter().chain(envelope.retry_after).max();
        let id = envelope.request_id.take();
        let is_in_shape = self.is_in_shape(&response);
        let kind = match (response.status, &envelope.code) {
            (200..=299, None) => ErrorKind::UnexpectedResponse,
            _ => ErrorKind::Status,
        };
        if kind == ErrorKind::UnexpectedResponse {
            let advice = "check the base URL, and any proxy or gateway in between";
            envelope.suggestion.get_or_insert_with(|| advice.to_owned());
        }
        let error = self.error(kind, String::new(), &response.headers);
        let error = with_cause(error, response.problem)
            .with_envelope(envelope)
            .with_request_id(id)
            .with_retry_after(delay)
            .with_response(response.status, response.headers, response.body);
        let error_type = match kind {
            ErrorKind::UnexpectedResponse => "unexpected_response",
            _ => "status",
        };
        self.failure(error, arrived, is_in_shape, error_type)
    }

    fn failure(
        &self,
        error: Error,
        arrived: Arrived,
        is_in_shape: bool,
        error_type: &'static str,
    ) -> Failure {
        let code = error.code();
        let decision = classify(&Facts {
            arrived,
            code,
            retryable: error.retryable(),
            is_in_shape,
            settles: code.is_some_and(|code| settles(self.prepared.operation, code)),
        });
        Failure {
            error: error.with_retry_decision(decision),
            decision,
            error_type,
        }
    }

    fn envelope(&self, response: &ReceivedResponse) -> Envelope {
        if (300..=399).contains(&response.status) {
            let mut envelope = Envelope::of_message(
                "the server sent a redirect, which the client does not follow",
            );
            envelope.suggestion = Some("check the base URL".to_owned());
            return envelope;
        }
        let redactor = self.redactor();
        let content_type = content_type(&response.headers);
        let mut envelope =
            Envelope::of_body(response.status, &response.body, content_type, &redactor);
        envelope.advise_on_page(response.status, &response.body, content_type);
        envelope
    }

    /// Whether the body has the shape of a successful response of the operation, whatever the
    /// status is.
    fn is_in_shape(&self, response: &ReceivedResponse) -> bool {
        let expected = self.prepared.operation.success;
        let is_whole = response.problem.is_none();
        response_shape::is_success(expected, response.status, &response.body, is_whole)
    }

    /// A 2xx response may contain an error.
    fn error_inside(&self, response: &ReceivedResponse) -> Option<Envelope> {
        Envelope::of_success(&response.body, &self.redactor())
    }

    fn error(&self, kind: ErrorKind, message: String, headers: &HeaderMap) -> Error {
        Error::new(kind, message)
            .with_operation(self.prepared.operation)
            .with_attempts(self.attempts)
            .with_outcome(Outcome::NotExecuted)
            .with_request_id(self.request_id(headers))
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        let id = RequestId::new(self.raw_id(headers), self.context.key.clone());
        id.get().map(str::to_owned)
    }

    /// The request id of the response, or else the one of the caller.
    fn raw_id(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let given = || HeaderValue::from_str(self.prepared.options.request_id()?).ok();
        let header = headers.get(REQUEST_ID);
        let text = header.filter(|value| value.to_str().is_ok());
        text.cloned().or_else(given)
    }

    const fn redactor(&self) -> Redactor<'_> {
        Redactor::new(&self.context.key)
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    let header = headers.get(CONTENT_TYPE);
    header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

const fn arrived(status: u16, problem: Option<&BodyProblem>) -> Arrived {
    match problem {
        None => Arrived::All(status),
        Some(BodyProblem::TooLarge) => Arrived::TooMuch(status),
        Some(BodyProblem::Broken(_)) => Arrived::Part(status),
    }
}

fn with_cause(error: Error, problem: Option<BodyProblem>) -> Error {
    match problem {
        Some(BodyProblem::Broken(TransportError {
            source: Some(source),
            ..
        })) => error.with_source(source),
        _ => error,
    }
}
