//! Errors with any status and code, which a test scripts.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::reply::Reply;

/// The request id of every scripted error.
pub(crate) const REQUEST_ID: &str = "req_scripted";

/// The error response with this code, in the envelope of the version of the API. Type and `retryable`
/// follow from the status.
pub(crate) fn scripted(status: StatusCode, code: &str, is_v1: bool) -> Reply {
    let envelope = match is_v1 {
        true => json!({ "code": code, "details": Value::Null }),
        false => json!({ "error": {
            "type": kind(status),
            "code": code,
            "message": "This error was scripted.",
            "retryable": status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error(),
            "request_id": REQUEST_ID,
        } }),
    };
    Reply::json(status, &envelope)
}

fn kind(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        409 => "conflict_error",
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "validation_error",
    }
}
