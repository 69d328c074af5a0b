//! `getConversationItem` and `batchGetConversationItems`.

use super::to_json::ItemFormat;
use super::{check_item_id, item_id, wants_transcript};
use crate::errors::{ApiError, Code};
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;

const MAX_BATCH: usize = 100;

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = item_id(context)?;
    let transcript = wants_transcript(context.request.query.text("extend"))?;
    let state = &*lock(&context.app.state);
    let team_id = &context.team_id(state)?;
    let item = state.inbox.find(team_id, id).ok_or_else(no_item)?;
    let item_format = ItemFormat {
        state,
        team_id,
        transcript,
    };
    Ok(Reply::data(item_format.full(item)))
}

/// Items in the order of the ids; unknown ids are omitted. A batch always includes
/// transcripts.
pub(crate) fn batch(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let ids = fields.strings("ids");
    let ids = fields.require("ids", ids).unwrap_or_default();
    fields.finish()?;
    if ids.len() > MAX_BATCH {
        return Err(too_large(ids.len()));
    }
    for id in &ids {
        check_item_id(id, "ids")?;
    }
    let state = &*lock(&context.app.state);
    let team_id = &context.team_id(state)?;
    let item_format = ItemFormat {
        state,
        team_id,
        transcript: true,
    };
    let items = ids.iter().filter_map(|id| state.inbox.find(team_id, id));
    Ok(Reply::data(
        items.map(|item| item_format.full(item)).collect::<Vec<_>>(),
    ))
}

fn no_item() -> ApiError {
    let message = "The team has no call or message with this id.";
    ApiError::new(Code::ConversationItemNotFound, message)
        .param("id")
        .suggestion("Find it with POST /v2/api/conversations/items/search.")
}

fn too_large(count: usize) -> ApiError {
    let message = format!("A batch holds at most {MAX_BATCH} ids; this one has {count}.");
    ApiError::new(Code::BatchTooLarge, message)
        .param("ids")
        .suggestion("Send several batches.")
}
