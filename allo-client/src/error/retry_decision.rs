//! The decision whether to retry, and its rules by code and status. Attempts without a complete response are classified
//! in `transport::classify`.

use super::Error;
use super::code::{ErrorCategory, ErrorCode};

/// The classification of a failed attempt. The error of the call keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetryDecision {
    pub(crate) kind: RetryKind,
    pub(crate) side_effect: SideEffect,
}

/// Whether, and how, to retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryKind {
    /// A retry cannot help.
    Never,
    /// The failure is temporary.
    Transient,
    /// The rate limit was hit: all requests of the class have to wait.
    RateLimit,
    /// A concurrent request changed the same resource.
    Conflict,
}

/// Whether an attempt may have been executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SideEffect {
    /// This attempt was not executed. It says nothing about earlier attempts.
    Nothing,
    /// The attempt may have been executed.
    Maybe,
    /// The attempt was executed; only the response is incomplete.
    Done,
    /// The operation refused with one of its settling codes. No earlier attempt was executed
    /// either: the server would have replayed its response.
    Refused,
}

impl Error {
    /// The decision of the classifier on the attempt that ended the call. If the call ended between attempts, the
    /// decision on its last response.
    #[cfg(feature = "power-dialer")]
    fn retry_decision(&self) -> Option<RetryDecision> {
        let last = self.0.last_response.as_ref();
        self.0.retry_decision.or(last.map(|last| last.decision))
    }

    /// Whether the same call may succeed later.
    #[cfg(feature = "power-dialer")]
    pub(crate) fn may_pass_later(&self) -> bool {
        let is_retryable = |decision: RetryDecision| decision.kind != RetryKind::Never;
        // A response that cannot be decoded now cannot be decoded later.
        self.is_transport() || !self.is_decode() && self.retry_decision().is_some_and(is_retryable)
    }

    /// Whether the call ended with one of the settling codes of the operation. Such a refusal also shows that earlier
    /// calls with the same idempotency key were not executed.
    #[cfg(feature = "power-dialer")]
    pub(crate) fn is_settling_refusal(&self) -> bool {
        let decision = self.0.retry_decision;
        decision.is_some_and(|decision| decision.side_effect == SideEffect::Refused)
    }
}

impl ErrorCode {
    /// Whether a retry of the same call may succeed; `None` for unknown codes. The client
    /// retries by the same rule.
    ///
    /// ```
    /// use allo_client::ErrorCode;
    ///
    /// assert_eq!(ErrorCode::RateLimitExceeded.retry_helps(), Some(true));
    /// assert_eq!(ErrorCode::AssigneeNotFound.retry_helps(), Some(false));
    /// ```
    #[must_use]
    pub fn retry_helps(&self) -> Option<bool> {
        Some(may_pass(self, self.category()?))
    }
}

/// Whether a refusal with this code is worth a retry.
fn may_pass(code: &ErrorCode, category: ErrorCategory) -> bool {
    after_response(status_of(category), Some(code), None) != RetryKind::Never
}

/// Whether a refusal is worth a retry. `retryable` is the field of that name in the error body.
pub(crate) fn after_response(
    status: u16,
    code: Option<&ErrorCode>,
    retryable: Option<bool>,
) -> RetryKind {
    by_code(effective(status, code), code, retryable)
}

/// A code is more precise than a status.
fn by_code(status: u16, code: Option<&ErrorCode>, retryable: Option<bool>) -> RetryKind {
    use ErrorCode as Code;
    match code {
        // The daily or trial quota is used up; waiting within a call does not help.
        Some(
            Code::ApiKeyQuotaExceeded
            | Code::TrialSmsLimitReached
            | Code::SmsLimitReached
            | Code::DailySmsLimitReached,
        ) => RetryKind::Never,
        // The server marks it as not retryable, but its advice is to retry.
        Some(Code::DialingQueueAppendConflict) => RetryKind::Conflict,
        Some(Code::OtherTransactionInProgress) => RetryKind::Transient,
        Some(Code::RateLimitExceeded) => RetryKind::RateLimit,
        code => by_status(status, retryable, code.is_some_and(is_known)),
    }
}

fn by_status(status: u16, retryable: Option<bool>, known: bool) -> RetryKind {
    match (status, retryable) {
        // Gateways use 499 and 520 to 530 for a server that did not respond.
        (408 | 425 | 499 | 500 | 502..=504 | 520..=530, _) => RetryKind::Transient,
        // The response does not come from the API, which may be available again soon.
        (200..=299, None) => RetryKind::Transient,
        (429, None) if !known => RetryKind::RateLimit,
        (429, Some(true)) => RetryKind::RateLimit,
        (_, Some(true)) => RetryKind::Transient,
        _ => RetryKind::Never,
    }
}

/// The effective status of a response: a 2xx that contains an error counts as that error.
pub(crate) fn effective(status: u16, code: Option<&ErrorCode>) -> u16 {
    match (status, code) {
        (200..=299, Some(code)) => code.category().map_or(status, status_of),
        _ => status,
    }
}

pub(crate) const fn status_of(category: ErrorCategory) -> u16 {
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

pub(crate) fn is_known(code: &ErrorCode) -> bool {
    !matches!(code, ErrorCode::Unrecognized(_))
}

#[cfg(all(test, feature = "power-dialer"))]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::error::{ErrorKind, LastResponse};

    fn decision(kind: RetryKind, side_effect: SideEffect) -> RetryDecision {
        RetryDecision { kind, side_effect }
    }

    #[test]
    fn an_error_keeps_what_was_decided_on_its_attempt() {
        let table = [
            (RetryKind::Never, SideEffect::Nothing, false, false),
            (RetryKind::Never, SideEffect::Refused, false, true),
            (RetryKind::Conflict, SideEffect::Nothing, true, false),
            (RetryKind::Transient, SideEffect::Maybe, true, false),
        ];
        for (kind, side_effect, passes, settles) in table {
            // The status alone decides nothing here.
            let error = Error::new(ErrorKind::Status, "refused")
                .with_response(400, HeaderMap::new(), Vec::new())
                .with_retry_decision(decision(kind, side_effect));
            assert_eq!(error.may_pass_later(), passes, "{kind:?}");
            assert_eq!(error.is_settling_refusal(), settles, "{side_effect:?}");
        }
    }

    #[test]
    fn a_call_that_ended_between_attempts_has_the_decision_on_its_last_response() {
        let ended = |kind| {
            Error::new(ErrorKind::Deadline, "no place").with_last_response(Some(LastResponse {
                status: 503,
                code: None,
                decision: decision(kind, SideEffect::Maybe),
            }))
        };
        assert!(ended(RetryKind::Transient).may_pass_later());
        assert!(!ended(RetryKind::Never).may_pass_later());
        assert!(!Error::new(ErrorKind::Deadline, "no place").may_pass_later());
    }
}
