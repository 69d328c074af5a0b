//! `updateCallSummary`.

use serde_json::json;

use super::{call_id, no_call};
use crate::clock::without_offset;
use crate::errors::{ApiError, Code};
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::calls::{CallRecord, Summary};

const MAX_CHARACTERS: usize = 100_000;
const TEMPLATES: &[&str] = &["MARKDOWN_CLASSIC", "MARKDOWN_SHORT_CALL"];

pub(crate) fn update(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = call_id(context)?;
    let mut fields = context.request.required_body()?;
    let content = fields.text("content", 0..=MAX_CHARACTERS);
    let content = fields.require("content", content).unwrap_or_default();
    fields.nullable(&["template_key"]);
    let template = fields.one_of("template_key", TEMPLATES);
    fields.finish()?;
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let editor = state.users.user(&context.key.owner);
    let editor = editor.map(|user| json!({ "id": user.id, "name": user.name }));
    let call = state.inbox.call_mut(&team_id, id).ok_or_else(no_call)?;
    let summary = chosen(call, template.as_deref())?;
    summary.content = content;
    summary.version += 1;
    summary.updated_at = context.app.clock.now();
    summary.updated_by = Some(context.key.owner.clone());
    Ok(Reply::data(json!({
        "id": id,
        "content": summary.content,
        "version": summary.version,
        "updated_at": without_offset(summary.updated_at),
        "updated_by": editor,
    })))
}

/// The summary to update; if there are several, the request must name one.
fn chosen<'a>(call: &'a mut CallRecord, key: Option<&str>) -> Result<&'a mut Summary, ApiError> {
    match key {
        Some(key) => call.summary_mut(key),
        None if call.summaries.len() > 1 => return Err(several()),
        None => call.summaries.first_mut(),
    }
    .ok_or_else(none)
}

fn several() -> ApiError {
    let message = "The call has several summaries.";
    ApiError::new(Code::SummaryTemplateKeyRequired, message)
        .param("template_key")
        .suggestion("Select one with template_key.")
}

fn none() -> ApiError {
    ApiError::new(
        Code::SummaryTemplateNotFound,
        "The call has no such summary.",
    )
}
