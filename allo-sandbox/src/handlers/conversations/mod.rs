//! Conversations: lists, searches, items and actions. The JSON of an item is in
//! `to_json`.

pub(crate) mod action;
pub(crate) mod item;
pub(crate) mod list;
pub(crate) mod search;
pub(crate) mod summary;
pub(crate) mod to_json;

use super::Context;
use crate::errors::{ApiError, Code};

const CALL: &[&str] = &["cll-", "cll_"];
const MESSAGE: &[&str] = &["msg-", "msg_"];

/// The item id in the path.
fn item_id<'a>(context: &'a Context<'_>) -> Result<&'a str, ApiError> {
    let id = context.request.path_param("id");
    check_item_id(id, "id")?;
    Ok(id)
}

fn check_item_id(id: &str, param: &str) -> Result<(), ApiError> {
    if begins(id, CALL) || begins(id, MESSAGE) {
        return Ok(());
    }
    Err(ApiError::new(
        Code::InvalidItemId,
        "The id is neither that of a call nor of a message.",
    )
    .param(param)
    .suggestion("Ids of calls begin with cll-, those of messages with msg-."))
}

/// The call id in the path.
pub(super) fn call_id<'a>(context: &'a Context<'_>) -> Result<&'a str, ApiError> {
    let id = item_id(context)?;
    if begins(id, CALL) {
        return Ok(id);
    }
    let message = "This operation is for calls only; the id belongs to a message.";
    Err(ApiError::new(Code::InvalidItemId, message).param("id"))
}

fn begins(id: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| id.starts_with(prefix))
}

pub(super) fn no_call() -> ApiError {
    ApiError::new(Code::CallNotFound, "The team has no call with this id.").param("id")
}

/// Whether `extend` requests transcripts, its only valid value.
fn wants_transcript(extend: Option<&str>) -> Result<bool, ApiError> {
    let Some(extend) = extend else {
        return Ok(false);
    };
    if extend.split(',').all(|value| value.trim() == "transcript") {
        return Ok(true);
    }
    let message = "extend has an unsupported value.";
    Err(ApiError::new(Code::UnsupportedExtendValue, message)
        .param("extend")
        .suggestion("The only supported value is transcript."))
}

fn no_phone_number(param: &str) -> ApiError {
    let message = "The team has no such phone number.";
    ApiError::new(Code::PhoneNumberNotFound, message)
        .param(param)
        .suggestion("List the numbers with GET /v2/api/numbers.")
}
