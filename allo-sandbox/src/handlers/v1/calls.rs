//! `searchCalls`.

use serde_json::json;

use super::to_json;
use crate::errors::{ApiError, Code};
use crate::handlers::{Context, e164};
use crate::lock::lock;
use crate::paging::Page;
use crate::reply::Reply;

pub(crate) fn search(context: &Context<'_>) -> Result<Reply, ApiError> {
    let query = &context.request.query;
    let phone_number = query
        .text("allo_number")
        .filter(|number| !number.is_empty());
    let phone_number = e164("allo_number", phone_number.ok_or_else(no_phone_number)?)?;
    let contact = query.text("contact_number");
    let contact = contact
        .map(|number| e164("contact_number", number))
        .transpose()?;
    let page = Page::from_v1_query(query)?;
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let calls = state.inbox.calls(&team_id).filter(|call| {
        let with = contact
            .as_ref()
            .is_none_or(|number| call.contact_number == *number);
        call.allo_number == phone_number && with
    });
    let calls: Vec<_> = calls.collect();
    let shown = page.slice(&calls).iter();
    Ok(Reply::data(json!({
        "results": shown.map(|call| to_json::call(call)).collect::<Vec<_>>(),
        "metadata": page.v1_metadata(calls.len()),
    })))
}

fn no_phone_number() -> ApiError {
    ApiError::new(Code::MissingParameter, "allo_number is missing.").param("allo_number")
}
