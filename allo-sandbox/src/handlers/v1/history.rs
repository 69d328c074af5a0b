//! `getContactConversation`: calls and messages with a contact, newest first.

use serde_json::{Value, json};

use super::{no_contact, to_json};
use crate::errors::ApiError;
use crate::handlers::{Context, e164};
use crate::lock::lock;
use crate::paging::Page;
use crate::reply::Reply;
use crate::state::inbox::Item;

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = context.request.path_param("contact_id");
    let query = &context.request.query;
    let phone_number = query.text("allo_number");
    let phone_number = phone_number
        .map(|number| e164("allo_number", number))
        .transpose()?;
    let page = Page::from_v1_query(query)?;
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let contact = state.contacts.find(&team_id, id).ok_or_else(no_contact)?;
    let items = to_json::items(contact, &state);
    let is_phone_number =
        |item: &&Item| phone_number.is_none() || item.allo_number() == phone_number.as_deref();
    let items: Vec<_> = items.filter(is_phone_number).collect();
    let shown = page.slice(&items).iter();
    Ok(Reply::data(json!({
        "results": shown.map(|item| entry(item)).collect::<Vec<_>>(),
        "metadata": { "pagination": page.v1_metadata(items.len()) },
    })))
}

fn entry(item: &Item) -> Value {
    match item {
        Item::Call(call) => {
            json!({ "type": "CALL", "call": to_json::call_with_tags(call), "message": null })
        }
        Item::Message(message) => {
            json!({ "type": "TEXT_MESSAGE", "call": null, "message": to_json::message(message) })
        }
    }
}
