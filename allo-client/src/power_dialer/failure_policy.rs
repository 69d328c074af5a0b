//! Decides what to do after a batch failed: retry, shrink, split, look into the queue or stop. Without I/O; `runner` acts
//! on the decision.

use std::time::Duration;

use crate::error::code::ErrorCode;
use crate::error::{Error, Outcome};

/// What to do with a batch after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Retry with the same idempotency key.
    Again,
    /// The batch is too large: use smaller batches from now on.
    Shrink,
    /// A lead is invalid: find it by halving the batch.
    Split,
    /// The batch does not fit into the queue: send as much as fits.
    Fill,
    /// The batch is refused for its content or size, but an earlier attempt may have been
    /// executed: look for it in the queue.
    Look,
    /// The batch was not executed, and a retry cannot help.
    Stop,
    /// The outcome cannot be determined.
    Unknown,
}

/// Decides after a call failed with `error`. `doubt` is whether an earlier call
/// with the same key may have been executed; it is updated.
pub(super) fn decide(error: &Error, doubt: &mut bool) -> Step {
    *doubt = match error.outcome() {
        Outcome::NotSent | Outcome::NotExecuted => *doubt && !settles(error),
        Outcome::Executed | Outcome::Replayed | Outcome::Unknown { .. } => true,
    };
    if !*doubt {
        return of_refusal(error);
    }
    // A retry of an executed batch fetches its response.
    let is_done = matches!(error.outcome(), Outcome::Executed | Outcome::Replayed);
    match of_refusal(error) {
        Step::Shrink | Step::Split | Step::Fill => Step::Look,
        _ if is_done || error.may_pass_later() => Step::Again,
        _ => Step::Unknown,
    }
}

/// Whether a refusal means that no earlier request with the same key was executed.
/// A refusal because of size or content does not: the server, or a gateway, may check
/// these before it looks up the key.
fn settles(error: &Error) -> bool {
    error.is_settling_refusal() && !is_full(error) && !is_too_large(error)
}

/// Decides after a refusal of a batch that certainly was not executed.
pub(super) fn of_refusal(error: &Error) -> Step {
    match () {
        () if is_too_large(error) => Step::Shrink,
        () if is_full(error) => Step::Fill,
        () if is_about_leads(error) => Step::Split,
        () if error.may_pass_later() => Step::Again,
        () => Step::Stop,
    }
}

/// Whether the server refuses the size of the batch.
fn is_too_large(error: &Error) -> bool {
    error.status() == Some(413) || error.code() == Some(ErrorCode::BatchTooLarge)
}

fn is_full(error: &Error) -> bool {
    error.code() == Some(ErrorCode::DialingQueueLimitReached)
}

/// Whether the refusal is about leads, not about the push as a whole.
fn is_about_leads(error: &Error) -> bool {
    let named = error.param().map(|param| param.starts_with("numbers"));
    let is_refusal = error.is_status() && !error.is_not_found() && error.code().is_some();
    let is_refusal = is_refusal && matches!(error.status(), Some(200..=299 | 400 | 422));
    let may_be = matches!(
        error.code(),
        Some(
            ErrorCode::InvalidRequestBody
                | ErrorCode::InvalidPhoneNumber
                | ErrorCode::InvalidPhoneFormat
        )
    );
    is_refusal && named.unwrap_or(may_be)
}

/// The wait before the n-th retry of a batch, with a jitter of at most `random`.
pub(super) fn wait(error: &Error, repetition: u32, random: Duration) -> Duration {
    let asked = error.retry_after().unwrap_or_default();
    let growing = Duration::from_secs(1) * 2_u32.saturating_pow(repetition.min(5));
    asked
        .max(growing / 2)
        .saturating_add(random.min(growing / 2))
}

/// The reason for a lead that was refused alone: the code of the API.
pub(super) fn reason(error: &Error) -> String {
    use crate::model::open_enum::OpenEnum;
    match (error.code(), error.status()) {
        (Some(code), _) => code.as_str().to_owned(),
        (None, Some(status)) => format!("HTTP_{status}"),
        (None, None) => "REFUSED".to_owned(),
    }
}
