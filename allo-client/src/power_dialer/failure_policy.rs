//! What follows when a batch was not answered well. Decisions only; `runner`
//! acts on them.

use std::time::Duration;

use crate::error::code::ErrorCode;
use crate::error::{Error, Outcome};

/// What to do with a batch after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Send it again by the same key.
    Again,
    /// It is too large: send less at once from now on.
    Shrink,
    /// Something in it is wrong: find out what by halves.
    Split,
    /// There is no room for all of it: send as much as fits.
    Fill,
    /// It is refused for what is in it or for its size, but may have been carried out
    /// before: look whether it is there.
    Look,
    /// Nothing of it was done, and nothing more will be.
    Stop,
    /// It cannot be found out whether it was done.
    Unknown,
}

/// Decides after a call ended with `error`. `doubt` is whether an earlier call
/// with the same key may have done the work; it is brought up to date.
pub(super) fn decide(error: &Error, doubt: &mut bool) -> Step {
    *doubt = match error.outcome() {
        Outcome::NotSent | Outcome::NotExecuted => *doubt && !settles(error),
        Outcome::Executed | Outcome::Replayed | Outcome::Unknown { .. } => true,
    };
    if !*doubt {
        return of_refusal(error);
    }
    // A batch that was carried out is sent again for its answer.
    let is_done = matches!(error.outcome(), Outcome::Executed | Outcome::Replayed);
    match of_refusal(error) {
        Step::Shrink | Step::Split | Step::Fill => Step::Look,
        _ if is_done || error.may_pass_later() => Step::Again,
        _ => Step::Unknown,
    }
}

/// Whether a refusal says of an earlier request with the same key that it was not
/// carried out. What is said of the size or the leads does not: nobody promises that
/// the server, or a gateway, looks for the key first.
fn settles(error: &Error) -> bool {
    error.is_settling_refusal() && !is_full(error) && !is_too_large(error)
}

/// What follows from a refusal of a batch that certainly was not carried out.
pub(super) fn of_refusal(error: &Error) -> Step {
    match () {
        () if is_too_large(error) => Step::Shrink,
        () if is_full(error) => Step::Fill,
        () if is_about_leads(error) => Step::Split,
        () if error.may_pass_later() => Step::Again,
        () => Step::Stop,
    }
}

/// Whether the server refuses so many leads at once.
fn is_too_large(error: &Error) -> bool {
    error.status() == Some(413) || error.code() == Some(ErrorCode::BatchTooLarge)
}

fn is_full(error: &Error) -> bool {
    error.code() == Some(ErrorCode::DialingQueueLimitReached)
}

/// Whether the server complains about leads, not about the push as a whole.
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

/// How long to wait before the batch is sent again for the n-th time, with a
/// random part of at most `random`.
pub(super) fn wait(error: &Error, repetition: u32, random: Duration) -> Duration {
    let asked = error.retry_after().unwrap_or_default();
    let growing = Duration::from_secs(1) * 2_u32.saturating_pow(repetition.min(5));
    asked
        .max(growing / 2)
        .saturating_add(random.min(growing / 2))
}

/// The reason for a lead that was refused by itself, by the word of the API.
pub(super) fn reason(error: &Error) -> String {
    use crate::model::open_enum::OpenEnum;
    match (error.code(), error.status()) {
        (Some(code), _) => code.as_str().to_owned(),
        (None, Some(status)) => format!("HTTP_{status}"),
        (None, None) => "REFUSED".to_owned(),
    }
}
