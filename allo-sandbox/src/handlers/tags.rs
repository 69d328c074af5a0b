//! `listTags`, `addTags` and `removeTag`. Only calls have tags.

use axum::http::StatusCode;
use serde_json::json;

use super::Context;
use super::conversations::call_id;
use crate::errors::{ApiError, Code};
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::state::calls::CallRecord;
use crate::state::tags::AbsentTag;

pub(crate) fn list(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let tags = state.tags.of_team(&team_id);
    let tags = tags.map(|tag| json!({ "id": tag.id, "name": tag.name, "color": tag.color }));
    Ok(Reply::data(tags.collect::<Vec<_>>()))
}

pub(crate) fn add(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = call_id(context)?;
    let mut fields = context.request.required_body()?;
    let names = fields.strings("tags");
    fields.finish()?;
    let names = names.filter(|names| !names.is_empty());
    let names = names.ok_or_else(tags_required)?;
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    for name in &names {
        if !state.tags.has(&team_id, name) {
            return Err(unknown_tag());
        }
    }
    let call = call_mut(&mut state, &team_id, id)?;
    if call.has_any_tag(&names) {
        return Err(already_there());
    }
    for name in names {
        if !call.tags.contains(&name) {
            call.tags.push(name);
        }
    }
    Ok(Reply::empty(StatusCode::OK))
}

pub(crate) fn remove(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = call_id(context)?;
    let name = context.request.path_param("tag");
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let absent = state.tags.absent;
    let call = call_mut(&mut state, &team_id, id)?;
    let before = call.tags.len();
    call.tags.retain(|tag| tag != name);
    match absent {
        AbsentTag::Refused if call.tags.len() == before => Err(not_tagged()),
        AbsentTag::Refused | AbsentTag::Ignored => Ok(Reply::empty(StatusCode::OK)),
    }
}

fn call_mut<'a>(
    state: &'a mut State,
    team_id: &str,
    id: &str,
) -> Result<&'a mut CallRecord, ApiError> {
    let call = state.inbox.call_mut(team_id, id);
    call.ok_or_else(super::conversations::no_call)
}

fn tags_required() -> ApiError {
    ApiError::new(Code::TagsRequired, "tags is empty.")
        .param("tags")
        .suggestion("Specify at least one tag.")
}

fn unknown_tag() -> ApiError {
    ApiError::new(Code::TagNotFound, "The team has no tag with this name.")
        .param("tags")
        .suggestion("List the tags with GET /v2/api/tags.")
}

fn already_there() -> ApiError {
    let message = "The call already has one of these tags; none was added.";
    ApiError::new(Code::TagAlreadyExists, message).param("tags")
}

fn not_tagged() -> ApiError {
    ApiError::new(Code::TagNotFound, "The call does not have this tag.").param("tag")
}
