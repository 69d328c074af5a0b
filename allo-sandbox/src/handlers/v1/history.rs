//! `getContactConversation`: calls and texts with one contact, newest first.

use serde_json::{Value, json};

use super::{no_contact, wire};
use crate::errors::ApiError;
use crate::handlers::{Context, e164};
use crate::lock::lock;
use crate::paging::Page;
use crate::reply::Reply;
use crate::state::inbox::Item;

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = context.request.path_param("contact_id");
    let query = &context.request.query;
    let line = query.text("allo_number");
    let line = line.map(|number| e164("allo_number", number)).transpose()?;
    let page = Page::from_v1_query(query)?;
    let world = lock(&context.app.world);
    let team_id = context.team_id(&world)?;
    let contact = world.contacts.find(&team_id, id).ok_or_else(no_contact)?;
    let items = wire::items(contact, &world);
    let is_line = |item: &&Item| line.is_none() || item.allo_number() == line.as_deref();
    let items: Vec<_> = items.filter(is_line).collect();
    let shown = page.slice(&items).iter();
    Ok(Reply::data(json!({
        "results": shown.map(|item| entry(item)).collect::<Vec<_>>(),
        "metadata": { "pagination": page.v1_metadata(items.len()) },
    })))
}

fn entry(item: &Item) -> Value {
    match item {
        Item::Call(call) => {
            json!({ "type": "CALL", "call": wire::call_with_tags(call), "message": null })
        }
        Item::Message(message) => {
            json!({ "type": "TEXT_MESSAGE", "call": null, "message": wire::message(message) })
        }
    }
}
