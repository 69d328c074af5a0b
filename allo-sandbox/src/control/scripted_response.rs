//! A response to script: raw, or the answer or an error of an operation.

use std::fmt;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use super::ControlError;
use crate::errors::scripted::{REQUEST_ID, scripted};
use crate::operations::{self, Operation, Success};
use crate::reply::Reply;
use crate::request_id;
use crate::script::Repeated;

/// A response for [`Control::respond`](crate::Control::respond). `Debug` shows neither headers nor body.
///
/// ```
/// use std::time::Duration;
/// use allo_sandbox::ScriptedResponse;
///
/// let busy = ScriptedResponse::new(503).header("retry-after", "1").times(2);
/// let slow = ScriptedResponse::new(200).json(&serde_json::json!({})).delay(Duration::from_secs(3));
/// # let _ = (busy, slow);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a response has to be scripted"]
pub struct ScriptedResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
    delay: Duration,
    times: u64,
}

impl ScriptedResponse {
    /// A response with this status, without headers and body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            delay: Duration::ZERO,
            times: 1,
        }
    }

    /// The successful response of an operation, as documented: with its status, and inside
    /// `{"data": …}` unless the response is a page. The operation is an id, or a row of a table of
    /// operations, such as `&allo_client::operations::GET_DEAL`.
    ///
    /// # Errors
    ///
    /// If there is no such operation, if `answer` cannot be serialised, or if it has a value although
    /// the response has no body: the answer of such an operation is `&()`.
    pub fn answer<T: Serialize + ?Sized>(
        operation: impl AsRef<str>,
        answer: &T,
    ) -> Result<Self, ControlError> {
        let operation = find(operation.as_ref())?;
        let why = |error| ControlError::InvalidResponse(format!("{}: {error}", operation.id));
        let answer = serde_json::to_value(answer).map_err(why)?;
        let body = match operation.success {
            Success::Data | Success::Created => json!({ "data": answer }),
            Success::Page if answer.get("data").is_some_and(Value::is_array) => answer,
            Success::Empty | Success::NoContent if answer.is_null() => {
                return Ok(Self::new(operation.success.status()));
            }
            Success::Page => return Err(unfit(operation, "is a page with an array `data`")),
            Success::Empty | Success::NoContent => return Err(unfit(operation, "has no body")),
        };
        Ok(Self::new(operation.success.status()).json(&body))
    }

    /// An error of an operation, in the envelope of its version of the API. Any code can be given;
    /// `type` and `retryable` follow from the status. The request id is `req_scripted`.
    ///
    /// # Errors
    ///
    /// If there is no such operation, or the status is not one of an error.
    pub fn error(
        operation: impl AsRef<str>,
        status: u16,
        code: &str,
    ) -> Result<Self, ControlError> {
        let operation = find(operation.as_ref())?;
        let is_error = |status: &StatusCode| status.is_client_error() || status.is_server_error();
        let status = final_status(status)?;
        let status = Some(status).filter(is_error).ok_or_else(|| {
            let why = format!("{} is not the status of an error", status.as_u16());
            ControlError::InvalidResponse(why)
        })?;
        let mut reply = scripted(status, code, operation.path.starts_with("/v1/"));
        reply.header(request_id::HEADER, REQUEST_ID);
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut response = Self::new(status.as_u16()).body(reply.body);
        for (name, value) in &reply.headers {
            response = response.header(name.as_str(), text(value));
        }
        Ok(response)
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a JSON body, with its content type.
    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string())
            .header("content-type", "application/json")
    }

    /// Sets how long the request waits for the response. The delay follows tokio's time.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets how many requests get this response; the default is 1.
    pub fn times(mut self, requests: u64) -> Self {
        self.times = requests;
        self
    }

    pub(super) fn checked(self) -> Result<Repeated, ControlError> {
        if self.times == 0 {
            let why = "times must be at least 1".to_owned();
            return Err(ControlError::InvalidResponse(why));
        }
        let headers = self.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        Ok(Repeated {
            reply: Reply {
                status: final_status(self.status)?,
                headers: header_map(&headers)?,
                body: self.body,
            },
            delay: self.delay,
            times: self.times,
        })
    }
}

impl fmt::Debug for ScriptedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedResponse")
            .field("status", &self.status)
            .field("delay", &self.delay)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

pub(super) fn find(id: &str) -> Result<&'static Operation, ControlError> {
    operations::by_id(id).ok_or_else(|| ControlError::UnknownOperation(id.to_owned()))
}

fn unfit(operation: &Operation, what: &str) -> ControlError {
    ControlError::InvalidResponse(format!("the response of {} {what}", operation.id))
}

/// A final status; 1xx are not.
pub(super) fn final_status(status: u16) -> Result<StatusCode, ControlError> {
    let valid = StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational());
    valid.ok_or_else(|| ControlError::InvalidResponse(format!("{status} is not a final status")))
}

pub(super) fn header_map(headers: &[(&str, &str)]) -> Result<HeaderMap, ControlError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let bad = || ControlError::InvalidResponse(format!("header {name:?}"));
        let name = HeaderName::try_from(*name).map_err(|_| bad())?;
        // The server sets the framing: a wrong length would truncate or stall the connection.
        if [header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(&name) {
            return Err(bad());
        }
        map.append(name, HeaderValue::try_from(*value).map_err(|_| bad())?);
    }
    Ok(map)
}
