//! Which refusals are worth another attempt, by code and status. What was not answered, or not in full, is in
//! `transport::classify`.

use super::code::{ErrorCategory, ErrorCode};

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

impl ErrorCode {
    /// Whether the same call may succeed a little later, without anybody changing
    /// anything; nothing for unknown codes. It is what the client itself goes by
    /// when it repeats calls.
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

/// Whether a refusal with this code, and nothing else to go by, is worth another
/// attempt.
fn may_pass(code: &ErrorCode, category: ErrorCategory) -> bool {
    after_answer(status_of(category), Some(code), None) != Again::Never
}

/// Whether the refusal that an answer is, is worth another attempt. `retryable`: what the server says of it.
pub(crate) fn after_answer(
    status: u16,
    code: Option<&ErrorCode>,
    retryable: Option<bool>,
) -> Again {
    by_code(effective(status, code), code, retryable)
}

/// Codes say more than statuses.
fn by_code(status: u16, code: Option<&ErrorCode>, retryable: Option<bool>) -> Again {
    use ErrorCode as Code;
    match code {
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
        code => by_status(status, retryable, code.is_some_and(is_known)),
    }
}

fn by_status(status: u16, retryable: Option<bool>, known: bool) -> Again {
    match (status, retryable) {
        // 499 and 520 to 530 are a gateway's words for a server that did not answer it.
        (408 | 425 | 499 | 500 | 502..=504 | 520..=530, _) => Again::Transient,
        // Whoever answers like this, it is not the API; the API may be back in a moment.
        (200..=299, None) => Again::Transient,
        (429, None) if !known => Again::RateLimit,
        (429, Some(true)) => Again::RateLimit,
        (_, Some(true)) => Again::Transient,
        _ => Again::Never,
    }
}

/// The status that an answer stands for: a 2xx with an error in it counts as
/// that error.
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
