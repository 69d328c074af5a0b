//! `getCurrentDialingQueue`: a page of entries, and their queue.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{target, to_json};
use crate::errors::ApiError;
use crate::handlers::Context;
use crate::lock::lock;
use crate::paging::Page;
use crate::reply::Reply;
use crate::state::queues::Queue;

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let query = &context.request.query;
    let page = Page::from_query(query)?;
    let target = target::from_query(query)?;
    let state = lock(&context.app.state);
    let assignee = target::resolve(context, &state, &target)?;
    let document = match state.queues.current(&assignee) {
        Some(queue) => page_of(queue, page),
        None => json!({ "data": [], "pagination": Page::nothing() }),
    };
    Ok(Reply::json(StatusCode::OK, &document))
}

fn page_of(queue: &Queue, page: Page) -> Value {
    let entries = page.slice(&queue.entries).iter();
    json!({
        "data": entries.map(to_json::entry).collect::<Vec<_>>(),
        "pagination": page.pagination(queue.entries.len()),
        "queue": to_json::meta(queue),
    })
}
