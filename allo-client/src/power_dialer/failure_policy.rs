//! Classifies the error of a failed batch: whether the batch was executed, and why it was refused. Without I/O;
//! `doubt` decides the next step.

use super::doubt::{Effect, Failure, Refusal};
use crate::error::code::ErrorCode;
use crate::error::{Error, Outcome};

impl Failure {
    pub(super) fn of(error: &Error) -> Self {
        Self {
            effect: effect(error),
            refusal: refusal(error),
        }
    }
}

fn effect(error: &Error) -> Effect {
    match error.outcome() {
        Outcome::Executed | Outcome::Replayed => Effect::Executed,
        Outcome::Unknown { .. } => Effect::Unknown,
        Outcome::NotSent | Outcome::NotExecuted if settles(error) => Effect::NoneExecuted,
        Outcome::NotSent | Outcome::NotExecuted => Effect::NotExecuted,
    }
}

/// Whether a refusal means that no earlier request with the same key was executed. A refusal because of size or
/// content does not: the server, or a gateway, may check these before it looks up the key.
fn settles(error: &Error) -> bool {
    error.is_settling_refusal() && !is_full(error) && !is_too_large(error)
}

fn refusal(error: &Error) -> Refusal {
    match () {
        () if is_too_large(error) => Refusal::BatchTooLarge,
        () if is_full(error) => Refusal::QueueFull,
        () if is_about_leads(error) => Refusal::InvalidLead,
        () if error.may_pass_later() => Refusal::Temporary,
        () => Refusal::Final,
    }
}

/// Whether the server refuses the size of the batch.
fn is_too_large(error: &Error) -> bool {
    error.status() == Some(413) || error.code() == Some(&ErrorCode::BatchTooLarge)
}

fn is_full(error: &Error) -> bool {
    error.code() == Some(&ErrorCode::DialingQueueLimitReached)
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

/// The reason for a lead that was refused alone: the code of the API.
pub(super) fn reason(error: &Error) -> String {
    use crate::model::open_enum::OpenEnum;
    match (error.code(), error.status()) {
        (Some(code), _) => code.as_str().to_owned(),
        (None, Some(status)) => format!("HTTP_{status}"),
        (None, None) => "REFUSED".to_owned(),
    }
}
