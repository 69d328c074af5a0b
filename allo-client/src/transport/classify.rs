//! The rules: which failures are worth another attempt, and what each says about
//! whether the server did the work. Tables without I/O; how long to wait is in
//! `backoff` and `retry_after`.

use super::exchange::LossSort;
#[cfg(feature = "power-dialer")]
use crate::Error;
use crate::{ErrorCategory, ErrorCode};

/// What is known of a failed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) arrived: Arrived,
    pub(crate) code: Option<&'a ErrorCode>,
    /// What the server itself says.
    pub(crate) retryable: Option<bool>,
}

/// How much of an answer arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// Nothing.
    Nothing(LossSort),
    /// A status, and a body that broke off.
    Part(u16),
    /// A status, and a body longer than is read.
    TooMuch(u16),
    /// All of it.
    All(u16),
}

/// What follows from a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) again: Again,
    pub(crate) trace: Trace,
}

/// Whether another attempt may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// It cannot.
    Never,
    /// The failure may pass.
    Transient,
    /// The rate limit was hit: everybody of the class has to wait.
    RateLimit,
    /// Somebody else changed the same thing at the same moment.
    Conflict,
}

/// What an attempt may have left behind on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// This attempt did nothing. It tells nothing about earlier ones.
    Nothing,
    /// It may have done the work.
    Maybe,
    /// It has done the work; only the answer is not whole.
    Done,
    /// A considered refusal. The work was not done by an earlier attempt either,
    /// for then the server would have repeated the answer to that.
    Refused,
}

/// The verdict on a failed attempt.
pub(crate) fn classify(facts: &Facts<'_>) -> Verdict {
    Verdict {
        again: again(facts),
        trace: trace(facts),
    }
}

fn again(facts: &Facts<'_>) -> Again {
    match facts.arrived {
        Arrived::Nothing(LossSort::Unsendable | LossSort::Redirected) => Again::Never,
        Arrived::Nothing(LossSort::Connect | LossSort::Timeout | LossSort::Broken) => {
            Again::Transient
        }
        Arrived::All(300..=399) | Arrived::Part(300..=399) | Arrived::TooMuch(300..=399) => {
            Again::Never
        }
        // The key of a write fetches the whole answer; a read is just read again.
        Arrived::Part(200..=299) => Again::Transient,
        Arrived::TooMuch(200..=299) => Again::Never,
        // Whether it is one of the conflicts that pass is in the part that is lost.
        Arrived::Part(409) => Again::Conflict,
        Arrived::All(status) | Arrived::Part(status) | Arrived::TooMuch(status) => {
            by_code(facts, effective(status, facts.code))
        }
    }
}

/// Whether a refusal with this code, and nothing else to go by, is worth another
/// attempt.
pub(crate) fn may_pass(code: &ErrorCode, category: ErrorCategory) -> bool {
    let facts = Facts {
        arrived: Arrived::All(status_of(category)),
        code: Some(code),
        retryable: None,
    };
    again(&facts) != Again::Never
}

/// Whether a call that ended with this error may succeed when it is made again.
#[cfg(feature = "power-dialer")]
pub(crate) fn may_pass_later(error: &Error) -> bool {
    let Some(status) = error.status() else {
        return error.is_transport();
    };
    let code = error.code();
    let facts = Facts {
        arrived: Arrived::All(status),
        code: code.as_ref(),
        retryable: error.retryable(),
    };
    error.is_transport() || again(&facts) != Again::Never
}

/// Whether a call ended with a refusal that also says of earlier calls with its
/// idempotency key that they did nothing.
#[cfg(feature = "power-dialer")]
pub(crate) fn is_considered_refusal(error: &Error) -> bool {
    match (error.status(), error.code()) {
        (Some(status), Some(code)) => is_considered(&code, effective(status, Some(&code))),
        _ => false,
    }
}

/// Codes say more than statuses.
fn by_code(facts: &Facts<'_>, status: u16) -> Again {
    use ErrorCode as Code;
    match facts.code {
        // The day's or the trial's allowance: no wait within a call helps.
        Some(
            Code::ApiKeyQuotaExceeded
            | Code::TrialSmsLimitReached
            | Code::SmsLimitReached
            | Code::DailySmsLimitReached,
        ) => Again::Never,
        // The server calls it not retryable and advises to repeat it.
        Some(Code::DialingQueueAppendConflict) => Again::Conflict,
        Some(Code::OtherTransactionInProgress) => Again::Transient,
        Some(Code::RateLimitExceeded) => Again::RateLimit,
        code => by_status(facts, status, code.is_some_and(is_known)),
    }
}

fn by_status(facts: &Facts<'_>, status: u16, known: bool) -> Again {
    match (status, facts.retryable) {
        (408 | 425 | 500 | 502 | 503 | 504, _) => Again::Transient,
        (429, None) if !known => Again::RateLimit,
        (429, Some(true)) => Again::RateLimit,
        (_, Some(true)) => Again::Transient,
        _ => Again::Never,
    }
}

fn trace(facts: &Facts<'_>) -> Trace {
    let (Arrived::Part(status) | Arrived::TooMuch(status) | Arrived::All(status)) = facts.arrived
    else {
        return match facts.arrived {
            Arrived::Nothing(LossSort::Unsendable | LossSort::Connect) => Trace::Nothing,
            _ => Trace::Maybe,
        };
    };
    match (effective(status, facts.code), facts.code) {
        (200..=299, _) if matches!(facts.arrived, Arrived::All(_)) => Trace::Maybe,
        (200..=299, _) => Trace::Done,
        (_, Some(code)) if is_considered(code, effective(status, Some(code))) => Trace::Refused,
        // Cut short in front of the server, which may have gone on with it.
        (408, _) => Trace::Maybe,
        (400..=499, _) => Trace::Nothing,
        _ => Trace::Maybe,
    }
}

/// Whether a refusal was made by the operation itself, after the server had
/// looked for an earlier answer to the same key.
///
/// Conflicts are left out: `…_ALREADY_EXISTS` may be the work of the attempt of
/// which the answer was lost. So are refusals for size, which may be made before the
/// key is looked for.
fn is_considered(code: &ErrorCode, status: u16) -> bool {
    let elsewhere = [
        ErrorCode::EndpointNotFound,
        ErrorCode::TeamNotFound,
        ErrorCode::BusinessNotFound,
        ErrorCode::DialingQueueLimitReached,
        ErrorCode::BatchTooLarge,
    ];
    matches!(status, 400 | 404 | 422) && !elsewhere.contains(code)
}

/// The status that an answer stands for: a 2xx with an error in it counts as
/// that error.
pub(crate) fn effective(status: u16, code: Option<&ErrorCode>) -> u16 {
    match (status, code) {
        (200..=299, Some(code)) => code.category().map_or(status, status_of),
        _ => status,
    }
}

const fn status_of(category: ErrorCategory) -> u16 {
    match category {
        ErrorCategory::Validation => 400,
        ErrorCategory::Authentication => 401,
        ErrorCategory::Billing => 402,
        ErrorCategory::Permission => 403,
        ErrorCategory::NotFound => 404,
        ErrorCategory::Conflict => 409,
        ErrorCategory::RateLimit => 429,
        ErrorCategory::Server => 500,
    }
}

fn is_known(code: &ErrorCode) -> bool {
    !matches!(code, ErrorCode::Unrecognized(_))
}

#[cfg(test)]
mod tests;
