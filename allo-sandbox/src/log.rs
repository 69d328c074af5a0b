//! The request log, in the order of arrival.

use std::fmt;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, header::AUTHORIZATION};
use serde_json::Value;

use crate::auth;
use crate::request::Received;

/// A request that the sandbox received. `Debug` shows neither query values nor a body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// `operationId`; `None` if no operation matches method and path.
    pub operation: Option<&'static str>,
    /// HTTP method.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// Decoded query parameters in the order sent.
    pub query: Vec<(String, String)>,
    /// Headers with lower-case names. For `authorization` only the scheme is kept: `Api-Key`,
    /// `Bearer`, `Basic`, or `raw` for anything else.
    pub headers: Vec<(String, String)>,
    /// The body, if it was JSON.
    pub body: Option<Value>,
    /// The status of the response; 0 if there is none yet.
    pub status: u16,
    /// The request id.
    pub request_id: String,
    /// Whether a stored response was replayed.
    pub replayed: bool,
    /// Whether the operation was executed successfully. Includes reads; excludes errors, replays and
    /// scripted responses.
    pub executed: bool,
    /// `api-…` id of the API key, if it was accepted.
    pub api_key_id: Option<String>,
    /// When it arrived, since the start of the sandbox or its last reset, by its clock.
    pub at: Duration,
    pub(crate) response_body: Bytes,
}

impl LoggedRequest {
    /// The body of the response, if it was JSON.
    #[must_use]
    pub fn response_body(&self) -> Option<Value> {
        serde_json::from_slice(&self.response_body).ok()
    }

    /// The value of a header; names are case-insensitive.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        f.debug_struct("LoggedRequest")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("query", &parameters)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("replayed", &self.replayed)
            .field("executed", &self.executed)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// The outcome of a request.
#[derive(Debug)]
pub(crate) struct RequestOutcome {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) executed: bool,
    pub(crate) api_key_id: Option<String>,
    pub(crate) response_body: Bytes,
}

/// The id of a log entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryId(u64);

/// All requests since the start or the last `clear`.
#[derive(Debug, Default)]
pub(crate) struct Log {
    next: u64,
    entries: Vec<(u64, LoggedRequest)>,
}

impl Log {
    /// Adds a request.
    pub(crate) fn arrived(&mut self, request: &Received, at: Duration) -> EntryId {
        let entry_id = self.next;
        self.next += 1;
        self.entries.push((entry_id, noted(request, at)));
        EntryId(entry_id)
    }

    /// Sets the outcome of a request, unless the log was cleared in between.
    pub(crate) fn answered(&mut self, entry_id: EntryId, outcome: RequestOutcome) {
        let found = self
            .entries
            .iter_mut()
            .rev()
            .find(|(number, _)| *number == entry_id.0);
        if let Some((_, entry)) = found {
            entry.status = outcome.status;
            entry.replayed = outcome.replayed;
            entry.executed = outcome.executed;
            entry.api_key_id = outcome.api_key_id;
            entry.response_body = outcome.response_body;
        }
    }

    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.entries
            .iter()
            .map(|(_, entry)| entry.clone())
            .collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

fn noted(request: &Received, at: Duration) -> LoggedRequest {
    LoggedRequest {
        operation: request.operation().map(|operation| operation.id),
        method: request.method.to_string(),
        path: request.path.clone(),
        query: request.query.pairs().to_vec(),
        headers: headers(&request.headers),
        body: request.json(),
        status: 0,
        request_id: request.request_id.clone(),
        replayed: false,
        executed: false,
        api_key_id: None,
        at,
        response_body: Bytes::new(),
    }
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = if name == AUTHORIZATION {
            auth::redacted(&value).to_owned()
        } else {
            value.into_owned()
        };
        (name.to_string(), value)
    });
    shown.collect()
}
