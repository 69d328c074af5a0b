//! Classifies failed attempts: whether to retry, and whether the server may have executed the request. Tables without
//! I/O. Waits are in `backoff` and `retry_after`, the rules by code and status in `error::retry_decision`.

use super::http_transport::TransportErrorKind;
use crate::error::code::ErrorCode;
use crate::error::retry_decision::{
    RetryDecision, RetryKind, SideEffect, after_response, effective,
};
use crate::model::open_enum::OpenEnum;
use crate::model::operation::Operation;

/// The properties of a failed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) arrived: Arrived,
    pub(crate) code: Option<&'a ErrorCode>,
    /// The field `retryable` of the error body.
    pub(crate) retryable: Option<bool>,
    /// Whether the body, as far as it arrived, has the shape of a successful response of the
    /// operation.
    pub(crate) is_in_shape: bool,
    /// Whether the code is one of the settling codes of the operation.
    pub(crate) settles: bool,
}

/// How much of a response arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// Nothing.
    Nothing(TransportErrorKind),
    /// A status and an incomplete body.
    Part(u16),
    /// A status and a body that exceeds the size limit.
    TooMuch(u16),
    /// A complete response.
    All(u16),
}

/// Classifies a failed attempt.
pub(crate) fn classify(facts: &Facts<'_>) -> RetryDecision {
    RetryDecision {
        kind: retry_kind(facts),
        side_effect: side_effect(facts),
    }
}

fn retry_kind(facts: &Facts<'_>) -> RetryKind {
    match facts.arrived {
        Arrived::Nothing(
            TransportErrorKind::Unsendable
            | TransportErrorKind::Redirected
            | TransportErrorKind::Unreachable,
        ) => RetryKind::Never,
        Arrived::Nothing(
            TransportErrorKind::Connect | TransportErrorKind::Timeout | TransportErrorKind::Broken,
        ) => RetryKind::Transient,
        Arrived::All(300..=399) | Arrived::Part(300..=399) | Arrived::TooMuch(300..=399) => {
            RetryKind::Never
        }
        // A retried write gets the same response because of its idempotency key; a read is executed
        // again.
        Arrived::Part(200..=299) => RetryKind::Transient,
        Arrived::TooMuch(200..=299) => RetryKind::Never,
        // The error code, which tells whether the conflict is temporary, is in the missing part.
        Arrived::Part(409) => RetryKind::Conflict,
        Arrived::All(status) | Arrived::Part(status) | Arrived::TooMuch(status) => {
            after_response(status, facts.code, facts.retryable)
        }
    }
}

/// Whether the operation refuses with this code only after looking up the idempotency key.
pub(crate) fn settles(operation: &Operation, code: &ErrorCode) -> bool {
    operation.settling_codes.contains(&code.as_str())
}

fn side_effect(facts: &Facts<'_>) -> SideEffect {
    let (Arrived::Part(status) | Arrived::TooMuch(status) | Arrived::All(status)) = facts.arrived
    else {
        return match facts.arrived {
            Arrived::Nothing(
                TransportErrorKind::Unsendable
                | TransportErrorKind::Connect
                | TransportErrorKind::Unreachable,
            ) => SideEffect::Nothing,
            _ => SideEffect::Maybe,
        };
    };
    match effective(status, facts.code) {
        // The complete response would have been a success.
        200..=299 if !matches!(facts.arrived, Arrived::All(_)) && facts.is_in_shape => {
            SideEffect::Done
        }
        200..=299 => SideEffect::Maybe,
        // Status and body contradict each other.
        _ if facts.is_in_shape => SideEffect::Maybe,
        refusal if facts.settles && is_refusal(refusal) => SideEffect::Refused,
        // A gateway gave up; the server may have executed the request.
        408 | 499 => SideEffect::Maybe,
        400..=499 => SideEffect::Nothing,
        _ => SideEffect::Maybe,
    }
}

/// Whether the operation itself refuses with this status, rather than a gateway.
const fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 404 | 422)
}

#[cfg(test)]
mod tests;
