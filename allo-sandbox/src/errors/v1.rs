//! The error envelope of v1 of the API: a code and, for some errors, details. It has no message, no
//! request id, and no 404 for missing objects.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{ApiError, Code, FieldError};
use crate::reply::Reply;

impl ApiError {
    /// Sets the detail in the v1 envelope.
    pub(crate) fn v1_detail(mut self, field: &'static str, message: String) -> Self {
        self.v1_detail = Some(Box::new((field, message)));
        self
    }

    /// The HTTP response at a v1 endpoint.
    pub(crate) fn into_v1_reply(self) -> Reply {
        let (code, usual, _) = self.code.facts();
        let status = match self.code {
            Code::EndpointNotFound => usual,
            _ if usual == 404 => 400,
            _ => usual,
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_seconds;
        let mut reply = Reply::json(status, &json!({ "code": code, "details": self.details() }));
        if let Some(seconds) = retry_after {
            reply.header("retry-after", &seconds.to_string());
        }
        reply
    }

    fn details(self) -> Value {
        let entry = |field: &str, message: &str| json!({ "message": message, "field": field });
        let named = self.fields.iter();
        let mut details: Vec<_> = named
            .map(|FieldError { field, message }| entry(field, message))
            .collect();
        if let Some((field, message)) = self.v1_detail.as_deref() {
            details.push(entry(field, message));
        } else if let (true, Some(param)) = (details.is_empty(), &self.param) {
            details.push(entry(param, &self.message));
        }
        match details.is_empty() {
            true => Value::Null,
            false => details.into(),
        }
    }
}
