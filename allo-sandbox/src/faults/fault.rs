//! The kinds of fault, their names, and one example of each. What they do is in `stage`, `answers`
//! and `damage`.

use std::fmt;
use std::time::Duration;

/// One way in which a request goes wrong.
///
/// Each belongs to one of three groups:
///
/// - **Nothing is carried out**, and nothing is answered: [`Refuse`](Self::Refuse),
///   [`AcceptAndClose`](Self::AcceptAndClose), [`ResetAfterHeaders`](Self::ResetAfterHeaders),
///   [`ResetBeforeExecution`](Self::ResetBeforeExecution). They cost no quota.
/// - **Nothing is carried out**, but something is answered. What a gateway would say
///   ([`Html`](Self::Html), [`Redirect`](Self::Redirect)) and the 429s
///   ([`RateLimited`](Self::RateLimited), [`DailyQuota`](Self::DailyQuota),
///   [`SmsLimit`](Self::SmsLimit)) cost no quota and look at no key. What the API itself would say
///   ([`Internal`](Self::Internal), [`AppendConflict`](Self::AppendConflict),
///   [`TransactionInProgress`](Self::TransactionInProgress),
///   [`ErrorEnvelopeIn200`](Self::ErrorEnvelopeIn200)) comes after authentication and quota, in
///   place of everything behind them, a kept answer included.
/// - **The request takes its normal way** — it is carried out, replayed or refused — and its answer
///   is lost or damaged: all others. A write that succeeded is kept under its idempotency key as
///   ever, so a repeat with that key is answered from there.
///
/// Waits follow tokio's time, so a test that pauses it does not wait.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The server goes away for [`REFUSAL`](Self::REFUSAL): the request's connection is reset, idle
    /// ones are closed, and new ones are refused by the operating system. A server cannot know what
    /// a connection it refuses would have asked, so it is the attempts *after* this request that
    /// meet the refusal; for a first attempt that does, see
    /// [`refuse_connections`](crate::Control::refuse_connections).
    Refuse,
    /// The connection is closed in order (FIN) without a byte of answer and without the body of the
    /// request being read.
    AcceptAndClose,
    /// The connection is reset (RST) as soon as the head of the request is there; its body is not
    /// read.
    ResetAfterHeaders,
    /// The connection is reset after the whole request was read and before anything is done.
    ResetBeforeExecution,
    /// The connection is reset after the request was carried out, without a byte of answer.
    ResetAfterExecution,
    /// The head of the answer comes, its body only after this time.
    StallBeforeBody(Duration),
    /// Half of the answer's body comes, the rest after this time.
    StallInsideBody(Duration),
    /// The head promises the whole body, half of it comes, then the connection is closed in order.
    HalfBody,
    /// `Content-Length` promises half of the bytes of the body that follows: the promised part is
    /// not JSON, and what is left over on the connection belongs to no answer.
    WrongContentLength,
    /// The answer is JSON, as it would be, under `Content-Type: text/html`.
    WrongContentType,
    /// A gateway's page with this status: 502, 503 or 504.
    Html(u16),
    /// 500 `INTERNAL_SERVER_ERROR`.
    Internal {
        /// The `retryable` of the envelope.
        retryable: bool,
    },
    /// 429 `RATE_LIMIT_EXCEEDED`.
    RateLimited(RateLimitForm),
    /// 429 `API_KEY_QUOTA_EXCEEDED` in the envelope of v1: nothing will be answered until tomorrow.
    DailyQuota,
    /// 429 with one of the SMS limits, which says `retryable` although it lasts.
    SmsLimit(SmsLimit),
    /// 409 `DIALING_QUEUE_APPEND_CONFLICT`, which says not `retryable` and suggests to repeat.
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
    /// 200 with an error in the body. Nothing is carried out.
    ErrorEnvelopeIn200,
    /// A success is answered as 201 with a body that is not JSON. A refusal is sent as it is.
    Undecodable201,
    /// The answer is padded with blanks at its end to this many bytes; it is still JSON. It comes in
    /// chunks, without a `Content-Length`.
    HugeBody(u64),
    /// The body comes one byte at a time, at this distance.
    SlowDrip {
        /// Time from byte to byte.
        interval: Duration,
    },
    /// The end of the body is the end of the connection, and after half of it the TCP connection is
    /// closed without TLS being told. Without TLS there is nothing to tell, and the half body looks
    /// complete.
    TlsCloseWithoutNotify,
    /// The answer is complete and promises to keep the connection, which is then closed while idle.
    DropsConnectionAfterResponse,
}

impl Fault {
    /// For how long [`Refuse`](Self::Refuse) keeps the port closed.
    pub const REFUSAL: Duration = Duration::from_millis(100);

    /// A size for [`HugeBody`](Self::HugeBody) that nobody wants in memory: 100 MB.
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

    /// The kind, for reports; what it carries is left out.
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

    /// One fault of every kind, in the order of [`ALL_KINDS`](Self::ALL_KINDS), with small waits and
    /// a redirect to a host that cannot exist. For programs that draw their faults at random.
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

/// How a 429 tells when to come back. Only what a form names is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimitForm {
    /// Not at all: the code alone.
    Bare,
    /// `Retry-After` with seconds.
    RetryAfterSeconds(u64),
    /// `Retry-After` with an HTTP date this many seconds after the sandbox's clock, fractions cut
    /// off, beside a `Date` from the same clock.
    RetryAfterDate(u64),
    /// `retry_after_seconds` in the envelope and no header.
    BodyOnly(u64),
    /// `X-RateLimit-Reset` as Unix time, this many seconds after the sandbox's clock, with
    /// `-Limit` and `-Remaining` beside it.
    ResetUnix(u64),
    /// `X-RateLimit-Reset` as a number of seconds, with `-Limit` and `-Remaining` beside it.
    ResetDelay(u64),
}

/// The limits on text messages, each a code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsLimit {
    /// `TRIAL_SMS_LIMIT_REACHED`.
    Trial,
    /// `SMS_LIMIT_REACHED`: the messages a day of the API.
    Api,
    /// `DAILY_SMS_LIMIT_REACHED`: the messages a day of one number.
    Number,
}
