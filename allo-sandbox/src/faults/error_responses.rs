//! Error responses of a gateway or of the API.

use axum::http::{HeaderMap, StatusCode};
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::fault::{RateLimitForm, SmsLimit};
use crate::errors::{ApiError, Code};
use crate::reply::Reply;
use crate::request_id;

/// The daily quota in requests, as the error shows it.
const DAILY_LIMIT: u64 = 1_000;
const SECONDS_A_DAY: i64 = 86_400;

pub(super) fn html(status: u16) -> Reply {
    let status = status_of(status);
    let title = status.canonical_reason().unwrap_or_default();
    let code = status.as_u16();
    let page = format!(
        "<!doctype html>\n<html><head><title>{code} {title}</title></head>\n\
         <body><h1>{title}</h1></body></html>\n"
    );
    let mut reply = Reply {
        status,
        headers: HeaderMap::new(),
        body: page.into(),
    };
    reply.header("content-type", "text/html");
    reply
}

pub(super) fn redirect(status: u16, to: &str) -> Reply {
    let mut reply = html(status);
    reply.header("location", to);
    reply
}

/// The rate limit error in this form; the bare envelope has no retry delay.
pub(super) fn rate_limited(form: RateLimitForm, request_id: &str, now: Timestamp) -> Reply {
    let error = ApiError::new(Code::RateLimitExceeded, "Too many requests at once.");
    if let RateLimitForm::BodyOnly(seconds) = form {
        let mut reply = named(error.retry_after(seconds), request_id);
        reply.headers.remove("retry-after");
        return reply;
    }
    let mut reply = named(error, request_id);
    match form {
        RateLimitForm::Bare | RateLimitForm::BodyOnly(_) => {}
        RateLimitForm::RetryAfterSeconds(seconds) => {
            reply.header("retry-after", &seconds.to_string());
        }
        RateLimitForm::RetryAfterDate(seconds) => {
            reply.header("date", &http_date(now));
            reply.header("retry-after", &http_date(later(now, seconds)));
        }
        RateLimitForm::ResetUnix(seconds) => {
            spent(&mut reply, &later(now, seconds).as_second().to_string());
        }
        RateLimitForm::ResetDelay(seconds) => spent(&mut reply, &seconds.to_string()),
    }
    reply
}

fn spent(reply: &mut Reply, reset: &str) {
    reply.header("x-ratelimit-limit", "5");
    reply.header("x-ratelimit-remaining", "0");
    reply.header("x-ratelimit-reset", reset);
}

/// The v1 envelope, which encodes the numbers in the text of its only detail.
pub(super) fn daily_quota(now: Timestamp) -> Reply {
    let reset_in = SECONDS_A_DAY - now.as_second().rem_euclid(SECONDS_A_DAY);
    let detail = format!("limit={DAILY_LIMIT};type=DAILY;reset_in={reset_in}");
    let envelope = json!({
        "code": "API_KEY_QUOTA_EXCEEDED",
        "details": [{ "message": detail, "field": "DAILY" }],
    });
    Reply::json(StatusCode::TOO_MANY_REQUESTS, &envelope)
}

pub(super) fn sms_limit(limit: SmsLimit, request_id: &str) -> Reply {
    let (code, message) = match limit {
        SmsLimit::Trial => (
            Code::TrialSmsLimitReached,
            "The SMS limit of the trial is reached.",
        ),
        SmsLimit::Api => (
            Code::SmsLimitReached,
            "The daily SMS limit of the API is reached.",
        ),
        SmsLimit::Number => (
            Code::DailySmsLimitReached,
            "The daily SMS limit of this number is reached.",
        ),
    };
    named(ApiError::new(code, message), request_id)
}

pub(super) fn internal(retryable: bool, request_id: &str) -> Reply {
    let error = ApiError::new(Code::InternalServerError, "Internal server error.");
    named(error.retryable(retryable), request_id)
}

pub(super) fn append_conflict(request_id: &str) -> Reply {
    let message = "A concurrent append to this queue was executed first.";
    let error = ApiError::new(Code::DialingQueueAppendConflict, message)
        .suggestion("Retry the request; nothing was added.");
    named(error, request_id)
}

pub(super) fn transaction_in_progress(request_id: &str) -> Reply {
    let message = "Another transaction on this resource is in progress.";
    let error = ApiError::new(Code::OtherTransactionInProgress, message)
        .suggestion("Retry the request in a moment.");
    named(error, request_id)
}

pub(super) fn error_in_200(request_id: &str) -> Reply {
    let mut reply = internal(true, request_id);
    reply.status = StatusCode::OK;
    reply
}

fn named(error: ApiError, request_id: &str) -> Reply {
    let mut reply = error.into_reply(request_id);
    reply.header(request_id::HEADER, request_id);
    reply
}

/// The statuses of a plan were checked when the sandbox accepted it.
fn status_of(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY)
}

fn later(now: Timestamp, seconds: u64) -> Timestamp {
    let delay = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    now.checked_add(delay).unwrap_or(Timestamp::MAX)
}

/// `Mon, 02 Mar 2026 08:30:00 GMT`.
fn http_date(time: Timestamp) -> String {
    let printed = DateTimePrinter::new().timestamp_to_rfc9110_string(&time);
    printed.unwrap_or_default()
}
