//! `getCurrentDialingQueue`: a page of entries, and the queue they belong to.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{target, wire};
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
    let world = lock(&context.app.world);
    let assignee = target::resolve(context, &world, &target)?;
    let document = match world.queues.current(&assignee) {
        Some(queue) => page_of(queue, page),
        None => json!({ "data": [], "pagination": Page::nothing() }),
    };
    Ok(Reply::json(StatusCode::OK, &document))
}

fn page_of(queue: &Queue, page: Page) -> Value {
    let entries = page.slice(&queue.entries).iter();
    json!({
        "data": entries.map(wire::entry).collect::<Vec<_>>(),
        "pagination": page.pagination(queue.entries.len()),
        "queue": wire::meta(queue),
    })
}
