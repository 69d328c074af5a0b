//! The kinds of faults, their names, and an example of each. Their effects are in
//! `injection_point`, `error_responses` and `corrupt`.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::milliseconds;

/// A fault of one request.
///
/// There are three groups of faults:
///
/// - **The request is not executed** and gets no response: [`Refuse`](Self::Refuse),
///   [`AcceptAndClose`](Self::AcceptAndClose), [`ResetAfterHeaders`](Self::ResetAfterHeaders),
///   [`ResetBeforeExecution`](Self::ResetBeforeExecution). They do not count against the quota.
/// - **The request is not executed** but gets a response. Responses of a gateway
///   ([`Html`](Self::Html), [`Redirect`](Self::Redirect)) and the 429s
///   ([`RateLimited`](Self::RateLimited), [`DailyQuota`](Self::DailyQuota),
///   [`SmsLimit`](Self::SmsLimit)) do not count against the quota and do not check the API key.
///   Errors of the API ([`Internal`](Self::Internal), [`AppendConflict`](Self::AppendConflict),
///   [`TransactionInProgress`](Self::TransactionInProgress),
///   [`ErrorEnvelopeIn200`](Self::ErrorEnvelopeIn200)) come after authentication and quota, and
///   replace all later steps, including the replay of a stored response.
/// - **The request is processed normally** — executed, replayed or refused — and its response is
///   lost or corrupted: all others. The response of a successful write is stored under its
///   idempotency key as usual, so a retry with that key is replayed.
///
/// Delays follow tokio's time, so a test that pauses it does not wait.
///
/// In JSON a fault is its [`name`](Self::name), as a string, or as the key of an object with what it
/// needs; times are milliseconds: `"reset_after_execution"`, `{"html": 502}`,
/// `{"stall_before_body": 200}`, `{"rate_limited": {"retry_after_seconds": 2}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The server is unavailable for [`REFUSAL`](Self::REFUSAL): the connection of the request is
    /// reset, idle connections are closed, and new ones are refused by the operating system. A server
    /// cannot know the request of a refused connection, so the attempts *after* this request are
    /// refused; to refuse a first attempt, see
    /// [`refuse_connections`](crate::Control::refuse_connections).
    Refuse,
    /// The connection is closed (FIN) without a response and without reading the body of the
    /// request.
    AcceptAndClose,
    /// The connection is reset (RST) after the headers of the request; its body is not
    /// read.
    ResetAfterHeaders,
    /// The connection is reset after the whole request was read and before it is executed.
    ResetBeforeExecution,
    /// The connection is reset after the request was executed, without a response.
    ResetAfterExecution,
    /// The body of the response follows its headers after this time.
    StallBeforeBody(#[serde(with = "milliseconds")] Duration),
    /// The second half of the response body follows after this time.
    StallInsideBody(#[serde(with = "milliseconds")] Duration),
    /// `Content-Length` is correct, but the connection is closed (FIN) after half of the body.
    HalfBody,
    /// `Content-Length` is half of the actual length: the announced part is not valid JSON, and the
    /// remaining bytes belong to no response.
    WrongContentLength,
    /// The JSON response has `Content-Type: text/html`.
    WrongContentType,
    /// An HTML page of a gateway with this status: 502, 503 or 504.
    Html(u16),
    /// 500 `INTERNAL_SERVER_ERROR`.
    Internal {
        /// `retryable` in the envelope.
        retryable: bool,
    },
    /// 429 `RATE_LIMIT_EXCEEDED`.
    RateLimited(RateLimitForm),
    /// 429 `API_KEY_QUOTA_EXCEEDED` in the v1 envelope, until the next day.
    DailyQuota,
    /// 429 with one of the SMS limits, which are `retryable` although they last.
    SmsLimit(SmsLimit),
    /// 409 `DIALING_QUEUE_APPEND_CONFLICT`, which is not `retryable` but suggests a retry.
    AppendConflict,
    /// 409 `OTHER_TRANSACTION_IN_PROGRESS`.
    TransactionInProgress,
    /// A redirect.
    Redirect {
        /// 301, 302, 307 or 308.
        status: u16,
        /// The `Location`.
        to: String,
    },
    /// 200 with an error in the body. The request is not executed.
    #[serde(rename = "error_envelope_in_200")]
    ErrorEnvelopeIn200,
    /// A success becomes a 201 with a body that is not valid JSON. Errors are sent unchanged.
    #[serde(rename = "undecodable_201")]
    Undecodable201,
    /// The response is padded with blanks to this many bytes; it stays valid JSON. It is sent in chunks,
    /// without a `Content-Length`.
    HugeBody(u64),
    /// The body is sent byte by byte, with this interval.
    SlowDrip {
        /// The time between two bytes.
        #[serde(rename = "interval_ms", with = "milliseconds")]
        interval: Duration,
    },
    /// The body ends with the connection, and the TCP connection is closed after half of the body
    /// without a TLS close_notify. Without TLS nothing distinguishes this from a complete
    /// body.
    TlsCloseWithoutNotify,
    /// The response is complete and keeps the connection alive, which is then closed while idle.
    DropsConnectionAfterResponse,
}

impl Fault {
    /// How long [`Refuse`](Self::Refuse) keeps the port closed.
    pub const REFUSAL: Duration = Duration::from_millis(100);

    /// A size for [`HugeBody`](Self::HugeBody) that does not fit into a reasonable buffer: 100 MB.
    pub const HUGE: u64 = 100_000_000;

    /// The [`name`](Self::name) of every kind.
    pub const ALL_KINDS: [&'static str; 24] = [
        "refuse",
        "accept_and_close",
        "reset_after_headers",
        "reset_before_execution",
        "reset_after_execution",
        "stall_before_body",
        "stall_inside_body",
        "half_body",
        "wrong_content_length",
        "wrong_content_type",
        "html",
        "internal",
        "rate_limited",
        "daily_quota",
        "sms_limit",
        "append_conflict",
        "transaction_in_progress",
        "redirect",
        "error_envelope_in_200",
        "undecodable_201",
        "huge_body",
        "slow_drip",
        "tls_close_without_notify",
        "drops_connection_after_response",
    ];

    /// The name of the kind, without its parameters.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::AcceptAndClose => "accept_and_close",
            Self::ResetAfterHeaders => "reset_after_headers",
            Self::ResetBeforeExecution => "reset_before_execution",
            Self::ResetAfterExecution => "reset_after_execution",
            Self::StallBeforeBody(_) => "stall_before_body",
            Self::StallInsideBody(_) => "stall_inside_body",
            Self::HalfBody => "half_body",
            Self::WrongContentLength => "wrong_content_length",
            Self::WrongContentType => "wrong_content_type",
            Self::Html(_) => "html",
            Self::Internal { .. } => "internal",
            Self::RateLimited(_) => "rate_limited",
            Self::DailyQuota => "daily_quota",
            Self::SmsLimit(_) => "sms_limit",
            Self::AppendConflict => "append_conflict",
            Self::TransactionInProgress => "transaction_in_progress",
            Self::Redirect { .. } => "redirect",
            Self::ErrorEnvelopeIn200 => "error_envelope_in_200",
            Self::Undecodable201 => "undecodable_201",
            Self::HugeBody(_) => "huge_body",
            Self::SlowDrip { .. } => "slow_drip",
            Self::TlsCloseWithoutNotify => "tls_close_without_notify",
            Self::DropsConnectionAfterResponse => "drops_connection_after_response",
        }
    }

    /// One fault of every kind, in the order of [`ALL_KINDS`](Self::ALL_KINDS), with short delays and a
    /// redirect to a host that does not exist. For tests that inject faults at random.
    #[must_use]
    pub fn examples() -> Vec<Self> {
        const SHORT: Duration = Duration::from_millis(20);
        vec![
            Self::Refuse,
            Self::AcceptAndClose,
            Self::ResetAfterHeaders,
            Self::ResetBeforeExecution,
            Self::ResetAfterExecution,
            Self::StallBeforeBody(SHORT),
            Self::StallInsideBody(SHORT),
            Self::HalfBody,
            Self::WrongContentLength,
            Self::WrongContentType,
            Self::Html(502),
            Self::Internal { retryable: true },
            Self::RateLimited(RateLimitForm::Bare),
            Self::DailyQuota,
            Self::SmsLimit(SmsLimit::Api),
            Self::AppendConflict,
            Self::TransactionInProgress,
            Self::Redirect {
                status: 307,
                to: "http://elsewhere.invalid/".to_owned(),
            },
            Self::ErrorEnvelopeIn200,
            Self::Undecodable201,
            Self::HugeBody(Self::HUGE),
            Self::SlowDrip {
                interval: Duration::from_millis(1),
            },
            Self::TlsCloseWithoutNotify,
            Self::DropsConnectionAfterResponse,
        ]
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a 429 announces the retry delay. Only the named headers or fields are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimitForm {
    /// No delay, only the code.
    Bare,
    /// `Retry-After` with seconds.
    RetryAfterSeconds(u64),
    /// `Retry-After` with an HTTP date, this many seconds after the clock of the sandbox (truncated),
    /// and a `Date` of the same clock.
    RetryAfterDate(u64),
    /// `retry_after_seconds` in the envelope, no header.
    BodyOnly(u64),
    /// `X-RateLimit-Reset` as Unix time, this many seconds after the clock of the sandbox, with
    /// `-Limit` and `-Remaining`.
    ResetUnix(u64),
    /// `X-RateLimit-Reset` as a number of seconds, with `-Limit` and `-Remaining`.
    ResetDelay(u64),
}

/// The limits on text messages, each with its own error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsLimit {
    /// `TRIAL_SMS_LIMIT_REACHED`.
    Trial,
    /// `SMS_LIMIT_REACHED`: the daily limit of the API.
    Api,
    /// `DAILY_SMS_LIMIT_REACHED`: the daily limit of a phone number.
    Number,
}
