//! The rules: which failures are worth another attempt, and what each says about
//! whether the server did the work. Tables without I/O; how long to wait is in
//! `backoff` and `retry_after`.

use super::exchange::LossSort;
#[cfg(feature = "power-dialer")]
use crate::error::Error;
use crate::error::code::ErrorCode;
use crate::error::retry_rules::{Again, after_answer, effective};
use crate::model::open_enum::OpenEnum;
use crate::model::operation::Operation;

/// What is known of a failed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) arrived: Arrived,
    pub(crate) code: Option<&'a ErrorCode>,
    /// What the server itself says.
    pub(crate) retryable: Option<bool>,
    /// Whether the body, as far as it arrived, is that of a success of the operation.
    pub(crate) is_in_shape: bool,
    /// Whether the code is among those by which the operation settles earlier attempts.
    pub(crate) settles: bool,
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

/// What an attempt may have left behind on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// This attempt did nothing. It tells nothing about earlier ones.
    Nothing,
    /// It may have done the work.
    Maybe,
    /// It has done the work; only the answer is not whole.
    Done,
    /// A refusal by the operation itself, with one of its settling codes. The work
    /// was not done by an earlier attempt either, for then the server would have
    /// repeated the answer to that.
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
        Arrived::Nothing(LossSort::Unsendable | LossSort::Redirected | LossSort::Unreachable) => {
            Again::Never
        }
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
            after_answer(status, facts.code, facts.retryable)
        }
    }
}

/// Whether a call that ended with this error may succeed when it is made again.
#[cfg(feature = "power-dialer")]
pub(crate) fn may_pass_later(error: &Error) -> bool {
    let Some(status) = error.status() else {
        return error.is_transport();
    };
    // What cannot be read now cannot be read later.
    if error.is_decode() {
        return false;
    }
    let code = error.code();
    let facts = Facts {
        arrived: Arrived::All(status),
        code: code.as_ref(),
        retryable: error.retryable(),
        is_in_shape: false,
        settles: false,
    };
    error.is_transport() || again(&facts) != Again::Never
}

/// Whether a call ended with a refusal that also says of earlier calls with its
/// idempotency key that they did nothing: one of the settling codes of the operation.
#[cfg(feature = "power-dialer")]
pub(crate) fn is_considered_refusal(error: &Error) -> bool {
    match (error.table_row(), error.status(), error.code()) {
        (Some(operation), Some(status), Some(code)) if error.is_status() => {
            settles(operation, &code) && is_refusal(effective(status, Some(&code)))
        }
        _ => false,
    }
}

/// Whether the operation refuses with this code only after it has looked up the idempotency key.
pub(crate) fn settles(operation: &Operation, code: &ErrorCode) -> bool {
    operation.settling_codes.contains(&code.as_str())
}

fn trace(facts: &Facts<'_>) -> Trace {
    let (Arrived::Part(status) | Arrived::TooMuch(status) | Arrived::All(status)) = facts.arrived
    else {
        return match facts.arrived {
            Arrived::Nothing(LossSort::Unsendable | LossSort::Connect | LossSort::Unreachable) => {
                Trace::Nothing
            }
            _ => Trace::Maybe,
        };
    };
    match effective(status, facts.code) {
        // All of it would have been a success.
        200..=299 if !matches!(facts.arrived, Arrived::All(_)) && facts.is_in_shape => Trace::Done,
        200..=299 => Trace::Maybe,
        // The status says one thing and the body another.
        _ if facts.is_in_shape => Trace::Maybe,
        refusal if facts.settles && is_refusal(refusal) => Trace::Refused,
        // Cut short in front of the server, which may have gone on with it.
        408 | 499 => Trace::Maybe,
        400..=499 => Trace::Nothing,
        _ => Trace::Maybe,
    }
}

/// Whether an operation refuses with this status, rather than something around it.
const fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 404 | 422)
}

#[cfg(test)]
mod tests;
